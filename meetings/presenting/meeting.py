"""One meeting as its page shows it, to everybody or to those who take part.

Closed items of the agenda keep their place and their reason; what they are called, who speaks and which papers belong
to them is on the desk alone, so that no page has to decide by who looks.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch

from meetings.models import AgendaItem, Document, DocumentVersion, Edition, Meeting
from meetings.presenting.agenda import Node, arrange
from meetings.presenting.record import editions_for


@dataclass(slots=True)
class Paper:
    label: str
    title: str
    public_id: str
    kind: str
    size: int


@dataclass(slots=True)
class Item:
    number: str
    title: str = ""
    performer: str = ""
    planned_time: Any = None
    is_closed: bool = False
    reason: str = ""
    papers: list[Paper] = field(default_factory=list)
    children: list["Item"] = field(default_factory=list)


@dataclass(slots=True)
class Shown:
    meeting: Meeting
    items: list[Item]
    papers: list[Paper]  # that belong to no item
    counts: list[str]
    editions: list[Edition]


def present_meeting(meeting: Meeting, user: Any) -> Shown:
    """As `user` may see it. Constant queries."""
    newest = DocumentVersion.objects.order_by("-number").defer("text", "search_vector")
    rows = (
        Document.objects.visible_to(user)
        .filter(meeting=meeting, withdrawn_at=None)
        .exclude(agenda_items__in=AgendaItem.objects.hidden())
        .prefetch_related("agenda_items", Prefetch("versions", newest))
    )
    of_item: dict[int, list[Paper]] = {}
    loose = []
    for document in rows.order_by("position", "pk"):
        versions, items = list(document.versions.all()), list(document.agenda_items.all())
        if not versions:
            continue
        version = versions[0]
        paper = Paper(
            document.label,
            document.title,
            document.public_id,
            str(version.get_kind_display()),
            version.size,
        )
        for item in items:
            of_item.setdefault(item.pk, []).append(paper)
        if not items:
            loose.append(paper)
    nodes = arrange(meeting.agenda.select_related("parent"))
    minutes = getattr(meeting, "minutes", None)
    return Shown(
        meeting,
        [_shown(node, of_item) for node in nodes if node.parent is None],
        loose,
        [str(count) for count in meeting.counts.all()],
        list(editions_for(user, minutes)) if minutes is not None else [],
    )


def _shown(node: Node, of_item: dict[int, list[Paper]]) -> Item:
    item = node.item
    if item.is_closed:
        return Item(item.number, is_closed=True, reason=item.closed_reason)
    return Item(
        item.number,
        item.title,
        item.performer,
        item.planned_time,
        papers=of_item.get(item.pk, []),
        children=[_shown(child, of_item) for child in node.children],
    )
