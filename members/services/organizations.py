"""Organisations as the desk keeps them: entered, changed at once, leaving and coming back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from members import permissions
from members.logos import remove_logo
from members.models import Organization, OrganizationState
from members.profile import BY_STAFF, describe, write
from members.services.invitations import withdraw_invitation
from members.services.memberships import finish_membership
from members.services.profiles import (
    OrganizationChangedMeanwhile,
    lock_organization,
    version_of,
    withdraw_waiting_change,
)
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

STATE_FIELDS = ("state", "left_on", "leaving_reason")


@transaction.atomic
def save_organization(
    *, organization: Organization | None, values: Mapping[str, Any], by: Any, version: str = ""
) -> Organization:
    """Enters one (None) or changes it, for everybody to see at once. `version`: what the form was drawn from.

    Raises Refused, OrganizationChangedMeanwhile, ValidationError; then nothing was changed.
    """
    check_has(by, Permission.EDIT_ORGANIZATIONS)
    before: dict[str, Any] = {}
    verb = "created"
    if organization is None:
        organization = Organization()
    else:
        organization = lock_organization(organization)
        permissions.check_can_edit_on_desk(by, organization)
        if version_of(organization) != version:
            raise OrganizationChangedMeanwhile(_("画面を開いてから、ほかの人がこの団体の情報を変えました。"))
        before, verb = describe(organization), "changed"
    former_logo = organization.logo.name or ""
    write(organization, values)
    old, new = audit.difference(before, describe(organization, BY_STAFF))
    if new:
        audit.record(type=f"members.organization_{verb}", by=by, obj=organization, old=old, new=new)
        transaction.on_commit(forget_public_pages)
    if "logo" in new and former_logo:
        transaction.on_commit(lambda: remove_logo(former_logo))
    return organization


@transaction.atomic
def leave_platform(*, organization: Organization, on: dt.date, reason: str, by: Any) -> Organization:
    """Nobody acts for it any more and residents do not see it; all that was written stays.

    Raises Refused, ValidationError.
    """
    locked = lock_organization(organization)
    permissions.check_can_edit_on_desk(by, locked)
    if not locked.is_active:
        raise Refused(_("この団体は、すでに退会しています。"))
    if not reason.strip():
        raise Refused(_("理由を書いてください。"))
    before = audit.snapshot(locked, STATE_FIELDS)
    for invitation in locked.invitations.unsettled():
        withdraw_invitation(invitation=invitation, by=by)
    for membership in locked.memberships.current().select_for_update(of=("self",)).for_list():
        finish_membership(membership, by=by)
    for revision in locked.revisions.unsettled().select_for_update(of=("self",)):
        withdraw_waiting_change(revision, by=by)
    locked.state, locked.left_on, locked.leaving_reason = OrganizationState.LEFT, on, reason.strip()
    _save_state(locked, "left", before, by)
    return locked


@transaction.atomic
def come_back(*, organization: Organization, by: Any) -> Organization:
    """A member again, from today's point of view as if never gone. Its people have to be invited anew.

    Raises Refused, ValidationError (its 法人番号 may be somebody else's by now).
    """
    locked = lock_organization(organization)
    permissions.check_can_come_back(by, locked)
    before = audit.snapshot(locked, STATE_FIELDS)
    locked.state, locked.left_on, locked.leaving_reason = OrganizationState.ACTIVE, None, ""
    _save_state(locked, "came_back", before, by)
    return locked


def _save_state(organization: Organization, verb: str, before: dict[str, Any], by: Any) -> None:
    organization.full_clean()
    organization.save()
    old, new = audit.difference(before, audit.snapshot(organization, STATE_FIELDS))
    audit.record(type=f"members.organization_{verb}", by=by, obj=organization, old=old, new=new)
    transaction.on_commit(forget_public_pages)
