"""Mails that did not arrive, and complaints: counted once each, with what follows for the address."""

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from newsletters.bouncing.notices import Notice, Sort
from newsletters.bouncing.verdicts import verdict_on
from newsletters.models import Bounce, BounceKind, Delivery, HowEnded, Subscriber, SuppressionReason
from newsletters.services.subscribing import end, lock_subscriber
from newsletters.services.suppressing import suppress_address

IN_A_ROW = 3
"""So many copies one after the other that came back for now, and the address gets none any more."""


@transaction.atomic
def note_refusal(delivery: Delivery, code: int, status: str = "") -> None:
    """The server refused the address while we spoke to it. Within the transaction that ends the delivery; once each."""
    seed = f"refused:{delivery.pk}:{delivery.attempts}"
    fingerprint = hashlib.sha256(seed.encode()).hexdigest()
    _count(delivery, verdict_on(status=status, code=code), status or str(code), fingerprint)


@transaction.atomic
def note_notice(notice: Notice) -> Bounce | None:
    """A report that came back. None for one about no copy of ours, and for one that was counted before."""
    delivery = _delivery_of(notice)
    if delivery is None:
        return None
    is_complaint = notice.sort == Sort.COMPLAINT
    kind = BounceKind.COMPLAINT if is_complaint else verdict_on(status=notice.status, code=notice.code)
    said = notice.status or (str(notice.code) if notice.code else "")
    # The same report about another copy is another one: whoever sends it cannot use up the name of somebody else's.
    fingerprint = hashlib.sha256(f"{delivery.pk}:{notice.fingerprint}".encode()).hexdigest()
    return _count(delivery, kind, said, fingerprint)


def _delivery_of(notice: Notice) -> Delivery | None:
    """A Message-ID stands in every copy, so it is believed only together with the address that it went to."""
    rows = Delivery.objects.select_related("subscriber")
    if notice.delivery_id is not None:
        found: Delivery | None = rows.filter(pk=notice.delivery_id).first()
        return found
    found = rows.filter(message_id=notice.message_id).first()
    if found is None or not found.address:
        return None
    if notice.sort == Sort.UNDELIVERED and notice.recipient != found.address:
        return None
    return found


def _count(delivery: Delivery, kind: BounceKind, status: str, fingerprint: str) -> Bounce | None:
    """Of one copy one notice of each kind: more say nothing new, and anybody who has it could send any number."""
    if Bounce.objects.filter(delivery=delivery, kind=kind).exists():
        return None
    bounce, made = Bounce.objects.get_or_create(
        fingerprint=fingerprint, defaults={"delivery": delivery, "kind": kind, "status": status[:12]}
    )
    if not made:
        return None
    if delivery.accepted_at is not None and kind != BounceKind.COMPLAINT:
        Delivery.objects.filter(pk=delivery.pk, bounced_at=None).update(bounced_at=timezone.now())
    if kind != BounceKind.OTHER:
        _follow(delivery, kind)
    found: Bounce = bounce
    return found


def _follow(delivery: Delivery, kind: BounceKind) -> None:
    subscriber = lock_subscriber(delivery.subscriber) if delivery.subscriber is not None else None
    # An address that was changed or erased since: the copy speaks of the one that it went to.
    address = delivery.address or (subscriber.address if subscriber is not None else "")
    if not address:
        return
    if kind == BounceKind.SOFT:
        if subscriber is not None:
            _count_in_a_row(subscriber)
        return
    reason = SuppressionReason.COMPLAINT if kind == BounceKind.COMPLAINT else SuppressionReason.HARD_BOUNCE
    suppress_address(address=address, reason=reason)
    if subscriber is not None:
        how = HowEnded.COMPLAINT if kind == BounceKind.COMPLAINT else HowEnded.BOUNCE
        end(subscriber, subscriber.subscriptions.all(), how=how)


def _count_in_a_row(subscriber: Subscriber) -> None:
    """Copies up to the last one that came back; one between them that did not ends the row."""
    last = (
        Bounce.objects.filter(delivery__subscriber=subscriber, kind=BounceKind.SOFT)
        .order_by("-delivery_id")
        .first()
    )
    if last is None:  # the row it is called for was erased meanwhile
        return
    latest: list[Any] = list(
        subscriber.deliveries.filter(pk__lte=last.delivery_id, began_at__isnull=False)
        .order_by("-pk")
        .values_list("pk", flat=True)[:IN_A_ROW]
    )
    back = set(
        Bounce.objects.filter(delivery__in=latest, kind=BounceKind.SOFT).values_list("delivery", flat=True)
    )
    run = next((place for place, key in enumerate(latest) if key not in back), len(latest))
    subscriber.soft_bounces = run
    subscriber.save(update_fields=["soft_bounces"])
    if run >= IN_A_ROW:
        suppress_address(address=subscriber.address, reason=SuppressionReason.SOFT_BOUNCES)
