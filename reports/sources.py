"""What the year's record offers as activities: things that took place and are no activity yet.

Each kind is registered when the apps start; one that comes later registers the same way and appears on the page, in
the count on the desk's first page and in the services without another line.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reports.models import Dismissal, SourceKind


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing with the facts that would be filled in. `happened_on` gives the month. `address`: its page on the desk.
    `notes`: what somebody should know before accepting."""

    kind: str
    source_id: str
    happened_on: dt.date
    title: str
    result: str
    attendee_count: int | None
    address: str
    notes: tuple[str, ...] = ()

    @property
    def kind_words(self) -> str:
        return str(SourceKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class Source:
    """`link`: the many-to-many field of Activity that ties them. `rows`: what took place in a fiscal year and a person
    may know of. `moment`: the field that says when. `present`: a constant number of queries, in the order given."""

    kind: str
    link: str
    moment: str
    rows: Callable[[Any, int], Any]
    present: Callable[[Any], Sequence[Offer]]

    def waiting(self, user: Any, year: int) -> Any:
        """No activity yet, and not dismissed."""
        return self._open(user, year).exclude(public_id__in=self._dismissed())

    def dismissed(self, user: Any, year: int) -> Any:
        return self._open(user, year).filter(public_id__in=self._dismissed())

    def _open(self, user: Any, year: int) -> Any:
        return self.rows(user, year).filter(activities=None)

    def _dismissed(self) -> Any:
        return Dismissal.objects.filter(kind=self.kind).values("source_id")


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Called in an app's `ready()`; twice is once."""
    _sources[source.kind] = source


def registered() -> list[Source]:
    return list(_sources.values())


def source_of(kind: str) -> Source | None:
    return _sources.get(kind)
