"""宿題: found, written down, taken up again, ended."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from meetings.forms.approval import CarryForm
from meetings.models import ActionItem
from meetings.promises import suggestions_in
from meetings.services import action_items as services
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.meetings import (
    ActionItemFactory,
    AgendaItemFactory,
    MeetingFactory,
    MinutesFactory,
    UtteranceFactory,
)
from tests.factories.members import UserFactory

VALUES = {"text": "調べ方を検討する", "responsible": "事務局", "due_on": None, "is_public": False}


@pytest.mark.parametrize(
    "sentence",
    [
        "方法は検討します。",
        "これから検討していきたいと考えております。",
        "持ち帰り、検討させていただきます。",
        "数を確認します。",
        "確認して回答いたします。",
        "そのように考えております。",
        "次回の会議で示す。",
        "次回までに用意する。",
        "後日、お知らせする。",
        "資料を共有いたします。",
    ],
)
def test_what_sounds_like_a_promise_is_offered(sentence):
    block = UtteranceFactory.build(minutes=None, text=f"ありがとうございます。{sentence}以上です。")
    (found,) = suggestions_in([block])
    assert (found.sentence, found.number) == (sentence, 0)


@pytest.mark.parametrize(
    "text", ["ありがとうございます。", "検討会を開きました。確認書を出しました。次回予告。", ""]
)
def test_what_does_not_is_left(text):
    assert list(suggestions_in([UtteranceFactory.build(minutes=None, text=text)])) == []


def test_nobody_promises_in_a_narrative():
    block = UtteranceFactory.build(minutes=None, kind="narrative", text="検討します。")
    assert list(suggestions_in([block])) == []


@pytest.fixture
def item(db):
    return ActionItemFactory()


def events(type_):
    return AuditEvent.objects.filter(type=f"meetings.action_item_{type_}").count()


def test_written_down_from_a_block(secretariat):
    block = UtteranceFactory(minutes=MinutesFactory())
    body = block.minutes.meeting.body
    item = services.add_action_item(body=body, values=VALUES, by=secretariat, utterance=block)
    assert list(ActionItem.objects.open()) == [item]
    assert events("added") == 1
    with pytest.raises(Refused, match="ほかの会議体"):
        services.add_action_item(body=MeetingFactory().body, values=VALUES, by=secretariat, utterance=block)
    with pytest.raises(ValidationError):
        services.add_action_item(body=body, values={**VALUES, "text": ""}, by=secretariat)


def test_changed(item, secretariat):
    services.change_action_item(item=item, values={**VALUES, "responsible": "県社協"}, by=secretariat)
    services.change_action_item(item=item, values={**VALUES, "responsible": "県社協"}, by=secretariat)
    item.refresh_from_db()
    assert (item.responsible, events("changed")) == ("県社協", 1)


def test_late(item):
    assert not ActionItem.objects.late().exists()
    ActionItem.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert list(ActionItem.objects.late()) == [item]


class TestCarrying:
    def test_onto_the_agenda_of_a_later_meeting(self, item, secretariat):
        meeting = MeetingFactory(planned=True, body=item.body)
        first = services.carry_action_item(item=item, meeting=meeting, title="調べ方について", by=secretariat)
        again = services.carry_action_item(item=item, meeting=meeting, title="調べ方について", by=secretariat)
        assert first == again
        assert [each.title for each in meeting.agenda.all()] == ["調べ方について"]
        assert list(item.agenda_items.all()) == [first]
        assert events("carried") == 1

    def test_closing_stays_the_last(self, item, secretariat):
        meeting = MeetingFactory(planned=True, body=item.body)
        for place, title in enumerate(["開会", "閉会"]):
            AgendaItemFactory(meeting=meeting, title=title, number=str(place + 1), position=place)
        services.carry_action_item(item=item, meeting=meeting, title="調べ方について", by=secretariat)
        assert [str(each) for each in meeting.agenda.all()] == ["1 開会", "2 調べ方について", "3 閉会"]

    def test_numbers_that_somebody_chose_stay(self, item, secretariat):
        meeting = MeetingFactory(planned=True, body=item.body)
        AgendaItemFactory(meeting=meeting, title="閉会", number="9", position=0)
        services.carry_action_item(item=item, meeting=meeting, title="調べ方について", by=secretariat)
        assert [each.title for each in meeting.agenda.all()] == ["閉会", "調べ方について"]

    def test_not_offered_where_it_stands_already(self, item, secretariat):
        there, other = (MeetingFactory(planned=True, body=item.body) for _n in range(2))
        services.carry_action_item(item=item, meeting=there, title="調べ方について", by=secretariat)
        assert list(CarryForm(item=item).fields["meeting"].queryset) == [other]

    def test_not_to_another_body(self, item, secretariat):
        with pytest.raises(Refused, match="同じ会議体"):
            services.carry_action_item(
                item=item, meeting=MeetingFactory(planned=True), title="x", by=secretariat
            )

    def test_not_to_one_that_is_over(self, item, secretariat):
        with pytest.raises(Refused, match="これから開く"):
            services.carry_action_item(
                item=item, meeting=MeetingFactory(body=item.body), title="x", by=secretariat
            )

    def test_needs_words(self, item, secretariat):
        with pytest.raises(ValidationError):
            services.carry_action_item(
                item=item, meeting=MeetingFactory(planned=True, body=item.body), title=" ", by=secretariat
            )


def test_ended_with_what_came_of_it_and_taken_up_again(item, secretariat):
    with pytest.raises(Refused, match="どうなったか"):
        services.close_action_item(item=item, outcome=" ", by=secretariat)
    with pytest.raises(Refused, match="まだ終わっていない"):
        services.reopen_action_item(item=item, by=secretariat)
    services.close_action_item(item=item, outcome="調べました。", by=secretariat)
    item.refresh_from_db()
    assert (item.outcome, item.closed_by) == ("調べました。", secretariat)
    with pytest.raises(Refused, match="もう終わった"):
        services.change_action_item(item=item, values=VALUES, by=secretariat)
    services.reopen_action_item(item=item, by=secretariat)
    assert ActionItem.objects.open().exists()


@pytest.mark.parametrize("role", ["staff", "member"])
def test_only_by_the_secretariat(item, role):
    person = UserFactory(role=role)
    meeting = MeetingFactory(planned=True, body=item.body)
    for action in (
        lambda: services.add_action_item(body=item.body, values=VALUES, by=person),
        lambda: services.change_action_item(item=item, values=VALUES, by=person),
        lambda: services.carry_action_item(item=item, meeting=meeting, title="x", by=person),
        lambda: services.close_action_item(item=item, outcome="x", by=person),
        lambda: services.reopen_action_item(item=item, by=person),
    ):
        with pytest.raises(Refused):
            action()
