"""allauth's forms in our words: a label, a hint that helps, no placeholder (it vanishes while typing)."""

import struct
import time
from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import MinimumLengthValidator, get_default_password_validators
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.models import validate_one_line
from platform_portal.japanese.text import normalize_width
from platform_portal.mail.waking import wake_sender


def _password_rules() -> str:
    lengths = [
        v.min_length for v in get_default_password_validators() if isinstance(v, MinimumLengthValidator)
    ]
    return gettext(
        "%(length)s文字以上にしてください。数字だけのもの、よく使われるもの、名前やメールアドレスに似たものは使えません。"
    ) % {"length": max(lengths, default=1)}


password_rules = lazy(_password_rules, str)


class PlainWords(forms.Form):
    """Mixin: `words` is (field name) → (label, hint)."""

    words: dict[str, tuple[Any, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in self.words:
                field.label, field.help_text = self.words[name]


NEW_PASSWORD = {
    "password1": (_("新しいパスワード"), password_rules()),
    "password2": (_("新しいパスワード（確認のため、もう一度）"), ""),
}
CODE = (_("コード"), _("認証アプリに出ている6桁の数字か、予備コードの8桁の数字です。"))


class SamePassword(forms.Form):
    """Mixin: says in plain words that the two passwords differ."""

    def clean(self) -> Any:
        cleaned = super().clean()
        errors = self.errors
        if "password2" in errors and "password1" not in errors and self.data.get("password2"):
            errors["password2"] = self.error_class([gettext("2つのパスワードがちがいます。")])
        return cleaned


class LoginForm(PlainWords, account.LoginForm):
    words = {
        "login": (_("メールアドレス"), ""),
        "password": (_("パスワード"), ""),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ReauthenticateForm(PlainWords, account.ReauthenticateForm):
    words = {"password": (_("パスワード"), "")}


class ResetPasswordForm(PlainWords, account.ResetPasswordForm):
    words = {"email": (_("メールアドレス"), _("サインインに使っているアドレスです。"))}

    def save(self, request: Any, **kwargs: Any) -> str:
        """Takes the same time whether anybody has this address: writing the mail would show otherwise.

        Both wake the sender: without a queue that alone takes a second or two.
        """
        began = time.monotonic()
        address: str = super().save(request, **kwargs)
        if not self.users:
            wake_sender()
        time.sleep(max(0.0, settings.PORTAL_RESET_SECONDS - (time.monotonic() - began)))
        return address


class ResetPasswordKeyForm(SamePassword, PlainWords, account.ResetPasswordKeyForm):
    words = NEW_PASSWORD


class ChangePasswordForm(SamePassword, PlainWords, account.ChangePasswordForm):
    words = {"oldpassword": (_("いまのパスワード"), ""), **NEW_PASSWORD}


class TypedCode(forms.Form):
    """Mixin: a Japanese keyboard writes digits in full width."""

    def clean_code(self) -> Any:
        self.cleaned_data["code"] = normalize_width(self.cleaned_data["code"])
        return super().clean_code()  # type: ignore[misc]  # allauth's form stands behind us


class AuthenticateForm(TypedCode, PlainWords, mfa.AuthenticateForm):
    words = {"code": CODE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class ReauthenticateCodeForm(TypedCode, PlainWords, mfa.ReauthenticateForm):
    words = {"code": CODE}


class ActivateTOTPForm(TypedCode, PlainWords, totp.ActivateTOTPForm):
    words = {"code": (_("認証アプリに出た6桁の数字"), _("数字は30秒ごとに変わります。"))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class ShortName(forms.Form):
    """Mixin: allauth sets no limit to the name of a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.validators = [*name.validators, MaxLengthValidator(60), validate_one_line]
        name.widget.attrs["maxlength"] = 60


# What parsing a made-up credential may raise in fido2; allauth lets it through as an error 500.
MADE_UP = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error, InvalidSignature)


def _made_up() -> ValidationError:
    return ValidationError(_("パスキーを確かめられませんでした。もう一度試してください。"), code="made_up")


class RealCredential(forms.Form):
    """Mixin: a credential that cannot be read is an answer that is wrong, not a fault of ours."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # allauth's form stands behind us
        except MADE_UP as error:
            raise _made_up() from error


class LoginWebAuthnForm(RealCredential, webauthn.LoginWebAuthnForm):
    pass


class AuthenticateWebAuthnForm(RealCredential, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateWebAuthnForm(RealCredential, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddWebAuthnForm(ShortName, PlainWords, webauthn.AddWebAuthnForm):
    words = {
        "name": (_("名前"), _("あとで見分けるための名前です（例：職場のパソコン）。")),
        "passwordless": (
            _("パスワードなしのサインインにも使う"),
            _("指紋・顔・暗証番号で本人を確かめられる機器で使えます。"),
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Met by whoever presses Enter in the field of the name.
        self.fields["credential"].error_messages["required"] = _("「登録する」を押してください。")

    def clean(self) -> Any:
        try:
            return super().clean()
        except MADE_UP as error:
            raise _made_up() from error


class EditWebAuthnForm(ShortName, PlainWords, webauthn.EditWebAuthnForm):
    words = {"name": (_("名前"), _("あとで見分けるための名前です（例：職場のパソコン）。"))}
