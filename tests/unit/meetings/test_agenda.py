"""The agenda as a tree: adding, moving, numbering, deleting."""

import pytest
from django.core.exceptions import ValidationError

from meetings.models import AgendaItem
from meetings.presenting.agenda import tree_of
from meetings.services import agenda as services
from meetings.services.agenda import Direction
from platform_portal.access.checks import Refused
from tests.factories.meetings import DocumentFactory, MeetingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return MeetingFactory(planned=True)


@pytest.fixture
def agenda(meeting, secretariat):
    """開会, 議事 (報告, 協議), 閉会."""
    items = {}
    for title, parent in [("開会", ""), ("議事", ""), ("報告", "議事"), ("協議", "議事"), ("閉会", "")]:
        items[title] = services.add_agenda_item(
            meeting=meeting, values={"title": title}, parent=items.get(parent), by=secretariat
        )
    return items


def read(meeting):
    return [f"{'  ' * node.depth}{node.item.number} {node.item.title}" for node in tree_of(meeting)]


def move(agenda, title, direction, by):
    services.move_agenda_item(
        item=AgendaItem.objects.get(pk=agenda[title].pk), direction=Direction(direction), by=by
    )


def test_items_are_numbered_as_they_come(meeting, agenda):
    assert read(meeting) == ["1 開会", "2 議事", "  (1) 報告", "  (2) 協議", "3 閉会"]


@pytest.mark.parametrize(
    ("title", "direction", "after"),
    [
        ("協議", "up", ["1 開会", "2 議事", "  (1) 協議", "  (2) 報告", "3 閉会"]),
        ("開会", "down", ["1 議事", "  (1) 報告", "  (2) 協議", "2 開会", "3 閉会"]),
        ("閉会", "in", ["1 開会", "2 議事", "  (1) 報告", "  (2) 協議", "  (3) 閉会"]),
        ("報告", "out", ["1 開会", "2 議事", "  (1) 協議", "3 報告", "4 閉会"]),
        ("議事", "in", ["1 開会", "  (1) 議事", "    ア 報告", "    イ 協議", "2 閉会"]),
        ("協議", "in", ["1 開会", "2 議事", "  (1) 報告", "    ア 協議", "3 閉会"]),
    ],
)
def test_one_step_in_the_tree(meeting, agenda, secretariat, title, direction, after):
    move(agenda, title, direction, secretariat)
    assert read(meeting) == after


@pytest.mark.parametrize(
    ("title", "direction"),
    [("開会", "up"), ("閉会", "down"), ("開会", "in"), ("閉会", "out"), ("報告", "in")],
)
def test_nowhere_to_go(meeting, agenda, secretariat, title, direction):
    with pytest.raises(Refused, match="動かせません"):
        move(agenda, title, direction, secretariat)


def test_no_deeper_than_three(meeting, agenda, secretariat):
    move(agenda, "協議", "in", secretariat)
    with pytest.raises(Refused, match="動かせません"):
        move(agenda, "議事", "in", secretariat)
    deepest = AgendaItem.objects.get(pk=agenda["協議"].pk)
    with pytest.raises(Refused, match="3段まで"):
        services.add_agenda_item(
            meeting=meeting, values={"title": "細かいこと"}, parent=deepest, by=secretariat
        )


def test_chosen_numbers_are_left_alone(meeting, agenda, secretariat):
    services.change_agenda_item(item=agenda["開会"], values={"number": "冒頭"}, by=secretariat)
    move(agenda, "閉会", "up", secretariat)
    assert read(meeting)[:2] == ["冒頭 開会", "3 閉会"]
    assert services.renumber_agenda(meeting=meeting, by=secretariat) == 3
    assert read(meeting) == ["1 開会", "2 閉会", "3 議事", "  (1) 報告", "  (2) 協議"]


def test_deleting_takes_what_is_below_and_leaves_papers(meeting, agenda, secretariat):
    paper = DocumentFactory(meeting=meeting)
    paper.agenda_items.add(agenda["報告"])
    services.delete_agenda_item(item=agenda["議事"], by=secretariat)
    assert read(meeting) == ["1 開会", "2 閉会"]
    paper.refresh_from_db()
    assert not paper.agenda_items.exists()


def test_a_closed_item_says_why(meeting, agenda, secretariat):
    item = agenda["協議"]
    with pytest.raises(ValidationError, match="理由を書いて"):
        services.change_agenda_item(item=item, values={"is_closed": True}, by=secretariat)
    services.change_agenda_item(
        item=item, values={"is_closed": True, "closed_reason": "個人情報をふくむため"}, by=secretariat
    )
    item.refresh_from_db()
    assert item.closed_reason == "個人情報をふくむため"


@pytest.mark.parametrize("by", ["owner", "outsider"])
def test_only_the_secretariat_writes(meeting, agenda, request, by):
    with pytest.raises(Refused):
        services.add_agenda_item(meeting=meeting, values={"title": "別件"}, by=request.getfixturevalue(by))


def test_gone_in_the_meantime(meeting, agenda, secretariat):
    item = AgendaItem.objects.get(pk=agenda["開会"].pk)
    services.delete_agenda_item(item=agenda["開会"], by=secretariat)
    with pytest.raises(Refused, match="もうありません"):
        services.move_agenda_item(item=item, direction=Direction.DOWN, by=secretariat)
    with pytest.raises(Refused, match="もうありません"):
        services.change_agenda_item(item=item, values={"title": "開会のことば"}, by=secretariat)
