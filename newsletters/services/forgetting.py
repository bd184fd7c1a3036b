"""To whom issues of long ago went is forgotten; how many copies went and what became of them stays."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.models import ENDED_STATES, HELD_STATES, READY_STATES, Delivery, DeliveryState
from platform_portal.personal_data import Rows
from platform_portal.privacy import Person, rows_about

BATCH = 20_000  # rows that one run touches at most


@transaction.atomic
def forget_addresses(*, now: dt.datetime | None = None) -> int:
    """Empties the addresses of old copies. Can be repeated. Returns how many, at most a batch.

    Whose copy it was stays known as long as that person subscribes: the link to leave in it goes on working.
    """
    limit = (now or timezone.now()) - dt.timedelta(days=settings.PORTAL_MAIL_ADDRESS_DAYS)
    old = Delivery.objects.filter(state__in=ENDED_STATES, created_at__lt=limit).exclude(address="")
    keys = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return int(Delivery.objects.filter(pk__in=keys).update(address=""))


def erase_deliveries(rows: Rows, by: Any) -> None:
    """What is left of a person's copies: that there was one, and what became of it. One that waits does not go."""
    waiting = rows.filter(state__in=READY_STATES)
    waiting.update(state=DeliveryState.SUPPRESSED, next_at=None)
    rows.update(address="", subscriber=None)


def copies_on_their_way(person: Person) -> list[str]:
    """What stands in the way of an erasure."""
    if not rows_about(Delivery, person).filter(state__in=HELD_STATES).exists():
        return []
    return [_("いま、この人へのメルマガを送っています。15分ほど待ってから、もう一度試してください。")]
