"""What an annual report says, as plain values: frozen on approval, and the one source of every PDF, page and file.

A snapshot knows nothing of the database. `canonical` gives the same text for the same content, so that its hash names it.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1
"""Raised when a field changes its meaning; older snapshots must stay readable."""


@dataclass(frozen=True, slots=True)
class Category:
    number: int
    label: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class DoneActivity:
    """`month_from` and `month_to` are first days of months. `categories`: numbers, in the order to be printed."""

    title: str
    month_from: dt.date | None = None
    month_to: dt.date | None = None
    categories: tuple[int, ...] = ()
    result: str = ""
    attendee_count: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """`kind`: a value of SectionKind. `body`: Markdown-lite, figures of the year already put in."""

    kind: str
    title: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`amount_yen` None: not known yet."""

    payee: str
    amount_yen: int | None = None
    breakdown: str = ""
    is_additional: bool = False


@dataclass(frozen=True, slots=True)
class Project:
    name: str
    content: str = ""
    expected_effect: str = ""
    timing: str = ""
    response: str = ""
    category: int | None = None
    lines: tuple[Line, ...] = ()

    @property
    def total_yen(self) -> int:
        return sum(line.amount_yen or 0 for line in self.lines)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the year. `values`: by fiscal year, this year's last; a year of which nothing is known is left out."""

    key: str
    label: str
    unit: str
    values: tuple[tuple[int, int], ...] = ()

    @property
    def value(self) -> int | None:
        return self.values[-1][1] if self.values else None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`heading`: the 事業名 under which the year's work stands. `edition` 0 and `approved_on` None: a draft."""

    fiscal_year: int
    official_name: str
    issuer: str
    heading: str = ""
    edition: int = 0
    approved_on: dt.date | None = None
    categories: tuple[Category, ...] = ()
    activities: tuple[DoneActivity, ...] = ()
    sections: tuple[Section, ...] = ()
    projects: tuple[Project, ...] = ()
    figures: tuple[Figure, ...] = field(default=())

    @property
    def is_draft(self) -> bool:
        return self.approved_on is None

    @property
    def total_yen(self) -> int:
        return sum(project.total_yen for project in self.projects)


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """As JSON values: days as ISO texts, tuples as lists."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(snapshot), default=_as_text))
    return {"format": FORMAT} | plain


def canonical(values: Mapping[str, Any]) -> str:
    """The same text for the same content, in every process."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(values).encode()).hexdigest()


def from_json(values: Mapping[str, Any]) -> Snapshot:
    """Raises ValueError for a format that is newer than this program."""
    if values.get("format") != FORMAT:
        raise ValueError(f"unknown format of a report: {values.get('format')!r}")
    return Snapshot(
        fiscal_year=values["fiscal_year"],
        official_name=values["official_name"],
        issuer=values["issuer"],
        heading=values["heading"],
        edition=values["edition"],
        approved_on=_day(values["approved_on"]),
        categories=tuple(Category(**each) for each in values["categories"]),
        activities=tuple(map(_activity, values["activities"])),
        sections=tuple(Section(**each) for each in values["sections"]),
        projects=tuple(map(_project, values["projects"])),
        figures=tuple(map(_figure, values["figures"])),
    )


def _activity(values: Mapping[str, Any]) -> DoneActivity:
    months = {name: _day(values[name]) for name in ("month_from", "month_to")}
    return DoneActivity(**{**values, **months, "categories": tuple(values["categories"])})


def _project(values: Mapping[str, Any]) -> Project:
    return Project(**{**values, "lines": tuple(Line(**line) for line in values["lines"])})


def _figure(values: Mapping[str, Any]) -> Figure:
    pairs: Sequence[Sequence[int]] = values["values"]
    return Figure(**{**values, "values": tuple((year, count) for year, count in pairs)})


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _as_text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} in a report")
