"""The way of a record to its readers, and that nothing but a correction changes it afterwards."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

import meetings.services
from meetings.models import Meeting, Utterance
from meetings.permissions import approval as permissions
from meetings.services import confirmation, corrections, flags, leaks, proposals, publication
from meetings.services import minutes as editing
from meetings.services.publication import Cause, NotReady, move_minutes, obstacles_of, set_audiences
from meetings.services.records import ChangedMeanwhile
from meetings.workflow import MINUTES_WAYS
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.states import State, diagram
from tests.factories.meetings import (
    AgendaItemFactory,
    ConfirmationRequestFactory,
    ConfirmationRoundFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesFlagFactory,
    ProposedChangeFactory,
    UtteranceFactory,
)
from tests.factories.members import UserFactory
from tests.racing import at_once


@pytest.fixture
def minutes(db):
    """Nothing stands against it."""
    minutes = MinutesFactory(named_audience="public", labels_audience="public")
    UtteranceFactory(minutes=minutes, position=0)
    return minutes


@pytest.fixture
def approver(db):
    return UserFactory(role="secretariat", name="承認 みのる")


def submitted(minutes, by):
    return move_minutes(minutes=minutes, to=State.IN_REVIEW, by=by)


def published(minutes, by, approver):
    return move_minutes(minutes=submitted(minutes, by), to=State.PUBLISHED, by=approver)


def test_diagram_in_docs_is_the_table():
    text = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram(MINUTES_WAYS)}```" in text


class TestObstacles:
    """Each by itself, in words; with it nobody sends to review and nobody publishes."""

    @pytest.mark.parametrize(
        ("cause", "arrange", "words"),
        [
            (Cause.EMPTY, lambda minutes: minutes.utterances.all().delete(), "発言が1つも"),
            (
                Cause.NOT_HELD,
                lambda minutes: Meeting.objects.filter(pk=minutes.meeting_id).update(state="planned"),
                "開催済み",
            ),
            (Cause.FLAGS, lambda minutes: MinutesFlagFactory(minutes=minutes), "確かめるところが1件"),
            (
                Cause.ROUND,
                lambda minutes: ConfirmationRoundFactory(minutes=minutes),
                "確認を頼んでいる",
            ),
            (
                Cause.LEAKS,
                lambda minutes: (
                    type(minutes).objects.filter(pk=minutes.pk).update(named_audience="members")
                    and minutes.utterances.update(text="山田さんの話です。")
                ),
                "1か所",
            ),
            (
                Cause.NOBODY,
                lambda minutes: (
                    type(minutes)
                    .objects.filter(pk=minutes.pk)
                    .update(named_audience="closed", labels_audience="closed")
                ),
                "事務局だけ",
            ),
        ],
    )
    def test_each_blocks(self, minutes, secretariat, approver, cause, arrange, words):
        reviewed = UtteranceFactory(
            minutes=MinutesFactory(state="in_review", named_audience="public", labels_audience="public")
        ).minutes
        for each, to in ((minutes, State.IN_REVIEW), (reviewed, State.PUBLISHED)):
            arrange(each)
            each = type(each).objects.get(pk=each.pk)
            (obstacle,) = obstacles_of(each)
            assert obstacle.cause == cause
            assert words in obstacle.words
            with pytest.raises(NotReady) as caught:
                move_minutes(minutes=each, to=to, by=approver)
            assert caught.value.obstacles == [obstacle]
            assert words in caught.value.reason

    def test_a_proposal_without_a_decision(self, minutes, secretariat):
        request = ConfirmationRequestFactory(round__minutes=minutes, words=list(minutes.utterances.all()))
        ProposedChangeFactory(request=request)
        confirmation.close_round(round=request.round, by=secretariat)
        (obstacle,) = obstacles_of(minutes)
        assert obstacle.cause == Cause.PROPOSALS

    def test_nothing_stands_against_it(self, minutes, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            assert obstacles_of(minutes) == []

    def test_names_do_no_harm_where_the_same_people_read_both(self, minutes):
        minutes.utterances.update(text="山田さんの話です。")
        assert obstacles_of(minutes) == []


class TestWay:
    def test_to_its_readers(self, minutes, secretariat, approver):
        done = published(minutes, secretariat, approver)
        assert (done.state, done.submitted_by, done.published_by) == (State.PUBLISHED, secretariat, approver)
        assert Meeting.objects.get(pk=minutes.meeting_id).state == "published"
        block = minutes.utterances.get()
        assert block.named_vector
        types = AuditEvent.objects.filter(type__startswith="meetings.minutes_").values_list("type", flat=True)
        assert set(types) == {"meetings.minutes_submitted", "meetings.minutes_published"}

    def test_neither_author_nor_submitter_approves(self, minutes, secretariat):
        submitted(minutes, secretariat)
        for person in (secretariat, minutes.author):
            with pytest.raises(Refused, match="自分で認める"):
                move_minutes(minutes=minutes, to=State.PUBLISHED, by=person)

    def test_back_with_a_reason(self, minutes, secretariat, approver):
        submitted(minutes, secretariat)
        with pytest.raises(Refused, match="理由"):
            move_minutes(minutes=minutes, to=State.DRAFT, by=approver)
        back = move_minutes(minutes=minutes, to=State.DRAFT, by=approver, reason="日付を直してください。")
        assert back.state == State.DRAFT

    def test_stopped_with_day_and_reason_and_resumed_by_another(self, minutes, secretariat, approver):
        published(minutes, secretariat, approver)
        with pytest.raises(Refused, match="理由"):
            move_minutes(minutes=minutes, to=State.SUSPENDED, by=approver)
        stopped = move_minutes(
            minutes=minutes, to=State.SUSPENDED, by=approver, reason="まちがいがありました。"
        )
        assert stopped.suspended_reason == "まちがいがありました。"
        assert (stopped.suspended_by, bool(stopped.suspended_at)) == (approver, True)
        assert Meeting.objects.get(pk=minutes.meeting_id).state == "held"
        for person in (approver, secretariat):
            with pytest.raises(Refused):
                move_minutes(minutes=minutes, to=State.PUBLISHED, by=person)
        third = UserFactory(role="secretariat")
        assert move_minutes(minutes=minutes, to=State.PUBLISHED, by=third).state == State.PUBLISHED
        assert Meeting.objects.get(pk=minutes.meeting_id).state == "published"

    def test_not_what_the_approver_has_not_read(self, minutes, secretariat, approver):
        submitted(minutes, secretariat)
        with pytest.raises(ChangedMeanwhile):
            move_minutes(minutes=minutes, to=State.PUBLISHED, by=approver, version=minutes.version + 1)

    @pytest.mark.parametrize("to", [State.PUBLISHED, State.SUSPENDED, State.ARCHIVED])
    def test_no_other_way(self, minutes, approver, to):
        with pytest.raises(Refused):
            move_minutes(minutes=minutes, to=to, by=approver, reason="x")

    @pytest.mark.parametrize("role", ["staff", "member"])
    def test_only_the_secretariat(self, minutes, secretariat, role):
        person = UserFactory(role=role)
        with pytest.raises(Refused):
            submitted(minutes, person)
        submitted(minutes, secretariat)
        with pytest.raises(Refused):
            move_minutes(minutes=minutes, to=State.PUBLISHED, by=person)
        assert not permissions.can_move_minutes(person, minutes, State.PUBLISHED)

    def test_readers_are_chosen_in_a_draft(self, minutes, secretariat, approver):
        changed = set_audiences(
            minutes=minutes, named_audience="closed", labels_audience="members", by=secretariat
        )
        assert (changed.named_audience, changed.labels_audience) == ("closed", "members")
        same = set_audiences(
            minutes=minutes, named_audience="closed", labels_audience="members", by=secretariat
        )
        assert same.version == changed.version
        submitted(minutes, secretariat)
        with pytest.raises(Refused, match="下書きのあいだ"):
            set_audiences(minutes=minutes, named_audience="public", labels_audience="public", by=secretariat)
        assert not permissions.can_set_audiences(approver, type(minutes).objects.get(pk=minutes.pk))


# --- Frozen ---------------------------------------------------------------------------------------
def changing_services(block, change, flag):
    """Every service that writes a record, by name, with a call that would be fine of a draft."""
    minutes = block.minutes
    common = {"utterance": block, "version": None}
    kept = {"public_id": "zzzzzz"}
    return {
        editing.add_utterance: {"minutes": minutes, "values": {"text": "新しい文。"}},
        editing.change_utterance: {**common, "values": {"text": "別の文。"}},
        editing.set_speaker: {"utterance": block, "values": {"speaker": "別"}},
        editing.move_utterance: {"utterance": block, "to": 2},
        editing.split_utterance: {**common, "at": 3},
        editing.merge_utterance: common,
        editing.delete_utterance: common,
        editing.restore_utterance: {"minutes": minutes, "kept": kept},
        editing.lock_draft: {"minutes": minutes},
        flags.resolve_flag: {"flag": flag, "how": "fine", "note": "x"},
        flags.reopen_flag: {"flag": flag},
        leaks.write_labels_text: {**common, "text": "別の文。"},
        proposals.accept_change: {"change": change, "version": None},
        proposals.decline_change: {"change": change, "note": "x"},
        publication.set_audiences: {
            "minutes": minutes,
            "named_audience": "closed",
            "labels_audience": "closed",
        },
        confirmation.open_round: {
            "minutes": minutes,
            "due_on": None,
            "message": "",
            "addresses": {},
        },
    }


# Of a published record too, or before there is one; each has tests of its own.
ALLOWED = {
    "meetings.services.publication.move_minutes",
    "meetings.services.corrections.propose_correction",
    "meetings.services.leaks.judge_harmless",  # changes no word
    "meetings.services.proposals.propose_change",  # asks for a round that is open
    "meetings.services.proposals.withdraw_change",
    "meetings.services.records.lock_minutes",
    "meetings.services.records.lock_utterance",
    "meetings.services.action_items.add_action_item",
    "meetings.services.flags.open_flags",
    "meetings.services.minutes.touch_minutes",  # needs what lock_draft() gave
}


ONLY_DERIVE = {"meetings.services.renderings"}  # from what a record says


def services_about_records():
    """Public functions of meetings.services that are handed a record or one of its blocks."""
    for module in pkgutil.iter_modules(meetings.services.__path__, "meetings.services."):
        if module.name in ONLY_DERIVE:
            continue
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            own = function.__module__ == module.name and not name.startswith(("_", "obstacles"))
            if own and {"minutes", "utterance"} & set(inspect.signature(function).parameters):
                yield f"{module.name}.{name}"


def frozen_world(state):
    minutes = MinutesFactory()
    block = UtteranceFactory(minutes=minutes, position=0, text="はじめの文です。つぎの文です。")
    UtteranceFactory(minutes=minutes, position=1)
    request = ConfirmationRequestFactory(round__minutes=minutes, words=[block])
    change = ProposedChangeFactory(request=request, after="別の文。")
    flag = MinutesFlagFactory(minutes=minutes)
    minutes.state = state
    if state == State.SUSPENDED:
        minutes.suspended_at, minutes.suspended_by = minutes.created_at, minutes.author
        minutes.suspended_reason = "x"
    minutes.save()
    return block, change, flag


@pytest.mark.django_db
def test_every_service_is_known_here():
    block, change, flag = frozen_world(State.PUBLISHED)
    known = {f"{each.__module__}.{each.__name__}" for each in changing_services(block, change, flag)}
    assert set(services_about_records()) - known - ALLOWED == set(), (
        "a service that writes a record refuses a published one: add it to changing_services()"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.PUBLISHED, State.SUSPENDED])
def test_no_other_service_changes_a_published_record(secretariat, state):
    block, change, flag = frozen_world(state)
    before = list(Utterance.objects.order_by("pk").values())
    for service, values in changing_services(block, change, flag).items():
        with transaction.atomic(), pytest.raises(Refused):
            service(**values, by=secretariat) if service is not editing.lock_draft else service(
                values["minutes"], secretariat
            )
    assert list(Utterance.objects.order_by("pk").values()) == before


@pytest.mark.django_db
class TestDatabase:
    """Whoever forgets to ask is stopped by the database."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda rows: rows.update(text="別の文"),
            lambda rows: rows.update(labels_text="別の文"),
            lambda rows: rows.update(position=9),
            lambda rows: rows.update(speaker="別"),
            lambda rows: rows.delete(),
        ],
    )
    @pytest.mark.parametrize("state", [State.PUBLISHED, State.SUSPENDED])
    def test_refuses_changes(self, change, state):
        block, _change, _flag = frozen_world(state)
        with transaction.atomic(), pytest.raises(DatabaseError, match="correction alone"):
            change(Utterance.objects.filter(minutes=block.minutes).exclude(pk=block.pk))

    @pytest.mark.parametrize("state", [State.PUBLISHED, State.SUSPENDED])
    @pytest.mark.parametrize(
        "statement",
        [
            # Another block, a block of a draft that is moved here, a link, and a link that is moved here.
            "INSERT INTO meetings_utterance ({columns}) SELECT {new} FROM meetings_utterance WHERE id = {draft}",
            "UPDATE meetings_utterance SET minutes_id = {minutes}, position = 7 WHERE id = {draft}",
            "INSERT INTO meetings_utterance_agenda_items (utterance_id, agendaitem_id) VALUES ({block}, {item})",
            "UPDATE meetings_utterance_agenda_items SET utterance_id = {block} WHERE utterance_id = {draft}",
        ],
    )
    def test_refuses_what_is_added(self, statement, state):
        block, _change, _flag = frozen_world(state)
        item = AgendaItemFactory(meeting=block.minutes.meeting)
        draft = UtteranceFactory(items=[item], position=5)
        columns = [field.column for field in Utterance._meta.concrete_fields if not field.primary_key]
        changed = {"minutes_id": str(block.minutes_id), "public_id": "'zzzzzz'", "position": "6"}
        sql = statement.format(
            columns=", ".join(f'"{name}"' for name in columns),
            new=", ".join(changed.get(name, f'"{name}"') for name in columns),
            minutes=block.minutes_id,
            block=block.pk,
            draft=draft.pk,
            item=item.pk,
        )
        with pytest.raises(DatabaseError, match="correction alone"), transaction.atomic():
            connection.cursor().execute(sql)
        with transaction.atomic(), corrections.correcting():
            connection.cursor().execute(sql)
        with pytest.raises(DatabaseError, match="correction alone"), transaction.atomic():
            block.agenda_items.add(AgendaItemFactory(meeting=block.minutes.meeting))

    def test_lets_a_correction_through_and_nothing_after_it(self):
        block, _change, _flag = frozen_world(State.PUBLISHED)
        rows = Utterance.objects.filter(pk=block.pk)
        with corrections.correcting():
            rows.update(text="直した文")
        with transaction.atomic(), pytest.raises(DatabaseError):
            rows.update(text="別の文")

    def test_lets_words_for_the_search_through(self):
        block, _change, _flag = frozen_world(State.PUBLISHED)
        Utterance.objects.filter(pk=block.pk).update(named_vector=None)
        block.save()

    def test_lets_a_draft_be_written(self):
        block = UtteranceFactory(minutes=MinutesFactory(meeting=MeetingFactory()))
        Utterance.objects.filter(pk=block.pk).update(text="別の文")
        Utterance.objects.filter(pk=block.pk).delete()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_publish_only_once():
    minutes = MinutesFactory(state="in_review", named_audience="public", labels_audience="public")
    UtteranceFactory(minutes=minutes, position=0)
    people = [UserFactory(role="secretariat") for _each in range(2)]
    found = at_once(
        *(
            lambda person=person: move_minutes(minutes=minutes, to=State.PUBLISHED, by=person)
            for person in people
        )
    )
    assert sum(each is None for each in found) == 1
    assert AuditEvent.objects.filter(type="meetings.minutes_published").count() == 1
