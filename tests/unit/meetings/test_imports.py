"""From a file to a draft: all or nothing, nothing lost, and the address of a block survives the next file."""

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from meetings.extracting import UnreadableFileError
from meetings.importing.matching import match
from meetings.importing.planning import plan_blocks
from meetings.importing.proposals import as_data, propose
from meetings.models import (
    AgendaItem,
    Attendee,
    Document,
    Meeting,
    Minutes,
    MinutesFlag,
    MinutesImport,
    SpeakerAlias,
    Utterance,
)
from meetings.parsing import parse_minutes
from meetings.parsing.proposal import Piece
from meetings.services import imports as services
from meetings.services import minutes as minutes_services
from meetings.services.aliases import forget_alias
from meetings.services.flags import open_flags, resolve_flag
from meetings.services.imports import Choices
from meetings.tasks.imports import read_import
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.meetings import BodyFactory, MeetingFactory, MinutesFactory, UtteranceFactory
from tests.factories.members import OrganizationFactory
from tests.hostile_files import bomb, zipped
from tests.minutes_files import LATER, RECORD, as_pdf, as_word
from tests.racing import at_once

TOKYO = ZoneInfo("Asia/Tokyo")
pytestmark = pytest.mark.django_db


def keep(text: str | bytes, by: User, meeting: Meeting | None = None, **where: Any) -> MinutesImport:
    content = text if isinstance(text, bytes) else text.encode()
    body = where.get("body") or (meeting.body if meeting else BodyFactory())
    return services.keep_import(
        file=io.BytesIO(content), file_name="記録.txt", body=body, meeting=meeting, by=by
    )


@pytest.fixture
def meeting(db: None) -> Meeting:
    return MeetingFactory(place="", ends_at=None, starts_at=dt.datetime(2025, 6, 18, 13, 30, tzinfo=TOKYO))


def texts(minutes: Minutes) -> list[str]:
    return list(minutes.utterances.order_by("position").values_list("text", flat=True))


class TestAccepting:
    def test_fills_what_is_empty_and_leaves_the_rest(self, meeting, secretariat):
        title = meeting.title
        services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        meeting.refresh_from_db()
        assert (meeting.title, meeting.place, meeting.number) == (title, "県庁 3階第1会議室", 3)
        assert meeting.ends_at.astimezone(TOKYO).hour == 15

    def test_an_end_on_another_day_is_no_end(self, secretariat):
        meeting = MeetingFactory(place="", ends_at=None)
        services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        meeting.refresh_from_db()
        assert meeting.ends_at is None

    def test_overwrites_what_is_ticked(self, meeting, secretariat):
        kept = keep(RECORD, secretariat, meeting)
        services.accept_import(kept=kept, choices=Choices(header=frozenset({"title"})), by=secretariat)
        meeting.refresh_from_db()
        assert meeting.title == "しおかぜ県孤独・孤立対策連絡会 第3回"

    def test_makes_agenda_papers_people_blocks_and_doubts(self, meeting, secretariat):
        outcome = services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        second = AgendaItem.objects.get(meeting=meeting, title__startswith="広報")
        assert (second.number, second.parent.number) == ("(2)", "2")
        paper = Document.objects.get(meeting=meeting, label="資料2")
        assert (paper.audience, list(paper.agenda_items.all())) == ("closed", [second])
        assert [str(count) for count in meeting.counts.all()] == ["幹事団体9団体"]
        assert set(Attendee._default_manager.values_list("name", flat=True)) >= {"浜口千尋"}
        labels = list(outcome.minutes.utterances.order_by("position").values_list("label", flat=True))
        assert [label for label in labels if label] == [
            "あかり電話・井川理事",
            "事務局",
            "しおかぜ大学・浜口教授",
            "あかり電話・井川理事",
            "事務局",
        ]
        last = outcome.minutes.utterances.order_by("position").last()
        assert list(last.agenda_items.all()) == [second]
        assert open_flags(outcome.minutes).count() == outcome.flags
        assert outcome.minutes.author == secretariat

    def test_members_are_members_in_the_list_too(self, meeting, secretariat):
        member = OrganizationFactory(name="あかり電話")
        services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        row = meeting.attendances.get(organization=member)
        assert [(each.name, each.role, each.has_come) for each in row.attendees.all()] == [
            ("井川", "理事", True)
        ]
        assert meeting.attendances.filter(guest_name="しおかぜ大学").exists()

    def test_makes_the_meeting_of_a_body(self, secretariat):
        body = BodyFactory(named_audience="members")
        outcome = services.accept_import(kept=keep(RECORD, secretariat, body=body), by=secretariat)
        made = outcome.minutes.meeting
        assert (made.body, made.state, made.fiscal_year) == (body, "draft", 2025)
        assert outcome.minutes.named_audience == "members"
        with pytest.raises(Refused, match="同じ日の会議"):
            services.accept_import(kept=keep(RECORD, secretariat, body=body), by=secretariat)

    @pytest.mark.parametrize(
        ("lost", "words"), [("令和7年6月18日（水）13:30～15:00", "開催日"), ("13:30～15:00", "開始の時刻")]
    )
    def test_no_meeting_is_made_up(self, lost, words, secretariat):
        with pytest.raises(Refused, match=words):
            services.accept_import(kept=keep(RECORD.replace(lost, ""), secretariat), by=secretariat)
        assert not Meeting.objects.exists()

    def test_is_all_or_nothing(self, meeting, secretariat, monkeypatch):
        def fail(*args: Any, **kwargs: Any) -> None:
            raise ValidationError("あとの方で")

        monkeypatch.setattr(services, "raise_flags", fail)
        kept = keep(RECORD, secretariat, meeting)
        with pytest.raises(ValidationError):
            services.accept_import(kept=kept, by=secretariat)
        kept.refresh_from_db()
        assert kept.accepted_at is None
        assert not any(model.objects.exists() for model in (AgendaItem, Document, Minutes, Utterance))

    @pytest.mark.django_db(transaction=True)
    def test_two_who_accept_at_once_make_one_draft(self, meeting, secretariat):
        kept = keep(RECORD, secretariat, meeting)
        answers = at_once(*(lambda: services.accept_import(kept=kept, by=secretariat) for _each in range(2)))
        assert len([each for each in answers if each]) == 1
        assert Utterance.objects.count() == len(kept.proposal["utterances"])

    def test_only_by_the_secretariat_and_only_once(self, meeting, secretariat, owner):
        kept = keep(RECORD, secretariat, meeting)
        for write in (services.accept_import, services.dismiss_import):
            with pytest.raises(Refused, match="権限"):
                write(kept=kept, by=owner)
        services.accept_import(kept=kept, by=secretariat)
        with pytest.raises(Refused, match="もう受け入れました"):
            services.accept_import(kept=kept, by=secretariat)
        with pytest.raises(Refused, match="もう受け入れました"):
            services.dismiss_import(kept=kept, by=secretariat)

    def test_dismissed_ones_stay(self, meeting, secretariat):
        kept = services.dismiss_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        assert MinutesImport._default_manager.get(pk=kept.pk).text == RECORD
        with pytest.raises(Refused, match="使わないことに"):
            services.accept_import(kept=kept, by=secretariat)

    def test_published_records_refuse(self, secretariat):
        minutes = MinutesFactory(published=True)
        with pytest.raises(Refused, match="訂正"):
            keep(RECORD, secretariat, minutes.meeting)

    def test_what_was_put_right_is_what_is_taken(self, meeting, secretariat):
        kept = keep(RECORD, secretariat, meeting)
        rows = [*kept.proposal["utterances"]]
        rows[-1] = {**rows[-1], "text": "直した文。"}
        services.correct_import(kept=kept, parts={"utterances": rows}, version=1, by=secretariat)
        with pytest.raises(Refused, match="ほかの人がこの案を直しました"):
            services.correct_import(kept=kept, parts={"utterances": []}, version=1, by=secretariat)
        outcome = services.accept_import(kept=kept, by=secretariat)
        assert texts(outcome.minutes)[-1] == "直した文。"


class TestTakingInAgain:
    @pytest.fixture
    def first(self, meeting: Meeting, secretariat: User) -> Minutes:
        return services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat).minutes

    def test_addresses_survive(self, first, meeting, secretariat):
        before = list(first.utterances.order_by("position").values_list("public_id", flat=True))
        services.accept_import(kept=keep(LATER, secretariat, meeting), by=secretariat)
        after = list(first.utterances.order_by("position").values_list("public_id", flat=True))
        assert after[: len(before)] == before
        assert len(after) == len(before) + 1
        assert "でしょうか" in "".join(texts(first))
        assert AgendaItem.objects.filter(meeting=meeting).count() == 5
        assert meeting.counts.count() == 1

    def test_what_was_edited_stays_unless_ticked(self, first, meeting, secretariat):
        block = first.utterances.get(text__contains="どのように")
        minutes_services.change_utterance(
            utterance=block,
            values={"text": "居場所に来られない人には、どう声をかけるのか。"},
            version=1,
            by=secretariat,
        )
        services.accept_import(kept=keep(LATER, secretariat, meeting), by=secretariat)
        block.refresh_from_db()
        assert block.text.endswith("どう声をかけるのか。")
        ticked = Choices(file=frozenset({block.public_id}))
        services.accept_import(kept=keep(LATER, secretariat, meeting), choices=ticked, by=secretariat)
        block.refresh_from_db()
        assert block.text.endswith("でしょうか。")

    def test_what_was_put_right_in_the_proposal_stays_too(self, meeting, secretariat):
        kept = keep(RECORD, secretariat, meeting)
        rows = [
            {**row, "text": "電話で声をかけるのか。", "is_edited": True}
            if "どのように" in row["text"]
            else row
            for row in kept.proposal["utterances"]
        ]
        services.correct_import(kept=kept, parts={"utterances": rows}, version=None, by=secretariat)
        minutes = services.accept_import(kept=kept, by=secretariat).minutes
        block = minutes.utterances.get(text="電話で声をかけるのか。")
        services.accept_import(kept=keep(LATER, secretariat, meeting), by=secretariat)
        block.refresh_from_db()
        assert block.text == "電話で声をかけるのか。"

    def test_halves_of_a_block_stay_halves(self, first, meeting, secretariat):
        block = first.utterances.get(text__contains="電話と訪問")
        minutes_services.split_utterance(utterance=block, at=10, version=None, by=secretariat)
        before = texts(first)
        services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        assert texts(first) == before

    @pytest.mark.parametrize("drops", [False, True])
    def test_blocks_that_the_file_lacks_stay_in_their_place(self, drops, first, meeting, secretariat):
        there = first.utterances.order_by("position")[1]
        minutes_services.add_utterance(
            minutes=first, values={"text": "手で足した発言。"}, after=there, by=secretariat
        )
        services.accept_import(
            kept=keep(LATER, secretariat, meeting), choices=Choices(drop_missing=drops), by=secretariat
        )
        found = texts(first)
        assert ("手で足した発言。" in found) is not drops
        if not drops:
            assert found.index("手で足した発言。") == 2
        assert list(first.utterances.order_by("position").values_list("position", flat=True)) == list(
            range(len(found))
        )

    def test_a_draft_that_changed_meanwhile_is_told(self, first, meeting, secretariat):
        kept = keep(LATER, secretariat, meeting)
        seen = Choices(seen=Minutes.objects.get(pk=first.pk).version)
        minutes_services.add_utterance(minutes=first, by=secretariat)
        with pytest.raises(Refused, match="下書きが変わりました"):
            services.accept_import(kept=kept, choices=seen, by=secretariat)

    def test_settled_doubts_stay_settled(self, first, meeting, secretariat):
        for flag in open_flags(first):
            resolve_flag(flag=flag, how="fine", note="見た", by=secretariat)
        settled = MinutesFlag._default_manager.count()
        services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        assert not open_flags(first).exists()
        assert MinutesFlag._default_manager.count() == settled

    def test_words_without_names_are_doubted_when_the_text_changes(self, first, meeting, secretariat):
        block = first.utterances.get(text__contains="どのように")
        Utterance.objects.filter(pk=block.pk).update(labels_text="声かけについて。")
        services.accept_import(kept=keep(LATER, secretariat, meeting), by=secretariat)
        assert open_flags(first).filter(code="labels_text", utterance=block).exists()


class TestNothingIsLost:
    @pytest.mark.parametrize(
        "text", [RECORD, LATER, "□□□\n何かの文字\n-\n", "（甲・乙委員）\n" + "長い。" * 9000]
    )
    def test_every_character_that_found_a_place_arrives(self, text, secretariat):
        proposal = parse_minutes(text)
        data = as_data(proposal, text)
        said = "".join(row["text"] for row in data["utterances"])
        assert said == "".join(each.text for each in proposal.utterances)
        assert all(len(row["text"]) <= 20_000 for row in data["utterances"])
        for piece in proposal.pieces:
            if piece.kind == "remainder":
                assert text[piece.start : piece.end] in data["flags"][piece.index]["remainder"]

    def test_pieces_are_looked_through_once_however_many_doubts(self):
        class Counted(tuple[Piece, ...]):
            looked_through = 0

            def __iter__(self) -> Iterator[Piece]:
                Counted.looked_through += 1
                return super().__iter__()

        text = "（甲・乙委員）\n" + "次の年も続けることと\n\nした。\n---\n" * 50
        proposal = parse_minutes(text)
        data = as_data(replace(proposal, pieces=Counted(proposal.pieces)), text)
        assert len(data["flags"]) > 1
        assert Counted.looked_through == 1

    @given(st.text(max_size=300))
    def test_any_text_becomes_a_proposal(self, text: str) -> None:
        as_data(parse_minutes(text), text)


class TestNames:
    def test_are_learnt_and_used_by_the_next_file(self, meeting, secretariat):
        member = OrganizationFactory(name="あかり電話協会")
        kept = keep(RECORD, secretariat, meeting)
        rows = [
            {**row, "organization": member.pk, "role": "副理事"} if row["label"].startswith("あかり") else row
            for row in kept.proposal["utterances"]
        ]
        services.correct_import(kept=kept, parts={"utterances": rows}, version=None, by=secretariat)
        services.accept_import(kept=kept, by=secretariat)
        known = propose(LATER, meeting.body)["utterances"]
        assert {row["role"] for row in known if row["label"].startswith("あかり")} == {"副理事"}
        assert {row["organization"] for row in known if row["label"].startswith("あかり")} == {member.pk}
        other = propose(LATER, BodyFactory())["utterances"]
        assert {row["organization"] for row in other} == {None}

    def test_a_role_alone_teaches_nothing(self, meeting, secretariat):
        services.accept_import(kept=keep(LATER, secretariat, meeting), by=secretariat)
        labels = set(SpeakerAlias._default_manager.values_list("label", flat=True))
        assert labels == {"あかり電話・井川理事", "しおかぜ大学・浜口教授"}

    def test_are_forgotten(self, meeting, secretariat, owner):
        services.accept_import(kept=keep(RECORD, secretariat, meeting), by=secretariat)
        alias = SpeakerAlias._default_manager.first()
        with pytest.raises(Refused):
            forget_alias(alias=alias, by=owner)
        forget_alias(alias=alias, by=secretariat)
        assert SpeakerAlias._default_manager.count() == 1

    def test_members_by_their_very_name(self, secretariat):
        member = OrganizationFactory(name="しおかぜ大学")
        rows = propose(RECORD, BodyFactory())["utterances"]
        assert [row["organization"] for row in rows if row["speaker"] == "浜口"] == [member.pk]


class TestFiles:
    @pytest.mark.parametrize("make", [as_word, as_pdf], ids=["docx", "pdf"])
    def test_every_kind_becomes_the_same_draft(self, make, meeting, secretariat):
        outcome = services.accept_import(kept=keep(make(RECORD), secretariat, meeting), by=secretariat)
        found = [
            (each.label, each.text) for each in outcome.minutes.utterances.order_by("position") if each.label
        ]
        told = [
            (row["label"], row["text"]) for row in propose(RECORD, meeting.body)["utterances"] if row["label"]
        ]
        assert found == told
        meeting.refresh_from_db()
        assert meeting.place == "県庁 3階第1会議室"

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"\x89PNG\r\n\x1a\n",
            bomb(),
            zipped(a=b"x"),
            b"%PDF-1.7\nbroken",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        ],
    )
    def test_hostile_ones_are_answered_and_not_kept(self, content, meeting, secretariat):
        with pytest.raises(UnreadableFileError):
            keep(content, secretariat, meeting)
        assert not MinutesImport._default_manager.exists()
        assert not AuditEvent.objects.filter(type="meetings.import_uploaded").exists()

    def test_names_keep_no_way(self, meeting, secretariat):
        kept = services.keep_import(
            file=io.BytesIO(RECORD.encode()),
            file_name="../../etc\\x\n.txt",
            body=meeting.body,
            meeting=meeting,
            by=secretariat,
        )
        assert kept.file_name == "x.txt"

    @pytest.mark.django_db(transaction=True)
    def test_a_large_one_is_read_by_a_worker(self, meeting, secretariat, monkeypatch):
        monkeypatch.setattr(services, "is_small", lambda content: False)
        kept = keep(RECORD, secretariat, meeting)
        kept.refresh_from_db()
        assert bytes(kept.content) == b""
        assert kept.proposal["utterances"]
        read_import(kept.pk)

    @pytest.mark.django_db(transaction=True)
    def test_what_a_worker_cannot_read_leaves_a_sentence(self, meeting, secretariat, monkeypatch):
        monkeypatch.setattr(services, "is_small", lambda content: False)
        kept = keep(b"%PDF-1.7\nbroken", secretariat, meeting)
        kept.refresh_from_db()
        assert kept.reading_error
        assert bytes(kept.content) == b""
        with pytest.raises(Refused, match="まだ読み取っていません"):
            services.accept_import(kept=kept, by=secretariat)

    @pytest.mark.django_db(transaction=True)
    def test_without_a_broker_it_is_told(self, meeting, secretariat, monkeypatch):
        def no_broker(*args: Any, **kwargs: Any) -> None:
            raise OperationalError

        monkeypatch.setattr(services, "is_small", lambda content: False)
        monkeypatch.setattr(read_import, "apply_async", no_broker)
        kept = keep(RECORD, secretariat, meeting)
        kept.refresh_from_db()
        assert "しばらくしてから" in kept.reading_error
        assert bytes(kept.content) == b""


class TestFromTheCommandLine:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "記録.txt"
        path.write_text(RECORD, encoding="utf-8")
        return path

    def test_for_a_meeting_and_for_a_body(self, path, meeting, secretariat):
        outcome = services.import_minutes_file(path=path, meeting=meeting, by=secretariat)
        assert outcome.minutes.meeting == meeting
        other = services.import_minutes_file(path=path, body=BodyFactory(), by=secretariat)
        assert other.utterances == outcome.utterances

    def test_leaves_nothing_half_done(self, path, meeting, secretariat):
        path.write_text("何もない\n", encoding="utf-8")
        with pytest.raises(Refused):
            services.import_minutes_file(path=path, body=BodyFactory(), by=secretariat)
        with pytest.raises(Refused, match="指定してください"):
            services.import_minutes_file(path=path, by=secretariat)
        assert not MinutesImport._default_manager.exists()


class TestMatching:
    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ([], [], {}),
            (["あい"], ["あい"], {0: 0}),
            (["一つめの文です", "二つめの話です"], ["二つめの話です"], {0: 1}),
            (["はい", "はい"], ["はい", "はい"], {0: 0, 1: 1}),
            (
                ["それは違うと思います。", "賛成です。"],
                ["それはちがうと思います。", "賛成です。"],
                {0: 0, 1: 1},
            ),
            (["甲の長い話です。", "乙の別の文。"], ["乙の別の文。", "甲の長い話です。"], {0: 1, 1: 0}),
            (["まったく別"], ["関係のない文"], {}),
            (["ＡＢＣ 文"], ["ABC文"], {0: 0}),
        ],
    )
    def test_pairs(self, old, new, expected):
        assert match([("", text) for text in old], [("", text) for text in new]) == expected

    def test_written_anew_between_the_same_neighbours(self):
        frame = ("議長", "はじめます。"), ("議長", "おわります。")
        assert match(
            [frame[0], ("甲", "まったく別"), frame[1]], [frame[0], ("甲", "関係のない文"), frame[1]]
        ) == {0: 0, 1: 1, 2: 2}
        assert match(
            [frame[0], ("甲", "まったく別"), frame[1]], [frame[0], ("乙", "関係のない文"), frame[1]]
        ) == {0: 0, 2: 2}

    @given(*[st.lists(st.tuples(st.sampled_from(["", "甲", "乙"]), st.text(max_size=8)), max_size=8)] * 2)
    def test_nobody_is_matched_twice(self, old: list[Any], new: list[Any]) -> None:
        found = match(old, new)
        assert len(set(found.values())) == len(found)
        assert set(found) <= set(range(len(new)))
        assert set(found.values()) <= set(range(len(old)))

    def test_a_draft_of_its_own_is_all_missing(self, secretariat):
        minutes = MinutesFactory()
        UtteranceFactory(minutes=minutes, position=0, text="手で書いた発言です。")
        _minutes, rows = plan_blocks(keep(RECORD, secretariat, minutes.meeting))
        assert rows[0].fate == "missing"
        assert {row.fate for row in rows[1:]} == {"new"}


def test_import_of_500_blocks_stays_quick(django_assert_max_num_queries, secretariat):
    """As many questions for many blocks as for few."""
    body = "".join(f"（団体{n}・姓{n}理事）\n{n}番めの発言です。よろしくお願いします。\n" for n in range(500))
    kept = keep(RECORD + body, secretariat, MeetingFactory(place=""))
    with django_assert_max_num_queries(700):
        outcome = services.accept_import(kept=kept, by=secretariat)
    assert outcome.utterances >= 500
