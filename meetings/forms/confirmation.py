"""What somebody who spoke may send by the link of a mail, without signing in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.models import ChangeReason
from platform_portal.public_forms import PublicForm


class AgreeForm(PublicForm):
    purpose = "meetings-agree"
    button = _("このままでよい")


class ChangeForm(PublicForm):
    purpose = "meetings-change"
    button = _("修正案を送る")

    # Of the words that they read: somebody may put them right meanwhile.
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    after = forms.CharField(
        label=_("直した文"),
        help_text=_("いまの文が入っています。直したいところを書き直してください。"),
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 10, "autocomplete": "off"}),
        error_messages={
            "required": _("直した文を書いてください。"),
            "max_length": _("20000文字までにしてください（いま %(show_value)d文字）。"),
        },
    )
    reason_kind = forms.ChoiceField(
        label=_("直すわけ"),
        choices=ChangeReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("ひとつ選んでください。"),
            "invalid_choice": _("ひとつ選んでください。"),
        },
    )
    reason = forms.CharField(
        label=_("くわしいわけ（書かなくてもかまいません）"),
        required=False,
        max_length=300,
        help_text=_("300文字まで。"),
        error_messages={"max_length": _("300文字までにしてください（いま %(show_value)d文字）。")},
    )
