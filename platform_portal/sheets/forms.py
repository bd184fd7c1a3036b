"""The file that staff upload."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.sheets.files import MAX_UPLOAD


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        help_text=gettext_lazy("CSV、TSV、Excel（.xlsx）。5 MB、20,000行まで。"),
        max_length=255,
        allow_empty_file=True,  # an empty file gets the sentence that says what to do
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        error_messages={
            "required": gettext_lazy("ファイルを選んでください。"),
            "invalid": gettext_lazy("ファイルが届きませんでした。もう一度選んでください。"),
            "max_length": gettext_lazy("ファイルの名前が長すぎます。短くしてください。"),
        },
    )

    def clean_file(self) -> "File[bytes]":
        file: File[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_UPLOAD:
            raise ValidationError(
                _("ファイルが大きすぎます（5 MB まで）。いらない行・列・画像を消すか、分けてください。"),
                code="size",
            )
        return file
