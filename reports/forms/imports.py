"""The form of a file of a year gone by: a report, or a table of its projects."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models.users import validate_one_line
from platform_portal.japanese.calendar import fiscal_year, format_fiscal_year
from platform_portal.sheets.files import MAX_UPLOAD
from reports.models.schemes import FIRST_YEAR

ACCEPTED = ".txt,.docx,.pdf,.xlsx,.csv,.tsv"


class ImportForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        max_length=255,
        allow_empty_file=True,  # an empty file gets the sentence that says what to do
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=gettext_lazy(
            "事業実施報告書（.txt・.docx・.pdf）か、試行事業の表（.xlsx・.csv・.tsv）。5 MB まで。"
        ),
        error_messages={"required": gettext_lazy("ファイルを選んでください。")},
    )
    fiscal_year = forms.TypedChoiceField(
        label=gettext_lazy("年度"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("ファイルに年度が書いてあれば、選ばなくてもかまいません。"),
    )
    official_name = forms.CharField(
        label=gettext_lazy("交付金の正式な名前"),
        max_length=150,
        required=False,
        validators=[validate_one_line],
        help_text=gettext_lazy("ファイルにも、この年度の登録にもないときだけ書きます。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fiscal_year"]
        years = range(fiscal_year(timezone.localdate()), FIRST_YEAR - 1, -1)
        field.choices = [
            ("", _("ファイルに書いてある年度")),
            *((year, format_fiscal_year(year)) for year in years),
        ]

    def clean_file(self) -> Any:
        """By its size alone; what it holds is read by the view."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MAX_UPLOAD:
            raise ValidationError(
                _("ファイルが大きすぎます（5 MB まで）。画像を消すか、文字だけのファイルにしてください。")
            )
        return file
