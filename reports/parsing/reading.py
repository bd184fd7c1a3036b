"""What is read from a report or a table: plain values, with a flag for everything that a person should look at.

Lines count from 1, as an editor shows them. `ReadReport.pieces` covers every character that is not white space once.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from reports.snapshots import Line

SectionName = Literal["overview", "background", "outcome", "outlook"]
PieceKind = Literal["title", "form", "heading", "activity", "section", "table", "remainder"]
SECTIONS: tuple[SectionName, ...] = ("overview", "background", "outcome", "outlook")


@dataclass(frozen=True, slots=True)
class Label:
    """A category as printed: ② and its words; no words where only the sign stands."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class ReadActivity:
    """`timing` as printed. Months are first days of months."""

    timing: str
    month_from: dt.date | None
    month_to: dt.date | None
    title: str
    labels: tuple[Label, ...]
    result: str
    line: int
    attendee_count: int | None = None


@dataclass(frozen=True, slots=True)
class ReadSection:
    """`heading` as printed, with its number. `cited`: numbers of the categories in `body`, each once."""

    kind: SectionName
    heading: str
    body: str
    cited: tuple[int, ...]
    line: int


@dataclass(frozen=True, slots=True)
class ReadProject:
    """`timing` as written; the days are empty where they cannot be read from it."""

    name: str
    content: str
    expected_effect: str
    timing: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    response: str
    category: int | None
    lines: tuple[Line, ...]
    line: int

    @property
    def total_yen(self) -> int:
        return sum(line.amount_yen or 0 for line in self.lines)


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt: what, on which line, and what to do about it. `text`: words that no field took."""

    code: str
    line: int
    message: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where `source[start:end]` went. `index` counts within the list that `kind` names (remainders: within `flags`)."""

    kind: PieceKind
    index: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Budget:
    """`stated_total`: the 計 that the table itself gives."""

    projects: tuple[ReadProject, ...] = ()
    stated_total: int | None = None
    flags: tuple[Flag, ...] = ()

    @property
    def total_yen(self) -> int:
        return sum(project.total_yen for project in self.projects)


@dataclass(frozen=True, slots=True)
class ReadReport:
    """`is_table`: nothing but projects, from a sheet. `categories`: each number once, in order, with its words."""

    title: str = ""
    official_name: str = ""
    fiscal_year: int | None = None
    heading: str = ""
    activities: tuple[ReadActivity, ...] = ()
    sections: tuple[ReadSection, ...] = ()
    categories: tuple[Label, ...] = ()
    projects: tuple[ReadProject, ...] = ()
    stated_total: int | None = None
    flags: tuple[Flag, ...] = ()
    pieces: tuple[Piece, ...] = ()
    is_table: bool = False

    def section(self, kind: str) -> ReadSection | None:
        return next((section for section in self.sections if section.kind == kind), None)

    def as_json(self) -> dict[str, Any]:
        values = {name: value for name, value in asdict(self).items() if name not in {"pieces", "is_table"}}
        plain: dict[str, Any] = _plain(values)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value
