"""Invitations, each step with its audit event in the same transaction."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members import mails, permissions
from members.models import Invitation, InvitationCondition, User, hash_secret, in_a_week, new_secret
from members.services.users import USER_FIELDS
from platform_portal.audit import services as audit
from platform_portal.mail.services import cancel_mails_about


class InvitationUnusableError(Exception):
    """The link does not lead to an open invitation. `condition` is None for a secret nobody was sent."""

    def __init__(self, condition: InvitationCondition | None) -> None:
        super().__init__(condition)
        self.condition = condition


@transaction.atomic
def invite(*, email: str, name: str, section: str, role: str, by: Any) -> Invitation:
    """Keeps a place for one person and puts the mail with the link into the outbox.

    Raises Refused, ValidationError (keyed by field).
    """
    permissions.check_can_invite(by)
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise ValidationError({"email": _("このメールアドレスの利用者は、すでにいます。")})
    return keep_invitation(Invitation(email=email, name=name, section=section, role=role), by=by)


@transaction.atomic
def keep_invitation(invitation: Invitation, *, by: Any) -> Invitation:
    """Stores an invitation that `by` may send, and mails it. Raises ValidationError."""
    secret = new_secret()
    invitation.email = invitation.email.strip().lower()
    invitation.name, invitation.section = invitation.name.strip(), invitation.section.strip()
    invitation.secret_hash, invitation.invited_by = hash_secret(secret), by
    same = Invitation.objects.unsettled().filter(email__iexact=invitation.email)
    if same.filter(organization=invitation.organization).exists():
        raise _already_invited()
    invitation.full_clean(exclude=["secret_hash"])
    _save_or_refuse(invitation)
    audit.record(
        type="members.invitation_sent",
        by=by,
        obj=invitation,
        new=audit.snapshot(invitation, ("email", *USER_FIELDS, "organization", "membership_role")),
    )
    mails.send_invitation(invitation, secret)
    return invitation


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Any) -> Invitation:
    """Renews the secret and the time limit and mails again.

    A mail with the old link that still waits is called off.
    """
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    permissions.check_can_resend_invitation(by, locked)
    secret = new_secret()
    old = audit.snapshot(locked, ("expires_at",))
    locked.secret_hash = hash_secret(secret)
    locked.expires_at = in_a_week()
    locked.save(update_fields=["secret_hash", "expires_at"])
    audit.record(
        type="members.invitation_resent",
        by=by,
        obj=locked,
        old=old,
        new=audit.snapshot(locked, ("expires_at",)),
    )
    cancel_mails_about(locked)
    mails.send_invitation(locked, secret)
    return locked


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Any) -> Invitation:
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    permissions.check_can_withdraw_invitation(by, locked)
    locked.withdrawn_at, locked.withdrawn_by = timezone.now(), by
    locked.save(update_fields=["withdrawn_at", "withdrawn_by"])
    cancel_mails_about(locked)
    audit.record(type="members.invitation_withdrawn", by=by, obj=locked)
    return locked


def find_invitation(secret: str) -> Invitation:
    """The open invitation of this secret. Raises InvitationUnusableError."""
    return usable_or_raise(Invitation.objects.with_secret(secret).first())


def usable_or_raise(invitation: Invitation | None) -> Invitation:
    if invitation is None:
        raise InvitationUnusableError(None)
    if invitation.condition != InvitationCondition.OPEN:
        raise InvitationUnusableError(invitation.condition)
    if invitation.organization is not None and not invitation.organization.is_active:
        raise InvitationUnusableError(InvitationCondition.WITHDRAWN)
    return invitation


def _save_or_refuse(invitation: Invitation) -> None:
    """Two administrators may invite the same person in the same second: the constraint decides."""
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise _already_invited() from error


def _already_invited() -> ValidationError:
    text = _("この人への招待は、すでに送ってあります。招待の一覧の「もう一度送る」を使ってください。")
    return ValidationError({"email": text})
