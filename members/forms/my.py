"""Forms of the members' pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.forms.desk import half_width
from members.models import Membership, MembershipRole, validate_one_line

ROLE_HINT = _(
    "管理担当：担当者を決め、設置要綱に同意できます。編集担当：団体の情報や窓口を直せます。閲覧のみ：見るだけです。"
)


class ConsentForm(forms.Form):
    """Carries the hash of the words that were shown: others that came into force meanwhile are not agreed to."""

    agree = forms.BooleanField(
        label=_("団体を代表して、上の設置要綱に同意します"),
        error_messages={"required": _("同意するときは、印をつけてください。")},
    )
    text_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)


class PersonForm(forms.Form):
    email = forms.EmailField(
        label=_("メールアドレス"),
        max_length=254,
        help_text=_("このアドレスに、登録のページの案内が届きます。"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(label=_("名前"), max_length=60, validators=[validate_one_line])
    role = forms.ChoiceField(
        label=_("担当の権限"),
        choices=MembershipRole.choices,
        initial=MembershipRole.EDITOR,
        help_text=ROLE_HINT,
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        if data is not None and "email" in data:
            data = data.copy()
            data["email"] = half_width(data["email"])
        super().__init__(data, *args, **kwargs)


class MembershipForm(forms.Form):
    role = forms.ChoiceField(label=_("担当の権限"), choices=MembershipRole.choices, help_text=ROLE_HINT)
    is_contact = forms.BooleanField(
        label=_("事務局からの連絡を受ける"),
        required=False,
        help_text=_("会議の案内や、窓口を確かめるお願いのメールが届きます。"),
    )

    def __init__(self, data: Any = None, *, membership: Membership, role_locked_because: str = "") -> None:
        super().__init__(data, initial={"role": membership.role, "is_contact": membership.is_contact})
        if role_locked_because:
            # A disabled field ignores what a forged request sends.
            self.fields["role"].disabled = True
            self.fields["role"].help_text = role_locked_because
