"""Forms of the short lists that staff keep, and of the rules of joining."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import JoiningCriterion, JoiningRules, Sector, Strength
from platform_portal.seen_forms import SeenForm

LAST = _("小さいものから並びます。")
OFF = _("はずすと、これから選ぶ画面に出なくなります。いままでの登録はそのまま残ります。")


class ReadsOnly(SeenForm):
    """The service builds and checks the row; these forms only read what was typed."""

    def _post_clean(self) -> None: ...


class SectorForm(ReadsOnly):
    class Meta:
        model = Sector
        fields = ("name", "position", "is_active")
        help_texts = {"position": LAST, "is_active": OFF}


class StrengthForm(ReadsOnly):
    class Meta:
        model = Strength
        fields = ("name", "position", "is_active")
        help_texts = {"position": LAST, "is_active": OFF}


class CriterionForm(ReadsOnly):
    class Meta:
        model = JoiningCriterion
        fields = ("text", "is_required", "position", "is_active")
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "text": _("申し込む人が印を付ける文です。「…している。」のように書きます。"),
            "is_required": _("印がないと、申し込めません。はずすと、参考に聞くだけになります。"),
            "position": LAST,
            "is_active": _("はずすと、申込のページに出なくなります。"),
        }


class JoiningRulesForm(ReadsOnly):
    class Meta:
        model = JoiningRules
        fields = (
            "is_open",
            "accepts_individuals",
            "guidance",
            "merits",
            "admission_interval",
            "first_admission_on",
            "left_kept_months",
            "closed_kept_months",
        )
        widgets = {
            "guidance": forms.Textarea(attrs={"rows": 5}),
            "merits": forms.Textarea(attrs={"rows": 5}),
            "first_admission_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "is_open": _("はずすと、申込のページは「いまは受け付けていません」になります。"),
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("admission_interval") and not cleaned.get("first_admission_on"):
            self.add_error("first_admission_on", _("まとめて認めるときは、始まりの日も入れてください。"))
        return cleaned
