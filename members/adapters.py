"""allauth's hooks: nobody signs up by themselves, our words, our mails, secrets encrypted at rest."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import mails
from members.links import password_reset_link
from members.models import User
from platform_portal import sealing
from platform_portal.public_forms import client_address
from platform_portal.region.models import PortalSettings

SECOND_FACTOR = "second factor"  # part of the key: never change it

# allauth names a notice by its template; only what is listed here is sent.
NOTICES = {
    "account/email/password_changed": gettext_lazy("あなたのパスワードが変わりました。"),
    "account/email/password_reset": gettext_lazy("あなたのパスワードが変わりました。"),
    "mfa/email/totp_activated": gettext_lazy("2段階認証に、認証アプリが加わりました。"),
    "mfa/email/totp_deactivated": gettext_lazy("2段階認証から、認証アプリが外されました。"),
    "mfa/email/webauthn_added": gettext_lazy("サインインに使えるパスキーが加わりました。"),
    "mfa/email/webauthn_removed": gettext_lazy("サインインに使えるパスキーが外されました。"),
    "mfa/email/recovery_codes_generated": gettext_lazy("2段階認証の予備コードが新しくなりました。"),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": gettext_lazy("このアカウントは、いま使えません。"),
        "email_password_mismatch": gettext_lazy(
            "メールアドレスかパスワードがちがいます。もう一度確かめてください。"
        ),
        "enter_current_password": gettext_lazy("いまのパスワードがちがいます。"),
        "incorrect_code": gettext_lazy("コードがちがいます。新しいコードを入れてください。"),
        "incorrect_password": gettext_lazy("パスワードがちがいます。"),
        "rate_limited": gettext_lazy("続けて何度も送られました。5分ほど待ってから、もう一度試してください。"),
        "too_many_login_attempts": gettext_lazy(
            "サインインに続けて失敗しました。5分ほど待ってから、もう一度試してください。"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_safe_url(self, url: str | None) -> bool:
        """Only our own host; allauth would also take every host of ALLOWED_HOSTS."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Everybody to the page where the work waits."""
        user = request.user
        if isinstance(user, User) and user.is_desk_user:
            return settings.LOGIN_REDIRECT_URL
        return reverse("my:home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_home")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in need not prove it again at once."""
        records = get_authentication_records(self.request, self.request.user)
        newest = max((record.get("at", 0) for record in records), default=0)
        return bool(time.time() - newest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("パスワードで確かめる"),
            "mfa_reauthenticate": _("認証アプリか予備コードで確かめる"),
            "mfa_reauthenticate:webauthn": _("パスキーで確かめる"),
        }
        methods = super().get_reauthentication_methods(user)
        return [{**method, "description": words[method["id"]]} for method in methods]

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Only stored; the form sees to it that the time of the answer does not tell (`members.forms.account`)."""
        mails.send_password_reset(user, password_reset_link(user))

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        what = NOTICES.get(template_prefix)
        if what is not None:
            mails.send_security_notice(user, what=str(what))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail of ours has a function in `members.mails`; nothing else leaves through allauth."""
        raise NotImplementedError(template_prefix)


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, so that a copy of the database opens no account."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("コードがちがいます。新しいコードを入れてください。"),
        "cannot_delete_authenticator": gettext_lazy("この設定は外せません。"),
        "cannot_generate_recovery_codes": gettext_lazy("予備コードは、2段階認証を設定したあとに作れます。"),
    }

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows beside the digits."""
        return PortalSettings.load().portal_name

    def _get_site_name(self) -> str:
        """What the browser shows when it asks for a passkey."""
        return PortalSettings.load().portal_name

    def encrypt(self, text: str) -> str:
        return sealing.seal(text, purpose=SECOND_FACTOR)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.unseal(encrypted_text, purpose=SECOND_FACTOR)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        from allauth.mfa.models import Authenticator

        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("パスキー %(number)s") % {"number": count + 1}
