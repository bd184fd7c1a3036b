"""How the issues of a newsletter fared. No pixel, no rewritten link: only what servers answered and what people told us."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from newsletters.models import Delivery, DeliveryState, HowEnded, Issue, Newsletter, Subscription

# Who so few readers of a page were could be guessed.
FEWEST_SHOWN = 5
_THEMSELVES = (HowEnded.ONE_CLICK, HowEnded.PAGE)


@dataclass(frozen=True, slots=True)
class Copies:
    """`accepted` counts those too that came back later."""

    accepted: int = 0
    bounced: int = 0


@dataclass(frozen=True, slots=True)
class Fared:
    """`accepted` counts those too that came back later. `left`: ended their subscription before the next issue."""

    issue: Issue
    accepted: int
    bounced: int
    left: int


def copies_of(issues: Sequence[Issue]) -> dict[int, Copies]:
    """By issue. One query, however many."""
    counts = {issue.pk: Copies() for issue in issues}
    rows = (
        Delivery.objects.filter(issue__in=counts)
        .order_by()
        .values("issue")
        .annotate(accepted=Count("pk", filter=Q(state=DeliveryState.ACCEPTED)), bounced=Count("bounced_at"))
    )
    return counts | {row["issue"]: Copies(row["accepted"], row["bounced"]) for row in rows}


def how_issues_fared(newsletter: Newsletter, issues: Sequence[Issue]) -> list[Fared]:
    """Three queries, however many issues."""
    if not issues:
        return []
    copies, left = copies_of(issues), _left_after(newsletter, issues)
    return [
        Fared(
            issue,
            accepted=copies[issue.pk].accepted,
            bounced=copies[issue.pk].bounced,
            left=left[issue.pk],
        )
        for issue in issues
    ]


def _left_after(newsletter: Newsletter, issues: Sequence[Issue]) -> dict[int, int]:
    """By issue: how many left themselves from its sending to that of the next one."""
    sent = list(
        Issue.objects.frozen()
        .filter(newsletter=newsletter)
        .order_by("frozen_at", "pk")
        .values_list("pk", "frozen_at")
    )
    ends: dict[int, dt.datetime | None] = {
        key: later for (key, _at), (_next, later) in zip(sent, [*sent[1:], (None, None)], strict=True)
    }
    counts: dict[str, Any] = {}
    for issue in issues:
        until = ends.get(issue.pk)
        between = Q(ended_at__gte=issue.frozen_at, **({"ended_at__lt": until} if until else {}))
        counts[f"after_{issue.pk}"] = Count("pk", filter=between)
    rows = Subscription.objects.filter(newsletter=newsletter, how_ended__in=_THEMSELVES)
    found = rows.aggregate(**counts)
    return {issue.pk: found[f"after_{issue.pk}"] for issue in issues}
