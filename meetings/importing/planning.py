"""What accepting a proposal would do to the meeting and its draft. Writes nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.importing.matching import match
from meetings.importing.proposals import Data
from meetings.models import Meeting, Minutes, MinutesImport, Utterance
from meetings.presenting.agenda import by_number, tree_of
from platform_portal.access.checks import Refused

Fate = Literal["new", "same", "changed", "missing"]
COMPARED = ("kind", "label", "organization_name", "speaker", "role", "text")
HEADER_FIELDS = ("title", "number", "starts_at", "ends_at", "place")


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """One field of the meeting. Filled in without asking where it is empty; else only when ticked."""

    name: str
    words: str
    now: Any
    proposed: Any

    @property
    def is_empty(self) -> bool:
        return self.now in (None, "")

    @property
    def differs(self) -> bool:
        return self.proposed not in (None, "", self.now)


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One block as it would stand. `index` in the proposal; `block` of the draft."""

    fate: Fate
    index: int | None
    proposed: Data | None
    block: Utterance | None

    @property
    def takes_file(self) -> bool:
        """What nobody has touched follows the file; what somebody has written or put right stays unless they say otherwise."""
        return self.block is None or (self.block.version == 1 and self.block.source_line is not None)


def header_values(data: Mapping[str, Any]) -> dict[str, Any]:
    """As fields of a meeting; what was not read is None or empty."""
    header = data["header"]
    return {
        "title": header["title"],
        "number": header["number"],
        "starts_at": _moment(header["held_on"], header["starts_at"]),
        "ends_at": _moment(header["held_on"], header["ends_at"]),
        "place": header["place"],
    }


def _moment(day: str, time: str) -> dt.datetime | None:
    if not day or not time:
        return None
    both = dt.datetime.combine(dt.date.fromisoformat(day), dt.time.fromisoformat(time))
    return timezone.make_aware(both)


def header_rows(data: Mapping[str, Any], meeting: Meeting) -> list[HeaderRow]:
    values = header_values(data)
    words = {field.name: str(field.verbose_name) for field in Meeting._meta.fields}
    return [HeaderRow(name, words[name], getattr(meeting, name), values[name]) for name in HEADER_FIELDS]


def agenda_rows(data: Mapping[str, Any], meeting: Meeting) -> list[tuple[str, str, str]]:
    """Number, title that is registered, title in the file: where they stand on one number and differ."""
    known = by_number(tree_of(meeting))
    return [
        (row["number"], known[row["number"]].item.title, row["title"])
        for row in data["agenda"]
        if row["title"] and row["number"] in known and known[row["number"]].item.title != row["title"]
    ]


def block_rows(data: Mapping[str, Any], blocks: Sequence[Utterance]) -> list[BlockRow]:
    """In the order in which they would stand; what the file lacks stays behind what it stood behind."""
    rows = data["utterances"]
    pairs = match([(each.label, each.text) for each in blocks], [(row["label"], row["text"]) for row in rows])
    behind: dict[int | None, list[Utterance]] = {}
    last: int | None = None
    matched = {old: new for new, old in pairs.items()}
    for place, block in enumerate(blocks):
        if place in matched:
            last = matched[place]
        else:
            behind.setdefault(last, []).append(block)
    found = [BlockRow("missing", None, None, block) for block in behind.get(None, [])]
    for index, row in enumerate(rows):
        block_of_row = blocks[pairs[index]] if index in pairs else None
        found.append(BlockRow(_fate(row, block_of_row), index, row, block_of_row))
        found += [BlockRow("missing", None, None, block) for block in behind.get(index, [])]
    return found


def moved_rows(rows: Sequence[BlockRow]) -> list[BlockRow]:
    """Blocks of the draft that would stand before one that is above them now."""
    moved: list[BlockRow] = []
    lowest = -1
    for row in rows:
        if row.block is None:
            continue
        if row.block.position < lowest:
            moved.append(row)
        lowest = max(lowest, row.block.position)
    return moved


def _fate(row: Data, block: Utterance | None) -> Fate:
    if block is None:
        return "new"
    return "same" if all(row[name] == getattr(block, name) for name in COMPARED) else "changed"


def plan_blocks(kept: MinutesImport) -> tuple[Minutes | None, list[BlockRow]]:
    """The draft that is there, and what would become of its blocks. Two queries."""
    minutes = Minutes.objects.filter(meeting=kept.meeting_id).first() if kept.meeting_id else None
    blocks = list(minutes.utterances.standing().order_by("position", "pk")) if minutes else []
    return minutes, block_rows(kept.proposal, blocks)


def values_of_new_meeting(data: Mapping[str, Any]) -> dict[str, Any]:
    """Raises Refused where a meeting cannot be made of what was read."""
    values = header_values(data)
    header = data["header"]
    if not header["held_on"]:
        raise Refused(_("開催日が読み取れていません。開催概要に日付を書いてから、もう一度お試しください。"))
    if values["starts_at"] is None:
        raise Refused(
            _("開始の時刻が読み取れていません。開催概要に時刻を書いてから、もう一度お試しください。")
        )
    if not values["title"]:
        raise Refused(_("会議の名前が読み取れていません。開催概要に書いてから、もう一度お試しください。"))
    return {name: value for name, value in values.items() if value not in (None, "")}
