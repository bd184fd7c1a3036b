"""The file that staff upload."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.sheets.files import MAX_UPLOAD, MEGABYTE
from platform_portal.sheets.reading import MAX_ROWS


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        max_length=255,
        allow_empty_file=True,  # an empty file gets the sentence that says what to do
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={
            "required": gettext_lazy("ファイルを選んでください。"),
            "invalid": gettext_lazy("ファイルが届きませんでした。もう一度選んでください。"),
            "max_length": gettext_lazy("ファイルの名前が長すぎます。短くしてください。"),
        },
    )

    def __init__(
        self, *args: Any, max_rows: int = MAX_ROWS, max_bytes: int = MAX_UPLOAD, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._max_bytes = max_bytes
        self.fields["file"].help_text = _("CSV、TSV、Excel（.xlsx）。%(megabytes)s MB、%(rows)s行まで。") % {
            "megabytes": max_bytes // MEGABYTE,
            "rows": f"{max_rows:,}",
        }

    def clean_file(self) -> "File[bytes]":
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > self._max_bytes:
            raise ValidationError(
                _(
                    "ファイルが大きすぎます（%(megabytes)s MB まで）。いらない行・列・画像を消すか、分けてください。"
                ),
                code="size",
                params={"megabytes": self._max_bytes // MEGABYTE},
            )
        return file
