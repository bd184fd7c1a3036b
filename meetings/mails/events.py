"""Mails about events: to those who have applied, and to those who wrote them.

Subjects are constant and say nothing of the event: others may read them on a locked screen. A mail to somebody who has
applied holds the link to the application, so nobody else may read it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.event_links import application_token
from meetings.models import ApplicantState, Event, EventApplication, EventRevision
from meetings.models.events import KEPT_DAYS
from meetings.presenting.events import changes_in_words, place_words, when_of_event
from members.board_mails import contacts_of
from members.mails import absolute, send_message
from members.models import Membership, User
from platform_portal.mail.models import OutgoingMail
from platform_portal.publishing.revisions import RevisionState

APPLIED = "meetings.event_applied"
APPLIED_ALREADY = "meetings.event_applied_already"
MOVED_UP = "meetings.event_moved_up"
APPLICATION_CANCELLED = "meetings.event_application_cancelled"
CHANGED = "meetings.event_changed"
CANCELLED = "meetings.event_cancelled"
REVIEWED = "meetings.event_reviewed"
TO_CALL = "meetings.event_to_call"
KINDS = {
    APPLIED: gettext_lazy("催しの申込の受付"),
    APPLIED_ALREADY: gettext_lazy("催しの申込がもうあることの知らせ"),
    MOVED_UP: gettext_lazy("催しのキャンセル待ちからの参加決定"),
    APPLICATION_CANCELLED: gettext_lazy("催しの申込の取り消し"),
    CHANGED: gettext_lazy("催しの日時・場所の変更の知らせ"),
    CANCELLED: gettext_lazy("催しの中止の知らせ"),
    REVIEWED: gettext_lazy("催しの確認の結果"),
    TO_CALL: gettext_lazy("催しの申込の人に電話するお願い"),
}

AGAIN = dt.timedelta(minutes=10)
"""A button pressed twice makes one mail, and nobody's letter box is filled by pressing."""


# --- To those who have applied ------------------------------------------------------------------
def send_applied(application: EventApplication) -> None:
    is_waiting = application.state == ApplicantState.WAITING
    _send_to_applicant(
        application,
        kind=APPLIED,
        subject=_("申込を受け付けました"),
        before=[
            _("定員に達しているため、キャンセル待ちとして受け付けました。席が空いたら、メールで知らせます。")
            if is_waiting
            else _("申込を受け付けました。参加が決まっています。"),
        ],
        after=[
            _("来られなくなったときは、上のページから取り消してください。ほかの人が参加できます。"),
            _("書いていただいた内容は、催しの終わりから%(days)d日で消します。") % {"days": KEPT_DAYS},
            _("申し込んだ覚えのないときは、上のページから取り消してください。"),
        ],
    )


def send_applied_already(application: EventApplication) -> None:
    """Somebody has applied with an address that holds an application already. Once within `AGAIN`."""
    lately = OutgoingMail.objects.about(application).filter(
        kind=APPLIED_ALREADY, created_at__gte=timezone.now() - AGAIN
    )
    if lately.exists():
        return
    is_waiting = application.state == ApplicantState.WAITING
    _send_to_applicant(
        application,
        kind=APPLIED_ALREADY,
        subject=_("申込は、もう受け付けています"),
        before=[
            _("このメールアドレスの申込は、もう受け付けています。いまは、キャンセル待ちです。")
            if is_waiting
            else _("このメールアドレスの申込は、もう受け付けています。参加が決まっています。"),
            _("あとから届いた申込は、数えていません。席は、前の申込の人数の分だけです。"),
        ],
        after=[
            _("人数などを変えるときは、催しの問い合わせ先に知らせてください。"),
            _("来られなくなったときは、上のページから取り消してください。ほかの人が参加できます。"),
            _("申し込んだ覚えのないときは、上のページから取り消してください。"),
        ],
    )


def send_moved_up(application: EventApplication) -> None:
    _send_to_applicant(
        application,
        kind=MOVED_UP,
        subject=_("参加が決まりました"),
        before=[_("席が空いたので、キャンセル待ちから、参加が決まりました。")],
        after=[_("来られなくなったときは、上のページから取り消してください。")],
    )


def send_application_cancelled(application: EventApplication, *, by_host: bool) -> None:
    _send_to_applicant(
        application,
        kind=APPLICATION_CANCELLED,
        subject=_("申込を取り消しました"),
        before=[_("主催者が、申込を取り消しました。") if by_host else _("申込を取り消しました。")],
        after=[_("心当たりのないときは、催しの問い合わせ先に知らせてください。")],
    )


def send_event_changed(application: EventApplication, *, before: Mapping[str, Any], names: list[str]) -> None:
    _send_to_applicant(
        application,
        kind=CHANGED,
        subject=_("申し込んだ催しの内容が変わりました"),
        before=[
            _("次のところが変わりました。"),
            *changes_in_words(application.event, before, names),
        ],
        after=[_("来られなくなったときは、上のページから取り消してください。")],
    )


def send_event_cancelled(application: EventApplication) -> None:
    _send_to_applicant(
        application,
        kind=CANCELLED,
        subject=_("申し込んだ催しは中止になりました"),
        before=[
            _("次の催しは、中止になりました。"),
            _("理由：%(reason)s") % {"reason": application.event.cancelled_reason},
        ],
        after=[],
    )


def _send_to_applicant(
    application: EventApplication, *, kind: str, subject: str, before: list[str], after: list[str]
) -> None:
    """Whoever left only a telephone number is told by the host: the list of applicants says whom to call."""
    if not application.email:
        return
    event = application.event
    send_message(
        kind=kind,
        about=application,
        is_confidential=True,
        subject=subject,
        to=application.email,
        text="members/emails/letter.txt",
        html="members/emails/letter.html",
        name=application.name,
        before=[
            *before,
            _("催し：%(title)s") % {"title": event.title},
            _("日時：%(when)s") % {"when": when_of_event(event)},
            _("場所：%(place)s") % {"place": place_words(event)},
        ],
        link=absolute(reverse("meetings:event-application", args=[application_token(application)])),
        link_words=_("申込のようすを見る・取り消す"),
        after=after,
    )


# --- To those who wrote it ----------------------------------------------------------------------
def send_event_reviewed(event: Event, *, is_published: bool, by: Any, reason: str) -> None:
    """`event`: as it was when it waited, for going back to a draft forgets who had asked."""
    people = {person.pk: person for person in (event.submitted_by, event.author) if person is not None}
    people.pop(by.pk, None)
    for person in people.values():
        if event.organization_id is not None and not _acts_for(person, event):
            continue
        before = (
            _("催し「%(title)s」を確かめて、公開しました。住民の画面に出ています。")
            if is_published
            else _("催し「%(title)s」を確かめました。直してほしいところがあるので、お返しします。")
        )
        _send_to_author(person, event, [before % {"title": event.title}], quote=reason)


def send_event_revision_decided(revision: EventRevision) -> None:
    before = (
        _(
            "催し「%(title)s」の変更を認めました。住民の画面に出ています。日時や場所が変わったときは、申し込んだ人にもメールで知らせました。"
        )
        if revision.state == RevisionState.APPROVED
        else _(
            "催し「%(title)s」の変更を確かめました。直してほしいところがあるので、お返しします。住民の画面は、前の内容のままです。"
        )
    )
    event = revision.event
    person = revision.proposed_by
    if not person.is_active or (event.organization_id is not None and not _acts_for(person, event)):
        return
    _send_to_author(person, event, [before % {"title": event.title}], quote=revision.note)


def send_to_call(event: Event) -> None:
    """A seat went to somebody without a mail address: the host has promised to call, and must know that it is time."""
    if event.organization is None:
        people, name = [event.author] if event.author.is_active else [], "meetings:desk-event-applicants"
    else:
        people, name = contacts_of(event.organization), "meetings:my-event-applicants"
    for person in people:
        send_message(
            kind=TO_CALL,
            about=event,
            subject=_("参加が決まった人に電話をお願いします"),
            to=person.email,
            text="members/emails/letter.txt",
            html="members/emails/letter.html",
            name=person.name,
            before=[
                _("催し「%(title)s」に空きができ、キャンセル待ちの人の参加が決まりました。")
                % {"title": event.title},
                _("メールアドレスのない人です。申し込んだ人の一覧を見て、電話で知らせてください。"),
            ],
            link=absolute(reverse(name, args=[event.public_id])),
            link_words=_("申し込んだ人の一覧を開く"),
            after=[],
        )


def _acts_for(person: User, event: Event) -> bool:
    """Whoever has left the organisation since learns nothing more of it; staff stay staff."""
    if person.is_desk_user:
        return person.is_active
    rows = Membership.objects.current().filter(user=person, organization=event.organization_id)
    return person.is_active and rows.exists()


def _send_to_author(person: User, event: Event, before: list[str], *, quote: str) -> None:
    name = "meetings:desk-event" if person.is_desk_user else "meetings:my-event"
    send_message(
        kind=REVIEWED,
        about=event,
        subject=_("催しの確認の結果"),
        to=person.email,
        text="members/emails/letter.txt",
        html="members/emails/letter.html",
        name=person.name,
        before=before,
        quote=quote,
        link=absolute(reverse(name, args=[event.public_id])),
        link_words=_("催しのページを開く"),
        after=[],
    )
