"""A correction to the public holidays."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.forms.desk import guard_text
from consultations.models import CalendarOverride
from platform_portal.seen_forms import SeenForm

MEANINGS = [
    ("True", _("祝日として扱う（ふつうの日を休みにする）")),
    ("False", _("ふつうの日として扱う（祝日をなくす）")),
]


class OverrideForm(SeenForm):
    is_holiday = forms.TypedChoiceField(
        label=_("この日を"),
        choices=MEANINGS,
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        initial="True",
        error_messages={
            "required": _("どちらかを選んでください。"),
            "invalid_choice": _("どちらかを選んでください。"),
        },
    )

    class Meta:
        model = CalendarOverride
        fields = ("on", "is_holiday", "name")
        widgets = {"on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {"name": _("例：臨時の休庁日")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guard_text(self)
