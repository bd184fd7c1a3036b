"""Asking organisations and guests to a meeting, taking it back, telling what changed."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings.attendance_links import Problem, make_answer_token, read_answer_token
from meetings.models import Attendance, MeetingState
from meetings.services import meetings as services
from meetings.services.attendance import inviting
from meetings.services.attendance.inviting import Guest
from meetings.services.attendance.telling import TOLD_FIELDS
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from platform_portal.open_pages import UnusableLinkError
from tests.factories.mail import OutgoingMailFactory
from tests.factories.meetings import AgendaItemFactory, AttendanceFactory, AttendeeFactory, MeetingFactory
from tests.factories.members import MembershipFactory, OrganizationFactory
from tests.outbox import delivered
from tests.racing import at_once

GUEST = Guest("内閣府 推進室", "guest@ministry.example")


@pytest.fixture
def meeting(db):
    return MeetingFactory(
        planned=True, title="第2回 庁内連絡会", place="県庁 11階", online_url="https://meet.example/x"
    )


@pytest.fixture
def contact(db):
    return MembershipFactory(organization__name="みどりの会")


def invited(meeting: Any, by: Any, *organizations: Any, guests: Any = (), **extra: Any) -> list[Attendance]:
    return inviting.invite(meeting=meeting, organizations=organizations, guests=guests, by=by, **extra)


class TestInviting:
    def test_contacts_get_all_they_need(self, meeting, contact, secretariat):
        top = AgendaItemFactory(meeting=meeting, number="4", title="議事")
        AgendaItemFactory(meeting=meeting, parent=top, number="(1)", title="取組の報告")
        AgendaItemFactory(meeting=meeting, number="5", title="人事の話", is_closed=True, closed_reason="人事")
        MembershipFactory(organization=contact.organization, is_contact=False)
        (row,) = invited(meeting, secretariat, contact.organization, message="駐車場は東側です。")
        (mail,) = delivered()
        assert mail.to == [contact.user.email]
        assert mail.subject == "会議のご案内"
        for words in (
            "第2回 庁内連絡会",
            "県庁 11階",
            "https://meet.example/x",
            "　(1) 取組の報告",
            "駐車場は東側",
        ):
            assert words in mail.body
        assert "人事の話" not in mail.body
        token = make_answer_token(row, contact.user_id)
        assert f"/meetings/invitations/{token}/" in mail.body
        for part in (mail.body, mail.alternatives[0].content):
            assert f"/meetings/invitations/{token}/meeting.ics" in part
        assert f"/meetings/{meeting.public_id}/" in mail.body

    def test_bodies_are_not_greeted_like_people(self, meeting, contact, secretariat):
        invited(meeting, secretariat, contact.organization, guests=[GUEST])
        person, body = sorted(delivered(), key=lambda mail: mail.to == [GUEST.email])
        assert f"{contact.user.name} さん" in person.body
        assert f"{GUEST.name} 様" in body.body

    def test_the_link_in_the_outbox_is_nobodys_to_read(self, meeting, contact, secretariat):
        invited(meeting, secretariat, contact.organization)
        stored = OutgoingMail.objects.get()
        assert stored.is_confidential
        assert stored.expires_at == meeting.ends_at
        assert "invitations" not in stored.text

    def test_a_second_press_asks_nobody(self, meeting, contact, secretariat):
        assert len(invited(meeting, secretariat, contact.organization, guests=[GUEST])) == 2
        again = Guest("推進室", "GUEST@ministry.example")
        assert invited(meeting, secretariat, contact.organization, guests=[again]) == []
        assert Attendance.objects.count() == OutgoingMail.objects.count() == 2

    def test_a_guest_is_asked_at_their_own_address(self, meeting, secretariat):
        invited(meeting, secretariat, guests=[GUEST])
        assert delivered()[0].to == ["guest@ministry.example"]
        event = AuditEvent.objects.get(type="meetings.attendance_invited")
        assert event.new["guest_name"] == {"personal": True}

    def test_who_cannot_be_reached_stands_on_the_list(self, meeting, contact, secretariat):
        OutgoingMailFactory(
            state="given_up", address=contact.user.email, last_error="SMTPRecipientsRefused 550"
        )
        nobody = OrganizationFactory()
        planned = inviting.plan_invitations(
            meeting=meeting, organizations=[contact.organization, nobody], guests=[GUEST]
        )
        assert [each.trouble for each in planned] == ["failing", "nobody", None]
        assert [each.mails for each in planned] == [0, 0, 1]
        assert len(invited(meeting, secretariat, contact.organization, nobody)) == 2
        assert not OutgoingMail.objects.filter(kind="meetings.invitation").exists()

    def test_the_plan_says_who_is_asked_already(self, meeting, contact, secretariat):
        invited(meeting, secretariat, contact.organization)
        (planned,) = inviting.plan_invitations(
            meeting=meeting, organizations=[contact.organization], guests=[]
        )
        assert planned.is_invited
        assert planned.mails == 0

    def test_who_has_left_is_not_asked(self, meeting, secretariat):
        assert invited(meeting, secretariat, OrganizationFactory(left=True)) == []

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"state": MeetingState.DRAFT}, "準備中"),
            ({"state": MeetingState.HELD}, "これから開く"),
            ({"state": MeetingState.CANCELLED, "cancelled_reason": "大雪"}, "これから開く"),
            ({"starts_at": timezone.now() - dt.timedelta(hours=1)}, "これから開く"),
        ],
    )
    def test_only_to_coming_meetings(self, values, words, contact, secretariat):
        meeting = (
            MeetingFactory(planned=True) if "starts_at" in values else MeetingFactory(planned=True, **values)
        )
        if "starts_at" in values:
            meeting = MeetingFactory(state="planned", **values)
        with pytest.raises(Refused, match=words):
            invited(meeting, secretariat, contact.organization)
        assert not Attendance.objects.exists()

    def test_staff_and_members_cannot(self, meeting, contact, owner):
        for by in (owner, contact.user):
            with pytest.raises(Refused):
                invited(meeting, by, contact.organization)

    def test_a_thousand_cost_a_handful_of_queries(self, meeting, secretariat, django_assert_max_num_queries):
        organizations = [MembershipFactory().organization for _number in range(40)]
        with django_assert_max_num_queries(25):
            invited(meeting, secretariat, *organizations)
        assert OutgoingMail.objects.count() == 40

    def test_no_change_without_its_record(self, meeting, contact, secretariat, monkeypatch):
        def broken(events: Any) -> None:
            list(events)
            raise RuntimeError("the record is broken")

        monkeypatch.setattr("meetings.services.attendance.inviting.audit.record_all", broken)
        with pytest.raises(RuntimeError, match="record is broken"):
            invited(meeting, secretariat, contact.organization)
        assert not Attendance.objects.exists()
        assert not OutgoingMail.objects.exists()

    def test_one_guest_twice_is_a_slip(self):
        with pytest.raises(ValidationError, match="2回"):
            inviting.check_guests([GUEST, Guest("だれか", "Guest@ministry.example")])


@pytest.mark.django_db(transaction=True)
def test_two_people_press_at_once():
    from tests.factories.members import UserFactory

    meeting, contact = MeetingFactory(planned=True), MembershipFactory()
    by = UserFactory(role="secretariat")
    outcome = at_once(*[lambda: invited(meeting, by, contact.organization, guests=[GUEST])] * 3)
    assert outcome == [None, None, None]
    assert Attendance.objects.count() == OutgoingMail.objects.count() == 2


class TestWithdrawing:
    def test_the_link_dies_and_they_are_told(self, meeting, contact, secretariat):
        (row,) = invited(meeting, secretariat, contact.organization)
        delivered()
        token = make_answer_token(row, contact.user_id)
        inviting.withdraw_invitation(attendance=row, by=secretariat)
        mail = delivered()[-1]
        assert mail.subject == "会議の案内を取り消しました"
        assert "invitations" not in mail.body
        with pytest.raises(UnusableLinkError) as caught:
            read_answer_token(token)
        assert caught.value.problem == Problem.WITHDRAWN

    def test_a_mail_that_still_waits_is_called_off(self, meeting, contact, secretariat):
        (row,) = invited(meeting, secretariat, contact.organization)
        inviting.withdraw_invitation(attendance=row, by=secretariat)
        assert [mail.subject for mail in delivered()] == ["会議の案内を取り消しました"]

    def test_asked_anew_begins_anew(self, meeting, contact, secretariat):
        row = AttendanceFactory(
            meeting=meeting, organization=contact.organization, coming=True, answer_note="遅れます"
        )
        AttendeeFactory(attendance=row)
        old = make_answer_token(row, contact.user_id)
        inviting.withdraw_invitation(attendance=row, by=secretariat)
        (again,) = invited(meeting, secretariat, contact.organization)
        assert again.pk == row.pk
        again.refresh_from_db()
        assert (again.answer, again.answer_note, again.answered_at) == ("waiting", "", None)
        assert not again.attendees.exists()
        with pytest.raises(UnusableLinkError) as caught:
            read_answer_token(old)
        assert caught.value.problem == Problem.REPLACED
        assert read_answer_token(make_answer_token(again, contact.user_id)).attendance == again

    def test_twice_is_refused(self, meeting, contact, secretariat):
        (row,) = invited(meeting, secretariat, contact.organization)
        inviting.withdraw_invitation(attendance=row, by=secretariat)
        with pytest.raises(Refused, match="もう取り消されて"):
            inviting.withdraw_invitation(attendance=row, by=secretariat)


class TestChanges:
    def change(self, meeting: Any, **values: Any) -> int:
        before = audit.snapshot(meeting, (*TOLD_FIELDS, "state"))
        for name, value in values.items():
            setattr(meeting, name, value)
        meeting.save()
        return inviting.tell_invited_of_change(meeting=meeting, before=before)

    def test_what_changed_is_told(self, meeting, contact):
        row = AttendanceFactory(meeting=meeting, organization=contact.organization)
        AttendanceFactory(meeting=meeting, withdrawn_at=timezone.now(), withdrawn_by=contact.user)
        later = dt.datetime(2099, 2, 12, 13, 30, tzinfo=timezone.get_default_timezone())
        assert self.change(meeting, place="講堂", starts_at=later, ends_at=None) == 1
        (mail,) = delivered()
        assert "場所：県庁 11階 → 講堂" in mail.body
        assert "→ 令和81年2月12日（木）13:30" in mail.body
        assert "→ （なし）" in mail.body
        assert make_answer_token(row, contact.user_id) in mail.body

    def test_what_concerns_nobody_is_not_told(self, meeting, contact):
        AttendanceFactory(meeting=meeting, organization=contact.organization)
        assert self.change(meeting, summary="くわしく") == 0

    def test_nobody_is_told_of_the_past(self, contact):
        meeting = MeetingFactory()
        AttendanceFactory(meeting=meeting, organization=contact.organization)
        assert self.change(meeting, place="講堂") == 0

    def test_a_cancelled_meeting_with_its_reason(self, meeting, contact):
        AttendanceFactory(meeting=meeting, organization=contact.organization)
        assert self.change(meeting, state="cancelled", cancelled_reason="大雪のため") == 1
        (mail,) = delivered()
        assert mail.subject == "会議が中止になりました"
        assert "大雪のため" in mail.body
        assert "invitations" not in mail.body


class TestLinks:
    @pytest.fixture
    def row(self, meeting, contact):
        return AttendanceFactory(meeting=meeting, organization=contact.organization)

    def problem_of(self, token: str) -> str:
        with pytest.raises(UnusableLinkError) as caught:
            read_answer_token(token)
        return str(caught.value.problem)

    def test_forged_and_cut_off(self, row, contact):
        token = make_answer_token(row, contact.user_id)
        other = make_answer_token(AttendanceFactory(), contact.user_id)
        mixed = other.partition(":")[0] + ":" + token.partition(":")[2]
        for bad in (token[:-3], mixed, "x", "a:b", token + "x"):
            assert self.problem_of(bad) == Problem.BROKEN

    def test_a_link_for_something_else_opens_nothing(self, contact):
        from members.private_links import application_token
        from tests.factories.members import ApplicationFactory

        assert self.problem_of(application_token(ApplicationFactory())) == Problem.BROKEN

    def test_revoked(self, row, contact):
        token = make_answer_token(row, contact.user_id)
        row.link_version += 1
        row.save()
        assert self.problem_of(token) == Problem.REPLACED

    def test_a_guests_link_is_no_members_link(self, row):
        assert self.problem_of(make_answer_token(row)) == Problem.GONE

    def test_who_no_longer_acts_for_it(self, row, contact):
        token = make_answer_token(row, contact.user_id)
        contact.ended_at = timezone.now()
        contact.save()
        assert self.problem_of(token) == Problem.GONE

    def test_an_organisation_that_left(self, row, contact):
        token = make_answer_token(row, contact.user_id)
        type(contact.organization).objects.update(state="left", left_on=timezone.localdate())
        assert self.problem_of(token) == Problem.GONE

    @pytest.mark.parametrize(
        ("values", "problem"),
        [
            ({"state": "cancelled", "cancelled_reason": "大雪"}, Problem.CANCELLED),
            ({"state": "held"}, Problem.OVER),
        ],
    )
    def test_state_of_the_meeting(self, row, contact, values, problem):
        type(row.meeting).objects.update(**values)
        assert self.problem_of(make_answer_token(row, contact.user_id)) == problem

    def test_open_until_the_meeting_is_over(self, row, contact, time_machine):
        token = make_answer_token(row, contact.user_id)
        time_machine.move_to(row.meeting.ends_at - dt.timedelta(minutes=1))
        assert read_answer_token(token).attendance == row
        time_machine.move_to(row.meeting.ends_at)
        assert self.problem_of(token) == Problem.OVER


class TestThroughTheMeeting:
    """What the secretariat does with the meeting itself reaches those who were asked."""

    @pytest.fixture(autouse=True)
    def _asked(self, meeting, contact):
        AttendanceFactory(meeting=meeting, organization=contact.organization)

    def test_changed(self, meeting, secretariat):
        services.change_meeting(meeting=meeting, values={"place": "講堂"}, by=secretariat)
        services.change_meeting(meeting=meeting, values={"summary": "くわしく"}, by=secretariat)
        assert [mail.subject for mail in delivered()] == ["会議の予定が変わりました"]

    def test_cancelled_and_not_after_all(self, meeting, secretariat):
        services.cancel_meeting(meeting=meeting, reason="大雪のため", by=secretariat)
        services.move_meeting(meeting=meeting, to=MeetingState.PLANNED, by=secretariat)
        assert [mail.subject for mail in delivered()] == [
            "会議が中止になりました",
            "会議を開くことになりました",
        ]
