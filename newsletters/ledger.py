"""What became of the copies of an issue, in numbers that always balance; and a piece of the ledger at a time."""

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from newsletters.models import Delivery, DeliveryState, Issue

ROWS = 50
# How fast it goes is judged by what was done of late, not by the whole way with its pauses.
RECENT = dt.timedelta(minutes=2)
_A_WHILE = dt.timedelta(seconds=10)  # less says nothing about a pace
_MINUTE = dt.timedelta(minutes=1)
# As the equation names them, in its order; the four in the middle are all still on their way.
WAITING = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.DEFERRED)
EQUATION: tuple[tuple[DeliveryState, ...], ...] = (
    (DeliveryState.ACCEPTED,),
    WAITING,
    (DeliveryState.FAILED,),
    (DeliveryState.SUPPRESSED,),
    (DeliveryState.CANCELLED,),
    (DeliveryState.IN_DOUBT,),
)


@dataclass(frozen=True, slots=True)
class Counts:
    """`frozen`: how many copies there were to be, None before that is known; the rest are how many there are."""

    frozen: int | None
    by_state: Mapping[str, int]
    bounced: int = 0
    pace: float = 0.0  # accepted a minute, of late
    next_at: dt.datetime | None = None  # when the first of those that wait for another try has its turn

    def of(self, *states: DeliveryState) -> int:
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())

    @property
    def waiting(self) -> int:
        return self.of(*WAITING)

    @property
    def settled(self) -> int:
        return self.total - self.waiting

    @property
    def terms(self) -> list[int]:
        """The right side of the equation."""
        return [self.of(*states) for states in EQUATION]

    @property
    def is_balanced(self) -> bool:
        return self.frozen is None or self.frozen == self.total

    @property
    def percent(self) -> int:
        """Rounded down: a hundred only when all is settled."""
        return 100 * self.settled // self.total if self.total else 100

    @property
    def minutes_left(self) -> int | None:
        """By the pace of late; before there is one, by the pace that is allowed. None: nothing waits."""
        if not self.waiting:
            return None
        return math.ceil(self.waiting / (self.pace or max(1, settings.PORTAL_NEWSLETTERS_PER_MINUTE)))


def counts_of(issue: Issue) -> Counts:
    """One query, so that the numbers belong together."""
    now = timezone.now()
    since = max(now - RECENT, issue.frozen_at or now)
    rows = list(
        Delivery.objects.filter(issue=issue)
        .order_by()
        .values("state")
        .annotate(
            count=Count("pk"),
            bounced=Count("bounced_at"),
            recent=Count("pk", filter=Q(accepted_at__gte=since)),
            next_at=Min("next_at", filter=Q(state=DeliveryState.DEFERRED)),
        )
    )
    return Counts(
        frozen=issue.frozen_count,
        by_state={row["state"]: row["count"] for row in rows},
        bounced=sum(row["bounced"] for row in rows),
        pace=sum(row["recent"] for row in rows) * (_MINUTE / max(_A_WHILE, now - since)),
        next_at=next((row["next_at"] for row in rows if row["next_at"]), None),
    )


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a long list. `before`, `after`: the keys at its ends, None where the list itself ends there."""

    rows: list[Any]
    before: int | None
    after: int | None


def stretch(rows: Any, *, before: int | None = None, after: int | None = None, size: int = ROWS) -> Stretch:
    """Newest first, by key: the thousandth page costs what the first does, and nothing is counted."""
    if after is not None:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        has_newer = len(found) > size
        found = found[:size][::-1]
        has_older = bool(found)  # where one comes from
    else:
        older = rows.filter(pk__lt=before) if before is not None else rows
        found = list(older.order_by("-pk")[: size + 1])
        has_older = len(found) > size
        found = found[:size]
        has_newer = before is not None and bool(found)
    return Stretch(
        rows=found,
        before=found[-1].pk if has_older else None,
        after=found[0].pk if has_newer else None,
    )
