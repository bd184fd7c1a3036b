"""Answers to invitations: by link, signed in, and written down by the secretariat."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import COMING, Answer, AnswerWay, Attendance, Attendee
from meetings.permissions.attendance import (
    check_can_answer_as_member,
    check_can_record_answer,
    check_is_open_for_answers,
)
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit

MOST_PEOPLE = 20  # of one organisation


class OvertakenError(Refused):
    """Somebody else answered for the organisation after the page was drawn."""


@dataclass(frozen=True, slots=True)
class Named:
    """One person who comes. `has_come` only after the meeting, and only by the secretariat."""

    name: str
    role: str = ""
    is_online: bool = False
    has_come: bool | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    answer: str
    people: Sequence[Named] = field(default_factory=tuple)
    note: str = ""

    @property
    def is_coming(self) -> bool:
        return self.answer in COMING


def mark_of(attendance: Attendance) -> str:
    """Says which answer somebody has seen."""
    return attendance.answered_at.isoformat() if attendance.answered_at else ""


@transaction.atomic
def answer_by_link(*, attendance: Attendance, reply: Reply, seen: str | None = None) -> Attendance:
    """`attendance`: of a link that was just read. Raises Refused, ValidationError; then nothing was changed."""
    locked = _lock(attendance)
    if locked.withdrawn_at is not None or locked.link_version != attendance.link_version:
        raise Refused(_("この案内は取り消されました。返事はいりません。"))
    check_is_open_for_answers(locked.meeting)
    return _store(locked, reply, way=AnswerWay.LINK, seen=seen, by=None)


@transaction.atomic
def answer_as_member(*, attendance: Attendance, reply: Reply, seen: str | None = None, by: Any) -> Attendance:
    """Of somebody who has signed in for the organisation. Raises Refused, ValidationError."""
    locked = _lock(attendance)
    check_can_answer_as_member(by, locked)
    return _store(locked, reply, way=AnswerWay.MEMBER, seen=seen, by=by)


@transaction.atomic
def record_answer(*, attendance: Attendance, reply: Reply, seen: str | None = None, by: Any) -> Attendance:
    """What somebody said by telephone, or what turned out at the meeting. Raises Refused, ValidationError."""
    locked = _lock(attendance)
    check_can_record_answer(by, locked)
    return _store(locked, reply, way=AnswerWay.DESK, seen=seen, by=by)


def _lock(attendance: Attendance) -> Attendance:
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("meeting", "organization")
    locked: Attendance = rows.get(pk=attendance.pk)
    return locked


def _store(locked: Attendance, reply: Reply, *, way: AnswerWay, seen: str | None, by: Any) -> Attendance:
    people = people_of(locked, reply)
    before = list(locked.attendees.all())
    if _says_the_same(locked, before, reply, people):
        return locked  # pressed twice
    if seen is not None and seen != mark_of(locked):
        raise OvertakenError(
            _(
                "画面を開いたあとに、ほかの人が返事をしました。まだ変えていません。"
                "いまの返事を見て、変えるときはもう一度送ってください。"
            )
        )
    old = audit.snapshot(locked, ("answer", "answer_way", "answer_note"))
    locked.answer, locked.answer_note, locked.answer_way = reply.answer, reply.note, way
    locked.answered_at, locked.answered_as = timezone.now(), by
    locked.full_clean(exclude=["meeting", "organization", "guest_name"])
    locked.save(update_fields=["answer", "answer_note", "answer_way", "answered_at", "answered_as"])
    replace_people(locked, people)
    old, new = audit.difference(
        {**old, "people": len(before)},
        {**audit.snapshot(locked, ("answer", "answer_way", "answer_note")), "people": len(people)},
    )
    audit.record(type="meetings.attendance_answered", by=by, obj=locked, old=old, new=new)
    return locked


def people_of(attendance: Attendance, reply: Reply) -> list[Attendee]:
    """Not stored yet. Raises ValidationError."""
    if reply.answer not in {Answer.PRESENT, Answer.PROXY, Answer.ONLINE, Answer.ABSENT}:
        raise ValidationError({"answer": _("出席か欠席かを選んでください。")})
    if not reply.is_coming:
        return []
    if not reply.people:
        raise ValidationError(
            _("出席する人のお名前を書いてください。決まっていないときは「未定」と書いてください。")
        )
    if len(reply.people) > MOST_PEOPLE:
        raise ValidationError(_("出席する人は%(count)s人までにしてください。") % {"count": MOST_PEOPLE})
    is_past = attendance.meeting.has_begun
    people = [
        Attendee(
            attendance=attendance,
            name=each.name,
            role=each.role,
            is_proxy=reply.answer == Answer.PROXY,
            is_online=each.is_online or reply.answer == Answer.ONLINE,
            has_come=each.has_come if is_past else None,
            position=number,
        )
        for number, each in enumerate(reply.people)
    ]
    for person in people:
        person.full_clean(exclude=["attendance"])
    return people


def replace_people(attendance: Attendance, people: Sequence[Attendee]) -> None:
    """Needs the lock on the attendance."""
    attendance.attendees.all().delete()
    Attendee.objects.bulk_create(people)


def _says_the_same(
    attendance: Attendance, before: Sequence[Attendee], reply: Reply, people: Sequence[Attendee]
) -> bool:
    return (
        (attendance.answer, attendance.answer_note) == (reply.answer, reply.note)
        and attendance.answer != Answer.WAITING
        and [_said(each) for each in before] == [_said(each) for each in people]
    )


def _said(person: Attendee) -> tuple[object, ...]:
    return (person.name, person.role, person.is_proxy, person.is_online, person.has_come)
