"""From a published record to what one reader gets of it: the blocks of one edition with all that belongs to them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import (
    ActionItem,
    AgendaItem,
    Correction,
    Edition,
    Meeting,
    Minutes,
    Utterance,
    UtteranceKind,
)

NAMED_FIRST = (Edition.NAMED, Edition.LABELS)
_OPENING = 20  # characters
# What is read of a block: most of the time goes into fields, of hundreds of them.
_READ = (
    "public_id",
    "kind",
    "organization_name",
    "speaker",
    "role",
    "text",
    "labels_text",
    "reply_to_id",
    "removed_at",
    "removed_reason",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Another block: where it is, and who speaks there.

    What links to it say is put together here: a template that translates for each of hundreds needs twice as long.
    """

    public_id: str
    label: str

    @property
    def as_question(self) -> str:
        """What the answer says of it."""
        return _("%(who)sの発言への答え") % {"who": self.label} if self.label else _("前の発言への答え")

    @property
    def as_answer(self) -> str:
        """What the question says of it."""
        return _("%(who)sの答え") % {"who": self.label} if self.label else _("答え")


@dataclass(frozen=True, slots=True)
class Amendment:
    """訂正. `before` and `after` are empty where the words are not shown again."""

    public_id: str
    on: dt.date
    is_removal: bool
    before: str
    after: str
    kind: str
    reason: str


@dataclass(slots=True)
class ItemLine:
    """An item of the agenda. A hidden one has its number and the reason, no title. `first`: the block it begins with."""

    public_id: str
    number: str
    title: str
    performer: str
    depth: int
    is_hidden: bool
    reason: str
    first: str = ""


@dataclass(slots=True)
class SpeakerLine:
    label: str
    first: str
    count: int = 1

    @property
    def times(self) -> str:
        return _("%(count)s回") % {"count": self.count}


@dataclass(slots=True)
class Block:
    """`headings`: items that begin with it. `gap_before`: why blocks that stood before this one are left out. `removed_on`: then there is no text."""

    public_id: str
    kind: str
    label: str
    text: str
    items: list[str] = field(default_factory=list)  # ids of its items of the agenda
    headings: list[ItemLine] = field(default_factory=list)
    gap_before: list[str] = field(default_factory=list)
    reply_to: Reference | None = None
    replies: list[Reference] = field(default_factory=list)
    amendments: list[Amendment] = field(default_factory=list)
    removed_on: dt.date | None = None
    removed_reason: str = ""

    @property
    def is_speech(self) -> bool:
        return self.kind == UtteranceKind.SPEECH

    @property
    def begins_something(self) -> bool:
        return bool(self.gap_before or self.headings)

    @property
    def quoted(self) -> str:
        """Who says how it begins: what tells its links from those of others."""
        opening = self.text if len(self.text) <= _OPENING else f"{self.text[: _OPENING - 1]}…"
        return f"{self.label} {opening}".strip()


@dataclass(slots=True)
class Record:
    minutes: Minutes
    edition: Edition
    editions: Sequence[Edition]
    blocks: list[Block]
    items: list[ItemLine]
    speakers: list[SpeakerLine]
    # Why blocks after the last one shown are left out.
    gap_at_the_end: list[str] = field(default_factory=list)

    @property
    def meeting(self) -> Meeting:
        return self.minutes.meeting

    @property
    def edition_label(self) -> str:
        return str(Edition(self.edition).label)

    @property
    def other(self) -> Edition | None:
        """The edition that this reader may switch to."""
        return next((each for each in self.editions if each != self.edition), None)

    @property
    def other_label(self) -> str:
        return str(Edition(self.other).label) if self.other else ""

    @property
    def edition_query(self) -> str:
        """What an address has to say to lead to this edition; empty for the one that comes by itself."""
        return "" if self.edition == self.editions[0] else str(self.edition)

    @property
    def standing(self) -> set[str]:
        """Ids of the blocks that can be read."""
        return {block.public_id for block in self.blocks if not block.removed_on}

    def place_of(self, public_id: str) -> int | None:
        return next((n for n, block in enumerate(self.blocks) if block.public_id == public_id), None)


def editions_for(user: Any, minutes: Minutes) -> list[Edition]:
    """What `user` may read of it, the one with names first. Two queries."""
    return [
        edition
        for edition in NAMED_FIRST
        if Minutes.objects.visible_to(user, edition).filter(pk=minutes.pk).exists()
    ]


def present_record(minutes: Minutes, editions: Sequence[Edition], wanted: str = "") -> Record:
    """`editions`: those that the reader may read, not empty; `wanted` one of them, or garbage for the first. Four queries."""
    edition = next((each for each in editions if each == wanted), editions[0])
    items = _items_of(minutes.meeting_id)
    items_of = _items_by_block(minutes, items)
    amendments = _amendments_of(minutes, edition)
    shown: dict[int, Utterance] = {}
    blocks, gap = [], list[str]()
    for utterance in Utterance.objects.filter(minutes=minutes).only(*_READ).order_by("position", "pk"):
        own = items_of[utterance.pk]
        if hidden := [item.reason for item in own if item.is_hidden]:
            gap += [reason for reason in hidden if reason not in gap]
            continue
        shown[utterance.pk] = utterance
        block = _block(utterance, edition, amendments[utterance.pk])
        block.items = [item.public_id for item in own]
        block.headings = [item for item in own if not item.first]
        block.gap_before, gap = gap, []
        for item in block.headings:
            item.first = block.public_id
        blocks.append(block)
    _link_replies(shown, blocks, edition)
    lines = list(items.values())
    return Record(minutes, edition, list(editions), blocks, lines, _speakers(blocks), gap_at_the_end=gap)


def promises_of(record: Record) -> list[ActionItem]:
    """宿題 that everybody may read and that came of a block shown here, in the order of the record. One query."""
    rows = ActionItem.objects.filter(is_public=True, utterance__minutes=record.minutes)
    rows = rows.select_related("utterance").order_by("utterance__position", "pk")
    standing = record.standing
    return [row for row in rows if row.utterance is not None and row.utterance.public_id in standing]


def _block(utterance: Utterance, edition: Edition, amendments: list[Amendment]) -> Block:
    label = utterance.label_in(edition) if utterance.kind == UtteranceKind.SPEECH else ""
    if utterance.removed_at:
        return Block(
            utterance.public_id,
            utterance.kind,
            label,
            "",
            amendments=amendments,
            removed_on=timezone.localdate(utterance.removed_at),
            removed_reason=utterance.removed_reason,
        )
    return Block(
        utterance.public_id, utterance.kind, label, utterance.text_in(edition), amendments=amendments
    )


def _link_replies(shown: dict[int, Utterance], blocks: Iterable[Block], edition: Edition) -> None:
    block_of = {block.public_id: block for block in blocks}
    for utterance in shown.values():
        asked = shown.get(utterance.reply_to_id or 0)
        if asked is None or utterance.removed_at:
            continue
        question, answer = block_of[asked.public_id], block_of[utterance.public_id]
        answer.reply_to = Reference(question.public_id, question.label)
        question.replies.append(Reference(answer.public_id, answer.label))


def _speakers(blocks: Iterable[Block]) -> list[SpeakerLine]:
    """In the order in which they first speak."""
    found: dict[str, SpeakerLine] = {}
    for block in blocks:
        if not block.label or block.removed_on:
            continue
        if block.label in found:
            found[block.label].count += 1
        else:
            found[block.label] = SpeakerLine(block.label, block.public_id)
    return list(found.values())


# --- What is fetched ----------------------------------------------------------------------------
def agenda_of(meeting: Meeting) -> list[ItemLine]:
    """The agenda as readers get it: closed items, and all that stands under them, without their title."""
    return list(_items_of(meeting.pk).values())


def _items_of(meeting_id: int) -> dict[int, ItemLine]:
    """By key, in the order of the tree."""
    children: dict[int | None, list[AgendaItem]] = defaultdict(list)
    for item in AgendaItem.objects.filter(meeting=meeting_id).order_by("position", "pk"):
        children[item.parent_id].append(item)
    found: dict[int, ItemLine] = {}

    def walk(parent: int | None, depth: int, reason: str) -> None:
        for item in children[parent]:
            why = item.closed_reason if item.is_closed else reason
            found[item.pk] = _line(item, depth, why)
            walk(item.pk, depth + 1, why)

    walk(None, 0, "")
    return found


def _line(item: AgendaItem, depth: int, reason: str) -> ItemLine:
    if reason:
        return ItemLine(item.public_id, item.number, "", "", depth, is_hidden=True, reason=reason)
    return ItemLine(
        item.public_id, item.number, item.title, item.performer, depth, is_hidden=False, reason=""
    )


def _items_by_block(minutes: Minutes, items: dict[int, ItemLine]) -> dict[int, list[ItemLine]]:
    """Those of a block in the order of `items`."""
    links = Utterance.agenda_items.through._default_manager.filter(
        utterance__minutes=minutes, agendaitem__meeting=minutes.meeting_id
    )
    blocks_of: dict[int, list[int]] = defaultdict(list)
    for block, item in links.values_list("utterance_id", "agendaitem_id"):
        blocks_of[item].append(block)
    found: dict[int, list[ItemLine]] = defaultdict(list)
    for key, line in items.items():
        for block in blocks_of[key]:
            found[block].append(line)
    return found


def _amendments_of(minutes: Minutes, edition: Edition) -> dict[int, list[Amendment]]:
    """Oldest first, by block."""
    rows = Correction.objects.told_in(edition).filter(utterance__minutes=minutes)
    found: dict[int, list[Amendment]] = defaultdict(list)
    for row in rows.order_by("decided_at", "pk"):
        found[row.utterance_id].append(amendment_of(row, edition))
    return found


def amendment_of(row: Correction, edition: Edition) -> Amendment:
    return Amendment(
        row.public_id,
        timezone.localdate(row.decided_at),
        row.is_removal,
        row.before_in(edition),
        row.after_in(edition),
        str(row.get_reason_kind_display()),
        row.reason,
    )
