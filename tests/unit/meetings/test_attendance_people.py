"""What is kept of people who were asked, and what becomes of invitations when organisations merge or leave."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from meetings.attendance_waiting import answers_wait, invitations_of, written_about
from meetings.models import Attendance, Attendee
from meetings.services.attendance import inviting
from meetings.services.attendance.forgetting import KEPT_DAYS, forget_attendance
from meetings.services.attendance.merging import move_attendances
from meetings.services.attendance.reminding import remind_now
from members.people import person_of, person_with
from members.services import erase_person
from members.views.my.common import own_memberships
from platform_portal import personal_data
from platform_portal.audit.models import AuditEvent
from tests.factories.meetings import AttendanceFactory, AttendeeFactory, MeetingFactory
from tests.factories.members import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db
LONG_AGO = dt.timedelta(days=KEPT_DAYS + 1)


class TestForgetting:
    @pytest.fixture
    def old(self):
        return MeetingFactory(starts_at=timezone.now() - LONG_AGO)

    def test_addresses_notes_and_who_did_not_come(self, old):
        row = AttendanceFactory(meeting=old, guest=True, coming=True, answer_note="車いすで入ります")
        AttendeeFactory(attendance=row, name="来た人", has_come=True)
        AttendeeFactory(attendance=row, name="来なかった人", has_come=False)
        AttendeeFactory(attendance=row, name="分からない人")
        assert forget_attendance() == 1
        row.refresh_from_db()
        assert (row.guest_email, row.answer_note, row.guest_name) == ("", "", "内閣府 推進室")
        assert list(row.attendees.values_list("name", flat=True)) == ["来た人"]
        assert AuditEvent.objects.get().type == "meetings.attendance_forgotten"
        assert forget_attendance() == 0

    def test_where_nobody_was_ticked_off_the_named_stay(self, old):
        person = AttendeeFactory(attendance__meeting=old, attendance__answer_note="遅れます")
        assert forget_attendance() == 1
        assert list(Attendee.objects.all()) == [person]
        assert forget_attendance() == 0

    def test_nobody_came_to_what_was_cancelled(self):
        meeting = MeetingFactory(
            starts_at=timezone.now() - LONG_AGO, state="cancelled", cancelled_reason="大雪"
        )
        AttendeeFactory(attendance__meeting=meeting)
        assert forget_attendance() == 1
        assert not Attendee.objects.exists()
        assert forget_attendance() == 0

    def test_not_before_the_time_is_over(self):
        AttendanceFactory(meeting=MeetingFactory(), guest=True, answer_note="遅れます")
        assert forget_attendance() == 0


class TestOnePerson:
    def test_export_of_a_guest(self):
        AttendanceFactory(guest=True, answer_note="通訳が要ります")
        sections = personal_data.collect(person_with("Guest@ministry.example"))
        assert [section.label for section in sections] == ["meetings.attendance"]
        values = {field.name: field.words for field in sections[0].rows[0]}
        assert values["answer_note"] == "通訳が要ります"

    def test_erasure_of_a_guest(self, administrator):
        row = AttendanceFactory(guest=True, coming=True, answer_note="通訳が要ります")
        AttendeeFactory(attendance=row)
        other = AttendanceFactory(answer_note="団体の返事")
        erase_person(person=person_with("guest@ministry.example"), by=administrator)
        row.refresh_from_db()
        other.refresh_from_db()
        assert (row.guest_name, row.guest_email, row.answer_note) == ("（消しました）", "", "")
        assert list(row.attendees.values_list("name", "role")) == [("（消しました）", "")]
        assert other.answer_note == "団体の返事"

    def test_erasure_of_who_answered_signed_in(self, administrator):
        contact = MembershipFactory(editor=True)
        row = AttendanceFactory(
            organization=contact.organization, coming=True, answered_as=contact.user, answer_note="遅れます"
        )
        person = AttendeeFactory(attendance=row)
        erase_person(person=person_of(contact.user), by=administrator)
        row.refresh_from_db()
        person.refresh_from_db()
        assert (row.answer, row.answer_note) == ("present", "")
        assert person.name == "山田 花子"


class TestMerging:
    @pytest.fixture
    def source(self):
        return OrganizationFactory(name="旧の会")

    @pytest.fixture
    def target(self):
        return OrganizationFactory(name="新の会")

    def merged(self, source: Any, target: Any, by: Any) -> None:
        move_attendances(source=source, target=target, by=by)

    def test_one_moves(self, source, target, secretariat):
        row = AttendanceFactory(organization=source)
        self.merged(source, target, secretariat)
        row.refresh_from_db()
        assert row.organization == target
        assert AuditEvent.objects.get().type == "meetings.attendance_moved"

    def test_an_answer_is_not_lost(self, source, target, secretariat):
        meeting = MeetingFactory()
        said = AttendeeFactory(attendance__meeting=meeting, attendance__organization=source)
        kept = AttendanceFactory(meeting=meeting, organization=target)
        self.merged(source, target, secretariat)
        kept.refresh_from_db()
        assert (kept.answer, kept.answer_way) == ("present", "link")
        assert [person.pk for person in kept.attendees.all()] == [said.pk]
        assert list(Attendance.objects.invited()) == [kept]

    def test_the_targets_own_answer_stands(self, source, target, secretariat):
        meeting = MeetingFactory()
        AttendeeFactory(attendance__meeting=meeting, attendance__organization=source)
        came = AttendeeFactory(attendance=Attendance.objects.get(), name="来た人", has_come=True)
        kept = AttendanceFactory(
            meeting=meeting, organization=target, answer="absent", answered_at=timezone.now()
        )
        self.merged(source, target, secretariat)
        kept.refresh_from_db()
        assert kept.answer == "absent"
        assert list(kept.attendees.all()) == [came]

    def test_a_withdrawn_invitation_gives_way(self, source, target, secretariat):
        meeting = MeetingFactory(planned=True)
        AttendanceFactory(meeting=meeting, organization=source)
        kept = AttendanceFactory(
            meeting=meeting, organization=target, withdrawn_at=timezone.now(), withdrawn_by=secretariat
        )
        self.merged(source, target, secretariat)
        assert list(meeting.attendances.invited()) == [kept]


class TestLeaving:
    def test_an_organisation_that_left_is_neither_mailed_nor_lost(self, secretariat):
        contact = MembershipFactory()
        meeting = MeetingFactory(planned=True)
        row = AttendanceFactory(
            meeting=meeting,
            organization=contact.organization,
            invited_at=timezone.now() - dt.timedelta(days=1),
        )
        type(contact.organization).objects.update(state="left", left_on=timezone.localdate())
        assert remind_now(meeting=meeting, by=secretariat) == 0
        assert list(meeting.attendances.invited()) == [row]
        listed = invitations_of(contact.organization)
        assert [each.words for each in listed.rows] == [
            f"{meeting.title}（{timezone.localtime(meeting.starts_at):%-m月%-d日}）"
        ]
        assert "取り消してください" in listed.left
        inviting.withdraw_invitation(attendance=row, by=secretariat)
        assert invitations_of(contact.organization).rows == []


class TestWaiting:
    def test_those_who_may_answer_are_told(self, django_assert_num_queries):
        contact = MembershipFactory(viewer=True)
        later = AttendanceFactory(
            meeting=MeetingFactory(planned=True, starts_at=timezone.now() + dt.timedelta(days=30)),
            organization=contact.organization,
        )
        first = AttendanceFactory(meeting=MeetingFactory(planned=True), organization=contact.organization)
        AttendanceFactory(
            meeting=MeetingFactory(planned=True), organization=contact.organization, coming=True
        )
        AttendanceFactory(meeting=MeetingFactory(), organization=contact.organization)
        memberships = own_memberships(contact.user)
        with django_assert_num_queries(1):
            (item,) = answers_wait(contact.user, memberships)
        assert (item.words, item.count) == ("出欠の返事を待っている会議", 2)
        assert item.address == f"/my/meetings/invitations/{first.public_id}/"
        assert set(written_about(contact.organization)) >= {later, first}

    def test_others_are_not(self):
        silent = MembershipFactory(viewer=True, is_contact=False)
        AttendanceFactory(meeting=MeetingFactory(planned=True), organization=silent.organization)
        assert list(answers_wait(silent.user, own_memberships(silent.user))) == []
