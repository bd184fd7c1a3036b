"""What organisations put up on the matching board, and how it ends."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members import board_mails
from members import board_permissions as permissions
from members.models import Offer, OfferState, Organization
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit

MOST_OPEN_OFFERS = 30
"""One organisation shall not fill the board of all."""
ONCE_WITHIN = dt.timedelta(hours=1)
OFFER_FIELDS = ("organization", "side", "resource", "title", "municipality", "valid_to", "state")


@transaction.atomic
def put_up_offer(*, organization: Organization, values: Mapping[str, Any], by: Any) -> Offer:
    """The same words twice within an hour, as of a double click, are one offer.

    Raises Refused, ValidationError (keyed by field).
    """
    # Locked, so that two at once do not both take the last place.
    locked = Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)
    permissions.check_can_write_offers(by, locked)
    recent = Offer.objects.open().filter(organization=locked, created_at__gte=timezone.now() - ONCE_WITHIN)
    same: Offer | None = recent.filter(**values).first()
    if same is not None:
        return same
    if Offer.objects.open().of([locked.pk]).count() >= MOST_OPEN_OFFERS:
        raise Refused(
            _(
                "掲示は1つの団体で%(most)s件までです。終わったものを「決まった」か「取り下げる」にしてください。"
            )
            % {"most": MOST_OPEN_OFFERS}
        )
    offer = Offer(organization=locked, author=by, **values)
    offer.full_clean()
    offer.save()
    audit.record(type="members.offer_put_up", by=by, obj=offer, new=audit.snapshot(offer, OFFER_FIELDS))
    return offer


@transaction.atomic
def change_offer(*, offer: Offer, values: Mapping[str, Any], by: Any) -> Offer:
    """Its time begins anew, so that what is kept alive may stay. One that has ended goes up again.

    Raises Refused, ValidationError (keyed by field).
    """
    locked = _lock(offer)
    permissions.check_can_edit_offer(by, locked)
    before, text = audit.snapshot(locked, OFFER_FIELDS), locked.text
    for name, value in values.items():
        setattr(locked, name, value)
    after = audit.snapshot(locked, OFFER_FIELDS)
    if before == after and text == locked.text and locked.is_open:
        return locked
    _begin_anew(locked)
    locked.full_clean()
    locked.save()
    old, new = audit.difference(before, audit.snapshot(locked, OFFER_FIELDS))
    audit.record(type="members.offer_changed", by=by, obj=locked, old=old, new=new)
    return locked


@transaction.atomic
def prolong_offer(*, offer: Offer, by: Any) -> Offer:
    """Half a year from today, never less than it has; one that has ended goes up again. Raises Refused."""
    locked = _lock(offer)
    permissions.check_can_edit_offer(by, locked)
    before = audit.snapshot(locked, OFFER_FIELDS)
    locked.valid_to = locked.prolonged_to
    _begin_anew(locked)
    locked.save()
    old, new = audit.difference(before, audit.snapshot(locked, OFFER_FIELDS))
    audit.record(type="members.offer_prolonged", by=by, obj=locked, old=old, new=new)
    return locked


@transaction.atomic
def settle_offer(*, offer: Offer, by: Any) -> Offer:
    """Somebody was found. Conversations go on. Raises Refused."""
    locked = _lock(offer)
    permissions.check_can_settle_offer(by, locked)
    return _end(locked, OfferState.SETTLED, type="members.offer_settled", by=by)


@transaction.atomic
def withdraw_offer(*, offer: Offer, by: Any) -> Offer:
    """Raises Refused."""
    locked = _lock(offer)
    permissions.check_can_withdraw_offer(by, locked)
    return _end(locked, OfferState.WITHDRAWN, type="members.offer_withdrawn", by=by)


# --- The portal itself --------------------------------------------------------------------------
@transaction.atomic
def expire_offers() -> int:
    """Takes down what is over; returns how many."""
    rows = list(Offer.objects.over(timezone.localdate()).select_for_update(no_key=True, skip_locked=True))
    for offer in rows:
        _end(offer, OfferState.EXPIRED, type="members.offer_expired", by=None)
    return len(rows)


def tell_of_ending_offers() -> int:
    """One mail about all that ends soon to each organisation; returns to how many. Each offer is told of once."""
    keys = _ending_untold().order_by("organization").values_list("organization", flat=True).distinct()
    return sum(_tell_of_ending(key) for key in list(keys))


@transaction.atomic
def _tell_of_ending(organization: int) -> bool:
    rows = list(
        _ending_untold()
        .of([organization])
        .select_for_update(no_key=True, skip_locked=True)
        .order_by("valid_to", "pk")
    )
    if not rows:
        return False
    board_mails.send_offers_ending(Organization.objects.get(pk=organization), rows)
    Offer.objects.filter(pk__in=[offer.pk for offer in rows]).update(notice_sent_at=timezone.now())
    return True


def _ending_untold() -> Any:
    rows = Offer.objects.ending_soon(timezone.localdate()).filter(notice_sent_at=None)
    return rows.filter(organization__in=Organization.objects.active())


def _lock(offer: Offer) -> Offer:
    rows = Offer.objects.select_for_update(of=("self",), no_key=True).select_related("organization")
    return rows.get(pk=offer.pk)


def _begin_anew(offer: Offer) -> None:
    offer.state = OfferState.OPEN
    offer.valid_from = timezone.localdate()
    offer.notice_sent_at = None


def _end(offer: Offer, state: OfferState, *, type: str, by: Any) -> Offer:
    before = offer.state
    offer.state = state
    offer.save(update_fields=["state", "updated_at"])
    audit.record(
        type=type,
        by=by,
        obj=offer,
        old={"state": before},
        new={"state": state.value},
    )
    return offer
