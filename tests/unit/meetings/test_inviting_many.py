"""Invitations, reminders and news to more than a request writes itself."""

import datetime as dt
import threading
import time
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings.mails import attendance as mails
from meetings.models import Attendance, InvitationLetter
from meetings.services import meetings
from meetings.services.attendance import inviting, letters
from meetings.services.attendance.reminding import remind_now
from platform_portal.celery import app
from platform_portal.mail.models import OutgoingMail
from tests.conftest import text_of
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MembershipFactory
from tests.outbox import delivered
from tests.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch):
    monkeypatch.setattr(letters, "AT_ONCE", 2)
    monkeypatch.setattr(letters, "BATCH", 2)


@pytest.fixture
def meeting():
    return MeetingFactory(planned=True)


@pytest.fixture
def contacts():
    return MembershipFactory.create_batch(5)


@pytest.fixture
def rows(meeting, contacts, secretariat):
    return invited(meeting, secretariat, *(each.organization for each in contacts), message="東側です。")


def invited(meeting: Any, by: Any, *organizations: Any, message: str = "") -> list[Attendance]:
    return inviting.invite(meeting=meeting, organizations=organizations, guests=(), by=by, message=message)


def test_a_worker_writes_them_each_once(rows, contacts, meeting, secretariat_client):
    assert not OutgoingMail.objects.exists()
    page = reverse("meetings:desk-attendance", args=[meeting.public_id])
    assert "メールを作っているところです。あと 5件です" in text_of(secretariat_client.get(page))
    assert letters.write_waiting() == 5
    assert sorted(mail.to[0] for mail in delivered()) == sorted(each.user.email for each in contacts)
    assert all("東側です。" in mail.body for mail in mail.outbox)
    assert not InvitationLetter.objects.exists()
    assert "メールを作っているところです" not in text_of(secretariat_client.get(page))
    assert letters.write_waiting() == 0


def test_one_run_that_is_cut_off_is_gone_on_with(rows, monkeypatch):
    whole = mails.send_invitations

    def cut_off(*args, **kwargs):
        if OutgoingMail.objects.exists():
            raise MemoryError
        return whole(*args, **kwargs)

    monkeypatch.setattr(mails, "send_invitations", cut_off)
    with pytest.raises(MemoryError):
        letters.write_waiting()
    assert OutgoingMail.objects.count() == 2
    monkeypatch.undo()
    assert letters.write_waiting() == 3
    assert OutgoingMail.objects.count() == 5


def test_who_was_not_told_yet_hears_of_nothing_that_came_before(rows, meeting, secretariat):
    inviting.withdraw_invitation(attendance=rows[0], by=secretariat)
    meetings.change_meeting(meeting=meeting, values={"place": "別の部屋"}, by=secretariat)
    assert not OutgoingMail.objects.exists()
    assert letters.write_waiting() == 4
    assert all("別の部屋" in mail.body for mail in delivered())
    meetings.change_meeting(meeting=meeting, values={"place": "また別"}, by=secretariat)
    letters.write_waiting()
    assert OutgoingMail.objects.filter(kind="meetings.meeting_changed").count() == 4


def test_nobody_is_asked_to_what_was_called_off(rows, meeting, secretariat):
    meetings.cancel_meeting(meeting=meeting, reason="台風のため", by=secretariat)
    assert letters.write_waiting() == 5
    assert not OutgoingMail.objects.exists()


def test_reminders_too(rows, meeting, secretariat):
    letters.write_waiting()
    Attendance.objects.update(invited_at=timezone.now() - dt.timedelta(days=1))
    Attendance.objects.filter(pk=rows[0].pk).update(
        answer="present", answered_at=timezone.now(), answer_way="desk"
    )
    assert remind_now(meeting=meeting, by=secretariat) == 4
    Attendance.objects.filter(pk=rows[1].pk).update(
        answer="absent", answered_at=timezone.now(), answer_way="desk"
    )
    letters.write_waiting()
    assert OutgoingMail.objects.filter(kind="meetings.reminder").count() == 3


# --- News -----------------------------------------------------------------------------------------
@pytest.fixture
def told(rows):
    """Those who have their invitation."""
    letters.write_waiting()
    OutgoingMail.objects.all().delete()
    return rows


def news() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind__startswith="meetings.meeting_"))


def test_a_change_is_told_by_a_worker_once(told, meeting, secretariat, secretariat_client):
    meetings.change_meeting(meeting=meeting, values={"place": "別の部屋"}, by=secretariat)
    assert news() == []
    page = reverse("meetings:desk-attendance", args=[meeting.public_id])
    assert "メールを作っているところです。あと 5件です" in text_of(secretariat_client.get(page))
    inviting.withdraw_invitation(attendance=told[0], by=secretariat)
    assert letters.write_waiting() == 4
    assert len(news()) == 4
    assert all("→ 別の部屋" in mail.body for mail in delivered() if "変わりました" in mail.subject)
    assert not InvitationLetter.objects.exists()
    assert letters.write_waiting() == 0


def test_what_changes_again_before_it_is_written_is_told_in_one_mail(told, meeting, secretariat):
    was = meeting.place
    meetings.change_meeting(meeting=meeting, values={"place": "別の部屋"}, by=secretariat)
    meetings.change_meeting(meeting=meeting, values={"place": "講堂", "title": "臨時の会"}, by=secretariat)
    letters.write_waiting()
    bodies = [mail.body for mail in delivered()]
    assert len(bodies) == 5
    assert all(f"{was} → 講堂" in body and "→ 臨時の会" in body for body in bodies)
    assert not any("別の部屋" in body for body in bodies)


def test_cancelled_or_again_as_it_was_before_it_is_written(told, meeting, secretariat):
    was = meeting.place
    for place in ("別の部屋", was):
        meetings.change_meeting(meeting=meeting, values={"place": place}, by=secretariat)
    letters.write_waiting()
    assert news() == []
    meetings.change_meeting(meeting=meeting, values={"place": "別の部屋"}, by=secretariat)
    meetings.cancel_meeting(meeting=meeting, reason="大雪のため", by=secretariat)
    letters.write_waiting()
    assert {mail.kind for mail in news()} == {"meetings.meeting_cancelled"}
    assert len(news()) == 5
    meeting.refresh_from_db()
    meetings.announce_meeting(meeting=meeting, by=secretariat)
    letters.write_waiting()
    assert [mail.subject for mail in delivered()].count("会議を開くことになりました") == 5


def test_nobody_is_told_of_what_has_begun_meanwhile(told, meeting, secretariat, time_machine):
    meetings.cancel_meeting(meeting=meeting, reason="大雪のため", by=secretariat)
    time_machine.move_to(meeting.starts_at)
    assert letters.write_waiting() == 5
    assert news() == []


def test_who_is_reminded_hears_of_the_change_too(told, meeting, secretariat):
    Attendance.objects.update(invited_at=timezone.now() - dt.timedelta(days=1))
    assert remind_now(meeting=meeting, by=secretariat) == 5
    meetings.change_meeting(meeting=meeting, values={"place": "別の部屋"}, by=secretariat)
    assert letters.write_waiting() == 10
    assert sorted(OutgoingMail.objects.values_list("kind", flat=True)) == (
        ["meetings.meeting_changed"] * 5 + ["meetings.reminder"] * 5
    )


@pytest.mark.django_db(transaction=True)
def test_a_change_waits_for_a_worker_that_is_writing_of_the_one_before(
    told, meeting, secretariat, monkeypatch
):
    """It has read the meeting as it was; whoever it writes to would never hear of the second change."""
    whole, is_writing = mails.send_changes, threading.Event()

    def slowly(*args: Any, **kwargs: Any) -> int:
        if not is_writing.is_set():
            is_writing.set()
            until_somebody_waits_for_a_row()
        return whole(*args, **kwargs)

    def change_again() -> None:
        is_writing.wait(10)
        meetings.change_meeting(meeting=meeting, values={"place": "講堂"}, by=secretariat)

    monkeypatch.setattr(letters, "_wake_writer", lambda: None)  # in tests it would write at once
    monkeypatch.setattr(mails, "send_changes", slowly)
    meetings.change_meeting(meeting=meeting, values={"place": "別の部屋"}, by=secretariat)
    assert at_once(letters.write_waiting, change_again) == [None, None]
    letters.write_waiting()
    heard = {mail.to[0] for mail in delivered() if "→ 講堂" in mail.body}
    assert heard == {row.organization.memberships.get().user.email for row in told}


def until_somebody_waits_for_a_row(seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)


def test_asks_the_database_as_often_for_many(meeting, secretariat, monkeypatch):
    monkeypatch.setattr(letters, "BATCH", 100)
    counts = []
    for count in (3, 12):
        organizations = [each.organization for each in MembershipFactory.create_batch(count)]
        with CaptureQueriesContext(connection) as asking:
            invited(meeting, secretariat, *organizations)
        with CaptureQueriesContext(connection) as writing:
            assert letters.write_waiting() == count
        with CaptureQueriesContext(connection) as changing:
            meetings.change_meeting(meeting=meeting, values={"place": f"{count}号室"}, by=secretariat)
        with CaptureQueriesContext(connection) as telling:
            letters.write_waiting()
        counts.append(tuple(map(len, (asking, writing, changing, telling))))
    assert counts[0] == counts[1]


def test_beat_finds_what_a_lost_task_left():
    assert app.conf.beat_schedule["write-letters"]["task"] == "meetings.tasks.attendance.write_letters"
