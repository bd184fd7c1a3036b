"""Events on the desk: written by one of the staff, published and changed with the consent of another."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from meetings.models import Event, EventRevision
from platform_portal.publishing.states import State
from tests.conftest import text_of
from tests.factories.events import EventFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _portal(db: None) -> None:
    PortalSettingsFactory()


def written(**changes: Any) -> dict[str, Any]:
    day = timezone.localdate() + dt.timedelta(days=20)
    return {
        "kind": "seminar",
        "title": "聞き方の講座",
        "description": "だれでも参加できます。",
        "starts_on": day.isoformat(),
        "starts_time": "13:30",
        "ends_time": "15:00",
        "place": "県民プラザ",
        "contact_phone": "087-832-0000",
        **changes,
    }


def create(client: Any, **changes: Any) -> Any:
    return client.post(reverse("meetings:desk-event-create"), written(**changes))


def test_from_a_draft_to_residents_and_a_change_of_it(owner_client, colleague_client, client):
    response = create(owner_client)
    event = Event.objects.get()
    page = reverse("meetings:desk-event", args=[event.public_id])
    assert response.headers["Location"] == page
    assert "下書き" in text_of(owner_client.get(page))
    move = reverse("meetings:desk-event-move", args=[event.public_id, State.IN_REVIEW])
    assert owner_client.get(move).status_code == 200
    owner_client.post(move)
    assert reverse("meetings:desk-event", args=[event.public_id]) in text_of(
        colleague_client.get(reverse("meetings:desk-event-list"))
    )
    move = reverse("meetings:desk-event-move", args=[event.public_id, State.PUBLISHED])
    owner_client.post(move, {"version": Event.objects.get().updated_at.isoformat()})
    assert not Event.objects.get().is_published  # one's own
    colleague_client.post(move, {"version": Event.objects.get().updated_at.isoformat()})
    assert Event.objects.get().is_published
    public = reverse("meetings:event-detail", args=[event.public_id])
    assert "県民プラザ" in text_of(client.get(public))

    edit = reverse("meetings:desk-event-edit", args=[event.public_id])
    assert 'value="13:30' in text_of(owner_client.get(edit))
    owner_client.post(edit, written(place="市民ホール"))
    revision = EventRevision.objects.get()
    shown = text_of(colleague_client.get(page))
    assert "県民プラザ" in shown
    assert "市民ホール" in shown
    assert Event.objects.get().place == "県民プラザ"
    assert revision.changed_names == ["place"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_time": ""}, "始まる時刻も書いてください"),
        ({"ends_time": "13:00"}, "始まりより後の時刻にしてください"),
        ({"ends_on": "2020-01-01"}, "始まる日より後の日にしてください"),
        ({"place": ""}, "会場を書くか"),
        ({"starts_on": "0026-01-01"}, "年を確かめてください"),
        ({"starts_on": "きょう"}, "始まる日"),
        ({"title": ""}, "催しの名前"),
    ],
)
def test_what_is_mistaken_is_said_and_nothing_kept(changes, words, owner_client):
    response = create(owner_client, **changes)
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Event.objects.exists()


def test_to_other_days(owner_client):
    create(owner_client)
    event = Event.objects.get()
    copy = reverse("meetings:desk-event-copy", args=[event.public_id])
    assert owner_client.get(copy).status_code == 200
    field = next(name for name in owner_client.get(copy).context["form"].fields if name != "submit")
    day = timezone.localdate() + dt.timedelta(days=27)
    owner_client.post(copy, {field: day.isoformat()})
    assert Event.objects.filter(title="聞き方の講座").count() == 2
    assert owner_client.post(copy, {field: "きょう"}).status_code == 422


def test_without_anybody_to_ask_it_stays_a_draft(owner_client):
    create(owner_client, contact_phone="")
    event = Event.objects.get()
    move = reverse("meetings:desk-event-move", args=[event.public_id, State.IN_REVIEW])
    assert "問い合わせ先がありません" in text_of(owner_client.post(move))
    assert Event.objects.get().state == State.DRAFT


def test_a_step_that_is_no_longer_there_leads_back(owner_client):
    event = EventFactory()
    move = reverse("meetings:desk-event-move", args=[event.public_id, State.IN_REVIEW])
    response = owner_client.post(move, follow=True)
    assert "この操作はできません" in text_of(response)
    unknown = reverse("meetings:desk-event-move", args=[event.public_id, State.IN_REVIEW]).replace(
        "in_review", "nowhere"
    )
    assert owner_client.post(unknown).status_code == 404


def test_a_whole_day_and_the_day_before_for_applying(owner_client):
    """Days without times: from the first minute to the last one, and applications until the end of their day."""
    first = timezone.localdate() + dt.timedelta(days=20)
    days = {
        "starts_time": "",
        "ends_time": "",
        "ends_on": (first + dt.timedelta(days=1)).isoformat(),
        "accepts_applications": "on",
        "apply_until_on": (first - dt.timedelta(days=1)).isoformat(),
    }
    create(owner_client, **days)
    event = Event.objects.get()
    assert event.is_all_day
    assert timezone.localtime(event.ends_at).date() == first + dt.timedelta(days=1)
    assert timezone.localtime(event.apply_until_at).hour == 23
    edit = reverse("meetings:desk-event-edit", args=[event.public_id])
    form = owner_client.get(edit).context["form"]
    assert [form[name].value() for name in ("starts_on", "ends_on", "apply_until_on")] == [
        first,
        first + dt.timedelta(days=1),
        first - dt.timedelta(days=1),
    ]
    assert not form["starts_time"].value()
    create(owner_client, **days | {"ends_time": "", "starts_time": "10:00"})
    assert Event.objects.count() == 1  # two days with a time want one at their end too


def test_cancelling_asks_why_and_only_once(owner_client):
    event = EventFactory()
    cancel = reverse("meetings:desk-event-cancel", args=[event.public_id])
    assert owner_client.get(cancel).status_code == 200
    assert owner_client.post(cancel, {"reason": " "}).status_code == 422
    assert not Event.objects.get().is_cancelled
    owner_client.post(cancel, {"reason": "台風のため"})
    assert Event.objects.get().cancelled_reason == "台風のため"
    assert owner_client.post(cancel, {"reason": "もう一度"}).status_code == 403
    edit = reverse("meetings:desk-event-edit", args=[event.public_id])
    assert owner_client.get(edit).status_code == 403


class TestChanges:
    """Of a published event, by one of the desk."""

    @pytest.fixture
    def revision(self, owner_client) -> EventRevision:
        event = EventFactory(own=True)
        edit = reverse("meetings:desk-event-edit", args=[event.public_id])
        owner_client.post(edit, written(place="市民ホール"))
        return EventRevision.objects.get()

    def at(self, revision: EventRevision, step: str) -> str:
        return reverse(f"meetings:desk-event-revision-{step}", args=[revision.event.public_id])

    def test_given_back_with_a_reason_alone(self, revision, owner_client, colleague_client):
        back = self.at(revision, "return")
        assert owner_client.get(back).status_code == 403  # one's own
        assert "市民ホール" in text_of(colleague_client.get(back))
        assert colleague_client.post(back, {"reason": ""}).status_code == 422
        colleague_client.post(back, {"reason": "会場の名前を確かめてください。"})
        revision.refresh_from_db()
        assert revision.note == "会場の名前を確かめてください。"
        page = reverse("meetings:desk-event", args=[revision.event.public_id])
        assert "会場の名前を確かめてください。" in text_of(owner_client.get(page))
        assert colleague_client.post(back, {"reason": "もう一度"}).status_code == 404

    def test_taken_back_by_its_author_alone(self, revision, owner_client, colleague_client):
        back = self.at(revision, "withdraw")
        answer = colleague_client.post(back, follow=True)
        assert "この変更を書いた人だけ" in text_of(answer)
        owner_client.post(back)
        revision.refresh_from_db()
        assert not revision.is_open

    def test_only_what_was_read_goes_live(self, revision, colleague_client):
        approve = self.at(revision, "approve")
        answer = colleague_client.post(approve, {"version": ""}, follow=True)
        assert "内容を書き直しました" in text_of(answer)
        colleague_client.post(approve, {"version": revision.proposed_at.isoformat()})
        assert Event.objects.get().place == "市民ホール"


@pytest.mark.parametrize(
    ("day", "words"),
    [(-1, "きょうより後の日"), (3 * 366 + 1, "きょうより後の日"), (None, "日付を1つ以上")],
)
def test_days_that_no_copy_can_have(day, words, owner_client):
    event = EventFactory()
    copy = reverse("meetings:desk-event-copy", args=[event.public_id])
    chosen = (timezone.localdate() + dt.timedelta(days=day)).isoformat() if day else ""
    answer = owner_client.post(copy, {"day1": chosen})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Event.objects.count() == 1


@pytest.mark.parametrize("query", ["", "?state=draft", "?state=nonsense", "?page=99", "?when=past"])
def test_the_list_reads_any_query(query, owner_client):
    EventFactory(draft=True, title="下書きの催し")
    assert "下書きの催し" in text_of(owner_client.get(reverse("meetings:desk-event-list") + query))
