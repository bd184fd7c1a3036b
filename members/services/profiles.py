"""What an organisation says about itself, written by its own people: live at once or after a second look."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members import mails, permissions
from members.logos import remove_logo
from members.models import Organization, OrganizationRevision
from members.profile import AFTER_REVIEW, AT_ONCE, BY_MEMBERS, describe, label_of, values_of, write
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.revisions import RevisionState, lock_revision


class OrganizationChangedMeanwhile(Refused):
    """Somebody else saved the same organisation, or its waiting change, after this person opened the form."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an edit: live at once, waiting (`revision`), or both in parts."""

    organization: Organization
    live: tuple[str, ...] = ()
    revision: OrganizationRevision | None = None


def version_of(organization: Organization) -> str:
    """What a form carries: another one when organisation or waiting change were touched since."""
    newest = organization.revisions.order_by("-proposed_at").first()
    marks: list[dt.datetime | str] = [organization.updated_at]
    if newest is not None:
        marks += [newest.public_id, newest.proposed_at, newest.state]
    return "/".join(mark if isinstance(mark, str) else mark.isoformat() for mark in marks)


@transaction.atomic
def change_own_profile(
    *, organization: Organization, values: Mapping[str, Any], by: Any, version: str
) -> Change:
    """`values`: of a member's form (BY_MEMBERS), the logo as a place in the storage. Also for desk users who act
    for the organisation: as its people they do not approve what they write.

    Raises Refused, OrganizationChangedMeanwhile, ValidationError; then nothing was changed.
    """
    locked = lock_organization(organization)
    permissions.check_can_write_as_member(by, locked)
    if version_of(locked) != version:
        raise OrganizationChangedMeanwhile(_("画面を開いてから、ほかの人がこの団体の情報を変えました。"))
    before = describe(locked, BY_MEMBERS)
    live = _write_at_once(locked, values, before, by)
    revision = _propose(locked, values, before, by)
    if live:
        transaction.on_commit(forget_public_pages)
    return Change(locked, live, revision)


def _write_at_once(
    organization: Organization, values: Mapping[str, Any], before: dict[str, Any], by: Any
) -> tuple[str, ...]:
    after = _described(values, AT_ONCE)
    old, new = audit.difference({name: before[name] for name in after}, after)
    if new:
        write(organization, {name: values[name] for name in new})
        audit.record(type="members.organization_changed", by=by, obj=organization, old=old, new=new)
    return tuple(new)


def _propose(
    organization: Organization, values: Mapping[str, Any], before: dict[str, Any], by: Any
) -> OrganizationRevision | None:
    """The waiting change of the organisation holds all that waits; saving again replaces it."""
    after = _described(values, AFTER_REVIEW)
    old, new = audit.difference({name: before[name] for name in after}, after)
    pending = organization.revisions.pending().select_for_update(of=("self",)).first()
    if pending is not None:
        _drop_proposed_logo(pending, kept=new.get("logo", ""))
    returned = organization.revisions.returned().first()
    if not new:
        if pending is not None:
            pending.decide(RevisionState.WITHDRAWN, by=by)
            _record("withdrawn", pending, by)
        return None
    if pending is not None and pending.proposed == new and pending.before == old:
        return pending
    _check_would_be_valid(organization, new)
    if returned is not None:
        _drop_proposed_logo(returned, kept=new.get("logo", ""))
    revision = pending or OrganizationRevision(organization=organization)
    revision.before, revision.proposed = old, new
    revision.base_at, revision.proposed_by = organization.updated_at, by
    revision.proposed_at = timezone.now()
    revision.save()
    _record("replaced" if pending else "proposed", revision, by)
    return revision


@transaction.atomic
def approve_organization_revision(
    *, revision: OrganizationRevision, by: Any, version: dt.datetime | None = None
) -> OrganizationRevision:
    """Makes a change live. Raises Refused (also when the same fields have changed meanwhile), ValidationError.

    `version`: the `proposed_at` of what the person read, since the organisation may replace it; None: nobody looked.
    """
    organization, revision = _locked_pair(revision)
    permissions.check_can_decide_revision(by, revision)
    if version is not None and revision.proposed_at != version:
        raise Refused(
            _(
                "画面を開いたあとに、団体が内容を書き直しました。下の新しい内容を確かめてから、認めてください。"
            )
        )
    merge = revision.merge_with(describe(organization, revision.proposed))
    if merge.conflicts:
        raise Refused(
            _(
                "申し出のあとに、同じ項目（%(fields)s）が変わりました。差し戻して、今の内容から書き直してもらってください。"
            )
            % {"fields": "・".join(label_of(name) for name in merge.conflicts)}
        )
    former_logo = organization.logo.name or ""
    applied = {name: revision.proposed[name] for name in merge.names}
    write(organization, values_of(applied))
    audit.record(
        type="members.organization_revision_approved",
        by=by,
        obj=organization,
        old={name: revision.before[name] for name in applied},
        new=applied,
        note=_("申し出た人：%(name)s") % {"name": revision.proposed_by.name},
    )
    revision.decide(RevisionState.APPROVED, by=by)
    if "logo" in applied and former_logo:
        transaction.on_commit(lambda: remove_logo(former_logo))
    mails.send_organization_revision_decided(revision)
    transaction.on_commit(forget_public_pages)
    return revision


@transaction.atomic
def return_organization_revision(
    *, revision: OrganizationRevision, by: Any, reason: str
) -> OrganizationRevision:
    """Gives a change back to whoever proposed it, who goes on from it: its logo stays. Raises Refused."""
    _organization, revision = _locked_pair(revision)
    permissions.check_can_decide_revision(by, revision)
    revision.decide(RevisionState.RETURNED, by=by, note=reason)
    _record("returned", revision, by, note=revision.note)
    mails.send_organization_revision_decided(revision)
    return revision


@transaction.atomic
def withdraw_organization_revision(*, revision: OrganizationRevision, by: Any) -> OrganizationRevision:
    """The organisation takes its change back, or lets one rest that was returned. Raises Refused."""
    organization, revision = _locked_pair(revision)
    permissions.check_can_withdraw_revision(by, revision, organization)
    withdraw_waiting_change(revision, by=by)
    return revision


def withdraw_waiting_change(revision: OrganizationRevision, *, by: Any) -> None:
    """The writing part, for whoever has locked and checked: also when the organisation leaves."""
    _drop_proposed_logo(revision)
    revision.decide(RevisionState.WITHDRAWN, by=by, note=revision.note)
    _record("withdrawn", revision, by)


def lock_organization(organization: Organization) -> Organization:
    locked: Organization = Organization.objects.select_for_update(of=("self",)).get(pk=organization.pk)
    return locked


def _locked_pair(revision: OrganizationRevision) -> tuple[Organization, OrganizationRevision]:
    """The organisation first, so that nobody waits in a circle."""
    organization = lock_organization(revision.organization)
    return organization, lock_revision(revision)


def _described(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Values of a form as `describe` writes them."""
    described: dict[str, Any] = {}
    for name in names:
        if name not in values:
            continue
        value = values[name]
        if Organization._meta.get_field(name).many_to_many:
            described[name] = sorted(row.pk for row in value)
        else:
            described[name] = getattr(value, "pk", value)
    return described


def _check_would_be_valid(organization: Organization, proposed: Mapping[str, Any]) -> None:
    """Raises ValidationError now, and not when somebody wants to approve."""
    would_be = Organization.objects.get(pk=organization.pk)
    for name, value in values_of(proposed).items():
        setattr(would_be, name, value)
    would_be.full_clean()


def _drop_proposed_logo(revision: OrganizationRevision, kept: str = "") -> None:
    """Nobody will look at it any more, unless the next version proposes the same file, or did so already."""
    name = revision.proposed.get("logo") or ""
    others = OrganizationRevision.objects.unsettled().exclude(pk=revision.pk).filter(proposed__logo=name)
    if name and name != kept and not Organization.objects.filter(logo=name).exists() and not others.exists():
        transaction.on_commit(lambda: remove_logo(name))


def _record(verb: str, revision: OrganizationRevision, by: Any, note: str = "") -> None:
    changes = {"old": revision.before, "new": revision.proposed} if verb in {"proposed", "replaced"} else {}
    audit.record(
        type=f"members.organization_revision_{verb}",
        by=by,
        obj=revision.organization,
        note=note,
        **changes,
    )
