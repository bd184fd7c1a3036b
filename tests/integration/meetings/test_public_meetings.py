"""Meetings for everybody: list, page, feeds, calendars."""

import datetime as dt
from xml.etree import ElementTree as ET

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from meetings.models import Meeting, ParticipantCount
from meetings.services import meetings as services
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    BodyFactory,
    MeetingFactory,
    MinutesFactory,
)
from tests.factories.members import MembershipFactory

pytestmark = pytest.mark.django_db

LIST = "/meetings/"
TOKYO = timezone.get_default_timezone()


def page(client, meeting):
    return text_of(client.get(reverse("meetings:meeting-detail", args=[meeting.public_id])))


def calendar(client, meeting):
    cache.clear()
    response = client.get(reverse("meetings:meeting-calendar", args=[meeting.public_id]))
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    return event


# --- The list ---------------------------------------------------------------------------------------
def test_coming_ones_stand_first(client):
    MeetingFactory(title="先週の会議")
    MeetingFactory(title="再来週の会議", planned=True)
    text = text_of(client.get(LIST))
    assert text.index("これからの会議") < text.index("再来週の会議") < text.index("先週の会議")


def test_a_cancelled_one_stays_among_those_to_come_until_its_time(client):
    MeetingFactory(planned=True, title="中止の会議", state="cancelled", cancelled_reason="台風のため")
    MeetingFactory(
        title="開いている会議", state="planned", starts_at=timezone.now() - dt.timedelta(minutes=5)
    )
    text = text_of(client.get(LIST)).split("これまでの会議")[0]
    assert "中止の会議" in text
    assert "開いている会議" in text


def test_by_year_and_body(client):
    body = BodyFactory(name="コア会議", purpose="方針を話し合う会です。")
    MeetingFactory(body=body, title="古い会議", starts_at=dt.datetime(2024, 5, 1, 10, tzinfo=TOKYO))
    MeetingFactory(title="ほかの会議")
    text = text_of(client.get(LIST, {"year": "2024", "body": body.public_id}))
    assert "古い会議" in text
    assert "方針を話し合う会です。" in text
    assert "ほかの会議" not in text
    assert f'href="/meetings/feed.atom?body={body.public_id}"' in text


@pytest.mark.parametrize("query", ["?year=abc", "?body=../x", "?page=99", "?year=1900"])
def test_garbage_is_no_error(client, query):
    MeetingFactory(title="先週の会議")
    assert client.get(LIST + query).status_code == 200


def test_nothing_yet(client):
    assert "公開している会議は、まだありません" in text_of(client.get(LIST))


def test_pages_and_queries(client, django_assert_max_num_queries):
    MeetingFactory(planned=True)
    MeetingFactory()
    with django_assert_max_num_queries(12) as first:
        client.get(LIST + "?page=1&x=1")
    for _each in range(35):
        MeetingFactory()
    with django_assert_max_num_queries(len(first)):
        text = text_of(client.get(LIST + "?page=1&x=2"))
    assert "36件" in text
    assert 'rel="next"' in text


# --- One meeting ------------------------------------------------------------------------------------
def test_what_it_says(client):
    meeting = MeetingFactory(
        title="令和6年度 第2回コア会議",
        starts_at=dt.datetime(2025, 2, 12, 13, 30, tzinfo=TOKYO),
        ends_at=dt.datetime(2025, 2, 12, 15, 30, tzinfo=TOKYO),
        number=2,
        observers=4,
        summary="来年度の取組を話し合いました。",
        closed_reason="次第の4は公開しません。",
    )
    ParticipantCount.objects.create(meeting=meeting, label="幹事団体", count=11, unit="団体")
    top = AgendaItemFactory(meeting=meeting, number="3", title="議事")
    AgendaItemFactory(
        meeting=meeting,
        parent=top,
        number="(1)",
        title="取組の報告",
        performer="事務局",
        planned_time=dt.time(13, 40),
    )
    text = page(client, meeting)
    for words in (
        "令和7年2月12日（水）13:30〜15:30",
        "令和6年度 第2回",
        "来年度の取組を話し合いました。",
        "幹事団体11団体",
        "4人",
        "次第の4は公開しません。",
        "取組の報告",
        "13:40",
    ):
        assert words in text, words


def test_queries_do_not_grow_with_the_agenda(client, django_assert_max_num_queries):
    meeting = MinutesFactory(published=True).meeting
    AgendaItemFactory(meeting=meeting)
    address = reverse("meetings:meeting-detail", args=[meeting.public_id])
    with django_assert_max_num_queries(15) as first:
        client.get(address + "?x=1")
    for _each in range(30):
        AgendaItemFactory(meeting=meeting)
    with django_assert_max_num_queries(len(first)):
        text = text_of(client.get(address + "?x=2"))
    assert reverse("meetings:minutes", args=[meeting.public_id]) in text


def test_a_cancelled_one_says_why(client, secretariat):
    meeting = services.cancel_meeting(
        meeting=MeetingFactory(planned=True), reason="台風のため", by=secretariat
    )
    assert "この会議は中止になりました。理由：台風のため" in page(client, meeting)
    assert "中止の理由：台風のため" in text_of(client.get(LIST))


def test_caches_may_keep_it_and_forget_it(client, secretariat, django_capture_on_commit_callbacks):
    meeting = MeetingFactory(planned=True, title="第1回")
    address = reverse("meetings:meeting-detail", args=[meeting.public_id])
    response = client.get(address)
    assert "public" in response.headers["Cache-Control"]
    assert client.get(address, headers={"if-none-match": response.headers["ETag"]}).status_code == 304
    with django_capture_on_commit_callbacks(execute=True):
        services.change_meeting(meeting=meeting, values={"title": "第2回"}, by=secretariat)
    assert "第2回" in page(client, meeting)


def test_a_members_page_has_nothing_for_caches(client):
    membership = MembershipFactory()
    meeting = MeetingFactory(audience="members", body=BodyFactory(seats=[membership.organization]))
    response = signed_in(membership.user).get(reverse("meetings:meeting-detail", args=[meeting.public_id]))
    assert response.url == reverse("meetings:my-meeting", args=[meeting.public_id])
    assert "no-store" in response.headers["Cache-Control"]


# --- Calendars and feeds ----------------------------------------------------------------------------
def test_one_meeting_for_a_calendar(client):
    meeting = MeetingFactory(planned=True, title="コア会議", place="県庁", online_url="https://x.example/")
    event = calendar(client, meeting)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("コア会議", "県庁")
    assert event.decoded("DTSTART") == meeting.starts_at.replace(microsecond=0)
    assert "x.example" not in event.to_ical().decode()


def test_the_same_event_with_a_higher_sequence(client, secretariat, time_machine):
    meeting = MeetingFactory(planned=True)
    before = calendar(client, meeting)
    assert calendar(client, meeting)["SEQUENCE"] == before["SEQUENCE"]
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=2))
    meeting = services.cancel_meeting(meeting=Meeting.objects.get(), reason="台風のため", by=secretariat)
    after = calendar(client, meeting)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert (str(before["STATUS"]), str(after["STATUS"])) == ("CONFIRMED", "CANCELLED")
    assert "台風のため" in str(after["DESCRIPTION"])


def test_the_calendar_holds_the_last_year_and_what_comes(client):
    MeetingFactory(title="むかしの会議", starts_at=timezone.now() - dt.timedelta(days=800), ends_at=None)
    MeetingFactory(title="こんどの会議", planned=True)
    text = text_of(client.get("/meetings/calendar.ics"))
    assert "こんどの会議" in text
    assert "むかしの会議" not in text


def test_a_feed_of_one_body(client):
    one = MeetingFactory(title="コア会議 第1回 <案>", planned=True)
    MeetingFactory(title="ほかの会議")
    response = client.get("/meetings/feed.atom", {"body": one.body.public_id})
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    root = ET.fromstring(response.content)  # noqa: S314  made a moment ago by ourselves
    titles = [node.text for node in root.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles[1:] == ["コア会議 第1回 <案>（開催予定）"]
    assert client.get("/meetings/feed.atom", {"body": "nobody"}).status_code == 404


# --- For members --------------------------------------------------------------------------------------
def test_a_members_page_leads_to_the_answer():
    membership = MembershipFactory()
    meeting = MeetingFactory(planned=True)
    own = AttendanceFactory(meeting=meeting, organization=membership.organization)
    other = AttendanceFactory(meeting=meeting)
    text = text_of(signed_in(membership.user).get(reverse("meetings:my-meeting", args=[meeting.public_id])))
    assert reverse("meetings:my-answer", args=[own.public_id]) in text
    assert reverse("meetings:my-answer", args=[other.public_id]) not in text


def test_ones_own_list_takes_as_many_queries_for_thirty_as_for_one(django_assert_max_num_queries):
    membership = MembershipFactory()
    body = BodyFactory(seats=[membership.organization])
    client = signed_in(membership.user)
    MeetingFactory(body=body, planned=True)
    MeetingFactory(body=body)
    with django_assert_max_num_queries(20) as first:
        client.get(reverse("meetings:my-meetings"))
    for _each in range(15):
        MeetingFactory(body=body, planned=True)
        MeetingFactory(body=body)
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("meetings:my-meetings"))


def test_without_meetings_it_says_so_and_leads_to_those_that_are_for_everybody():
    text = text_of(signed_in(MembershipFactory().user).get(reverse("meetings:my-meetings")))
    assert "会議体に加わるか案内が届くと、ここに出ます" in text
    work = text.partition("<main")[2].partition("</main>")[0]
    for name in ("meetings:meeting-list", "meetings:search"):
        assert f'href="{reverse(name)}"' in work
