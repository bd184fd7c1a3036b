"""Mails about invitations to meetings: one function per message, stored in the transaction of what it speaks of.

Subjects are constant and name no meeting. The link in them answers for one organisation, so only its reader may see it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.addressees import Addressee
from meetings.attendance_links import make_answer_token, over_at
from meetings.models import Attendance, Audience, Meeting
from meetings.presenting.agenda import tree_of
from meetings.presenting.days import when_of
from members.mails import absolute, build_message
from platform_portal.japanese.calendar import format_wareki
from platform_portal.region.models import PortalSettings

INVITATION = "meetings.invitation"
REMINDER = "meetings.reminder"
CHANGED = "meetings.meeting_changed"
CANCELLED = "meetings.meeting_cancelled"
WITHDRAWN = "meetings.invitation_withdrawn"
KINDS = {
    INVITATION: gettext_lazy("会議の案内"),
    REMINDER: gettext_lazy("会議の出欠の催促"),
    CHANGED: gettext_lazy("会議の変更の知らせ"),
    CANCELLED: gettext_lazy("会議の中止の知らせ"),
    WITHDRAWN: gettext_lazy("会議の案内の取り消し"),
}

# Each mail with whom it is about and to whom it goes.
Recipients = Iterable[tuple[Attendance, Addressee]]


def send_invitations(meeting: Meeting, recipients: Recipients, *, message: str = "") -> int:
    """`message`: what the secretariat adds, as text. Returns how many mails."""
    return _send_requests(
        meeting, recipients, kind=INVITATION, subject=_("会議のご案内"), message=message, is_reminder=False
    )


def send_reminders(meeting: Meeting, recipients: Recipients) -> int:
    """To those who have not answered. Returns how many mails."""
    return _send_requests(
        meeting,
        recipients,
        kind=REMINDER,
        subject=_("会議の出欠をお知らせください"),
        message="",
        is_reminder=True,
    )


def send_changes(meeting: Meeting, recipients: Recipients, *, changes: Sequence[tuple[str, str, str]]) -> int:
    """`changes`: what it was called, before, after. Returns how many mails."""
    lines = [
        _("・%(name)s：%(old)s → %(new)s")
        % {"name": name, "old": old or _("（なし）"), "new": new or _("（なし）")}
        for name, old, new in changes
    ]
    return _send_changed(
        meeting,
        recipients,
        subject=_("会議の予定が変わりました"),
        before=[_("ご案内した「%(title)s」の予定が変わりました。") % {"title": meeting.title}, *lines],
    )


def send_cancelled(meeting: Meeting, recipients: Recipients) -> int:
    messages = _letters(
        meeting,
        recipients,
        kind=CANCELLED,
        subject=_("会議が中止になりました"),
        before=[
            _("ご案内した「%(title)s」（%(when)s）は、中止になりました。理由は次のとおりです。")
            % {"title": meeting.title, "when": when_of(meeting)}
        ],
        quote=meeting.cancelled_reason,
        link_words=_("会議のページ"),
        after=[_("返事はいりません。")],
    )
    return _send(messages)


def send_reopened(meeting: Meeting, recipients: Recipients) -> int:
    """Of a meeting that they were told was cancelled."""
    return _send_changed(
        meeting,
        recipients,
        subject=_("会議を開くことになりました"),
        before=[
            _("中止とお知らせした「%(title)s」（%(when)s）を、開くことになりました。")
            % {"title": meeting.title, "when": when_of(meeting)}
        ],
    )


def send_withdrawn(meeting: Meeting, recipients: Recipients) -> int:
    messages = _letters(
        meeting,
        recipients,
        kind=WITHDRAWN,
        subject=_("会議の案内を取り消しました"),
        before=[
            _("「%(title)s」（%(when)s）のご案内を取り消しました。返事はいりません。")
            % {"title": meeting.title, "when": when_of(meeting)}
        ],
        link_words=_("ポータル"),
        after=[_("前のメールのリンクは、もう使えません。分からないことは、事務局に聞いてください。")],
    )
    return _send(messages)


# --- What they share ------------------------------------------------------------------------------
def _send_requests(
    meeting: Meeting, recipients: Recipients, *, kind: str, subject: str, message: str, is_reminder: bool
) -> int:
    shared: dict[str, Any] = {
        "portal": PortalSettings.load(),
        "meeting": meeting,
        "when": when_of(meeting),
        "agenda": agenda_lines(meeting),
        "page": meeting_address(meeting),
        "message": message,
        "is_reminder": is_reminder,
        "due": format_wareki(meeting.answers_due_on) if meeting.answers_due_on else "",
        "whose": _whose(),
    }
    messages = (
        build_message(
            kind=kind,
            about=attendance,
            dead_after=over_at(meeting),
            subject=subject,
            to=person.email,
            text="meetings/emails/invitation.txt",
            html="meetings/emails/invitation.html",
            name=person.name,
            is_title=person.is_guest,
            organization=attendance.name,
            link=answer_address(attendance, person),
            calendar=answer_address(attendance, person, "answer-calendar"),
            **shared,
        )
        for attendance, person in recipients
    )
    return _send(messages)


def _send_changed(meeting: Meeting, recipients: Recipients, *, subject: str, before: list[str]) -> int:
    messages = _letters(
        meeting,
        recipients,
        kind=CHANGED,
        subject=subject,
        before=before,
        link_words=_("会議の内容と、あなたの団体の返事を見る"),
        after=[
            _("前の返事はそのままです。都合が変わったときは、上のページで返事を変えてください。"),
            _whose(),
        ],
    )
    return _send(messages)


def _letters(
    meeting: Meeting,
    recipients: Recipients,
    *,
    kind: str,
    subject: str,
    before: list[str],
    link_words: str,
    after: list[str],
    quote: str = "",
) -> Iterable[EmailMultiAlternatives]:
    """Only the mail about a change lets its reader answer; it dies with the meeting."""
    portal = PortalSettings.load()
    lets_in = kind == CHANGED
    for attendance, person in recipients:
        yield build_message(
            kind=kind,
            about=attendance,
            dead_after=over_at(meeting) if lets_in else None,
            subject=subject,
            to=person.email,
            name=person.name,
            is_title=person.is_guest,
            portal=portal,
            before=before,
            quote=quote,
            link=answer_address(attendance, person) if lets_in else meeting_address(meeting),
            link_words=link_words,
            after=after,
            text="members/emails/letter.txt",
            html="members/emails/letter.html",
        )


def _send(messages: Iterable[EmailMultiAlternatives]) -> int:
    """All through one connection: the outbox writes them with a handful of queries."""
    ready = list(messages)
    if ready:
        get_connection().send_messages(ready)
    return len(ready)


def _whose() -> str:
    return _("このページは、あなたに送ったものです。ほかの団体の人には渡さないでください。")


def answer_address(attendance: Attendance, person: Addressee, page: str = "answer") -> str:
    token = make_answer_token(attendance, person.user_id)
    return absolute(reverse(f"meetings:{page}", args=[token]))


def meeting_address(meeting: Meeting) -> str:
    """Where the papers are: for everybody, or for those who sign in."""
    name = "meeting-detail" if meeting.audience == Audience.PUBLIC else "my-meeting"
    return absolute(reverse(f"meetings:{name}", args=[meeting.public_id]))


def agenda_lines(meeting: Meeting) -> list[str]:
    """Numbered as it will be printed, each level one step in. Titles that are not for everybody stay out of mails."""
    lines = []
    for node in tree_of(meeting):
        title = _("（公開しない項目）") if node.item.is_closed else node.item.title
        lines.append("　" * node.depth + f"{node.item.number} {title}".strip())
    return lines
