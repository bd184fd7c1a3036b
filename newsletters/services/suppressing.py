"""Addresses that we write to no more, and how one comes off that list."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from newsletters.addresses import fingerprint_of
from newsletters.models import NOT_REACHED, Suppression, SuppressionReason
from platform_portal.access.checks import check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit


@transaction.atomic
def suppress_address(
    *, address: str, reason: SuppressionReason, by: Any = None, note: str = ""
) -> Suppression:
    """No newsletter goes there from this moment, also not the one that is being sent. Twice is once.

    `by` None: the portal, for a notice that came back. Where the person does not want to be written to, that
    outweighs an address that did not work: such an address is not freed by a mere confirmation. Raises Refused.
    """
    if by is not None:
        check_has(by, Permission.TEND_SUBSCRIBERS)
    plain = address.lower()
    row: Suppression | None = Suppression.objects.select_for_update().of(plain).first()
    stamps = {"stopped_at": timezone.now(), "stopped_by": by} if by is not None else {}
    if row is None:
        values = {"address": plain, "reason": reason, "note": note, **stamps}
        row, made = Suppression.objects.get_or_create(fingerprint=fingerprint_of(plain), defaults=values)
        if made:
            _record("suppressed", row, by)
            return row
    if row.reason in NOT_REACHED and reason not in NOT_REACHED:
        row.reason, row.note = reason, note
        for name, value in stamps.items():
            setattr(row, name, value)
        row.save(update_fields=["reason", "note", *stamps])
        _record("suppressed", row, by)
    return row


@transaction.atomic
def lift_suppression(*, suppression: Suppression, by: Any) -> None:
    """What the address subscribes to goes there again; what was ended stays ended. Raises Refused."""
    check_has(by, Permission.TEND_SUBSCRIBERS)
    _lift(Suppression.objects.filter(pk=suppression.pk), by)


def free_reached_address(address: str) -> None:
    """Somebody has just opened a link that we mailed there, so it works again. Needs the transaction of its caller."""
    _lift(Suppression.objects.of(address).filter(reason__in=NOT_REACHED), None)


def is_unwanted(address: str) -> bool:
    """Its reader, or staff for them, have said that nothing at all is to be sent there, not even a question."""
    return bool(Suppression.objects.of(address).exclude(reason__in=NOT_REACHED).exists())


def _lift(rows: Any, by: Any) -> None:
    for row in rows.select_for_update():
        _record("suppression_lifted", row, by)
        row.delete()


def _record(verb: str, row: Suppression, by: Any) -> None:
    audit.record(type=f"newsletters.{verb}", by=by, obj=row, new={"reason": str(row.reason)})
