"""Mails about accounts and about joining: one function per message. What people wrote in them is text, never markup.

Each is stored in the transaction of what it speaks of (`platform_portal.mail`) and leaves after the commit.

Subjects are constant, tell what came of a thing, and say nothing of the topic of the portal beyond an account or an
application: others may read them on a locked screen. Links start with PORTAL_ORIGIN, never with the Host header of a
request.
"""

import datetime as dt

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import (
    INVITATION_DAYS,
    UNCONFIRMED_DAYS,
    Application,
    Charter,
    Invitation,
    Membership,
    OrganizationRevision,
    User,
)
from members.private_links import application_token
from platform_portal.mail.storing import marks
from platform_portal.region.models import PortalSettings

INVITATION = "members.invitation"
PASSWORD_RESET = "members.password_reset"  # noqa: S105  the name of a mail
SECOND_FACTOR_RESET = "members.second_factor_reset"
SECURITY_NOTICE = "members.security_notice"
MEMBERSHIP_NOTICE = "members.membership_notice"
APPLICATION_CONFIRM = "members.application_confirm"
APPLICATION_RETURNED = "members.application_returned"
APPLICATION_APPROVED = "members.application_approved"
APPLICATION_REFUSED = "members.application_refused"
APPLICATION_WITHDRAWN = "members.application_withdrawn"
REVISION_DECIDED = "members.organization_revision_decided"
CHARTER_IN_FORCE = "members.charter_in_force"
KINDS = {
    INVITATION: gettext_lazy("利用者登録のご案内"),
    PASSWORD_RESET: gettext_lazy("パスワードの再設定"),
    SECOND_FACTOR_RESET: gettext_lazy("2段階認証を消しました"),
    SECURITY_NOTICE: gettext_lazy("アカウントの設定の変更"),
    MEMBERSHIP_NOTICE: gettext_lazy("担当の変更"),
    REVISION_DECIDED: gettext_lazy("団体の情報の変更への返事"),
    CHARTER_IN_FORCE: gettext_lazy("設置要綱の新しい版の知らせ"),
    APPLICATION_CONFIRM: gettext_lazy("申込の確認のお願い"),
    APPLICATION_RETURNED: gettext_lazy("申込についての質問"),
    APPLICATION_APPROVED: gettext_lazy("入会を認めました"),
    APPLICATION_REFUSED: gettext_lazy("申込の結果"),
    APPLICATION_WITHDRAWN: gettext_lazy("申込の取り下げ"),
}


def absolute(path: str) -> str:
    return f"{settings.PORTAL_ORIGIN}{path}"


def send_invitation(invitation: Invitation, secret: str) -> None:
    send_message(
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
    send_message(
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
    send_message(
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
    send_message(
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


def send_membership_notice(membership: Membership, *, what: str) -> None:
    """What was changed about somebody's acting for an organisation; `what` is one or two sentences."""
    if not membership.user.is_active:
        return
    send_message(
        kind=MEMBERSHIP_NOTICE,
        about=membership,
        subject=_("団体の担当から外れました") if membership.ended_at else _("団体の担当が変わりました"),
        to=membership.user.email,
        text="members/emails/membership_notice.txt",
        html="members/emails/membership_notice.html",
        name=membership.user.name,
        organization=membership.organization.name,
        what=what,
        link=absolute(reverse("my:home")),
    )


def send_organization_revision_decided(revision: OrganizationRevision) -> None:
    """To whoever proposed a change of the organisation's entry: approved, or returned with the reason."""
    if not revision.proposed_by.is_active:
        return
    is_approved = not revision.is_returned
    send_message(
        kind=REVISION_DECIDED,
        about=revision,
        subject=_("変更の申し出を認めました") if is_approved else _("変更の申し出をお返しします"),
        to=revision.proposed_by.email,
        text="members/emails/organization_revision.txt",
        html="members/emails/organization_revision.html",
        name=revision.proposed_by.name,
        organization=revision.organization.name,
        is_approved=is_approved,
        reason=revision.note,
        link=absolute(reverse("my:organization", args=[revision.organization.public_id])),
    )


def send_charter_in_force(charter: Charter, user: User) -> None:
    """To a manager, once however many organisations they act for: what is new, and where to agree."""
    subject = _("設置要綱が新しくなりました")
    send_message(
        kind=CHARTER_IN_FORCE,
        about=charter,
        subject=subject,
        to=user.email,
        text="members/emails/letter.txt",
        html="members/emails/letter.html",
        name=user.name,
        before=[
            _(
                "「%(title)s」は、%(day)sから第%(number)s版になりました。前の版から変わったことは、次のとおりです。"
            )
            % {
                "title": charter.title,
                "day": date_format(charter.effective_on, "Y年n月j日"),
                "number": charter.number,
            }
        ],
        quote=charter.change_summary,
        link=absolute(reverse("my:home")),
        link_words=_("「わたしの団体」を開く"),
        after=[
            _("「わたしの団体」から全文を読み、団体ごとに、同意するかを決めてください。"),
            _("このメールは、団体の管理担当の方に、ひとり1通だけ送っています。"),
        ],
    )


# --- Applications to join -----------------------------------------------------------------------
def send_application_confirm(application: Application) -> None:
    limit = application.created_at + dt.timedelta(days=UNCONFIRMED_DAYS)
    _send_about_application(
        application,
        kind=APPLICATION_CONFIRM,
        subject=_("申込の確認のお願い"),
        before=[
            _("「%(body)s」の入会の申込を書いていただき、ありがとうございます。まだ申込は終わっていません。")
            % {"body": application.organization_name},
            _("次のページを開いて内容を確かめ、「申込を確定する」を押してください。"),
        ],
        link_words=_("申込を確かめるページを開く"),
        after=[
            _("%(limit)s までに確定されないときは、書いていただいた内容を消します。")
            % {"limit": date_format(timezone.localtime(limit), "Y年n月j日 G:i")},
            _("このページは、あとで申込のようすを見るときにも使います。人に教えないでください。"),
            _("心当たりのないときは、何もせずにこのメールを消してください。申込はされません。"),
        ],
        dead_after=limit,
    )


def send_application_returned(application: Application) -> None:
    question = application.open_question
    _send_about_application(
        application,
        kind=APPLICATION_RETURNED,
        subject=_("申込についての質問"),
        before=[
            _("「%(body)s」の入会の申込について、教えていただきたいことがあります。")
            % {"body": application.organization_name}
        ],
        quote=question.text if question else "",
        link_words=_("返事を書くページを開く"),
        after=[_("このページで、返事を書き、申込の内容を直せます。人に教えないでください。")],
    )


def send_application_approved(application: Application) -> None:
    _send_about_application(
        application,
        kind=APPLICATION_APPROVED,
        subject=_("入会を認めました"),
        before=[
            _("「%(body)s」の入会を認めました。これから、どうぞよろしくお願いします。")
            % {"body": application.organization_name},
            _("団体のページを使うための案内を、別のメール「利用者登録のご案内」で送ります。"),
        ],
        link_words=_("申込のようすを見る"),
        after=[],
    )


def send_application_refused(application: Application) -> None:
    _send_about_application(
        application,
        kind=APPLICATION_REFUSED,
        subject=_("入会を認められませんでした"),
        before=[
            _(
                "「%(body)s」の入会の申込を検討しましたが、今回は入会を認められませんでした。理由は次のとおりです。"
            )
            % {"body": application.organization_name}
        ],
        quote=application.reason,
        link_words=_("申込のようすを見る"),
        after=[
            _(
                "分からないことがあるときや、事情が変わったときは、事務局に相談してください。もう一度申し込めます。"
            )
        ],
    )


def send_application_withdrawn(application: Application) -> None:
    _send_about_application(
        application,
        kind=APPLICATION_WITHDRAWN,
        subject=_("申込を取り下げました"),
        before=[_("「%(body)s」の入会の申込を取り下げました。") % {"body": application.organization_name}],
        link_words=_("申込のようすを見る"),
        after=[_("取り下げた心当たりのないときは、事務局に知らせてください。もう一度申し込めます。")],
    )


def _send_about_application(
    application: Application,
    *,
    kind: str,
    subject: str,
    before: list[str],
    link_words: str,
    after: list[str],
    quote: str = "",
    dead_after: dt.datetime | None = None,
) -> None:
    """The link lets its reader see and change the application, so only the contact may read the mail."""
    send_message(
        kind=kind,
        about=application,
        dead_after=dead_after,
        is_confidential=True,
        subject=subject,
        to=application.contact_email,
        text="members/emails/letter.txt",
        html="members/emails/letter.html",
        name=application.contact_name,
        before=before,
        quote=quote,
        link=absolute(reverse("members:application-open", args=[application_token(application)])),
        link_words=link_words,
        after=after,
    )


def send_message(
    *,
    kind: str,
    about: models.Model,
    subject: str,
    to: str,
    text: str,
    html: str,
    dead_after: dt.datetime | None = None,
    is_confidential: bool = False,
    **context: object,
) -> None:
    """A mail with a link that dies (`dead_after`) lets its reader in: nobody else may read it."""
    message = build_message(
        kind=kind,
        about=about,
        subject=subject,
        to=to,
        text=text,
        html=html,
        dead_after=dead_after,
        is_confidential=is_confidential,
        **{"portal": PortalSettings.load(), **context},
    )
    message.send()


def build_message(
    *,
    kind: str,
    about: models.Model,
    subject: str,
    to: str,
    text: str,
    html: str,
    dead_after: dt.datetime | None = None,
    is_confidential: bool = False,
    **context: object,
) -> EmailMultiAlternatives:
    """Not sent yet: many at once go through one connection. `context` holds `portal`."""
    values = {**context, "subject": subject, "origin": settings.PORTAL_ORIGIN}
    headers = marks(
        kind=kind,
        about=about,
        is_confidential=is_confidential or dead_after is not None,
        expires_at=dead_after,
    )
    message = EmailMultiAlternatives(subject, render_to_string(text, values), to=[to], headers=headers)
    message.attach_alternative(render_to_string(html, values), "text/html")
    return message
