"""Keeps pieces of public pages in this process, for one minute and until something is published.

A kept page serves one address; a piece (a card, who is open now) serves every page that shows it. Only copies are
kept: another process makes its own, and the version that publishing raises makes all of them stale at once.
"""

import datetime as dt
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from platform_portal.page_cache import public_version

T = TypeVar("T")
Stamp = tuple[str, dt.datetime, str | None]

MOST_PIECES = 5_000  # some ten megabytes; beyond that the shelf is emptied
_shelves: dict[Stamp, dict[Hashable, Any]] = {}


def make_anew(key: Hashable, make: Callable[[], T]) -> T:
    """Keeps nothing: for moments other than now, and while Redis cannot tell the version."""
    return make()


class Keeper:
    """Pieces of one moment. The version is asked once, before anything is read from the database.

    So a piece may be newer than its version says, never older.
    """

    def __init__(self, moment: dt.datetime, version: str) -> None:
        """Without a `version` nothing is kept."""
        self.moment = moment
        self._shelf = _shelf_of((version, moment, get_language())) if version else None

    def __call__(self, key: Hashable, make: Callable[[], T]) -> T:
        """The piece kept under `key`, made now if there is none. `key` names the kind of piece first."""
        if self._shelf is None:
            return make()
        if key not in self._shelf:
            if len(self._shelf) >= MOST_PIECES:
                self._shelf.clear()
            self._shelf[key] = make()
        piece: T = self._shelf[key]
        return piece


def keeper_of(request: HttpRequest) -> Keeper:
    """The keeper of the minute in which `request` came; the same for the whole request."""
    keeper: Keeper | None = getattr(request, "keeper", None)
    if keeper is None:
        version = getattr(request, "public_version", None) or public_version()
        keeper = Keeper(timezone.now().replace(second=0, microsecond=0), version)
        request.keeper = keeper  # type: ignore[attr-defined]  # read back above
    return keeper


def _shelf_of(stamp: Stamp) -> dict[Hashable, Any]:
    shelf = _shelves.get(stamp)
    if shelf is None:
        _shelves.clear()  # an older minute or version is of no use to anybody
        shelf = _shelves.setdefault(stamp, {})
    return shelf
