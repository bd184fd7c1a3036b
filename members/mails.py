"""Mails about accounts: one function per message. A name is the only thing in them that people write.

Subjects are constant and say nothing of the topic of the portal beyond an account. Links start with
PORTAL_ORIGIN, never with the Host header of a request.
"""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import INVITATION_DAYS, Invitation, User
from platform_portal.region.models import PortalSettings


def absolute(path: str) -> str:
    return f"{settings.PORTAL_ORIGIN}{path}"


def send_invitation(invitation: Invitation, secret: str) -> None:
    _send(
        subject=_("利用者登録のご案内"),
        to=invitation.email,
        text="members/emails/invitation.txt",
        html="members/emails/invitation.html",
        name=invitation.name,
        link=absolute(reverse("members:invitation-open", args=[secret])),
        organization=invitation.organization.name if invitation.organization else "",
        days=INVITATION_DAYS,
        expires_at=invitation.expires_at,
    )


def send_password_reset(user: User, link: str) -> None:
    _send(
        subject=_("パスワードの再設定"),
        to=user.email,
        text="members/emails/password_reset.txt",
        html="members/emails/password_reset.html",
        name=user.name,
        link=link,
        hours=settings.PASSWORD_RESET_TIMEOUT // 3600,
    )


def send_second_factor_reset(user: User) -> None:
    """An administrator has removed the second factor of `user`."""
    _send(
        subject=_("2段階認証を消しました"),
        to=user.email,
        text="members/emails/second_factor_reset.txt",
        html="members/emails/second_factor_reset.html",
        name=user.name,
        link=absolute(reverse("account_login")),
    )


def send_security_notice(user: User, *, what: str) -> None:
    """Something about signing in was changed from the account of `user` itself; `what` is one sentence."""
    _send(
        subject=_("アカウントの設定の変更"),
        to=user.email,
        text="members/emails/security_notice.txt",
        html="members/emails/security_notice.html",
        name=user.name,
        what=what,
        link=absolute(reverse("account_reset_password")),
    )


def _send(*, subject: str, to: str, text: str, html: str, **context: object) -> None:
    """Raises OSError (smtplib's errors are ones) when the mail server does not take the message."""
    values = {**context, "portal": PortalSettings.load(), "origin": settings.PORTAL_ORIGIN}
    message = EmailMultiAlternatives(subject, render_to_string(text, values), to=[to])
    message.attach_alternative(render_to_string(html, values), "text/html")
    message.send()
