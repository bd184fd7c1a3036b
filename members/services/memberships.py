"""Who acts for which organisation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members import acting, mails, permissions
from members.models import Invitation, Membership, MembershipRole, Organization, User
from members.services.invitations import keep_invitation
from platform_portal.access.checks import Refused
from platform_portal.access.roles import Role
from platform_portal.audit import services as audit

MEMBERSHIP_FIELDS = ("organization", "user", "role", "is_contact")
CHANGEABLE = ("role", "is_contact")


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
    acting.tell_began(membership)
    return membership


@transaction.atomic
def change_membership(*, membership: Membership, role: str, is_contact: bool, by: Any) -> Membership:
    """Another role, or mails of the secretariat yes or no. Raises Refused; then nothing was changed."""
    locked = _locked(membership)
    permissions.check_can_manage_people(by, locked.organization)
    _check_is_current(locked)
    if role != locked.role:
        permissions.check_can_change_membership_role(by, locked)
    before = audit.snapshot(locked, CHANGEABLE)
    locked.role, locked.is_contact = role, is_contact
    locked.full_clean()
    old, new = audit.difference(before, audit.snapshot(locked, CHANGEABLE))
    if not new:
        return locked
    locked.save(update_fields=list(CHANGEABLE))
    audit.record(type="members.membership_changed", by=by, obj=locked, old=old, new=new)
    mails.send_membership_notice(locked, what=_changes_in_words(locked, new))
    return locked


@transaction.atomic
def end_membership(*, membership: Membership, by: Any) -> Membership:
    """Somebody acts for the organisation no more: taken off, or leaving. Raises Refused."""
    locked = _locked(membership)
    permissions.check_can_end_membership(by, locked)
    return finish_membership(locked, by=by)


def finish_membership(membership: Membership, *, by: Any) -> Membership:
    """The writing part, for whoever has checked that it may be: also when the whole organisation leaves."""
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    audit.record(
        type="members.membership_ended",
        by=by,
        obj=membership,
        old=audit.snapshot(membership, MEMBERSHIP_FIELDS),
    )
    acting.tell_ended(membership)
    mails.send_membership_notice(membership, what=_("この団体の担当ではなくなりました。"))
    return membership


def _locked(membership: Membership) -> Membership:
    """With the row of the organisation: two managers who leave at once come one after the other."""
    Organization.objects.select_for_update(of=("self",)).get(pk=membership.organization_id)
    return (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organization", "user")
        .get(pk=membership.pk)
    )


def _check_is_current(membership: Membership) -> None:
    if membership.ended_at is not None:
        raise Refused(_("この人は、もうこの団体の担当ではありません。画面を読み込み直してください。"))


def _changes_in_words(membership: Membership, new: dict[str, Any]) -> str:
    sentences = []
    if "role" in new:
        role = MembershipRole(membership.role).label
        sentences.append(_("担当の権限が「%(role)s」になりました。") % {"role": role})
    if "is_contact" in new:
        sentences.append(
            _("事務局からの連絡が届くようになりました。")
            if membership.is_contact
            else _("事務局からの連絡は届かなくなりました。")
        )
    return "".join(sentences)
