"""Two entries of one organisation become one. What both had is kept; nothing of it can be undone by a button."""

import hashlib
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import permissions
from members.importing.columns import LISTS, WRITTEN
from members.merging import Part, parts, register
from members.models import (
    Application,
    Invitation,
    Membership,
    MembershipRole,
    Organization,
    OrganizationState,
)
from members.services.profiles import withdraw_waiting_change
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.mail.services import cancel_mails_about
from platform_portal.page_cache import forget_public_pages

MERGEABLE = (*WRITTEN, "logo")
_STRENGTH = {role.value: rank for rank, role in enumerate(reversed(MembershipRole))}


class Side(StrEnum):
    """Whose value stays."""

    SOURCE = "source"
    TARGET = "target"
    BOTH = "both"  # of lists


def merge_version(one: Organization, other: Organization) -> str:
    """Changes when one of the two is saved: what a person has seen is what is merged."""
    marks = sorted(f"{each.pk}:{each.state}:{each.updated_at.isoformat()}" for each in (one, other))
    return hashlib.sha256("|".join(marks).encode()).hexdigest()[:16]


@transaction.atomic
def merge_organizations(
    *, source: Organization, target: Organization, sides: Mapping[str, str], version: str, by: Any
) -> Organization:
    """`source` goes up in `target`, which takes the fields that `sides` gives to the source and all that belongs to it.

    Raises Refused, ValidationError; then nothing was changed.
    """
    source, target = _locked(source, target)
    permissions.check_can_merge_organizations(by, source, target)
    if version != merge_version(source, target):
        raise Refused(_("見ているあいだに、ほかの人がどちらかの団体を変えました。もう一度くらべてください。"))
    before = audit.snapshot(target, MERGEABLE)
    taken = {name: _value(name, Side(side), source, target) for name, side in sides.items()}
    counts = {part.models[0]: part.count(source) for part in parts()}
    _leave_to(source, target)
    _take(target, taken)
    for part in parts():
        part.move(source=source, target=target, by=by)
    _record(source, target, before, counts, by)
    transaction.on_commit(forget_public_pages)
    return target


def _locked(source: Organization, target: Organization) -> tuple[Organization, Organization]:
    """In the order of their keys: two people who merge the same two the other way round wait, not block."""
    keys = [source.pk, target.pk]
    rows = Organization.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    found = {row.pk: row for row in rows}
    return found[source.pk], found[target.pk]


def _value(name: str, side: Side, source: Organization, target: Organization) -> Any:
    if name not in LISTS:
        return getattr(source if side == Side.SOURCE else target, name)
    rows = {
        Side.SOURCE: [source],
        Side.TARGET: [target],
        Side.BOTH: [source, target],
    }[side]
    return sorted({row.pk for each in rows for row in getattr(each, name).all()})


def _leave_to(source: Organization, target: Organization) -> None:
    """First: of two members of today only one may have a 法人番号."""
    source.left_on = source.left_on or max(timezone.localdate(), source.joined_on)
    source.state, source.merged_into = OrganizationState.MERGED, target
    source.save(update_fields=["state", "merged_into", "left_on", "updated_at"])
    # Who went up in the source earlier now leads to where it is found today.
    Organization.objects.filter(merged_into=source).update(merged_into=target)


def _take(target: Organization, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in LISTS:
            setattr(target, name, value)
    target.full_clean()
    target.save()
    for name in LISTS:
        if name in values:
            getattr(target, name).set(values[name])


def _record(
    source: Organization, target: Organization, before: dict[str, Any], counts: dict[str, int], by: Any
) -> None:
    old, new = audit.difference(before, audit.snapshot(target, MERGEABLE))
    moved = {label: count for label, count in counts.items() if count}
    audit.record(
        type="members.organization_merged",
        by=by,
        obj=source,
        old={"state": OrganizationState.ACTIVE.value},
        new={"state": source.state, "merged_into": target.public_id, **moved},
    )
    audit.record(
        type="members.organization_absorbed",
        by=by,
        obj=target,
        old=old,
        new={**new, "merged_from": source.public_id, **moved},
    )


# --- What members itself keeps ------------------------------------------------------------------
def _move_memberships(*, source: Organization, target: Organization, by: Any) -> None:
    """Who acts for both keeps the stronger role; former ones go along, so that the record can be read."""
    there = {row.user_id: row for row in target.memberships.current().select_for_update(of=("self",))}
    for membership in source.memberships.select_for_update(of=("self",)).order_by("pk"):
        double = there.get(membership.user_id) if membership.ended_at is None else None
        if double is None:
            membership.organization = target
            membership.save(update_fields=["organization"])
            _record_move("members.membership_moved", membership, source, target, by)
            continue
        membership.ended_at = timezone.now()
        membership.save(update_fields=["ended_at"])
        audit.record(
            type="members.membership_ended",
            by=by,
            obj=membership,
            old=audit.snapshot(membership, ("organization", "role")),
        )
        _strengthen(double, membership, by)


def _strengthen(kept: Membership, other: Membership, by: Any) -> None:
    before = audit.snapshot(kept, ("role", "is_contact"))
    kept.role = max(kept.role, other.role, key=lambda role: _STRENGTH[role])
    kept.is_contact = kept.is_contact or other.is_contact
    old, new = audit.difference(before, audit.snapshot(kept, ("role", "is_contact")))
    if new:
        kept.save(update_fields=["role", "is_contact"])
        audit.record(type="members.membership_changed", by=by, obj=kept, old=old, new=new)


def _move_invitations(*, source: Organization, target: Organization, by: Any) -> None:
    """One that would ask somebody twice is withdrawn."""
    there = {
        email.lower()
        for rows in (
            target.invitations.unsettled().values_list("email", flat=True),
            target.memberships.current().values_list("user__email", flat=True),
        )
        for email in rows
    }
    for invitation in source.invitations.select_for_update(of=("self",)).order_by("pk"):
        is_open = invitation.accepted_at is None and invitation.withdrawn_at is None
        if is_open and invitation.email.lower() in there:
            _withdraw(invitation, by)
            continue
        invitation.organization = target
        invitation.save(update_fields=["organization"])
        _record_move("members.invitation_moved", invitation, source, target, by)


def _withdraw(invitation: Invitation, by: Any) -> None:
    invitation.withdrawn_at, invitation.withdrawn_by = timezone.now(), by
    invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    cancel_mails_about(invitation)
    audit.record(type="members.invitation_withdrawn", by=by, obj=invitation)


def _move_consents(*, source: Organization, target: Organization, by: Any) -> None:
    """To versions that the target has not agreed to itself; the rest stays as the proof it is."""
    given = target.consents.values_list("charter_id", flat=True)
    for consent in source.consents.exclude(charter__in=list(given)).order_by("pk"):
        consent.organization = target
        consent.save(update_fields=["organization"])
        _record_move("members.consent_moved", consent, source, target, by)


def _move_application(*, source: Organization, target: Organization, by: Any) -> None:
    """An organisation has one application: the target's own stays its own."""
    if Application.objects.filter(organization=target).exists():
        return
    for application in Application.objects.filter(organization=source):
        application.organization = target
        application.save(update_fields=["organization", "updated_at"])
        _record_move("members.application_moved", application, source, target, by)


def _end_waiting_changes(*, source: Organization, target: Organization, by: Any) -> None:
    """They speak of an entry that is gone; decided ones stay with it as the record they are."""
    for revision in source.revisions.unsettled().select_for_update(of=("self",)):
        withdraw_waiting_change(revision, by=by)


def _record_move(type: str, obj: Any, source: Organization, target: Organization, by: Any) -> None:
    audit.record(type=type, by=by, obj=obj, old={"organization": source.pk}, new={"organization": target.pk})


def _counter(model: Any) -> Callable[[Organization], int]:
    def count(organization: Organization) -> int:
        return int(model.objects.filter(organization=organization).count())

    return count


def register_own_parts() -> None:
    """Called once, when the app is ready."""
    from members.models import CharterConsent, OrganizationRevision

    for label, model, move in (
        (gettext_lazy("担当者（前の担当者も）"), Membership, _move_memberships),
        (gettext_lazy("招待"), Invitation, _move_invitations),
        (gettext_lazy("設置要綱への同意"), CharterConsent, _move_consents),
        (gettext_lazy("入会申込"), Application, _move_application),
        (gettext_lazy("変更の申し出（確認待ちは取り下げる）"), OrganizationRevision, _end_waiting_changes),
    ):
        register(Part(label, (model._meta.label,), _counter(model), move))
