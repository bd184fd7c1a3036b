"""Mails about accounts: one function per message. A name is the only thing in them that people write.

Each is stored in the transaction of what it speaks of (`platform_portal.mail`) and leaves after the commit.

Subjects are constant and say nothing of the topic of the portal beyond an account. Links start with
PORTAL_ORIGIN, never with the Host header of a request.
"""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import INVITATION_DAYS, Invitation, User
from platform_portal.mail.storing import marks
from platform_portal.region.models import PortalSettings

INVITATION = "members.invitation"
PASSWORD_RESET = "members.password_reset"  # noqa: S105  the name of a mail
SECOND_FACTOR_RESET = "members.second_factor_reset"
SECURITY_NOTICE = "members.security_notice"
KINDS = {
    INVITATION: gettext_lazy("利用者登録のご案内"),
    PASSWORD_RESET: gettext_lazy("パスワードの再設定"),
    SECOND_FACTOR_RESET: gettext_lazy("2段階認証を消しました"),
    SECURITY_NOTICE: gettext_lazy("アカウントの設定の変更"),
}


def absolute(path: str) -> str:
    return f"{settings.PORTAL_ORIGIN}{path}"


def send_invitation(invitation: Invitation, secret: str) -> None:
    _send(
        kind=INVITATION,
        about=invitation,
        dead_after=invitation.expires_at,
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
        kind=PASSWORD_RESET,
        about=user,
        dead_after=timezone.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
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
        kind=SECOND_FACTOR_RESET,
        about=user,
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
        kind=SECURITY_NOTICE,
        about=user,
        subject=_("アカウントの設定の変更"),
        to=user.email,
        text="members/emails/security_notice.txt",
        html="members/emails/security_notice.html",
        name=user.name,
        what=what,
        link=absolute(reverse("account_reset_password")),
    )


def _send(
    *,
    kind: str,
    about: models.Model,
    subject: str,
    to: str,
    text: str,
    html: str,
    dead_after: dt.datetime | None = None,
    **context: object,
) -> None:
    """A mail with a link that dies (`dead_after`) lets its reader in: nobody else may read it."""
    values = {**context, "portal": PortalSettings.load(), "origin": settings.PORTAL_ORIGIN}
    headers = marks(kind=kind, about=about, is_confidential=dead_after is not None, expires_at=dead_after)
    message = EmailMultiAlternatives(subject, render_to_string(text, values), to=[to], headers=headers)
    message.attach_alternative(render_to_string(html, values), "text/html")
    message.send()
