"""An agenda as a tree, flattened in the order in which it is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from meetings.models import AgendaItem, Meeting

DEEPEST = 2
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"


@dataclass(eq=False)
class Node:
    item: AgendaItem
    depth: int
    place: int  # among its brothers and sisters
    siblings: list["Node"] = field(repr=False)
    parent: "Node | None" = field(default=None, repr=False)
    children: list["Node"] = field(default_factory=list, repr=False)

    @property
    def indented_words(self) -> str:
        """For lists that cannot show a tree otherwise."""
        return "\u3000" * self.depth + str(self.item)

    @property
    def number_in_order(self) -> str:
        return number_at(self.depth, self.place)

    @property
    def subtree(self) -> "Iterator[Node]":
        yield self
        for child in self.children:
            yield from child.subtree

    @property
    def height(self) -> int:
        return 1 + max((child.height for child in self.children), default=-1)

    def may_go(self, direction: str) -> bool:
        if direction == "up":
            return self.place > 0
        if direction == "down":
            return self.place < len(self.siblings) - 1
        if direction == "in":
            return self.place > 0 and self.depth + 1 + self.height <= DEEPEST
        return self.parent is not None

    @property
    def directions(self) -> list[str]:
        return [direction for direction in ("up", "down", "in", "out") if self.may_go(direction)]


def number_at(depth: int, place: int) -> str:
    """As the seeds write them: 1, (1), ア."""
    if depth == 0:
        return str(place + 1)
    if depth == 1:
        return f"({place + 1})"
    return _KANA[place] if place < len(_KANA) else str(place + 1)


def tree_of(meeting: Meeting) -> list[Node]:
    """One query."""
    return arrange(meeting.agenda.select_related("parent"))


def by_number(nodes: Iterable[Node]) -> dict[str, Node]:
    """By the whole number, 4(1) for (1) below 4, as utterances and files name them; of two with one, the first."""
    whole: dict[Node, str] = {}
    found: dict[str, Node] = {}
    for node in nodes:
        whole[node] = (whole[node.parent] if node.parent else "") + node.item.number
        found.setdefault(whole[node], node)
    return found


def arrange(items: Iterable[AgendaItem]) -> list[Node]:
    """Flat, each parent before its children."""
    below: dict[int | None, list[AgendaItem]] = {}
    for item in sorted(items, key=lambda item: (item.position, item.pk)):
        below.setdefault(item.parent_id, []).append(item)

    def level(parent: Node | None) -> list[Node]:
        nodes: list[Node] = []
        key = parent.item.pk if parent else None
        depth = parent.depth + 1 if parent else 0
        for place, item in enumerate(below.get(key, [])):
            node = Node(item, depth, place, nodes, parent)
            nodes.append(node)
            node.children = level(node)
        return nodes

    return [node for top in level(None) for node in top.subtree]
