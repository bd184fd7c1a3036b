"""The pages on which a record is written: with and without scripts, for each role, in constant queries."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings.models import Minutes, MinutesFlag, MinutesImport, Utterance
from tests.conftest import text_of
from tests.factories.meetings import AgendaItemFactory, MeetingFactory, MinutesFactory, UtteranceFactory
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def minutes() -> Minutes:
    return MinutesFactory(named_audience="members")


@pytest.fixture
def blocks(minutes: Minutes) -> list[Utterance]:
    return [UtteranceFactory(minutes=minutes, position=n, text=f"{n}番の文です。") for n in range(3)]


def page_of(minutes: Minutes) -> str:
    return reverse("meetings:desk-minutes", args=[minutes.meeting.public_id])


def address_of(block: Utterance) -> str:
    return reverse("meetings:desk-utterance", args=[block.public_id])


def sent(block: Utterance, **changes: str) -> dict[str, str]:
    """What the form of a block sends when nothing was touched but `changes`."""
    names = ("organization_name", "speaker", "role", "text", "labels_text", "kind", "version")
    return {name: str(getattr(block, name)) for name in names} | changes


def order(minutes: Minutes) -> str:
    return "".join(
        text[:1] for text in minutes.utterances.order_by("position").values_list("text", flat=True)
    )


class TestPage:
    def test_begins_with_a_draft(self, secretariat_client: Client):
        meeting = MeetingFactory()
        here = reverse("meetings:desk-minutes", args=[meeting.public_id])
        assert "まだありません" in text_of(secretariat_client.get(here))
        assert "下書きを作りました" in text_of(secretariat_client.post(here, follow=True))
        assert Minutes.objects.get().meeting == meeting

    def test_a_doubt_leads_to_its_line_of_the_file(self, minutes, secretariat_client: Client):
        MinutesFlag._default_manager.create(minutes=minutes, code="x", line=44, message="確かめてください。")
        assert "#line-44" not in text_of(secretariat_client.get(page_of(minutes)))
        meeting, by = minutes.meeting, UserFactory()
        now = timezone.now()
        kept = {"body": meeting.body, "meeting": meeting, "text": "x", "sha256": "0" * 64, "uploaded_by": by}
        older, newer = (
            MinutesImport._default_manager.create(**kept, file_name="x.txt", accepted_at=at, accepted_by=by)
            for at in (now - dt.timedelta(days=1), now)
        )
        page = text_of(secretariat_client.get(page_of(minutes)))
        address = reverse("meetings:desk-import-proposal", args=[newer.public_id])
        assert f'href="{address}#line-44"' in page
        assert older.public_id not in page

    def test_points_of_the_agenda_stand_in_its_order(self, minutes, blocks, secretariat_client: Client):
        first = AgendaItemFactory(meeting=minutes.meeting, number="1", title="議事", position=0)
        AgendaItemFactory(meeting=minutes.meeting, number="2", title="閉会", position=1)
        AgendaItemFactory(meeting=minutes.meeting, number="(1)", title="要綱", position=0, parent=first)
        page = text_of(secretariat_client.get(page_of(minutes), {"edit": blocks[0].public_id}))
        assert page.index("1 議事") < page.index("\u3000(1) 要綱") < page.index("2 閉会")

    def test_only_the_open_block_is_a_form(self, minutes, blocks, secretariat_client: Client):
        page = text_of(secretariat_client.get(page_of(minutes)))
        assert page.count("<textarea") == 0
        page = text_of(secretariat_client.get(page_of(minutes), {"edit": blocks[1].public_id}))
        assert page.count("data-utterance") == 1
        assert "2番目の発言" in page

    @pytest.mark.parametrize("edit", [False, True])
    def test_asks_the_database_as_often_for_many(self, edit, minutes, blocks, secretariat_client: Client):
        item = AgendaItemFactory(meeting=minutes.meeting)
        query = {"edit": blocks[0].public_id} if edit else {}

        def count() -> int:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert secretariat_client.get(page_of(minutes), query).status_code == 200
            return len(seen)

        secretariat_client.get(page_of(minutes), query)
        before = count()
        for n in range(3, 30):
            block = UtteranceFactory(
                minutes=minutes, position=n, reply_to=blocks[0], speaker=f"姓{n}", items=[item]
            )
            MinutesFlag._default_manager.create(minutes=minutes, utterance=block, code="x", message="x")
        assert count() == before

    def test_staff_read_and_write_nothing(
        self, minutes, blocks, owner_client: Client, outsider_client: Client
    ):
        page = text_of(owner_client.get(page_of(minutes), {"edit": blocks[0].public_id}))
        assert "0番の文です。" in page
        assert "権限では、この操作はできません" not in page
        assert "data-utterance" not in page
        owner_client.post(page_of(minutes))
        assert owner_client.post(address_of(blocks[0]), sent(blocks[0], text="x")).status_code == 403
        assert outsider_client.get(page_of(minutes)).status_code == 403
        assert minutes.utterances.count() == 3

    def test_a_closed_record_is_not_for_staff(self, owner_client: Client):
        minutes = MinutesFactory(named_audience="closed")
        assert owner_client.get(page_of(minutes)).status_code == 403

    def test_published_is_read_only(self, secretariat_client: Client):
        minutes = MinutesFactory(published=True)
        block = UtteranceFactory(minutes=minutes)
        page = text_of(secretariat_client.get(page_of(minutes), {"edit": block.public_id}))
        assert "訂正で行います" in page
        assert "data-utterance" not in page
        answer = secretariat_client.post(address_of(block), sent(block, text="x"), **JSON)
        assert answer.status_code == 422
        assert "訂正で行います" in answer.json()["said"]


class TestWithoutScripts:
    @pytest.mark.parametrize(
        ("do", "expected"), [("up", "102"), ("down", "021"), ("before", "012"), ("after", "012")]
    )
    def test_buttons(self, do, expected, minutes, blocks, secretariat_client: Client):
        answer = secretariat_client.post(address_of(blocks[1]), sent(blocks[1], do=do))
        assert answer.status_code == 302
        assert order(minutes) == expected
        assert minutes.utterances.count() == (4 if do in {"before", "after"} else 3)

    def test_saves_and_keeps_line_ends(self, blocks, secretariat_client: Client):
        secretariat_client.post(address_of(blocks[0]), sent(blocks[0], text="　一行目\r\n二行目 "))
        blocks[0].refresh_from_db()
        assert blocks[0].text == "　一行目\n二行目 "

    def test_splits_at_the_mark(self, minutes, blocks, secretariat_client: Client):
        data = sent(blocks[0], do="split", text="甲。\r\n【ここで分ける】乙。")
        secretariat_client.post(address_of(blocks[0]), data)
        assert list(minutes.utterances.order_by("position").values_list("text", flat=True))[:2] == [
            "甲。\n",
            "乙。",
        ]

    def test_without_the_mark_it_is_told(self, minutes, blocks, secretariat_client: Client):
        answer = secretariat_client.post(address_of(blocks[0]), sent(blocks[0], do="split", text="甲。乙。"))
        assert answer.status_code == 422
        assert "1つだけ書いてから" in text_of(answer)
        assert "甲。乙。" in text_of(answer), "what was typed stays in the field"
        assert minutes.utterances.count() == 3

    def test_merges_moves_and_deletes_with_undo(self, minutes, blocks, secretariat_client: Client):
        secretariat_client.post(address_of(blocks[0]), sent(blocks[0], do="move", to="3"))
        assert order(minutes) == "120"
        secretariat_client.post(address_of(blocks[1]), sent(blocks[1], do="merge"))
        assert order(minutes) == "10"
        page = secretariat_client.post(address_of(blocks[0]), sent(blocks[0], do="delete"), follow=True)
        assert "消した発言を元に戻す" in text_of(page)
        assert order(minutes) == "1"
        secretariat_client.post(page_of(minutes), {"restore": "1"})
        assert order(minutes) == "10"
        assert "元に戻せる発言がありません" in text_of(
            secretariat_client.post(page_of(minutes), {"restore": "1"}, follow=True)
        )

    @pytest.mark.parametrize("to", ["", "0", "9", "x", "-1", "９"])
    def test_a_place_that_is_none_is_told(self, to, minutes, blocks, secretariat_client: Client):
        answer = secretariat_client.post(address_of(blocks[0]), sent(blocks[0], do="move", to=to))
        assert "何番目に動かすか" in text_of(answer)
        assert order(minutes) == "012"

    def test_the_second_is_told_what_the_first_wrote(self, blocks, secretariat_client, administrator_client):
        administrator_client.post(address_of(blocks[0]), sent(blocks[0], text="先の人の文"))
        answer = secretariat_client.post(address_of(blocks[0]), sent(blocks[0], text="後の人の文"))
        page = text_of(answer)
        assert answer.status_code == 409
        assert "管理 花さんがこの発言を直しました" in page
        assert "先の人の文" in page
        assert "後の人の文" in page
        blocks[0].refresh_from_db()
        assert blocks[0].text == "先の人の文"
        secretariat_client.post(address_of(blocks[0]), sent(blocks[0], text="後の人の文", version="2"))
        blocks[0].refresh_from_db()
        assert blocks[0].text == "後の人の文"

    def test_a_known_speaker_fills_three_fields(self, minutes, blocks, secretariat_client: Client):
        Utterance.objects.filter(pk=blocks[2].pk).update(speaker="大谷", role="参与", organization_name="")
        secretariat_client.post(address_of(blocks[0]), sent(blocks[0], pick="大谷参与"))
        blocks[0].refresh_from_db()
        assert (blocks[0].speaker, blocks[0].role, blocks[0].organization_name) == ("大谷", "参与", "")

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("organization", "ない団体", "この名前の会員団体はありません"),
            ("pick", "議長", "「議長」は一覧にありません"),
            ("text", "\x07", "目に見えない文字"),
            ("text", "長" * 20_001, "20000"),
            ("kind", "song", "選べません"),
        ],
    )
    def test_what_cannot_be_saved_is_told(self, field, value, words, blocks, secretariat_client: Client):
        answer = secretariat_client.post(address_of(blocks[0]), sent(blocks[0], **{field: value}))
        assert answer.status_code == 422
        assert words in text_of(answer)


class TestForScripts:
    def test_opens_saves_and_closes(self, blocks, secretariat_client: Client):
        opened = secretariat_client.get(address_of(blocks[0]), **JSON).json()
        assert "<textarea" in opened["place"][0]["html"]
        saved = secretariat_client.post(address_of(blocks[0]), sent(blocks[0], text="新"), **JSON).json()
        assert saved["version"] == 2
        data = sent(blocks[0], text="新", version="2", close="1")
        closed = secretariat_client.post(address_of(blocks[0]), data, **JSON).json()
        assert "<textarea" not in closed["place"][0]["html"]

    def test_split_says_where_the_second_goes(self, blocks, secretariat_client: Client):
        data = sent(blocks[1], do="split", at="2")
        said = secretariat_client.post(address_of(blocks[1]), data, **JSON).json()
        assert [each["after"] for each in said["place"]] == [blocks[0].public_id, blocks[1].public_id]
        assert said["open"] == said["place"][1]["id"]

    def test_conflict(self, blocks, secretariat_client, administrator_client):
        administrator_client.post(address_of(blocks[0]), sent(blocks[0], text="先の人の文"))
        answer = secretariat_client.post(address_of(blocks[0]), sent(blocks[0], text="後"), **JSON)
        assert answer.status_code == 409
        assert "先の人の文" in answer.json()["conflict"]
        assert answer.json()["version"] == 2

    def test_a_block_that_is_gone_is_told(self, blocks, secretariat_client: Client):
        secretariat_client.post(address_of(blocks[0]), sent(blocks[0], do="delete"))
        answer = secretariat_client.post(address_of(blocks[0]), sent(blocks[0]), **JSON)
        assert answer.status_code == 410
        assert "もうありません" in answer.json()["said"]


class TestFlags:
    def test_enter_after_the_reason_says_that_nothing_is_wrong(self, minutes, secretariat_client: Client):
        MinutesFlag._default_manager.create(minutes=minutes, code="x", message="どうか", remainder="余り")
        page = text_of(secretariat_client.get(page_of(minutes)))
        assert re.findall(r'name="how" value="(\w+)"', page) == ["fine", "mended", "discarded"]

    def test_are_settled_on_the_page(self, minutes, secretariat_client: Client):
        flag = MinutesFlag._default_manager.create(
            minutes=minutes, code="x", message="どうか", remainder="余り"
        )
        here = reverse("meetings:desk-flag", args=[flag.pk])
        assert "どうか" in text_of(secretariat_client.get(page_of(minutes)))
        assert "わけを書いて" in text_of(secretariat_client.post(here, {"how": "fine"}, follow=True))
        assert "1つ片付けました" in text_of(secretariat_client.post(here, {"how": "discarded"}, follow=True))
        flag.refresh_from_db()
        assert flag.resolution == "捨ててよい"
        secretariat_client.post(here, {"reopen": "1"})
        flag.refresh_from_db()
        assert flag.resolved_at is None
