"""What came of a telephone call, and the rules of asking."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.forms.desk import DeskForm, guard_text
from consultations.models import VerificationCall, VerificationRules
from consultations.services.verification import RULES_FIELDS
from platform_portal.seen_forms import SeenForm

TRY_AGAIN = dt.timedelta(days=3)
LATEST = dt.timedelta(days=60)


class CallForm(DeskForm):
    """`next_on` counts only when nobody was reached, `spoken_to` only when somebody was."""

    result = forms.ChoiceField(
        label=gettext_lazy("結果"),
        choices=VerificationCall.Result.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("結果をひとつ選んでください。"),
            "invalid_choice": gettext_lazy("結果をひとつ選んでください。"),
        },
    )
    way = forms.ChoiceField(
        label=gettext_lazy("どうやって"),
        choices=VerificationCall.Way.choices,
        initial=VerificationCall.Way.TELEPHONE,
        error_messages={"invalid_choice": gettext_lazy("ひとつ選んでください。")},
    )
    spoken_to = forms.CharField(
        label=gettext_lazy("話した人（つながったとき）"),
        help_text=gettext_lazy("例：相談係 佐藤さん。1年たつと消えます。公開はされません。"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=gettext_lazy("聞いたこと"),
        help_text=gettext_lazy("公開はされません。相談の内容や、相談した人のことは書かないでください。"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    next_on = forms.DateField(
        label=gettext_lazy("次に電話する日（つながらないとき）"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("日付を 2026-12-01 のように書いてください。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("next_on", timezone.localdate() + TRY_AGAIN)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        is_reached = values.get("result") in {VerificationCall.Result.SAME, VerificationCall.Result.CHANGED}
        if is_reached and not values.get("spoken_to") and "spoken_to" not in self.errors:
            self.add_error("spoken_to", _("だれに聞いたかを書いてください。部署の名前でもかまいません。"))
        if values.get("result") == VerificationCall.Result.UNREACHED and "next_on" not in self.errors:
            self._check_next(values.get("next_on"))
        return values

    def _check_next(self, day: dt.date | None) -> None:
        today = timezone.localdate()
        if day is None:
            self.add_error("next_on", _("次に電話する日を書いてください。"))
        elif not today < day <= today + LATEST:
            self.add_error("next_on", _("あすから60日のあいだの日にしてください。"))

    @property
    def call_values(self) -> dict[str, Any]:
        """What services.record_call() takes."""
        values = self.cleaned_data
        is_reached = values["result"] != VerificationCall.Result.UNREACHED
        return {
            "way": values["way"],
            "result": values["result"],
            "spoken_to": values["spoken_to"] if is_reached else "",
            "note": values["note"],
        }


class VerificationRulesForm(SeenForm):
    class Meta:
        model = VerificationRules
        fields = list(RULES_FIELDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        guard_text(self)

    def _post_clean(self) -> None:
        """The service builds and checks the row; this form only reads what was typed."""
