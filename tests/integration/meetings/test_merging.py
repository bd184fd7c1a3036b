"""Two entries of one organisation become one: what both had at meetings is kept, and nobody is counted twice."""

import pytest
from django.utils import timezone

from meetings.models import Answer, Attendance, Attendee, Utterance
from members.models import Organization
from members.services import merge_organizations, merge_version
from platform_portal.audit.models import AuditEvent
from tests.factories.meetings import (
    AttendanceFactory,
    BodyFactory,
    MeetingFactory,
    MinutesFactory,
    UtteranceFactory,
)
from tests.factories.members import OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Organization:
    return OrganizationFactory(name="NPO法人 つながりの会")


@pytest.fixture
def target() -> Organization:
    return OrganizationFactory(name="つながりの会")


def merge(source: Organization, target: Organization, by) -> None:
    merge_organizations(source=source, target=target, sides={}, version=merge_version(source, target), by=by)


def test_seats_invitations_and_words_go_along(source, target, secretariat):
    body = BodyFactory(seats=[source])
    row = AttendanceFactory(organization=source)
    said = UtteranceFactory(minutes=MinutesFactory(published=True), organization=source)
    merge(source, target, secretariat)
    assert list(body.organizations.all()) == [target]
    assert Attendance.objects.get() == row
    assert Attendance.objects.get().organization == target
    assert Utterance.objects.get(pk=said.pk).organization == target
    event = AuditEvent.objects.get(type="meetings.organization_merged")
    assert event.new == {"meetings.Body": 1, "meetings.Attendance": 1, "meetings.Utterance": 1}


def test_asked_twice_counts_once_and_keeps_the_answer(source, target, secretariat):
    meeting = MeetingFactory(planned=True)
    AttendanceFactory(meeting=meeting, organization=target)
    answered = AttendanceFactory(
        meeting=meeting, organization=source, answer=Answer.PRESENT, answered_at=timezone.now()
    )
    Attendee.objects.create(attendance=answered, name="山田")
    merge(source, target, secretariat)
    standing = Attendance.objects.invited().get()
    assert (standing.organization, standing.answer) == (target, Answer.PRESENT)
    assert [one.name for one in standing.attendees.all()] == ["山田"]
    answered.refresh_from_db()
    assert answered.withdrawn_by == secretariat


def test_an_answer_of_ones_own_stands(source, target, secretariat):
    meeting = MeetingFactory(planned=True)
    own = AttendanceFactory(
        meeting=meeting, organization=target, answer=Answer.ABSENT, answered_at=timezone.now()
    )
    AttendanceFactory(meeting=meeting, organization=source, answer=Answer.PRESENT, answered_at=timezone.now())
    merge(source, target, secretariat)
    own.refresh_from_db()
    assert own.answer == Answer.ABSENT
    assert Attendance.objects.invited().get() == own


def test_nothing_there_leaves_no_word(source, target, secretariat):
    merge(source, target, secretariat)
    assert not AuditEvent.objects.filter(type="meetings.organization_merged").exists()
