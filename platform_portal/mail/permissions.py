"""Who may do what with mails. Twins: `check_can_x` raises with a reason, `can_x` answers yes or no."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.mail.models import OPEN_STATES, MailState, OutgoingMail


def check_can_resend_mail(user: Any, mail: OutgoingMail) -> None:
    check_has(user, Permission.RESEND_MAILS)
    if mail.state not in {MailState.FAILED, MailState.GIVEN_UP}:
        raise Refused(_("送れなかったメールだけを、もう一度送れます。"))
    if mail.erased_at or (mail.expires_at and mail.expires_at <= timezone.now()):
        raise Refused(
            _("本文が消えているか、リンクの期限が過ぎています。元の画面から、新しいメールを送ってください。")
        )


def can_resend_mail(user: Any, mail: OutgoingMail) -> bool:
    return passes(check_can_resend_mail, user, mail)


def check_can_cancel_mail(user: Any, mail: OutgoingMail) -> None:
    check_has(user, Permission.RESEND_MAILS)
    if mail.state == MailState.SENDING:
        raise Refused(_("いま送っているところです。少し待ってから、画面を読み込み直してください。"))
    if mail.state not in OPEN_STATES:
        raise Refused(_("これから送るメールではありません。"))


def can_cancel_mail(user: Any, mail: OutgoingMail) -> bool:
    return passes(check_can_cancel_mail, user, mail)
