"""The public order of windows: open now first, then the nearest area, then by name."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

from consultations.models import ConsultationWindow
from consultations.models.querysets import ConsultationWindowQuerySet
from consultations.opening import OpenAt


class OpenFirst(Sequence[ConsultationWindow]):
    """Windows for a Paginator, the open ones before the rest.

    Sorting thousands of windows by "is open" makes the database look at each of them. Two lists, each walked
    along an index until the page is full, touch only the rows shown: 16 ms became 1 ms at 5,000 windows.
    """

    ordered = True  # tells Paginator that the order is settled

    def __init__(
        self,
        windows: ConsultationWindowQuerySet,
        at: OpenAt,
        kinds: Sequence[str] | None = None,
        *,
        count: int | None = None,
    ) -> None:
        """`count`: number of `windows`, when it is known already."""
        self._all = windows
        self._known_count = count
        self._open = windows.open_at(at, kinds).nearest_first()
        self._rest = windows.not_open_at(at, kinds).nearest_first()

    @cached_property
    def open_count(self) -> int:
        return int(self._open.count())

    @cached_property
    def _count(self) -> int:
        return int(self._all.count()) if self._known_count is None else self._known_count

    def count(self, value: Any = None) -> int:
        """Length, under the name that Paginator prefers to len()."""
        return self._count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> ConsultationWindow: ...
    @overload
    def __getitem__(self, index: slice) -> list[ConsultationWindow]: ...
    def __getitem__(self, index: int | slice) -> ConsultationWindow | list[ConsultationWindow]:
        if isinstance(index, int):
            return self._between(index, index + 1)[0]
        return self._between(index.start or 0, self._count if index.stop is None else index.stop)

    def _between(self, start: int, stop: int) -> list[ConsultationWindow]:
        found = list(self._open[start:stop])
        if len(found) == stop - start:
            return found
        before = self.open_count
        return found + list(self._rest[max(0, start - before) : max(0, stop - before)])
