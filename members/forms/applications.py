"""Small forms with which staff decide about applications."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.forms.organizations import check_joined_on
from members.models import Application, JoiningRules, OrganizationKind
from platform_portal.seen_forms import SeenForm


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

    def clean_joined_on(self) -> dt.date:
        on: dt.date = self.cleaned_data["joined_on"]
        check_joined_on(on)
        return on


class ApproveForm(JoinedOnForm):
    kind = forms.ChoiceField(label=_("区分"), choices=OrganizationKind.choices)
    is_another_body = forms.BooleanField(
        label=_("同じ名前の会員団体とは、別の団体であることを確かめた"),
        help_text=_("同じ団体のときは、申込を断り、会員団体のページから担当者を招待してください。"),
        error_messages={"required": _("同じ名前の会員団体があります。別の団体か、確かめてください。")},
    )

    def __init__(self, *args: Any, has_namesake: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_namesake:
            del self.fields["is_another_body"]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        values = {name: self.cleaned_data[name] for name in ("joined_on", "kind")}
        return {**values, "is_another_body": self.cleaned_data.get("is_another_body", False)}


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


class NoteForm(SeenForm):
    class Meta:
        model = Application
        fields = ("staff_note",)
        widgets = {"staff_note": forms.Textarea(attrs={"rows": 3})}
