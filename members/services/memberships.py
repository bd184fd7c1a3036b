"""Who acts for which organisation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members import permissions
from members.models import Invitation, Membership, Organization, User
from members.services.invitations import keep_invitation
from platform_portal.access.roles import Role
from platform_portal.audit import services as audit

MEMBERSHIP_FIELDS = ("organization", "user", "role", "is_contact")


@transaction.atomic
def invite_to_organization(
    *, organization: Organization, email: str, name: str, role: str, by: Any
) -> Invitation:
    """Invites one person to act for `organization`; somebody who has an account already accepts with that.

    Raises Refused, ValidationError (keyed by field).
    """
    permissions.check_can_invite_to_organization(by, organization)
    if organization.memberships.current().filter(user__email__iexact=email.strip()).exists():
        raise ValidationError({"email": _("この人は、すでにこの団体の担当者です。")})
    invitation = Invitation(
        email=email,
        name=name,
        section=organization.name,
        role=Role.MEMBER,
        organization=organization,
        membership_role=role,
    )
    return keep_invitation(invitation, by=by)


@transaction.atomic
def start_membership(*, organization: Organization, user: User, role: str, by: Any) -> Membership:
    """Called by what has already checked that `user` may: an accepted invitation. Raises ValidationError."""
    membership = Membership(organization=organization, user=user, role=role)
    membership.full_clean()
    membership.save()
    audit.record(
        type="members.membership_started",
        by=by,
        obj=membership,
        new=audit.snapshot(membership, MEMBERSHIP_FIELDS),
    )
    return membership
