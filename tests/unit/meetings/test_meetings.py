"""Bodies and meetings: written, announced, held, cancelled, deleted."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings.models import Audience, Meeting, MeetingState
from meetings.permissions.meetings import can_see_meeting_on_desk
from meetings.services import bodies
from meetings.services import meetings as services
from meetings.workflow import MEETING_WAYS
from platform_portal.access.checks import Refused
from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Role
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State, diagram
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    BodyFactory,
    DocumentFactory,
    MeetingFactory,
    MinutesFactory,
)
from tests.factories.members import OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db

NEXT_WEEK = timezone.now() + dt.timedelta(days=7)


def values(**changes):
    return {
        "body": changes.pop("body", None) or BodyFactory(),
        "title": "コア会議 第1回",
        "starts_at": NEXT_WEEK,
        "place": "県庁 2階",
        **changes,
    }


def last_event():
    return AuditEvent.objects.order_by("pk").last()


# --- Bodies ---------------------------------------------------------------------------------------
def test_a_body_is_entered_with_its_organisations(secretariat):
    one = OrganizationFactory(name="まちの会")
    body = bodies.create_body(values={"name": "コア会議"}, organizations=[one], by=secretariat)
    assert list(body.organizations.all()) == [one]
    assert last_event().new == {"organizations": ["まちの会"]}
    assert AuditEvent.objects.filter(type="meetings.body_created", object_id=str(body.pk)).exists()


def test_a_body_changes_and_says_what(secretariat):
    body = BodyFactory(name="コア会議")
    bodies.change_body(body=body, values={"audience": Audience.MEMBERS}, by=secretariat)
    assert (last_event().old, last_event().new) == ({"audience": "public"}, {"audience": "members"})


def test_nothing_is_written_about_nothing(secretariat):
    one = OrganizationFactory()
    body = BodyFactory(seats=[one])
    bodies.set_body_organizations(body=body, organizations=[one], by=secretariat)
    bodies.change_body(body=body, values={"name": body.name}, by=secretariat)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("role", Role.values)
def test_bodies_are_written_by_whoever_may(role):
    by = UserFactory(role=role)
    if "edit_meetings" in PERMISSIONS_OF_ROLE[role]:
        assert bodies.create_body(values={"name": "新しい会"}, by=by).pk
    else:
        with pytest.raises(Refused):
            bodies.create_body(values={"name": "新しい会"}, by=by)


# --- Writing --------------------------------------------------------------------------------------
def test_a_meeting_begins_as_a_draft(secretariat):
    meeting = services.create_meeting(values=values(), by=secretariat)
    assert (meeting.state, meeting.created_by) == (MeetingState.DRAFT, secretariat)
    assert last_event().type == "meetings.meeting_created"
    assert not Meeting.objects.published().exists()


def test_one_number_once_a_year(secretariat):
    body = BodyFactory()
    services.create_meeting(values=values(body=body, number=1), by=secretariat)
    with pytest.raises(ValidationError, match="もう登録されています"):
        services.create_meeting(values=values(body=body, number=1), by=secretariat)


def test_it_ends_after_it_starts(secretariat):
    with pytest.raises(ValidationError, match="開始より後"):
        services.create_meeting(values=values(ends_at=NEXT_WEEK), by=secretariat)


def test_the_next_one_takes_over_the_agenda(secretariat):
    source = MeetingFactory()
    top = AgendaItemFactory(meeting=source, number="1", title="議事", position=0)
    AgendaItemFactory(meeting=source, parent=top, number="(1)", title="報告", performer="事務局", position=0)
    meeting = services.create_meeting(values=values(), by=secretariat, source=source)
    rows = meeting.agenda.values_list("number", "title", "performer", "parent__title")
    assert set(rows) == {("1", "議事", "", None), ("(1)", "報告", "事務局", "議事")}


@pytest.mark.parametrize("state", [MeetingState.PUBLISHED, MeetingState.CANCELLED])
def test_what_is_settled_is_not_changed(secretariat, state):
    meeting = MeetingFactory(state=state, cancelled_reason="台風のため" if state == "cancelled" else "")
    with pytest.raises(Refused, match="変えられません"):
        services.change_meeting(meeting=meeting, values={"title": "別の名前"}, by=secretariat)


def test_numbers_of_those_who_came(secretariat):
    meeting = MeetingFactory()
    counts = [("幹事団体", 11, "団体"), ("", 62, "名")]
    services.record_numbers(meeting=meeting, observers=2, counts=counts, by=secretariat)
    assert [str(row) for row in meeting.counts.all()] == ["幹事団体11団体", "62名"]
    assert last_event().new == {"observers": 2, "counts": ["幹事団体11団体", "62名"]}


# --- Moving ---------------------------------------------------------------------------------------
def test_printed_diagram_is_current():
    text = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram(MEETING_WAYS)}```" in text


def fit(before, after):
    """A meeting to which nothing stands in the way but the table."""
    starts_at = (
        NEXT_WEEK if after == "planned" and before == "draft" else timezone.now() - dt.timedelta(days=1)
    )
    reason = "台風のため" if before == "cancelled" else ""
    meeting = MeetingFactory(state=before, starts_at=starts_at, ends_at=None, cancelled_reason=reason)
    if after == "published":
        MinutesFactory(published=True, meeting=meeting)
    return meeting


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("before", MeetingState.values)
@pytest.mark.parametrize("after", MeetingState.values)
def test_every_step_for_every_role(before, after, role):
    way = MEETING_WAYS.get((MeetingState(before), MeetingState(after)))
    meeting, by = fit(before, after), UserFactory(role=role)

    def move():
        services.move_meeting(meeting=meeting, to=MeetingState(after), by=by, reason="会場が使えないため")

    if way and way.permission in PERMISSIONS_OF_ROLE[role]:
        move()
        meeting.refresh_from_db()
        assert meeting.state == after
        event = last_event()
        assert (event.type, event.note) == (f"meetings.meeting_{way.verb}", "会場が使えないため")
        assert event.get_type_display() != event.type
        return
    with pytest.raises(Refused):
        move()
    meeting.refresh_from_db()
    assert meeting.state == before


def test_announcing_keeps_who_and_when(secretariat):
    meeting = services.announce_meeting(meeting=MeetingFactory(planned=True, state="draft"), by=secretariat)
    assert meeting.announced_by == secretariat
    assert Meeting.objects.published().get() == meeting


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_at": timezone.now() - dt.timedelta(hours=1), "ends_at": None}, "過ぎています"),
        ({"place": "", "online_url": ""}, "場所もオンラインの参加先もありません"),
    ],
)
def test_what_cannot_be_announced_yet(secretariat, changes, words):
    meeting = MeetingFactory(**{"planned": True, "state": "draft"} | changes)
    with pytest.raises(Refused, match=words):
        services.announce_meeting(meeting=meeting, by=secretariat)


def test_it_is_not_held_before_it_begins(secretariat):
    with pytest.raises(Refused, match="まだ始まっていません"):
        services.mark_held(meeting=MeetingFactory(planned=True), by=secretariat)


def test_cancelling_needs_a_reason_that_stays(secretariat):
    meeting = MeetingFactory(planned=True)
    with pytest.raises(Refused, match="理由を書いて"):
        services.cancel_meeting(meeting=meeting, reason=" ", by=secretariat)
    meeting = services.cancel_meeting(meeting=meeting, reason="台風のため", by=secretariat)
    assert meeting.cancelled_reason == "台風のため"
    assert Meeting.objects.published().exists()
    meeting = services.move_meeting(meeting=meeting, to=MeetingState.PLANNED, by=secretariat)
    assert (meeting.state, meeting.cancelled_reason) == (MeetingState.PLANNED, "")


def test_the_record_and_the_meeting_go_public_together(secretariat):
    minutes = MinutesFactory(meeting=MeetingFactory())
    with pytest.raises(Refused, match="先に議事録を公開"):
        services.move_meeting(meeting=minutes.meeting, to=MeetingState.PUBLISHED, by=secretariat)
    published = MinutesFactory(published=True)
    with pytest.raises(Refused, match="先に議事録の公開を止めて"):
        services.move_meeting(meeting=published.meeting, to=MeetingState.HELD, by=secretariat)
    published.state, published.suspended_reason = State.SUSPENDED, "名前が残っていたため"
    published.suspended_at, published.suspended_by = timezone.now(), secretariat
    published.save()
    meeting = Meeting.objects.get(pk=published.meeting.pk)
    assert services.move_meeting(meeting=meeting, to=MeetingState.HELD, by=secretariat).state == "held"


def test_somebody_was_faster(secretariat):
    meeting = MeetingFactory(planned=True)
    services.cancel_meeting(meeting=Meeting.objects.get(), reason="台風のため", by=secretariat)
    with pytest.raises(Refused, match="そのあいだに状態が変わりました"):
        services.cancel_meeting(meeting=meeting, reason="雪のため", by=secretariat)


# --- Deleting -------------------------------------------------------------------------------------
def test_a_draft_is_deleted_with_its_agenda(secretariat):
    meeting = AgendaItemFactory(meeting__draft=True).meeting
    services.delete_meeting(meeting=meeting, by=secretariat)
    assert not Meeting.objects.exists()
    assert last_event().old["title"] == meeting.title


@pytest.mark.parametrize("tied", [DocumentFactory, AttendanceFactory, MinutesFactory])
def test_nothing_tied_to_something_is_deleted(secretariat, tied):
    meeting = tied(meeting=MeetingFactory(draft=True)).meeting
    with pytest.raises(Refused, match="消せません"):
        services.delete_meeting(meeting=meeting, by=secretariat)


def test_what_was_announced_is_cancelled_instead(secretariat):
    with pytest.raises(Refused, match="中止にしてください"):
        services.delete_meeting(meeting=MeetingFactory(planned=True), by=secretariat)


# --- Seeing ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("audience", Audience.values)
@pytest.mark.parametrize("role", Role.values)
def test_the_desk_sees_all_but_what_is_closed(role, audience):
    """| role | public | members | closed | ; secretariat and administrators see all, staff not what is closed."""
    user, meeting = UserFactory(role=role), MeetingFactory(audience=audience, draft=True)
    expected = {"member": False, "staff": audience != "closed"}.get(role, True)
    assert can_see_meeting_on_desk(user, meeting) == expected
    assert Meeting.objects.on_desk_for(user).exists() == expected
