"""The desk's pages from the draft to the correction of what is public."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import ActionItem, Correction, Minutes, Utterance
from meetings.services.action_items import close_action_item
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    ActionItemFactory,
    AgendaItemFactory,
    DocumentFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesFlagFactory,
    ProposedCorrectionFactory,
    UtteranceFactory,
)
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def minutes() -> Minutes:
    minutes = MinutesFactory(named_audience="members", labels_audience="public")
    UtteranceFactory(minutes=minutes, position=0, text="山田さんと、県社協から検討しますとのこと。")
    return minutes


def page_of(name: str, minutes: Minutes, *more: Any) -> str:
    return reverse(f"meetings:{name}", args=[minutes.meeting.public_id, *more])


class TestPublication:
    def test_says_what_blocks_and_where_to_go(self, secretariat_client: Client, minutes: Minutes) -> None:
        MinutesFlagFactory(minutes=minutes)
        page = text_of(secretariat_client.get(page_of("desk-publication", minutes)))
        assert "確かめるところが1件" in page
        assert page_of("desk-leaks", minutes) in page
        assert page_of("desk-minutes", minutes) in page
        assert "aria-disabled" in page
        response = secretariat_client.post(
            page_of("desk-publication", minutes), {"to": "in_review", "version": "1"}
        )
        assert "確かめるところが1件" in text_of(response)
        minutes.refresh_from_db()
        assert minutes.state == "draft"

    def test_from_draft_to_public_and_stopped(self, secretariat_client: Client, minutes: Minutes) -> None:
        Minutes.objects.update(named_audience="public")
        path = page_of("desk-publication", minutes)
        secretariat_client.post(path, {"to": "in_review", "version": "1"})
        minutes.refresh_from_db()
        assert minutes.state == "in_review"
        other = signed_in(UserFactory(role="secretariat"))
        assert "理由を書いて" in text_of(other.post(path, {"to": "draft", "version": "1"}))
        other.post(path, {"to": "published", "version": "1"})
        page = text_of(other.get(path))
        assert "公開を認めた人" in page
        other.post(path, {"to": "suspended", "version": "1", "reason": "確かめ直します。"})
        minutes.refresh_from_db()
        assert (minutes.state, minutes.suspended_reason) == ("suspended", "確かめ直します。")
        assert "確かめ直します。" in text_of(other.get(path))
        assert other.post(path, {"to": "nowhere"}).status_code == 404

    @pytest.mark.parametrize("version", ["", "²", "9" * 5000])
    def test_whoever_saw_nothing_decides_nothing(
        self, secretariat_client: Client, minutes: Minutes, version: str
    ) -> None:
        Minutes.objects.update(named_audience="public")
        path = page_of("desk-publication", minutes)
        response = secretariat_client.post(path, {"to": "in_review", "version": version}, follow=True)
        assert "ほかの人が変えました" in text_of(response)
        minutes.refresh_from_db()
        assert minutes.state == "draft"

    def test_approving_comes_before_ways_that_need_a_reason(
        self, secretariat_client: Client, minutes: Minutes
    ) -> None:
        Minutes.objects.update(named_audience="public")
        path = page_of("desk-publication", minutes)
        secretariat_client.post(path, {"to": "in_review", "version": "1"})
        page = text_of(signed_in(UserFactory(role="secretariat")).get(path))
        assert page.index("認めて公開する") < page.index("下書きに戻す")

    def test_names_beside_the_record_are_told_and_do_not_block(
        self, secretariat_client: Client, minutes: Minutes
    ) -> None:
        Minutes.objects.update(named_audience="members", labels_audience="public")
        UtteranceFactory(minutes=minutes, speaker="山田", role="部長", text="はじめます。")
        AgendaItemFactory(meeting=minutes.meeting, number="2", title="挨拶", performer="山田部長")
        AgendaItemFactory(
            meeting=minutes.meeting, title="山田の件", is_closed=True, closed_reason="人事のため"
        )
        DocumentFactory(meeting=minutes.meeting, label="資料1", title="山田メモ")
        DocumentFactory(meeting=minutes.meeting, label="資料2", title="山田の控え", audience="closed")
        DocumentFactory(
            meeting=minutes.meeting,
            label="資料3",
            title="山田の旧稿",
            withdrawn_at=timezone.now(),
            withdrawn_by=UserFactory(),
            withdrawn_reason="古いため",
        )
        page = text_of(secretariat_client.get(page_of("desk-publication", minutes)))
        assert "山田の旧稿" not in page
        assert "2 挨拶 山田部長</a>（山田）" in page
        assert "資料1 山田メモ</a>（山田）" in page
        assert "山田の件" not in page
        assert "山田の控え" not in page
        Minutes.objects.update(named_audience="public")
        assert "ほかに名前があるところ" not in text_of(
            secretariat_client.get(page_of("desk-publication", minutes))
        )

    def test_readers(self, secretariat_client: Client, minutes: Minutes) -> None:
        path = page_of("desk-publication", minutes)
        data = {"audiences": "1", "version": "1", "named_audience": "closed", "labels_audience": "members"}
        assert secretariat_client.post(path, data).status_code == 302
        minutes.refresh_from_db()
        assert (minutes.named_audience, minutes.labels_audience) == ("closed", "members")
        assert secretariat_client.post(path, data | {"labels_audience": "x"}).status_code == 200

    def test_both_editions_in_constant_queries(
        self, secretariat_client: Client, minutes: Minutes, django_assert_max_num_queries: Any
    ) -> None:
        Utterance.objects.update(labels_text="課長から検討しますとのこと。")
        path = page_of("desk-publication", minutes)
        page = text_of(secretariat_client.get(path))
        assert "山田さんと" in page
        assert "課長から検討します" in page
        for number in range(60):
            UtteranceFactory(minutes=minutes, position=number + 1)
        with django_assert_max_num_queries(30):
            assert "?page=3" in text_of(secretariat_client.get(path))

    def test_before_there_is_a_record(self, secretariat_client: Client) -> None:
        meeting = MeetingFactory()
        for name in ("desk-publication", "desk-confirmation", "desk-corrections", "desk-action-items"):
            response = secretariat_client.get(reverse(f"meetings:{name}", args=[meeting.public_id]))
            assert response.status_code == 200


class TestLeaks:
    def test_rewritten_and_judged(self, secretariat_client: Client, minutes: Minutes) -> None:
        path = page_of("desk-leaks", minutes)
        block = minutes.utterances.get()
        page = text_of(secretariat_client.get(path))
        assert "<mark>山田</mark>" in page
        assert "課長と、県社協から" in page
        data = {"write": block.public_id, "version": "1", "labels_text": "課長と、県社協から検討します。"}
        assert secretariat_client.post(path, data).status_code == 302
        block.refresh_from_db()
        assert block.labels_text == "課長と、県社協から検討します。"
        assert "のこり1か所" in text_of(secretariat_client.get(path))
        response = secretariat_client.post(path, {"harmless": "organizations", "reason": ""})
        assert "問題がないわけを書いて" in text_of(response)
        secretariat_client.post(path, {"harmless": "organizations", "reason": "公表しています。"})
        page = text_of(secretariat_client.get(path))
        assert "残っているところはありません" in page
        assert "公表しています。" in page

    def test_one_hit(self, secretariat_client: Client, minutes: Minutes) -> None:
        path = page_of("desk-leaks", minutes)
        key = text_of(secretariat_client.get(path)).partition('name="harmless" value="')[2]
        keys = [
            part.partition('"')[0]
            for part in text_of(secretariat_client.get(path)).split('name="harmless" value="')[2:]
        ]
        assert key
        secretariat_client.post(path, {"harmless": keys[0], "reason": "講師の名前です。"})
        assert "のこり1か所" in text_of(secretariat_client.get(path))
        # Of a text that has changed since, nothing is judged.
        Utterance.objects.update(text="山田さんの、別の話。")
        secretariat_client.post(path, {"harmless": keys[1], "reason": "講師の名前です。"})
        assert "のこり1か所" in text_of(secretariat_client.get(path))


class TestCorrections:
    def test_written_and_decided(self, secretariat_client: Client) -> None:
        block = UtteranceFactory(minutes=MinutesFactory(published=True), position=0)
        path = page_of("desk-correction-create", block.minutes, block.public_id)
        data = {
            "after": "直した文です。",
            "reason_kind": "obvious_error",
            "reason": "まちがい",
            "version": "1",
        }
        assert "くわしいわけを書いて" in text_of(secretariat_client.post(path, data | {"reason": ""}))
        assert "直した後の文を書くか" in text_of(secretariat_client.post(path, data | {"after": ""}))
        assert secretariat_client.post(path, data).status_code == 302
        waiting = Correction.objects.get()
        page = page_of("desk-correction", block.minutes, waiting.public_id)
        assert "自分で認めることはできません" in text_of(secretariat_client.get(page))
        other = signed_in(UserFactory(role="secretariat"))
        assert "理由を書いて" in text_of(other.post(page, {"return": "1", "reason": ""}))
        assert other.post(page, {"approve": "1"}).status_code == 302
        block.refresh_from_db()
        assert block.text == "直した文です。"
        assert "公開した" in text_of(other.get(page_of("desk-corrections", block.minutes)))

    def test_given_back_or_withdrawn(self) -> None:
        first, second = ProposedCorrectionFactory(), ProposedCorrectionFactory()
        other = signed_in(UserFactory(role="secretariat"))
        path = page_of("desk-correction", first.utterance.minutes, first.public_id)
        other.post(path, {"return": "1", "reason": "数え直してください。"})
        assert "数え直してください。" in text_of(other.get(path))
        own = signed_in(second.proposed_by)
        path = page_of("desk-correction", second.utterance.minutes, second.public_id)
        assert own.post(path, {"withdraw": "1"}).status_code == 302
        assert Correction.objects.count() == 1

    def test_overtaken(self, secretariat_client: Client) -> None:
        correction = ProposedCorrectionFactory(before="むかしの文。")
        path = page_of("desk-correction", correction.utterance.minutes, correction.public_id)
        assert "この発言は変わりました" in text_of(secretariat_client.get(path))
        assert "この発言は変わりました" in text_of(secretariat_client.post(path, {"approve": "1"}))

    def test_removal_is_shown(self, secretariat_client: Client) -> None:
        correction = ProposedCorrectionFactory(is_removal=True, after="", labels_after="")
        minutes = correction.utterance.minutes
        path = page_of("desk-correction", minutes, correction.public_id)
        assert "消す発言" in text_of(secretariat_client.get(path))
        secretariat_client.post(path, {"approve": "1"})
        page = text_of(secretariat_client.get(page_of("desk-corrections", minutes)))
        assert "消した発言" in page


class TestActionItems:
    def test_from_a_promise(self, secretariat_client: Client, minutes: Minutes) -> None:
        path = page_of("desk-action-items", minutes)
        block = minutes.utterances.get()
        assert f"utterance={block.public_id}&amp;sentence=0" in text_of(secretariat_client.get(path))
        create = page_of("desk-action-item-create", minutes)
        page = text_of(secretariat_client.get(f"{create}?utterance={block.public_id}&sentence=0"))
        assert 'value="山田さんと、県社協から検討しますとのこと。"' in page
        data = {"text": "検討する", "responsible": "", "due_on": ""}
        secretariat_client.post(f"{create}?utterance={block.public_id}", data)
        assert ActionItem.objects.get().utterance == block
        assert "sentence=0" not in text_of(secretariat_client.get(path))
        assert secretariat_client.get(f"{create}?utterance=zzzzzz").status_code == 404
        assert secretariat_client.get(f"{create}?utterance={block.public_id}&sentence=99").status_code == 200
        assert secretariat_client.get(f"{create}?utterance={block.public_id}&sentence=²").status_code == 200

    def test_to_its_end(self, secretariat_client: Client, minutes: Minutes) -> None:
        item = ActionItemFactory(body=minutes.meeting.body)
        coming = MeetingFactory(planned=True, body=minutes.meeting.body)
        path = page_of("desk-action-item", minutes, item.public_id)
        for data in (
            {"save": "1", "text": "調べ方を決める", "responsible": "事務局", "due_on": "2026-12-01"},
            {"carry": "1", "meeting": coming.pk, "title": "調べ方について"},
            {"close": "1", "outcome": "決めました。"},
            {"reopen": "1"},
        ):
            assert secretariat_client.post(path, data).status_code == 302
        for data in ({"save": "1", "text": ""}, {"carry": "1", "title": ""}, {"close": "1", "outcome": ""}):
            assert 'id="error-summary"' in text_of(secretariat_client.post(path, data))
        item.refresh_from_db()
        assert (item.text, item.outcome, item.closed_at) == ("調べ方を決める", "決めました。", None)
        assert coming.agenda.get().title == "調べ方について"

    def test_open_ones_first_and_constant_queries(
        self, secretariat_client: Client, minutes: Minutes, django_assert_max_num_queries: Any
    ) -> None:
        body = minutes.meeting.body
        done = ActionItemFactory(body=body, text="終わった宿題")
        close_action_item(item=done, outcome="済み", by=UserFactory(role="secretariat"))
        for number in range(60):
            ActionItemFactory(body=body, text=f"宿題{number}")
        path = page_of("desk-action-items", minutes)
        with django_assert_max_num_queries(24):
            page = text_of(secretariat_client.get(path))
        assert "61件" in page
        assert "終わった宿題" not in page
        assert "終わった宿題" in text_of(secretariat_client.get(f"{path}?state=closed"))
        assert "0件" in text_of(secretariat_client.get(f"{path}?state=late"))
        assert "読めない条件" in text_of(secretariat_client.get(f"{path}?state=x"))

    def test_staff_read_the_list_alone(self, owner_client: Client, minutes: Minutes) -> None:
        ActionItemFactory(body=minutes.meeting.body, text="見える宿題")
        page = text_of(owner_client.get(page_of("desk-action-items", minutes)))
        assert "見える宿題" in page
        assert "宿題にする" not in page
