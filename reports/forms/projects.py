"""The form of a project and of what it cost, line by line."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models.users import validate_one_line
from platform_portal.seen_forms import SeenForm
from reports.forms.yen import YenField
from reports.models import BudgetLine, GrantCategory, GrantScheme, TrialProject
from reports.models.projects import MOST_YEN
from reports.parsing.dates import read_timing

PREFIX = "lines"
MOST_LINES = 100
MORE_LINES = 3
LINE_FIELDS = ("payee", "amount_yen", "breakdown", "is_additional")


class ProjectForm(SeenForm):
    class Meta:
        model = TrialProject
        fields = ("name", "content", "expected_effect", "timing", "response", "category")
        widgets = {
            "content": forms.Textarea(attrs={"rows": 4}),
            "expected_effect": forms.Textarea(attrs={"rows": 3}),
            "response": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "timing": gettext_lazy("書いたとおりに報告書に出ます。例：令和6年8月～10月"),
            "response": gettext_lazy("終わってから書き足します。人の名前は書かないでください。"),
        }

    def __init__(self, *args: Any, scheme: GrantScheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fiscal_year = scheme.fiscal_year
        field: Any = self.fields["category"]
        field.queryset = GrantCategory.objects.filter(scheme=scheme).order_by("number")
        field.empty_label = _("（なし）")

    def clean(self) -> dict[str, Any]:
        """With the days that the words of the timing name, where they name some."""
        values = super().clean()
        days = read_timing(values.get("timing", ""), self.fiscal_year)
        return {**values, "starts_on": days.starts_on, "ends_on": days.ends_on}

    def _post_clean(self) -> None: ...


class LineForm(forms.Form):
    payee = forms.CharField(
        label=gettext_lazy("発注先"), max_length=150, required=False, validators=[validate_one_line]
    )
    amount_yen = YenField(most=MOST_YEN, label=gettext_lazy("金額（円）"))
    breakdown = forms.CharField(
        label=gettext_lazy("内訳"), max_length=200, required=False, validators=[validate_one_line]
    )
    is_additional = forms.BooleanField(label=gettext_lazy("追加発注"), required=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "payee" in values and not values["payee"] and self.says_something:
            self.add_error("payee", _("発注先を書いてください。要らない行は「この行を消す」で消せます。"))
        return values

    @property
    def says_something(self) -> bool:
        """Only asked once it is clean; an amount that could not be read says something too."""
        return bool(self.errors) or any(
            self.cleaned_data.get(name) not in (None, "", False) for name in LINE_FIELDS
        )


class BaseLineFormSet(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable at run time
    def lines(self) -> list[dict[str, Any]]:
        """Those that say something, in their order."""
        return [
            {name: form.cleaned_data[name] for name in LINE_FIELDS}
            for form in self.forms
            if form.says_something
        ]

    def clean(self) -> None:
        if self.total_form_count() > MOST_LINES:
            raise ValidationError(_("経費は、1つの事業に100行までです。"))


LineFormSet: Any = forms.formset_factory(
    LineForm, formset=BaseLineFormSet, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES
)


def lines_of(project: TrialProject | None) -> list[dict[str, Any]]:
    """As they stand, for the form."""
    if project is None:
        return []
    rows = BudgetLine.objects.filter(project=project).order_by("position", "pk")
    return [{name: getattr(row, name) for name in LINE_FIELDS} for row in rows]


def empty_lines(count: int) -> list[dict[str, Any]]:
    return [{} for _each in range(count)]


def typed_lines(data: Any) -> list[dict[str, Any]]:
    """What was typed so far, not judged yet."""
    try:
        total = min(int(data.get(f"{PREFIX}-TOTAL_FORMS", 0)), MOST_LINES)
    except ValueError:
        total = 0
    widgets = {name: field.widget for name, field in LineForm().fields.items()}
    return [
        {
            name: widget.value_from_datadict(data, {}, f"{PREFIX}-{number}-{name}")
            for name, widget in widgets.items()
        }
        for number in range(total)
    ]
