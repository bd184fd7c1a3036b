"""The form with which an invited person makes an account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.forms.account import password_rules
from members.models import Invitation, User, validate_one_line


class AcceptForm(forms.Form):
    name = forms.CharField(
        label=_("名前"),
        max_length=60,
        validators=[validate_one_line],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("名前を書いてください。")},
    )
    password1 = forms.CharField(
        label=_("パスワード"),
        help_text=password_rules(),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("パスワードを決めてください。")},
    )
    password2 = forms.CharField(
        label=_("パスワード（確認のため、もう一度）"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("同じパスワードを、もう一度書いてください。")},
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        self.invitation = invitation
        super().__init__(*args, **kwargs)
        self.fields["name"].initial = invitation.name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        password = cleaned.get("password1")
        if not password:
            return cleaned
        person = User(email=self.invitation.email, name=cleaned.get("name", ""))
        try:
            validate_password(password, person)
        except ValidationError as error:
            self.add_error("password1", error)
        if cleaned.get("password2") and cleaned["password2"] != password:
            self.add_error("password2", _("2つのパスワードがちがいます。"))
        return cleaned
