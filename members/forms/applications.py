"""Small forms with which staff decide about applications."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Application, JoiningRules, OrganizationKind


class JoinedOnForm(forms.Form):
    """From which day the body is a member: the day of admission where there is one, else today."""

    joined_on = forms.DateField(
        label=_("入会日"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("入会日を入れてください。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = JoiningRules.load().next_admission_on() or timezone.localdate()
        self.initial.setdefault("joined_on", day)


class ApproveForm(JoinedOnForm):
    kind = forms.ChoiceField(label=_("区分"), choices=OrganizationKind.choices)


class QuestionsForm(forms.Form):
    questions = forms.CharField(
        label=_("申込者への質問"),
        help_text=_("このままメールで届きます。申込者は、返事を書き、申込の内容を直せます。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("質問を書いてください。")},
    )


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("断る理由"),
        help_text=_("このままメールで届きます。ていねいに、次にできることも書いてください。"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("断る理由を書いてください。")},
    )


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Application
        fields = ("staff_note",)
        widgets = {"staff_note": forms.Textarea(attrs={"rows": 3})}
