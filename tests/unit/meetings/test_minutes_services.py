"""Writing a record block by block: no character is lost, positions have no gaps, nobody writes over another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from meetings.models import Attendee, Minutes, MinutesFlag, SpeakerAlias, Utterance
from meetings.permissions.minutes import can_edit_minutes, can_import_minutes, can_see_draft
from meetings.services import minutes as services
from meetings.services.flags import open_flags, reopen_flag, resolve_flag
from meetings.services.minutes import BlockChanged
from meetings.services.publication import obstacles_of
from meetings.speakers import suggestions_for
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    BodyFactory,
    MeetingFactory,
    MinutesFactory,
    UtteranceFactory,
)
from tests.factories.members import OrganizationFactory, UserFactory
from tests.racing import at_once


@pytest.fixture
def minutes(db: None) -> Minutes:
    return MinutesFactory()


@pytest.fixture
def blocks(minutes: Minutes) -> list[Utterance]:
    return [UtteranceFactory(minutes=minutes, position=n, text=f"{n}番の文です。") for n in range(4)]


def texts(minutes: Minutes) -> list[str]:
    return list(minutes.utterances.order_by("position").values_list("text", flat=True))


def positions(minutes: Minutes) -> list[int]:
    return list(minutes.utterances.order_by("position").values_list("position", flat=True))


def events(type_: str) -> int:
    return AuditEvent.objects.filter(type=f"meetings.{type_}").count()


def say_answers(block: Utterance, question: Utterance, by: User) -> Utterance:
    values = {"reply_to": question}
    return services.change_utterance(utterance=block, values=values, version=None, by=by)


class TestStarting:
    def test_takes_over_the_policy_of_the_body(self, secretariat):
        body = BodyFactory(named_audience="members", labels_audience="public")
        minutes = services.start_minutes(meeting=MeetingFactory(body=body), by=secretariat)
        assert (minutes.named_audience, minutes.labels_audience) == ("members", "public")
        assert (minutes.state, minutes.author) == (State.DRAFT, secretariat)

    def test_twice_gives_the_same(self, secretariat):
        meeting = MeetingFactory()
        first = services.start_minutes(meeting=meeting, by=secretariat)
        assert services.start_minutes(meeting=meeting, by=secretariat) == first
        assert events("minutes_started") == 1

    def test_not_of_a_cancelled_meeting(self, secretariat):
        meeting = MeetingFactory(state="cancelled", cancelled_reason="大雪")
        with pytest.raises(Refused, match="中止"):
            services.start_minutes(meeting=meeting, by=secretariat)


class TestWhoMayWrite:
    """| state | secretariat | staff | member | nobody signed in |; only a draft, only the secretariat."""

    @pytest.mark.parametrize("state", ["draft", "in_review", "published"])
    def test_only_drafts(self, state, secretariat, owner, outsider):
        minutes = MinutesFactory(published=True) if state == "published" else MinutesFactory(state=state)
        assert can_edit_minutes(secretariat, minutes) is (state == "draft")
        assert can_import_minutes(secretariat, minutes.meeting) is (state == "draft")
        for person in (owner, outsider):
            assert not can_edit_minutes(person, minutes)
            assert not can_import_minutes(person, None)

    def test_a_closed_record_is_seen_by_the_secretariat_alone(self, secretariat, owner, outsider):
        open_one, closed = MinutesFactory(named_audience="members"), MinutesFactory(named_audience="closed")
        assert [can_see_draft(secretariat, each) for each in (open_one, closed)] == [True, True]
        assert [can_see_draft(owner, each) for each in (open_one, closed)] == [True, False]
        assert not can_see_draft(outsider, open_one)

    @pytest.mark.parametrize("role", ["staff", "member"])
    def test_services_ask_themselves(self, role, minutes, blocks):
        by, block = UserFactory(role=role), blocks[0]
        writes: list[Any] = [
            lambda: services.start_minutes(meeting=MeetingFactory(), by=by),
            lambda: services.add_utterance(minutes=minutes, by=by),
            lambda: services.change_utterance(utterance=block, values={"text": "x"}, version=1, by=by),
            lambda: services.set_speaker(utterance=block, values={"speaker": "x"}, by=by),
            lambda: services.move_utterance(utterance=block, to=2, by=by),
            lambda: services.split_utterance(utterance=block, at=2, version=1, by=by),
            lambda: services.merge_utterance(utterance=block, version=1, by=by),
            lambda: services.delete_utterance(utterance=block, version=1, by=by),
        ]
        for write in writes:
            with pytest.raises(Refused, match="権限"):
                write()
        assert texts(minutes) == [each.text for each in blocks]


class TestChanging:
    def test_saves_records_and_raises_both_versions(self, minutes, blocks, secretariat):
        changed = services.change_utterance(
            utterance=blocks[0], values={"text": "直した文"}, version=1, by=secretariat
        )
        minutes.refresh_from_db()
        assert (changed.text, changed.version) == ("直した文", 2)
        assert (minutes.version, minutes.author) == (2, secretariat)
        event = AuditEvent.objects.get(type="meetings.utterance_changed")
        assert "直した文" not in str(event.new), "autosaved words must not stay in the record for ever"

    def test_the_same_again_changes_nothing(self, blocks, secretariat):
        same = services.change_utterance(
            utterance=blocks[0], values={"text": blocks[0].text}, version=1, by=secretariat
        )
        assert same.version == 1
        assert events("utterance_changed") == 0

    def test_tells_the_second_of_two_and_keeps_the_first(self, blocks, secretariat, administrator):
        services.change_utterance(utterance=blocks[0], values={"text": "先"}, version=1, by=administrator)
        with pytest.raises(BlockChanged, match="管理 花さん") as told:
            services.change_utterance(utterance=blocks[0], values={"text": "後"}, version=1, by=secretariat)
        assert told.value.current.text == "先"
        blocks[0].refresh_from_db()
        assert blocks[0].text == "先"

    def test_two_people_in_two_blocks_do_not_disturb_each_other(self, blocks, secretariat, administrator):
        services.change_utterance(utterance=blocks[0], values={"text": "甲"}, version=1, by=administrator)
        services.change_utterance(utterance=blocks[1], values={"text": "乙"}, version=1, by=secretariat)

    @pytest.mark.parametrize("state", [State.IN_REVIEW, State.PUBLISHED])
    def test_not_once_it_waits_or_is_published(self, state, secretariat):
        minutes = MinutesFactory()
        block = UtteranceFactory(minutes=minutes)
        extra = {"published_at": minutes.created_at, "published_by": secretariat}
        Minutes.objects.filter(pk=minutes.pk).update(
            state=state, **(extra if state == State.PUBLISHED else {})
        )
        with pytest.raises(Refused, match="直せません"):
            services.change_utterance(utterance=block, values={"text": "x"}, version=1, by=secretariat)

    def test_answers_only_within_the_record(self, blocks, secretariat):
        with pytest.raises(Refused, match="同じ議事録"):
            say_answers(blocks[0], UtteranceFactory(), secretariat)
        with pytest.raises(Refused, match="自分の発言"):
            say_answers(blocks[0], blocks[0], secretariat)
        assert say_answers(blocks[1], blocks[0], secretariat).reply_to == blocks[0]

    def test_speaker_goes_to_all_of_the_same_name(self, minutes, blocks, secretariat):
        Utterance.objects.filter(pk=blocks[3].pk).update(label="別の人")
        organization = OrganizationFactory()
        values = {"speaker": "大谷", "role": "参与", "organization_name": "", "organization": organization}
        assert services.set_speaker(utterance=blocks[0], values=values, by=secretariat) == 3
        assert list(minutes.utterances.order_by("position").values_list("speaker", flat=True)) == [
            "大谷",
            "大谷",
            "大谷",
            "山田",
        ]


class TestOrder:
    @pytest.mark.parametrize(
        ("start", "to", "expected"),
        [(0, 4, "1230"), (3, 1, "3012"), (1, 3, "0213"), (2, 3, "0123"), (0, 99, "1230"), (3, -5, "3012")],
    )
    def test_moves(self, start, to, expected, minutes, blocks, secretariat):
        services.move_utterance(utterance=blocks[start], to=to, by=secretariat)
        assert "".join(text[0] for text in texts(minutes)) == expected
        assert positions(minutes) == [0, 1, 2, 3]

    def test_staying_is_not_recorded(self, blocks, secretariat):
        services.move_utterance(utterance=blocks[1], to=2, by=secretariat)
        assert events("utterance_moved") == 0

    def test_adds_before_after_and_last(self, minutes, blocks, secretariat):
        services.add_utterance(minutes=minutes, values={"text": "前"}, before=blocks[0], by=secretariat)
        services.add_utterance(minutes=minutes, values={"text": "後"}, after=blocks[0], by=secretariat)
        services.add_utterance(minutes=minutes, values={"text": "末"}, by=secretariat)
        assert "".join(text[0] for text in texts(minutes)) == "前0後123末"
        assert positions(minutes) == list(range(7))

    def test_mends_gaps(self, minutes, secretariat):
        blocks = [UtteranceFactory(minutes=minutes, position=n * 10) for n in range(3)]
        services.move_utterance(utterance=blocks[2], to=1, by=secretariat)
        assert positions(minutes) == [0, 1, 2]


class TestSplitAndMerge:
    def test_second_half_has_speaker_and_items(self, minutes, secretariat):
        item = AgendaItemFactory(meeting=minutes.meeting)
        block = UtteranceFactory(minutes=minutes, text="はい。つぎに。", items=[item], source_line=7)
        first, second = services.split_utterance(utterance=block, at=3, version=1, by=secretariat)
        assert (first.public_id, first.text, second.text) == (block.public_id, "はい。", "つぎに。")
        assert (second.speaker, second.label, second.source_line) == ("山田", "県社協・山田課長", 7)
        assert list(second.agenda_items.all()) == [item]

    @pytest.mark.parametrize("at", [0, 7, 99])
    def test_not_into_nothing(self, at, minutes, secretariat):
        block = UtteranceFactory(minutes=minutes, text="はい。つぎに。")
        with pytest.raises(Refused, match="空になります"):
            services.split_utterance(utterance=block, at=at, version=1, by=secretariat)

    def test_text_without_names_is_doubted(self, minutes, secretariat):
        block = UtteranceFactory(minutes=minutes, text="大谷さんは。", labels_text="委員は。")
        _first, second = services.split_utterance(utterance=block, at=3, version=1, by=secretariat)
        assert {flag.utterance for flag in open_flags(minutes)} == {block, second}

    def test_merging_passes_on_what_spoke_of_the_second(self, minutes, blocks, secretariat):
        say_answers(blocks[2], blocks[1], secretariat)
        flag = MinutesFlag._default_manager.create(
            minutes=minutes, utterance=blocks[1], code="x", message="x"
        )
        merged = services.merge_utterance(utterance=blocks[0], version=1, by=secretariat)
        flag.refresh_from_db()
        blocks[2].refresh_from_db()
        assert merged.text == "0番の文です。\n1番の文です。"
        assert (flag.utterance, blocks[2].reply_to) == (blocks[0], blocks[0])
        assert positions(minutes) == [0, 1, 2]

    def test_an_answer_to_the_first_does_not_answer_itself(self, blocks, secretariat):
        say_answers(blocks[1], blocks[0], secretariat)
        assert services.merge_utterance(utterance=blocks[0], version=1, by=secretariat).reply_to is None

    def test_a_cut_sentence_becomes_one(self, minutes, secretariat):
        first = UtteranceFactory(minutes=minutes, position=0, text="孤独・孤立と")
        UtteranceFactory(minutes=minutes, position=1, text="いう問題")
        merged = services.merge_utterance(utterance=first, version=1, by=secretariat)
        assert merged.text == "孤独・孤立という問題"

    def test_texts_without_names_are_merged_too(self, minutes, secretariat):
        first = UtteranceFactory(minutes=minutes, position=0, text="甲。", labels_text="委員。")
        UtteranceFactory(minutes=minutes, position=1, text="乙。")
        merged = services.merge_utterance(utterance=first, version=1, by=secretariat)
        assert (merged.text, merged.labels_text) == ("甲。\n乙。", "委員。\n乙。")

    def test_not_with_another_speaker_nor_with_nobody(self, minutes, blocks, secretariat):
        Utterance.objects.filter(pk=blocks[1].pk).update(speaker="別")
        with pytest.raises(Refused, match="発言者"):
            services.merge_utterance(utterance=blocks[0], version=1, by=secretariat)
        with pytest.raises(Refused, match="最後の発言"):
            services.merge_utterance(utterance=blocks[3], version=1, by=secretariat)


class TestEveryCharacterStays(TestCase):
    @given(
        text=st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=2, max_size=60),
        at=st.integers(0, 60),
    )
    def test_split_then_merge(self, text: str, at: int) -> None:
        minutes, by = MinutesFactory(), UserFactory(role="secretariat")
        block = UtteranceFactory(minutes=minutes, position=0, text=text)
        try:
            first, second = services.split_utterance(utterance=block, at=at, version=1, by=by)
        except Refused:
            assert not text[:at].strip() or not text[at:].strip()
            return
        assert first.text + second.text == text
        merged = services.merge_utterance(utterance=first, version=None, by=by)
        assert merged.text.replace("\n", "") == text


class TestDeleting:
    def test_comes_back_as_it_was(self, minutes, blocks, secretariat):
        item = AgendaItemFactory(meeting=minutes.meeting)
        blocks[1].agenda_items.set([item])
        say_answers(blocks[2], blocks[1], secretariat)
        flag = MinutesFlag._default_manager.create(
            minutes=minutes, utterance=blocks[1], code="x", message="x"
        )
        kept = services.delete_utterance(utterance=blocks[1], version=1, by=secretariat)
        assert positions(minutes) == [0, 1, 2]
        back = services.restore_utterance(minutes=minutes, kept=kept, by=secretariat)
        assert (back.public_id, back.position, back.text) == (blocks[1].public_id, 1, blocks[1].text)
        assert list(back.agenda_items.all()) == [item]
        assert list(back.replies.all()) == [blocks[2]]
        assert list(back.flags.all()) == [flag]
        with pytest.raises(Refused, match="もう元に"):
            services.restore_utterance(minutes=minutes, kept=kept, by=secretariat)

    def test_not_what_a_promise_hangs_on(self, minutes, blocks, secretariat):
        blocks[0].action_items.create(body=minutes.meeting.body, text="調べる", created_by=secretariat)
        with pytest.raises(Refused, match="宿題"):
            services.delete_utterance(utterance=blocks[0], version=1, by=secretariat)
        assert len(texts(minutes)) == 4

    def test_what_is_gone_is_told(self, blocks, secretariat):
        services.delete_utterance(utterance=blocks[0], version=1, by=secretariat)
        with pytest.raises(Refused, match="もうありません"):
            services.change_utterance(utterance=blocks[0], values={"text": "x"}, version=1, by=secretariat)


class TestFlags:
    @pytest.fixture
    def flag(self, minutes: Minutes) -> MinutesFlag:
        return MinutesFlag._default_manager.create(minutes=minutes, code="x", message="どうか", line=3)

    def test_hold_back_until_settled(self, minutes, flag, secretariat):
        def words_against() -> str:
            return "".join(each.words for each in obstacles_of(minutes))

        assert "1件、片付いていません" in words_against()
        resolve_flag(flag=flag, how="mended", by=secretariat)
        assert "片付いていません" not in words_against()
        reopen_flag(flag=flag, by=secretariat)
        assert "1件、片付いていません" in words_against()
        assert list(open_flags(minutes)) == [flag]

    def test_fine_needs_a_reason_and_discarding_words(self, flag, secretariat):
        with pytest.raises(Refused, match="わけ"):
            resolve_flag(flag=flag, how="fine", by=secretariat)
        with pytest.raises(Refused, match="捨ててよい文"):
            resolve_flag(flag=flag, how="discarded", by=secretariat)
        settled = resolve_flag(flag=flag, how="fine", note="原文のとおり", by=secretariat)
        assert settled.resolution == "問題なし：原文のとおり"


@pytest.mark.django_db(transaction=True)
def test_positions_stay_dense_when_two_move_at_once():
    minutes, people = MinutesFactory(), [UserFactory(role="secretariat") for _each in range(2)]
    blocks = [UtteranceFactory(minutes=minutes, position=n) for n in range(6)]
    at_once(
        lambda: services.move_utterance(utterance=blocks[0], to=6, by=people[0]),
        lambda: services.move_utterance(utterance=blocks[5], to=1, by=people[1]),
        lambda: services.split_utterance(utterance=blocks[2], at=4, version=None, by=people[0]),
        lambda: services.add_utterance(minutes=minutes, after=blocks[3], by=people[1]),
    )
    assert positions(minutes) == list(range(8))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told():
    block = UtteranceFactory(minutes=MinutesFactory())
    people = [UserFactory(role="secretariat") for _each in range(2)]
    answers = at_once(
        *(
            lambda by=by: services.change_utterance(
                utterance=block, values={"text": by.name}, version=1, by=by
            )
            for by in people
        )
    )
    assert sorted(type(each) for each in answers if each) == [BlockChanged]


class TestSuggestions:
    def test_come_from_records_imports_and_who_was_there(self, minutes, blocks):
        body, member = minutes.meeting.body, OrganizationFactory(name="あかり電話")
        SpeakerAlias._default_manager.create(
            body=body, label="井川理事", speaker="井川", role="理事", organization=member
        )
        earlier = MinutesFactory(meeting__body=body)
        UtteranceFactory(minutes=earlier, organization_name="大学", speaker="浜口", role="教授")
        UtteranceFactory(organization_name="よその会議体")
        attendance = AttendanceFactory(meeting=minutes.meeting, organization=member)
        Attendee._default_manager.create(attendance=attendance, name="新田 五郎", role="職員")
        found = {each.words: each for each in suggestions_for(minutes.meeting)}
        assert set(found) == {
            "県社協・山田課長",
            "あかり電話・井川理事",
            "大学・浜口教授",
            "あかり電話・新田職員",
        }
        assert found["あかり電話・井川理事"].organization_id == member.pk
        assert found["あかり電話・新田職員"].member_name == "あかり電話"
