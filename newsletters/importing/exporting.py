"""Subscribers written as a file that the import reads."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.utils import timezone

from newsletters.importing.columns import COLUMNS, ONLY_SHOWN
from newsletters.models import Consent, Subscription, Suppression
from platform_portal.sheets import values

SHEET = "購読者"
_CHUNK = 2_000


def table_rows(subscribers: Any) -> Iterator[list[str]]:
    """Headers, then one row for each address; texts as they are, not yet safe for a spreadsheet."""
    yield [*(column.header for column in COLUMNS), *ONLY_SHOWN]
    running = (
        Subscription.objects.current().select_related("newsletter").order_by("newsletter__position", "pk")
    )
    rows = (
        subscribers.select_related("organization")
        .annotate(is_stopped=Exists(Suppression.objects.filter(address=OuterRef("address"))))
        .prefetch_related(
            Prefetch("subscriptions", running, to_attr="running"),
            Prefetch("consents", Consent.objects.order_by("-asked_at", "-pk"), to_attr="given"),
        )
    )
    for subscriber in rows.iterator(chunk_size=_CHUNK):
        latest = next((each for each in subscriber.given if each.confirmed_at is not None), None)
        yield [
            subscriber.address,
            values.write_list([row.newsletter.name for row in subscriber.running]),
            (latest.proof or str(latest.get_how_display())) if latest else "",
            values.write_date(timezone.localdate(latest.asked_at)) if latest else "",
            subscriber.organization.public_id if subscriber.organization else "",
            str(subscriber.get_state_display()),
            values.write_date(timezone.localdate(subscriber.confirmed_at)) if subscriber.confirmed_at else "",
            values.write_flag(subscriber.is_stopped),
        ]
