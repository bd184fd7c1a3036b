"""Reminders: three days before the due date and on it, each once, never to who has answered."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from meetings.models import Attendance
from meetings.services.attendance.reminding import remind_now, remind_of_meetings
from meetings.tasks.attendance import remind_of_meetings as task
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.members import MembershipFactory, UserFactory
from tests.outbox import delivered
from tests.racing import at_once

pytestmark = pytest.mark.django_db
TOKYO = dt.timezone(dt.timedelta(hours=9))
DUE = dt.date(2027, 2, 10)


def at(day: int, hour: int = 8) -> dt.datetime:
    return dt.datetime(2027, 2, day, hour, tzinfo=TOKYO)


@pytest.fixture
def row(time_machine):
    time_machine.move_to(at(1))
    meeting = MeetingFactory(state="planned", starts_at=at(12, 13), answers_due_on=DUE)
    return AttendanceFactory(
        meeting=meeting, organization=MembershipFactory().organization, invited_at=timezone.now()
    )


def sent() -> int:
    return OutgoingMail.objects.filter(kind="meetings.reminder").count()


def test_each_once(row, time_machine):
    counts = []
    for day in range(1, 14):
        time_machine.move_to(at(day))
        for _run in range(2):
            remind_of_meetings()
        counts.append(sent())
    #        1  2  3  4  5  6  7  8  9 10 11 12 13
    assert counts == [0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2]


def test_a_beat_that_stood_still_reminds_once(row, time_machine):
    time_machine.move_to(at(11))
    remind_of_meetings()
    assert sent() == 1


def test_who_was_invited_within_the_last_days_is_left_alone_until_the_due_date(row, time_machine):
    Attendance.objects.update(invited_at=at(8))
    time_machine.move_to(at(9))
    remind_of_meetings()
    assert sent() == 0
    time_machine.move_to(at(10))
    remind_of_meetings()
    assert sent() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"answer": "absent", "answered_at": at(2)},
        {"withdrawn_at": at(2)},
        {"organization": None, "guest_name": "だれか"},
    ],
)
def test_nobody_who_answered_was_taken_back_or_cannot_be_reached(row, values, time_machine):
    if "withdrawn_at" in values:
        values = values | {"withdrawn_by": UserFactory()}
    Attendance.objects.update(**values)
    time_machine.move_to(at(10))
    remind_of_meetings()
    assert sent() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"state": "draft"},
        {"state": "cancelled", "cancelled_reason": "大雪"},
        {"answers_due_on": None},
        {"starts_at": at(9), "ends_at": at(9, 10)},
    ],
)
def test_only_of_coming_meetings_with_a_due_date(row, values, time_machine):
    type(row.meeting).objects.update(**values)
    time_machine.move_to(at(10))
    remind_of_meetings()
    assert sent() == 0


def test_what_it_says(row, time_machine):
    time_machine.move_to(at(10))
    task()
    (mail,) = delivered()
    assert mail.subject == "会議の出欠をお知らせください"
    assert "返事の期限: 令和9年2月10日" in mail.body
    assert "/meetings/invitations/" in mail.body
    assert AuditEvent.objects.get(type="meetings.attendance_reminded").actor_id is None


def test_by_hand_without_a_worker(row, time_machine):
    time_machine.move_to(at(10))
    out = StringIO()
    call_command("remind_of_meetings", stdout=out)
    assert out.getvalue().strip() == "催促した会議 1件、メール 1通。"


def test_one_bad_meeting_does_not_stop_the_others(row, time_machine, monkeypatch, caplog):
    second = AttendanceFactory(
        meeting=MeetingFactory(state="planned", starts_at=at(20), answers_due_on=DUE),
        organization=MembershipFactory().organization,
    )
    from meetings.services.attendance import reminding

    real = reminding._take_turn

    def take(key: int, today: dt.date) -> Any:
        if key == row.meeting_id:
            raise RuntimeError("broken")
        return real(key, today)

    monkeypatch.setattr(reminding, "_take_turn", take)
    time_machine.move_to(at(10))
    tally = remind_of_meetings()
    assert (tally.failed, tally.mails) == (1, 1)
    second.refresh_from_db()
    assert second.reminded_at is not None


class TestNow:
    def test_at_a_press_of_the_button(self, row, secretariat, time_machine):
        time_machine.move_to(at(3))
        assert remind_now(meeting=row.meeting, by=secretariat) == 1
        with pytest.raises(Refused, match="1時間以内"):
            remind_now(meeting=row.meeting, by=secretariat)
        time_machine.move_to(at(3, 10))
        assert remind_now(meeting=row.meeting, by=secretariat) == 1

    def test_not_right_after_the_invitation(self, row, secretariat):
        with pytest.raises(Refused, match="1時間以内"):
            remind_now(meeting=row.meeting, by=secretariat)

    def test_only_the_secretariat(self, row, owner):
        with pytest.raises(Refused):
            remind_now(meeting=row.meeting, by=owner)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one_mail():
    meeting = MeetingFactory(planned=True, answers_due_on=timezone.localdate())
    AttendanceFactory(
        meeting=meeting,
        organization=MembershipFactory().organization,
        invited_at=timezone.now() - dt.timedelta(days=9),
    )
    at_once(*[remind_of_meetings] * 3)
    assert sent() == 1
