"""What the parser hands over: a proposal that a person checks beside the source.

Everything here is plain data. Offsets count characters of the text that was read, so that each word of the proposal can
be shown where it was found; `Proposal.pieces` covers every character that is not white space exactly once.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

Kind = Literal["speech", "narrative", "stage_direction"]
PieceKind = Literal[
    "title", "held", "place", "level", "attendance", "agenda", "document", "header", "utterance", "remainder"
]
Level = Literal["議事録", "議事要旨"]


@dataclass(frozen=True, slots=True)
class Attendance:
    """People and counts apart: a person has a name, a count has a number (and a unit such as 団体, 課, 名)."""

    organization: str
    name: str
    role: str
    count: int | None
    unit: str
    text: str
    line: int
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """`number` is the whole number in the tree: 4, 4(1); an empty string where none is printed."""

    number: str
    title: str
    performer: str
    note: str
    documents: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A paper named above the record: 資料1 and its title."""

    number: str
    title: str
    line: int


@dataclass(frozen=True, slots=True)
class Utterance:
    """`label` as printed; `agenda` holds the numbers of all items that it belongs to."""

    kind: Kind
    label: str
    speaker: str
    role: str
    organization: str
    agenda: tuple[str, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt for a person to settle: what, on which line, and what to do about it."""

    code: str
    line: int
    message: str | Promise


@dataclass(frozen=True, slots=True)
class Piece:
    """Where `source[start:end]` went. `index` counts within the list that `kind` names (remainders: within `flags`)."""

    kind: PieceKind
    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Proposal:
    title: str
    held_on: dt.date | None
    starts_at: dt.time | None
    ends_at: dt.time | None
    place: str
    level: Level
    attendance: tuple[Attendance, ...]
    agenda: tuple[Item, ...]
    documents: tuple[Document, ...]
    utterances: tuple[Utterance, ...]
    flags: tuple[Flag, ...]
    pieces: tuple[Piece, ...]

    def turns(self) -> Iterator[Utterance]:
        """Speech under a label of its own."""
        return (each for each in self.utterances if each.kind == "speech" and each.label)

    def as_json(self) -> dict[str, Any]:
        """Keys as agreed with whoever reads the output of `import_minutes --dry-run --json`."""
        return {
            "title": self.title,
            "held_on": self.held_on.isoformat() if self.held_on else None,
            "starts_at": self.starts_at.strftime("%H:%M") if self.starts_at else None,
            "ends_at": self.ends_at.strftime("%H:%M") if self.ends_at else None,
            "place": self.place,
            "attendance": [
                {
                    "organization": each.organization,
                    "name": each.name,
                    "role": each.role,
                    "count": each.count,
                    "unit": each.unit,
                    "absent": each.absent,
                }
                for each in self.attendance
            ],
            "agenda": [
                {"number": item.number, "title": item.title, "documents": list(item.documents)}
                for item in self.agenda
            ],
            "utterances": [
                {
                    "kind": each.kind,
                    "label": each.label,
                    "speaker": each.speaker,
                    "role": each.role,
                    "organization": each.organization,
                    "agenda": list(each.agenda),
                    "text": each.text,
                    "line": each.line,
                }
                for each in self.utterances
            ],
            "flags": [
                {"code": flag.code, "line": flag.line, "message": str(flag.message)} for flag in self.flags
            ],
        }
