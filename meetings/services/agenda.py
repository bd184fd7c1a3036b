"""次第: items added, changed, moved in the tree, numbered anew, deleted. The row of the meeting is the lock."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from meetings.models import AgendaItem, Meeting
from meetings.permissions.meetings import check_can_edit_meeting
from meetings.presenting.agenda import DEEPEST, Node, number_at, tree_of
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

FIELDS = ("number", "title", "performer", "planned_time", "is_closed", "closed_reason")

_CLOSING = "閉会"


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    IN = "in"
    OUT = "out"


@transaction.atomic
def add_agenda_item(
    *, meeting: Meeting, values: Mapping[str, Any], parent: AgendaItem | None = None, by: Any
) -> AgendaItem:
    """At the end, below `parent` or at the top level; without a number the next one. Raises Refused, ValidationError."""
    _lock(meeting, by)
    nodes = tree_of(meeting)
    above = _node(nodes, parent) if parent is not None else None
    depth = above.depth + 1 if above else 0
    if depth > DEEPEST:
        raise Refused(_("次第は%(count)s段までです。") % {"count": DEEPEST + 1})
    siblings = above.children if above else [node for node in nodes if node.depth == 0]
    item = AgendaItem(meeting=meeting, parent=parent, position=len(siblings))
    _write(item, {**values, "number": values.get("number") or number_at(depth, len(siblings))})
    audit.record(
        type="meetings.agenda_item_added",
        by=by,
        obj=meeting,
        new={"item": str(item)},
    )
    return item


@transaction.atomic
def change_agenda_item(*, item: AgendaItem, values: Mapping[str, Any], by: Any) -> AgendaItem:
    """Raises Refused, ValidationError."""
    _lock(item.meeting, by)
    item = _again(item)
    before = audit.snapshot(item, FIELDS)
    _write(item, values)
    old, new = audit.difference(before, audit.snapshot(item, FIELDS))
    if new:
        words = {"item": str(item)}
        audit.record(type="meetings.agenda_item_changed", by=by, obj=item.meeting, old=old, new=words | new)
    return item


@transaction.atomic
def move_agenda_item(*, item: AgendaItem, direction: Direction, by: Any) -> AgendaItem:
    """One step. A tree that was numbered in order stays so; numbers somebody chose are left alone. Raises Refused."""
    _lock(item.meeting, by)
    nodes = tree_of(item.meeting)
    was_in_order = _is_numbered_in_order(nodes)
    node = _node(nodes, item)
    if not node.may_go(direction):
        raise Refused(_("この項目は、これ以上そちらへは動かせません。"))
    siblings = node.siblings
    place = siblings.index(node)
    if direction in {Direction.UP, Direction.DOWN}:
        other = place + (1 if direction == Direction.DOWN else -1)
        siblings[place], siblings[other] = siblings[other], siblings[place]
        _put(siblings, node.item.parent)
    elif direction == Direction.IN:
        above = siblings[place - 1]
        _put([*above.children, node], above.item)
        _put([each for each in siblings if each is not node], above.item.parent)
    else:
        parent = node.parent
        assert parent is not None  # noqa: S101  may_go() has asked
        uncles = parent.siblings
        after = uncles.index(parent) + 1
        _put([*uncles[:after], node, *uncles[after:]], parent.item.parent)
        _put([each for each in siblings if each is not node], parent.item)
    if was_in_order:
        _number(tree_of(item.meeting))
    audit.record(type="meetings.agenda_item_moved", by=by, obj=item.meeting, new={"item": str(_again(item))})
    return item


@transaction.atomic
def keep_closing_last(*, added: AgendaItem, by: Any) -> AgendaItem:
    """What somebody else put at the end goes before 閉会, where numbers can follow. Raises Refused."""
    nodes = tree_of(added.meeting)
    siblings = _node(nodes, added).siblings
    above = siblings[-2].item if len(siblings) > 1 and siblings[-1].item.pk == added.pk else None
    if above is None or not above.title.startswith(_CLOSING) or not _is_numbered_in_order(nodes):
        return added
    return _again(move_agenda_item(item=added, direction=Direction.UP, by=by))


@transaction.atomic
def renumber_agenda(*, meeting: Meeting, by: Any) -> int:
    """1, (1), ア in the order of the tree. How many numbers changed. Raises Refused."""
    _lock(meeting, by)
    changed = _number(tree_of(meeting))
    if changed:
        audit.record(type="meetings.agenda_renumbered", by=by, obj=meeting)
    return changed


@transaction.atomic
def delete_agenda_item(*, item: AgendaItem, by: Any) -> None:
    """With all below it. Papers and utterances stay; only their ties to it go. Raises Refused."""
    _lock(item.meeting, by)
    nodes = tree_of(item.meeting)
    was_in_order = _is_numbered_in_order(nodes)
    node = _node(nodes, item)
    gone = [str(each.item) for each in node.subtree]
    meeting, siblings = item.meeting, [each for each in node.siblings if each is not node]
    parent = node.item.parent
    node.item.delete()
    _put(siblings, parent)
    if was_in_order:
        _number(tree_of(meeting))
    audit.record(type="meetings.agenda_item_deleted", by=by, obj=meeting, old={"item": gone})


@transaction.atomic
def copy_agenda(*, source: Meeting, to: Meeting, by: Any) -> int:
    """Items, performers and times; no ties to papers. How many. Raises Refused."""
    _lock(to, by)
    copies: dict[int, AgendaItem] = {}
    for node in tree_of(source):
        old = node.item
        new = AgendaItem(
            meeting=to,
            parent=copies[node.parent.item.pk] if node.parent else None,
            position=old.position,
            **{name: getattr(old, name) for name in FIELDS},
        )
        new.save()
        copies[old.pk] = new
    if copies:
        audit.record(type="meetings.agenda_copied", by=by, obj=to, new={"source": source.title})
    return len(copies)


def _lock(meeting: Meeting, by: Any) -> None:
    locked = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    check_can_edit_meeting(by, locked)
    transaction.on_commit(forget_public_pages)


def _again(item: AgendaItem) -> AgendaItem:
    found: AgendaItem | None = AgendaItem.objects.select_related("meeting").filter(pk=item.pk).first()
    if found is None:
        raise Refused(_("この項目は、もうありません。ほかの人が消しました。"))
    return found


def _node(nodes: list[Node], item: AgendaItem) -> Node:
    for node in nodes:
        if node.item.pk == item.pk:
            return node
    raise Refused(_("この項目は、もうありません。ほかの人が消しました。"))


def _write(item: AgendaItem, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(item, name, values[name])
    if not item.is_closed:
        item.closed_reason = ""
    item.full_clean()
    item.save()


def _put(nodes: list[Node], parent: AgendaItem | None) -> None:
    """These, in this order, below `parent`."""
    for position, node in enumerate(nodes):
        if node.item.position != position or node.item.parent_id != (parent.pk if parent else None):
            AgendaItem.objects.filter(pk=node.item.pk).update(position=position, parent=parent)


def _is_numbered_in_order(nodes: list[Node]) -> bool:
    return all(node.item.number == node.number_in_order for node in nodes)


def _number(nodes: list[Node]) -> int:
    changed = [node for node in nodes if node.item.number != node.number_in_order]
    for node in changed:
        AgendaItem.objects.filter(pk=node.item.pk).update(number=node.number_in_order)
    return len(changed)
