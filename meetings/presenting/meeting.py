"""One meeting as its page shows it, to everybody or to those who take part.

Closed items of the agenda keep their place and their reason; what they are called, who speaks and which papers belong
to them is on the desk alone, so that no page has to decide by who looks.
"""

import datetime as dt
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
    kind: str = ""
    size: int = 0
    # Of one that everybody could open until then: no title, and nothing to open.
    withdrawn_at: dt.datetime | None = None
    notice: str = ""


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
    gone = Document.objects.withdrawn_from_public().filter(meeting=meeting).prefetch_related("agenda_items")
    of_item: dict[int, list[Paper]] = {}
    loose = []
    for document in sorted([*rows, *gone], key=lambda document: (document.position, document.pk)):
        paper = _paper(document)
        if paper is None:
            continue
        items = list(document.agenda_items.all())
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


def _paper(document: Document) -> Paper | None:
    if document.withdrawn_at is not None:
        return Paper(
            document.label,
            "",
            document.public_id,
            withdrawn_at=document.withdrawn_at,
            notice=document.withdrawn_notice,
        )
    version = next(iter(document.versions.all()), None)
    if version is None:
        return None
    return Paper(
        document.label, document.title, document.public_id, str(version.get_kind_display()), version.size
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
