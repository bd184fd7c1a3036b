"""JSON, feeds and the sitemap: published things alone, kept by caches, true to what the pages show."""

import json
import re
from pathlib import Path

import pytest
from defusedxml import ElementTree
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import AgendaItem, Audience, Meeting, Minutes
from platform_portal.page_cache import forget_public_pages
from tests.conftest import text_of
from tests.factories.events import EventFactory
from tests.factories.meetings import (
    AgendaItemFactory,
    CorrectionFactory,
    DocumentFactory,
    DocumentVersionFactory,
    MeetingFactory,
    MinutesFactory,
    UtteranceFactory,
)
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ("correction-feed", "event-feed", "meeting-feed", "minutes-feed")


@pytest.fixture
def minutes() -> Minutes:
    minutes = MinutesFactory(published=True)
    item = AgendaItemFactory(meeting=minutes.meeting, title="報告")
    question = UtteranceFactory(minutes=minutes, items=[item], text="山田さんへ", labels_text="委員へ")
    answer = UtteranceFactory(minutes=minutes, items=[item], reply_to=question)
    CorrectionFactory(utterance=answer)
    DocumentVersionFactory(document=DocumentFactory(meeting=minutes.meeting))
    return minutes


def data_of(minutes: Minutes, query: str = "") -> dict:
    response = Client().get(reverse("meetings:meeting-json", args=[minutes.meeting.public_id]) + query)
    return json.loads(response.content)


def entries(name: str) -> list[str]:
    root = ElementTree.fromstring(Client().get(reverse(f"meetings:{name}")).content)
    return ["\n".join(entry.itertext()) for entry in root.iter(f"{ATOM}entry")]


def test_json_says_what_the_page_says(minutes):
    data = data_of(minutes)
    question, answer = data["minutes"]["utterances"]
    assert (data["id"], data["title"], data["licence"]) == (
        minutes.meeting.public_id,
        minutes.meeting.title,
        None,
    )
    assert (question["text"], question["label"]) == ("山田さんへ", "県社協・山田課長")
    assert answer["reply_to"] == question["id"]
    assert answer["agenda"] == [data["agenda"][0]["id"]]
    assert answer["corrections"][0]["before"] == "できなかつた。"
    assert Client().get(answer["address"].removeprefix(settings.PORTAL_ORIGIN)).status_code == 200
    assert data["documents"][0]["label"] == "資料1"
    assert data_of(minutes, "?edition=labels")["minutes"]["utterances"][0]["text"] == "委員へ"


def test_json_has_the_public_edition_alone(minutes):
    Minutes.objects.filter(pk=minutes.pk).update(named_audience=Audience.MEMBERS)
    for query in ("", "?edition=named"):
        assert "山田" not in json.dumps(data_of(minutes, query), ensure_ascii=False)


def test_json_without_closed_items(minutes):
    AgendaItem.objects.update(is_closed=True, closed_reason="個人のこと")
    data = data_of(minutes)
    assert data["agenda"][0] | {"id": ""} == {
        "id": "", "number": "1", "depth": 0, "title": None, "performer": "", "closed": True, "closed_reason": "個人のこと",
    }  # fmt: skip
    assert data["minutes"]["utterances"] == []


def test_json_of_a_stopped_record_says_when_and_why(minutes):
    values = {
        "suspended_at": timezone.now(),
        "suspended_by": minutes.author,
        "suspended_reason": "確かめるため",
    }
    Minutes.objects.filter(pk=minutes.pk).update(state="suspended", **values)
    assert set(data_of(minutes)["minutes"]) == {"address", "suspended"}
    assert data_of(minutes)["minutes"]["suspended"]["reason"] == "確かめるため"


@pytest.mark.parametrize(
    "changes", [{"audience": Audience.MEMBERS}, {"audience": Audience.CLOSED}, {"state": "draft"}]
)
def test_no_json_of_meetings_that_nobody_may_know_of(minutes, changes):
    Meeting.objects.update(**changes)
    assert Client().get(reverse("meetings:meeting-json", args=[minutes.meeting.public_id])).status_code == 404
    assert entries("minutes-feed") == entries("correction-feed") == []
    assert minutes.meeting.public_id not in text_of(Client().get(reverse("meetings:sitemap")))


def test_licence_is_said_where_one_is_declared(minutes, settings):
    settings.PORTAL_DATA_LICENCE = "https://terms.example/"
    assert data_of(minutes)["licence"] == "https://terms.example/"


def test_every_field_is_documented(minutes):
    words = (Path(settings.BASE_DIR) / "docs" / "meeting-json.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`(\w+)`", words))

    def names(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value).union(*map(names, value.values()))
        return set().union(*map(names, value)) if isinstance(value, list) else set()

    assert names(data_of(minutes)) <= documented


@pytest.mark.parametrize("name", ["minutes-feed", "correction-feed", "sitemap"])
def test_machines_are_kept_by_caches(minutes, name):
    address = reverse(f"meetings:{name}")
    response = Client().get(address)
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert Client().get(address, HTTP_IF_NONE_MATCH=response.headers["ETag"]).status_code == 304


def test_corrections_are_told_in_the_public_edition(minutes):
    assert "できなかつた。" in entries("correction-feed")[0]
    assert "山田課長" in entries("correction-feed")[0]
    Minutes.objects.update(named_audience=Audience.MEMBERS)
    forget_public_pages()
    assert "山田" not in entries("correction-feed")[0]
    assert "できなかつた。" in entries("correction-feed")[0]


def test_words_in_angle_brackets_survive_in_feeds(minutes):
    CorrectionFactory(utterance=UtteranceFactory(minutes=minutes), before="<質疑応答>", after="<b>質疑</b>")
    forget_public_pages()
    said = "\n".join(entries("correction-feed"))
    assert "&lt;質疑応答&gt;" in said
    assert "<b>" not in said


def test_what_is_written_about_meetings_and_events_is_no_markup_in_feeds():
    MeetingFactory(place="<b>大会議室</b>")
    EventFactory(place="<b>市民館</b>")
    for name in ("meeting-feed", "event-feed"):
        (entry,) = entries(name)
        assert "&lt;b&gt;" in entry
        assert "<b>" not in entry


def test_every_feed_has_an_id_and_an_author():
    feeds = [ElementTree.fromstring(Client().get(reverse(f"meetings:{name}")).content) for name in FEEDS]
    assert len({feed.findtext(f"{ATOM}id") for feed in feeds}) == len(FEEDS)
    assert all(feed.findtext(f"{ATOM}author/{ATOM}name") for feed in feeds)


def test_records_are_told_newest_first(minutes):
    newer = MinutesFactory(published=True)
    assert [minutes.meeting.title in entry for entry in entries("minutes-feed")] == [False, True]
    assert newer.meeting.title in entries("minutes-feed")[0]


@pytest.mark.parametrize("name", FEEDS)
def test_empty_feeds_are_not_new_with_every_look(name):
    forget_public_pages()
    assert "2020-01-01" in text_of(Client().get(reverse(f"meetings:{name}")))


def test_sitemap_leads_to_meetings_and_records(minutes):
    held = MeetingFactory()
    words = text_of(Client().get(reverse("meetings:sitemap")))
    assert f"/meetings/{held.public_id}/<" in words
    assert f"/meetings/{held.public_id}/minutes/<" not in words
    assert f"/meetings/{minutes.meeting.public_id}/minutes/<" in words
    assert reverse("meetings:sitemap") in text_of(Client().get("/robots.txt"))


@pytest.mark.parametrize("count", [2, 20])
def test_queries_are_constant(count, django_assert_max_num_queries, minutes):
    for _each in range(count):
        CorrectionFactory(utterance=UtteranceFactory(minutes=minutes))
        DocumentVersionFactory(document=DocumentFactory(meeting=minutes.meeting))
    UserFactory()
    with django_assert_max_num_queries(14):
        data_of(minutes)
    with django_assert_max_num_queries(4):
        entries("correction-feed")
