"""How far a long import has come. Kept in Redis: the import itself is one transaction that nobody sees into."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from django.core.cache import cache

T = TypeVar("T")
Report = Callable[[int, int], None]  # (done, of)

_KEPT_SECONDS = 15 * 60
_EVERY_SECONDS = 0.5


def unreported(done: int, of: int) -> None:
    """For work that nobody watches."""


class Progress:
    """Tells the page of one upload how far it is, at most twice a second."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._last = 0.0

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        if now - self._last >= _EVERY_SECONDS:
            self._last = now
            cache.set(self._key, round(100 * done / max(1, of)), _KEPT_SECONDS)


def percent(key: str) -> int | None:
    """None while nothing is known."""
    found: int | None = cache.get(key)
    return found


def within(report: Report, begin: int, end: int) -> Report:
    """For one of several pieces of work: it goes from `begin` to `end` of a hundred."""

    def tell(done: int, of: int) -> None:
        report(begin + (end - begin) * done // max(1, of), 100)

    return tell


def counted(rows: Iterable[T], report: Report, *, begin: int, of: int) -> Iterator[T]:
    """The same rows; after each `report` hears of it. `begin`: what was done before the first."""
    for done, row in enumerate(rows, start=begin + 1):
        yield row
        report(done, of)
