"""Forms of the roster of editors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletters.models import Duty, Newsletter
from newsletters.services.duties import MOST_MONTHS, editors


class DutyForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Duty
        fields = ("newsletter", "due_on", "editor", "note")
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        error_messages = {"due_on": {"required": _("出す日を入れてください。")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _narrow(self.fields)


class PlanForm(forms.Form):
    """Several months at once, the editors one after the other."""

    newsletter = forms.ModelChoiceField(label=_("メルマガ"), queryset=Newsletter.objects.none())
    first_on = forms.DateField(
        label=_("はじめに出す日"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("次の月からも、同じ日に出します。"),
    )
    months = forms.IntegerField(label=_("何か月分"), min_value=1, max_value=MOST_MONTHS, initial=6)
    editors = forms.ModelMultipleChoiceField(
        label=_("担当する人（並んでいる順に回ります）"),
        queryset=Duty.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("担当する人を選んでください。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _narrow(self.fields)


class SwapForm(forms.Form):
    other = forms.ModelChoiceField(
        label=_("だれの当番と入れかえますか"),
        queryset=Duty.objects.none(),
        error_messages={"required": _("入れかえる当番を選んでください。")},
    )

    def __init__(self, *args: Any, duty: Duty, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["other"]
        field.queryset = rows.exclude(pk=duty.pk).exclude(editor=duty.editor_id)
        field.label_from_instance = lambda row: f"{row.due_on:%Y-%m-%d}　{row.newsletter}　{row.editor.name}"


def _narrow(fields: Any) -> None:
    """To newsletters that are issued, and people who may write them."""
    fields["newsletter"].queryset = Newsletter.objects.active().order_by("position", "pk")
    for name in ("editor", "editors"):
        if name in fields:
            fields[name].queryset = editors()
            fields[name].label_from_instance = lambda person: person.name
