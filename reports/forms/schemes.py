"""Forms about the grant of a year and its categories."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.forms.events import web_field
from platform_portal.japanese.calendar import format_fiscal_year
from platform_portal.seen_forms import SeenForm
from reports.forms.yen import YenField
from reports.models import GrantCategory, GrantScheme
from reports.models.projects import MOST_YEN
from reports.models.schemes import MOST_CATEGORIES, circled


class SchemeForm(SeenForm):
    ceiling_yen = YenField(
        most=MOST_YEN,
        label=gettext_lazy("上限額（円）"),
        help_text=gettext_lazy("分からないときは空のままにします。"),
    )

    source_url = web_field(
        gettext_lazy("根拠の文書のアドレス"), 500, gettext_lazy("国や県のページにあるときに書きます。")
    )

    class Meta:
        model = GrantScheme
        fields = (
            "official_name",
            "rate_numerator",
            "rate_denominator",
            "ceiling_yen",
            "source_url",
            "source_note",
        )
        help_texts = {
            "official_name": gettext_lazy("交付要綱に書いてあるとおりに。報告書の表題に出ます。"),
            "rate_numerator": gettext_lazy("2分の1なら、分子は1、分母は2です。"),
            "source_note": gettext_lazy("要綱の名前や日付など。例：交付要綱（令和6年4月1日）"),
        }

    def _post_clean(self) -> None: ...  # the service has the last word, and the page shows what is stored


class BeginYearForm(SchemeForm):
    """`years`: those that have none yet."""

    fiscal_year = forms.TypedChoiceField(label=gettext_lazy("年度"), coerce=int)
    field_order = ("fiscal_year",)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["fiscal_year"]
        field.choices = [(year, format_fiscal_year(year)) for year in years]


class CategoryForm(SeenForm):
    class Meta:
        model = GrantCategory
        fields = ("label",)
        help_texts = {
            "label": gettext_lazy(
                "番号のあとの言葉を、要綱のとおりに。分からないうちは空のままにします。言葉を変えると「未確認」に戻ります。"
            )
        }

    def _post_clean(self) -> None: ...


class NewCategoryForm(CategoryForm):
    """`taken`: numbers that are in use."""

    number = forms.TypedChoiceField(label=gettext_lazy("番号"), coerce=int)
    field_order = ("number", "label")

    def __init__(self, *args: Any, taken: set[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["number"]
        field.choices = [(each, circled(each)) for each in range(1, MOST_CATEGORIES + 1) if each not in taken]
        field.error_messages["invalid_choice"] = _("この番号は、もう使われています。")


class ConfirmForm(forms.Form):
    """`label`: the words that the person saw on the page."""

    label = forms.CharField(widget=forms.HiddenInput, max_length=200, strip=False)
    has_seen = forms.BooleanField(
        label=gettext_lazy("要綱などの文書で、この言葉のとおりであることを確かめました"),
        error_messages={"required": gettext_lazy("文書を見てから、印を付けてください。")},
    )
