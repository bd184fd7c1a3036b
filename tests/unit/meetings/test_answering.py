"""Answers by link, signed in and by telephone; who came; the numbers for the record."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings.models import Answer, AnswerWay, Attendance, Attendee, MeetingState, ParticipantCount
from meetings.presenting.attendance import present_attendance, table_rows, tally_of
from meetings.services.attendance import answering, coming
from meetings.services.attendance.answering import Named, OvertakenError, Reply, mark_of
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.meetings import AttendanceFactory, AttendeeFactory, MeetingFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.racing import at_once

YES = Reply(Answer.PRESENT, [Named("山田 花子", "課長"), Named("田中 一郎", is_online=True)], "5分遅れます")
NO = Reply(Answer.ABSENT)


@pytest.fixture
def row(db):
    contact = MembershipFactory()
    return AttendanceFactory(meeting=MeetingFactory(planned=True), organization=contact.organization)


def begun(row: Attendance) -> Attendance:
    row.meeting.starts_at = timezone.now() - dt.timedelta(hours=1)
    row.meeting.ends_at = timezone.now() + dt.timedelta(hours=1)
    row.meeting.save()
    return row


class TestAnswering:
    def test_by_link(self, row):
        stored = answering.answer_by_link(attendance=row, reply=YES, seen="")
        assert (stored.answer, stored.answer_way, stored.answered_as) == ("present", AnswerWay.LINK, None)
        people = stored.attendees.values_list("name", "role", "is_online", "is_proxy", "has_come")
        assert list(people) == [
            ("山田 花子", "課長", False, False, None),
            ("田中 一郎", "", True, False, None),
        ]

    def test_the_record_keeps_no_words(self, row):
        answering.answer_by_link(attendance=row, reply=YES)
        event = AuditEvent.objects.get(type="meetings.attendance_answered")
        assert event.actor_id is None
        assert event.new == {
            "answer": "present",
            "answer_way": "link",
            "answer_note": {"personal": True},
            "people": 2,
        }
        assert "山田" not in str([event.old, event.new, event.note])

    @pytest.mark.parametrize("answer", [Answer.PROXY, Answer.ONLINE])
    def test_the_answer_says_how_all_of_them_come(self, row, answer):
        answering.answer_by_link(attendance=row, reply=Reply(answer, [Named("佐藤")]))
        person = row.attendees.get()
        assert (person.is_proxy, person.is_online) == (answer == Answer.PROXY, answer == Answer.ONLINE)

    def test_changed_until_it_begins(self, row):
        answering.answer_by_link(attendance=row, reply=YES)
        stored = answering.answer_by_link(attendance=row, reply=NO)
        assert stored.answer == "absent"
        assert not stored.attendees.exists()
        assert stored.answer_note == ""

    def test_pressed_twice_is_once(self, row):
        first = answering.answer_by_link(attendance=row, reply=YES, seen="")
        again = answering.answer_by_link(attendance=row, reply=YES, seen="")
        assert again.answered_at == first.answered_at
        assert AuditEvent.objects.count() == 1

    def test_nobody_writes_over_a_colleague_unknowingly(self, row):
        answering.answer_by_link(attendance=row, reply=YES, seen="")
        with pytest.raises(OvertakenError, match="ほかの人が返事"):
            answering.answer_by_link(attendance=row, reply=NO, seen="")
        row.refresh_from_db()
        assert row.answer == "present"
        assert answering.answer_by_link(attendance=row, reply=NO, seen=mark_of(row)).answer == "absent"

    @pytest.mark.parametrize(
        "reply",
        [
            Reply("waiting"),
            Reply("perhaps"),
            Reply(Answer.PRESENT),
            Reply(Answer.PRESENT, [Named("a")] * 21),
            Reply(Answer.PRESENT, [Named("x" * 61)]),
            Reply(Answer.PRESENT, [Named("二行\nの名前")]),
            Reply(Answer.ABSENT, note="長" * 501),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, row, reply):
        with pytest.raises(ValidationError):
            answering.answer_by_link(attendance=row, reply=reply)
        row.refresh_from_db()
        assert row.answer == "waiting"
        assert not row.attendees.exists()

    def test_not_once_the_meeting_has_begun(self, row):
        with pytest.raises(Refused, match="会議が始まった"):
            answering.answer_by_link(attendance=begun(row), reply=YES)

    def test_not_for_a_cancelled_meeting(self, row):
        type(row.meeting).objects.update(state="cancelled", cancelled_reason="大雪")
        with pytest.raises(Refused, match="中止"):
            answering.answer_by_link(attendance=row, reply=YES)

    def test_not_with_a_link_that_died_meanwhile(self, row):
        Attendance.objects.update(link_version=2)
        with pytest.raises(Refused, match="取り消されました"):
            answering.answer_by_link(attendance=row, reply=YES)

    def test_as_a_member(self, row):
        user = row.organization.memberships.get().user
        stored = answering.answer_as_member(attendance=row, reply=YES, by=user)
        assert (stored.answer_way, stored.answered_as) == ("member", user)

    def test_viewers_only_if_they_get_the_mails(self, row):
        silent = MembershipFactory(organization=row.organization, viewer=True, is_contact=False)
        with pytest.raises(Refused, match="閲覧のみ"):
            answering.answer_as_member(attendance=row, reply=YES, by=silent.user)
        contact = MembershipFactory(organization=row.organization, viewer=True)
        assert answering.answer_as_member(attendance=row, reply=YES, by=contact.user).answer == "present"

    def test_not_for_others(self, row):
        with pytest.raises(Refused, match="担当者ではありません"):
            answering.answer_as_member(attendance=row, reply=YES, by=MembershipFactory().user)

    def test_by_telephone(self, row, secretariat):
        stored = answering.record_answer(attendance=row, reply=NO, by=secretariat)
        assert (stored.answer_way, stored.answered_as) == ("desk", secretariat)

    def test_staff_and_members_do_not_record(self, row, owner, outsider):
        for by in (owner, outsider):
            with pytest.raises(Refused):
                answering.record_answer(attendance=row, reply=NO, by=by)

    def test_not_in_a_published_record(self, row, secretariat):
        type(row.meeting).objects.update(state=MeetingState.PUBLISHED)
        row.refresh_from_db()
        with pytest.raises(Refused, match="議事録を公開した"):
            answering.record_answer(attendance=row, reply=NO, by=secretariat)

    def test_no_change_without_its_record(self, row, monkeypatch):
        def broken(**values: Any) -> None:
            raise RuntimeError("the record is broken")

        monkeypatch.setattr("meetings.services.attendance.answering.audit.record", broken)
        with pytest.raises(RuntimeError, match="record is broken"):
            answering.answer_by_link(attendance=row, reply=YES)
        assert Attendance.objects.get().answer == "waiting"
        assert not Attendee.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_leave_one_of_them_whole():
    row = AttendanceFactory(meeting=MeetingFactory(planned=True))
    replies = [Reply(Answer.PRESENT, [Named(f"{one}一"), Named(f"{one}二")], one) for one in "甲乙丙"]
    actions = [lambda reply=reply: answering.answer_by_link(attendance=row, reply=reply) for reply in replies]
    assert at_once(*actions) == [None] * 3
    row.refresh_from_db()
    names = [person.name for person in row.attendees.all()]
    assert names == [f"{row.answer_note}一", f"{row.answer_note}二"]


class TestWhoCame:
    def test_only_once_it_has_begun(self, row, secretariat):
        with pytest.raises(Refused, match="会議が始まってから"):
            coming.record_who_came(meeting=row.meeting, shown=[], came=[], by=secretariat)

    def test_ticked_off(self, row, secretariat):
        answering.answer_by_link(attendance=row, reply=YES)
        first, second = row.attendees.all()
        stranger = AttendeeFactory()
        keys = [first.pk, second.pk, stranger.pk]
        assert (
            coming.record_who_came(meeting=begun(row).meeting, shown=keys, came=[first.pk], by=secretariat)
            == 1
        )
        assert list(row.attendees.values_list("has_come", flat=True)) == [True, False]
        stranger.refresh_from_db()
        assert stranger.has_come is None

    def test_recorded_one_by_one(self, row, secretariat):
        reply = Reply(Answer.PRESENT, [Named("甲", has_come=True), Named("乙", has_come=False)])
        answering.record_answer(attendance=begun(row), reply=reply, by=secretariat)
        assert list(row.attendees.values_list("has_come", flat=True)) == [True, False]

    def test_walk_ins(self, row, secretariat):
        meeting, other = begun(row).meeting, OrganizationFactory()
        for organization, name in ((other, ""), (None, "新聞社"), (row.organization, ""), (None, "新聞社")):
            coming.add_walk_in(
                meeting=meeting,
                organization=organization,
                guest_name=name,
                people=[Named("飛び入り")],
                by=secretariat,
            )
        found = {each.name: each for each in meeting.attendances.all()}
        assert set(found) == {other.name, "新聞社", row.organization.name}
        assert found[other.name].invited_at is None
        assert found["新聞社"].attendees.count() == 2
        assert all(person.has_come for person in Attendee.objects.all())

    def test_a_walk_in_has_a_name(self, row, secretariat):
        with pytest.raises(ValidationError):
            coming.add_walk_in(
                meeting=begun(row).meeting,
                organization=OrganizationFactory(),
                guest_name="",
                people=[],
                by=secretariat,
            )
        assert Attendance.objects.count() == 1


@pytest.fixture
def held(db):
    """As the record of a 準備会議 counts: 11 leading organisations, 19 sections, and guests."""
    meeting = MeetingFactory()
    kinds = [("leading", 11, 2), ("section", 19, 2), ("expert", 2, 1)]
    for kind, count, people in kinds:
        for _number in range(count):
            row = AttendanceFactory(meeting=meeting, organization__kind=kind, coming=True)
            for _person in range(people):
                AttendeeFactory(attendance=row, has_come=True)
    absent = AttendanceFactory(meeting=meeting, organization__kind="leading", coming=True)
    AttendeeFactory(attendance=absent, has_come=False)
    return meeting


class TestNumbers:
    def test_counts_apart_from_people(self, held):
        assert present_attendance(held).counts_words == "幹事団体11団体、庁内課19課、有識者2名、62名"

    def test_before_anybody_came_those_who_want_to(self, row):
        answering.answer_by_link(attendance=row, reply=YES)
        listed = present_attendance(row.meeting)
        assert not listed.is_actual
        assert listed.counts == [("一般団体", "団体", 1), ("", "名", 2)]

    def test_everybody_sees_them_at_once(
        self, held, secretariat, monkeypatch, django_capture_on_commit_callbacks
    ):
        forgotten: list[int] = []
        monkeypatch.setattr(
            "meetings.services.attendance.coming.forget_public_pages", lambda: forgotten.append(1)
        )
        with django_capture_on_commit_callbacks(execute=True):
            coming.take_over_counts(meeting=held, by=secretariat)
        assert forgotten

    def test_taken_over_into_the_record(self, held, secretariat):
        ParticipantCount.objects.create(meeting=held, label="", unit="名", count=3)
        ParticipantCount.objects.create(meeting=held, label="報道機関", unit="社", count=2, position=9)
        for _press in range(2):
            coming.take_over_counts(meeting=held, by=secretariat)
        rows = ParticipantCount.objects.values_list("label", "unit", "count")
        assert list(rows) == [
            ("幹事団体", "団体", 11),
            ("庁内課", "課", 19),
            ("有識者", "名", 2),
            ("", "名", 62),
            ("報道機関", "社", 2),
        ]

    def test_nothing_is_taken_over_from_nothing(self, secretariat):
        with pytest.raises(Refused, match="まだだれの出席も"):
            coming.take_over_counts(meeting=MeetingFactory(), by=secretariat)

    def test_tally(self, held):
        AttendanceFactory(meeting=held, guest=True)
        AttendanceFactory(meeting=held, withdrawn_at=timezone.now(), withdrawn_by=UserFactory())
        rows, total = tally_of(held)
        assert [row.words for row in rows] == ["幹事団体", "庁内課", "有識者", "会員でない団体"]
        assert (total.total, total.by_answer["present"], total.by_answer["waiting"], total.people) == (
            34,
            33,
            1,
            63,
        )

    def test_constant_queries(self, held, django_assert_num_queries):
        with django_assert_num_queries(2):
            present_attendance(held)
        with django_assert_num_queries(1):
            tally_of(held)
        with django_assert_num_queries(2):
            assert len(list(table_rows(held))) == 1 + 62 + 1
