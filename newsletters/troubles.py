"""What stands in the way of an issue that is to be sent, found in the rows: whoever may settle it is told."""

import datetime as dt
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from newsletters.models import HELD_STATES, READY_STATES, Delivery, DeliveryState, Issue, IssueState

# So long no copy is begun, and somebody has to look: beat comes every half minute, the longest rest of a server is five.
STILL = dt.timedelta(minutes=10)
_UNDER_WAY = (IssueState.SENDING, IssueState.PAUSED)


def troubled_issues() -> Any:
    """Those that need somebody, the longest first; `is_unbalanced`, `is_still`, `doubts` (copies) say why, and the
    state that one is paused. One query; rows are counted only of what is under way: what is completed has balanced.
    """
    now = timezone.now()
    since = now - STILL
    copies = Delivery.objects.filter(issue=OuterRef("pk")).order_by()
    waiting = copies.filter(state__in=[*READY_STATES, *HELD_STATES])
    due = waiting.filter(Q(next_at__lte=since) | Q(lease_until_at__lte=now))
    doubtful = copies.filter(state=DeliveryState.IN_DOUBT)
    is_late = Q(state=IssueState.SCHEDULED, send_at__lte=since)
    # Only pauses lie ahead of what is neither due nor through.
    has_stopped = Q(state=IssueState.SENDING, updated_at__lte=since, has_begun=False) & (
        Q(has_due=True) | Q(has_waiting=False)
    )
    rows: Any = Issue.objects.filter(
        is_late
        | Q(state__in=_UNDER_WAY)
        | Q(pk__in=Delivery.objects.filter(state=DeliveryState.IN_DOUBT).values("issue"))
    )
    rows = rows.alias(
        total=Coalesce(_count(copies), 0),
        has_waiting=Exists(waiting),
        has_due=Exists(due),
        has_begun=Exists(copies.filter(began_at__gte=since)),
    ).annotate(
        doubts=Coalesce(_count(doubtful), 0),
        is_unbalanced=Case(
            When(Q(state__in=_UNDER_WAY) & ~Q(total=F("frozen_count")), then=True), default=False
        ),
        is_still=Case(When(is_late | has_stopped, then=True), default=False),
    )
    return rows.filter(
        Q(is_unbalanced=True) | Q(is_still=True) | Q(doubts__gt=0) | Q(state=IssueState.PAUSED)
    ).order_by("updated_at", "pk")


def _count(rows: Any) -> Subquery:
    return Subquery(rows.values("issue").annotate(many=Count("pk")).values("many"))
