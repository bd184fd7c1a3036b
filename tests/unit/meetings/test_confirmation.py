"""Sending a record around, answering by link, and what becomes of the answers."""

import datetime as dt
import re

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from meetings.confirmation_links import Problem, make_link_token, read_link_token
from meetings.confirmation_plan import edition_for, in_context, plan_requests
from meetings.models import (
    ConfirmationRequest,
    ConfirmationRound,
    MinutesFlag,
    ProposedChange,
    Utterance,
)
from meetings.services import confirmation as services
from meetings.services import proposals
from meetings.services.minutes import BlockChanged, change_utterance
from meetings.services.records import ChangedMeanwhile
from members.services.personal_data import erase_person
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.open_pages import UnusableLinkError
from platform_portal.privacy import Person
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    AttendeeFactory,
    ConfirmationRequestFactory,
    MinutesFactory,
    ProposedChangeFactory,
    UtteranceFactory,
)
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.outbox import delivered
from tests.racing import at_once


def tomorrow(days=1):
    return timezone.localdate() + dt.timedelta(days=days)


def events(type_):
    return AuditEvent.objects.filter(type=f"meetings.{type_}").count()


@pytest.fixture
def minutes(db):
    return MinutesFactory(named_audience="members", labels_audience="public")


@pytest.fixture
def spoken(minutes):
    """An organisation that spoke twice, a speaker of none, and a narrative between them."""
    contact = MembershipFactory(organization=OrganizationFactory(name="まちの居場所の会"))
    first = UtteranceFactory(
        minutes=minutes, position=0, organization=contact.organization, text="居場所を開いています。"
    )
    UtteranceFactory(minutes=minutes, position=1, kind="narrative", speaker="", role="", text="休憩。")
    second = UtteranceFactory(minutes=minutes, position=2, speaker="奈和", role="参与", organization_name="")
    third = UtteranceFactory(
        minutes=minutes, position=3, organization=contact.organization, text="来月も開きます。"
    )
    return contact, first, second, third


@pytest.fixture
def asked(minutes, spoken, secretariat):
    """The round is open; the request of the organisation."""
    plan = plan_requests(minutes)
    round = services.open_round(
        minutes=minutes,
        due_on=tomorrow(7),
        message="お願いします。",
        addresses={plan[0].key: "", plan[1].key: "nawa@elsewhere.example"},
        by=secretariat,
    )
    return round.requests.get(organization=spoken[0].organization)


class TestPlan:
    def test_by_organisation_and_by_speaker(self, minutes, spoken):
        contact, first, second, third = spoken
        plan = plan_requests(minutes)
        assert [(each.label, each.utterances) for each in plan] == [
            ("まちの居場所の会", [first, third]),
            ("奈和参与", [second]),
        ]
        assert [each.contacts for each in plan] == [[contact], []]
        assert [each.has_address for each in plan] == [True, False]

    def test_in_constant_queries(self, minutes, spoken, django_assert_num_queries):
        for number in range(5):
            contact = MembershipFactory()
            UtteranceFactory(minutes=minutes, position=10 + number, organization=contact.organization)
        for number in range(3):
            guest = AttendanceFactory(
                meeting=minutes.meeting, guest=True, guest_email=f"{number}@guest.example"
            )
            AttendeeFactory(attendance=guest)
        with django_assert_num_queries(6):
            assert len(plan_requests(minutes)) == 7


class TestOpening:
    def test_mails_only_whom_it_concerns(self, asked, spoken):
        messages = {tuple(each.to): each for each in delivered()}
        assert set(messages) == {(spoken[0].user.email,), ("nawa@elsewhere.example",)}
        body = messages[spoken[0].user.email,].body
        assert "お願いします。" in body
        assert "/meetings/confirm/" in body
        assert "居場所を開いています" not in body
        assert events("confirmation_opened") == 1

    def test_a_closer_look_at_the_date(self, minutes, spoken, secretariat):
        key = plan_requests(minutes)[0].key
        with pytest.raises(ValidationError):
            services.open_round(
                minutes=minutes,
                due_on=timezone.localdate(),
                message="",
                addresses={key: ""},
                by=secretariat,
            )

    def test_without_anybody_to_ask(self, minutes, spoken, secretariat):
        key = plan_requests(minutes)[1].key
        with pytest.raises(Refused, match="確認を頼める相手"):
            services.open_round(
                minutes=minutes, due_on=tomorrow(), message="", addresses={key: ""}, by=secretariat
            )
        assert ConfirmationRound.objects.count() == 0

    def test_one_at_a_time(self, asked, minutes, secretariat):
        with pytest.raises(Refused, match="いま確認を頼んでいる"):
            services.open_round(
                minutes=minutes, due_on=tomorrow(), message="", addresses={"x": "a@b.example"}, by=secretariat
            )

    def test_not_of_a_record_that_changed_since_the_preview(self, minutes, spoken, secretariat):
        key = plan_requests(minutes)[0].key
        change_utterance(utterance=spoken[1], values={"text": "別の文。"}, version=None, by=secretariat)
        with pytest.raises(ChangedMeanwhile):
            services.open_round(
                minutes=minutes,
                due_on=tomorrow(),
                message="",
                addresses={key: ""},
                by=secretariat,
                version=minutes.version,
            )

    @pytest.mark.parametrize(("state", "words"), [("in_review", "承認を待って"), ("published", "公開した")])
    def test_only_of_a_draft(self, secretariat, state, words):
        minutes = MinutesFactory(state=state)
        with pytest.raises(Refused, match=words):
            services.open_round(minutes=minutes, due_on=tomorrow(), message="", addresses={}, by=secretariat)

    def test_only_by_the_secretariat(self, minutes, owner):
        with pytest.raises(Refused):
            services.open_round(minutes=minutes, due_on=tomorrow(), message="", addresses={}, by=owner)


class TestLinks:
    def test_opens_its_own_request(self, asked, spoken):
        link = read_link_token(make_link_token(asked, spoken[0]))
        assert (link.request, link.membership) == (asked, spoken[0])

    @pytest.mark.parametrize("change", [lambda token: token[:-3], lambda token: "x" + token, lambda _: "no"])
    def test_forged(self, asked, change):
        with pytest.raises(UnusableLinkError) as caught:
            read_link_token(change(make_link_token(asked)))
        assert caught.value.problem == Problem.BROKEN

    def test_revoked(self, asked, spoken, secretariat):
        token = make_link_token(asked, spoken[0])
        services.withdraw_link(request=asked, by=secretariat)
        with pytest.raises(UnusableLinkError) as caught:
            read_link_token(token)
        assert caught.value.problem == Problem.WITHDRAWN
        assert events("confirmation_link_withdrawn") == 1

    def test_sent_anew_to_another_address(self, asked, spoken, secretariat):
        token = make_link_token(asked, spoken[0])
        services.send_request_again(request=asked, address="new@elsewhere.example", by=secretariat)
        with pytest.raises(UnusableLinkError):
            read_link_token(token)
        assert ["new@elsewhere.example"] in [each.to for each in delivered()]

    def test_of_somebody_who_is_no_longer_the_contact(self, asked, spoken):
        token = make_link_token(asked, spoken[0])
        spoken[0].is_contact = False
        spoken[0].save()
        with pytest.raises(UnusableLinkError) as caught:
            read_link_token(token)
        assert caught.value.problem == Problem.WITHDRAWN

    def test_expired(self, asked, spoken):
        token = make_link_token(asked, spoken[0])
        with (
            time_machine.travel(timezone.now() + dt.timedelta(days=38)),
            pytest.raises(UnusableLinkError) as caught,
        ):
            read_link_token(token)
        assert caught.value.problem == Problem.EXPIRED

    def test_of_a_round_that_is_gone(self, asked):
        token = make_link_token(asked)
        asked.round.delete()
        with pytest.raises(UnusableLinkError) as caught:
            read_link_token(token)
        assert caught.value.problem == Problem.WITHDRAWN


class TestContext:
    def texts(self, asked):
        own = asked.utterances.order_by("position")
        return [
            (row.utterance.text, row.before and row.before.text, row.after and row.after.text)
            for row in in_context(asked, own)
        ]

    def test_named_for_those_who_may_read_names(self, asked, spoken, minutes):
        AttendanceFactory(meeting=minutes.meeting, organization=spoken[0].organization)
        assert edition_for(asked) == "named"
        assert self.texts(asked) == [
            ("居場所を開いています。", None, "休憩。"),
            ("来月も開きます。", spoken[2].text, None),
        ]

    def test_without_names_for_others(self, asked, spoken, minutes):
        Utterance.objects.filter(pk=spoken[2].pk).update(text="奈和です。山田さんに聞きました。")
        assert edition_for(asked) == "labels"
        assert self.texts(asked)[1][1] == "参与です。課長に聞きました。"

    def test_nothing_where_they_may_read_nothing(self, asked, minutes):
        minutes.labels_audience = minutes.named_audience = "closed"
        minutes.save()
        asked.round.minutes.refresh_from_db()
        assert self.texts(asked)[1][1:] == ("", None)

    def test_nothing_of_a_closed_item(self, asked, spoken, minutes):
        item = AgendaItemFactory(meeting=minutes.meeting, is_closed=True, closed_reason="個人の情報")
        spoken[2].agenda_items.add(item)
        assert self.texts(asked)[1][1:] == ("", None)

    def test_in_constant_queries(self, asked, spoken, minutes, django_assert_num_queries):
        for number in range(5):
            asked.utterances.add(UtteranceFactory(minutes=minutes, position=20 + number))
        own = list(asked.utterances.all())
        with django_assert_num_queries(8):
            assert len(in_context(asked, own)) == 7


class TestAnswering:
    def propose(self, asked, utterance, **values):
        given = {"after": "居場所を月に2回開いています。", "reason_kind": "asked_by_speaker", **values}
        return proposals.propose_change(request=asked, utterance=utterance, **given)

    def test_agreeing(self, asked):
        done = proposals.agree(request=asked)
        assert done.answer == "agreed"
        assert done.answered_at is not None
        assert events("confirmation_answered") == 1

    def test_a_change_and_another_one_in_its_place(self, asked, spoken):
        self.propose(asked, spoken[1])
        change = self.propose(asked, spoken[1], after="居場所を毎週開いています。")
        assert list(asked.changes.all()) == [change]
        asked.refresh_from_db()
        assert asked.answer == "changes"
        assert (change.before, change.state) == (spoken[1].text, "pending")

    def test_taking_it_back(self, asked, spoken):
        self.propose(asked, spoken[1])
        proposals.withdraw_change(request=asked, utterance=spoken[1])
        asked.refresh_from_db()
        assert (asked.answer, asked.answered_at) == ("waiting", None)
        with pytest.raises(Refused):
            proposals.withdraw_change(request=asked, utterance=spoken[1])

    def test_nobody_elses_words(self, asked, spoken):
        with pytest.raises(proposals.NotTheirWords):
            self.propose(asked, spoken[2])

    def test_lines_end_as_in_the_record(self, asked, spoken):
        Utterance.objects.filter(pk=spoken[1].pk).update(text="一行目\n二行目")
        with pytest.raises(Refused, match="文が変わっていません"):
            self.propose(asked, spoken[1], after="一行目\r\n二行目")
        assert self.propose(asked, spoken[1], after="一行目\r\n三行目").after == "一行目\n三行目"

    def test_the_same_words_are_no_change(self, asked, spoken):
        with pytest.raises(Refused, match="文が変わっていません"):
            self.propose(asked, spoken[1], after=f" {spoken[1].text} ")

    def test_words_that_changed_since(self, asked, spoken, secretariat):
        change_utterance(utterance=spoken[1], values={"text": "別の文。"}, version=None, by=secretariat)
        with pytest.raises(ChangedMeanwhile):
            self.propose(asked, spoken[1], version=1)

    def test_not_after_the_due_date(self, asked, spoken):
        ConfirmationRound.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
        asked.refresh_from_db()
        for action in (
            lambda: proposals.agree(request=asked),
            lambda: self.propose(asked, spoken[1]),
            lambda: proposals.withdraw_change(request=asked, utterance=spoken[1]),
        ):
            with pytest.raises(Refused, match="期限が過ぎた"):
                action()

    def test_the_record_keeps_no_words(self, asked, spoken, secretariat):
        change = self.propose(asked, spoken[1], reason="ひみつのわけ")
        proposals.decline_change(change=change, by=secretariat, note="ひみつの返事")
        kept = "".join(f"{event.old}{event.new}{event.note}" for event in AuditEvent.objects.all())
        assert not re.search("居場所を月に|ひみつ|example", kept)


class TestRounds:
    def test_one_reminder_before_the_due_date(self, asked):
        delivered()
        with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
            assert services.tend_rounds() == (0, 0)
        with time_machine.travel(timezone.now() + dt.timedelta(days=5)):
            assert services.tend_rounds() == (2, 0)
            assert services.tend_rounds() == (0, 0)

    def test_who_has_answered_is_not_reminded(self, asked):
        proposals.agree(request=asked)
        with time_machine.travel(timezone.now() + dt.timedelta(days=5)):
            assert services.tend_rounds() == (1, 0)

    def test_silence_is_recorded_as_such(self, asked):
        proposals.agree(request=asked)
        with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
            assert services.tend_rounds() == (0, 1)
            assert services.tend_rounds() == (0, 0)
        answers = ConfirmationRequest.objects.order_by("pk").values_list("answer", flat=True)
        assert list(answers) == ["agreed", "silent"]
        round = ConfirmationRound.objects.get()
        assert (round.closed_as, AuditEvent.objects.get(type="meetings.confirmation_closed").new) == (
            None,
            {"silent": 1},
        )

    def test_closed_early_by_a_person(self, asked, secretariat):
        services.close_round(round=asked.round, by=secretariat)
        asked.refresh_from_db()
        assert asked.answer == "silent"
        with pytest.raises(Refused, match="もう締め切りました"):
            services.close_round(round=asked.round, by=secretariat)
        with pytest.raises(Refused, match="事務局が確認を締め切った"):
            proposals.agree(request=asked)
        assert services.close_round(round=asked.round, by=None).closed_as == secretariat

    def test_reminded_by_a_person(self, asked, secretariat):
        delivered()
        services.remind(request=asked, by=secretariat)
        assert events("confirmation_reminded") == 1
        proposals.agree(request=asked)
        with pytest.raises(Refused, match="もう返事"):
            services.remind(request=asked, by=secretariat)

    def test_nobody_to_remind(self, asked, spoken, secretariat):
        spoken[0].is_contact = False
        spoken[0].save()
        for action in (services.remind, services.send_request_again):
            with pytest.raises(Refused, match="送り先がありません"):
                action(request=asked, by=secretariat)


class TestDeciding:
    def test_accepting_changes_the_record_and_tells(self, secretariat):
        change = ProposedChangeFactory()
        version = change.utterance.version
        proposals.accept_change(change=change, by=secretariat, version=version, note="ありがとうございます。")
        change.refresh_from_db()
        change.utterance.refresh_from_db()
        assert change.state == "accepted"
        assert change.utterance.text == change.after
        assert change.utterance.version == version + 1
        (message,) = delivered()
        assert message.to == [change.request.email]
        assert message.body.startswith(f"{change.request.label} 様")
        assert "取り入れました" in message.body
        assert "ありがとうございます。" in message.body

    def test_declining_needs_a_word(self, secretariat):
        change = ProposedChangeFactory()
        with pytest.raises(Refused, match="わけ"):
            proposals.decline_change(change=change, by=secretariat, note=" ")
        proposals.decline_change(change=change, by=secretariat, note="録音と合いません。")
        change.utterance.refresh_from_db()
        assert change.utterance.text == change.before
        assert "録音と合いません。" in delivered()[0].body
        with pytest.raises(Refused, match="もう扱いが決まって"):
            proposals.accept_change(change=change, by=secretariat, version=None)

    def test_nothing_is_overwritten_silently(self, secretariat):
        change = ProposedChangeFactory()
        seen = change.utterance.version
        change_utterance(
            utterance=change.utterance, values={"text": "編集した文。"}, version=None, by=secretariat
        )
        with pytest.raises(proposals.ProposalConflict):
            proposals.accept_change(change=change, by=secretariat, version=seen + 1)
        with pytest.raises(BlockChanged):
            proposals.accept_change(change=change, by=secretariat, version=seen, text="両方の文。")
        proposals.accept_change(change=change, by=secretariat, version=seen + 1, text="両方の文。")
        change.utterance.refresh_from_db()
        assert change.utterance.text == "両方の文。"

    def test_words_of_the_other_edition_are_doubted(self, secretariat):
        change = ProposedChangeFactory()
        Utterance.objects.update(labels_text="課長の話です。")
        proposals.accept_change(change=change, by=secretariat, version=None)
        assert MinutesFlag.objects.get(resolved_at=None).utterance == change.utterance

    def test_a_change_that_was_replaced(self, secretariat):
        change = ProposedChangeFactory()
        ProposedChange.objects.all().delete()
        with pytest.raises(ChangedMeanwhile):
            proposals.accept_change(change=change, by=secretariat, version=None)

    def test_not_while_the_record_is_reviewed(self, secretariat):
        change = ProposedChangeFactory()
        change.utterance.minutes.state = "in_review"
        change.utterance.minutes.save()
        with pytest.raises(Refused, match="承認を待って"):
            proposals.accept_change(change=change, by=secretariat, version=None)

    def test_only_by_the_secretariat(self, owner):
        with pytest.raises(Refused):
            proposals.accept_change(change=ProposedChangeFactory(), by=owner, version=None)


def test_an_erasure_takes_the_address_and_kills_the_link(asked, administrator):
    request = ConfirmationRequest.objects.exclude(email="").get()
    token = make_link_token(request)
    person = Person(user_id=None, addresses=frozenset({request.email}))
    erase_person(person=person, by=administrator)
    request.refresh_from_db()
    assert request.email == ""
    with pytest.raises(UnusableLinkError):
        read_link_token(token)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_decide_only_once():
    change = ProposedChangeFactory()
    first, second = UserFactory(role="secretariat"), UserFactory(role="secretariat")
    found = at_once(
        lambda: proposals.accept_change(change=change, by=first, version=None),
        lambda: proposals.decline_change(change=change, by=second, note="ちがいます。"),
    )
    assert sum(each is None for each in found) == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_the_end_of_the_round_at_once():
    asked = ConfirmationRequestFactory()
    at_once(
        lambda: proposals.agree(request=asked),
        lambda: services.close_round(round=asked.round, by=None),
    )
    asked.refresh_from_db()
    assert asked.answer in {"agreed", "silent"}
    with transaction.atomic():
        assert ConfirmationRound.objects.get().closed_at is not None
