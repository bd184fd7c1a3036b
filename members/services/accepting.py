"""An invitation is accepted: by somebody new, who gets an account, or by somebody who has one already."""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Invitation, User
from members.services.invitations import usable_or_raise
from members.services.memberships import start_membership
from members.services.users import USER_FIELDS
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit


@transaction.atomic
def accept_invitation(*, secret: str, name: str, password: str) -> User:
    """Makes the account, and the membership if there is an organisation.

    The row lock lets only one of two simultaneous requests through.
    `password` has passed the validators. Raises InvitationUnusableError, ValidationError.
    """
    invitation = _locked(secret)
    user = User.objects.create_user(
        invitation.email,
        password,
        name=name.strip(),
        section=invitation.section,
        role=invitation.role,
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    audit.record(
        type="members.user_created", by=user, obj=user, new=audit.snapshot(user, ("email", *USER_FIELDS))
    )
    _settle(invitation, user)
    return user


@transaction.atomic
def accept_with_account(*, secret: str, by: User) -> Invitation:
    """Adds a membership to the account that the invitation was sent to. What the account may do stays as it is.

    Raises InvitationUnusableError, Refused, ValidationError.
    """
    invitation = _locked(secret)
    if invitation.organization is None:
        raise Refused(_("この招待は、新しい利用者のためのものです。招待した人に聞いてください。"))
    if by.email.casefold() != invitation.email.casefold():
        raise Refused(
            _(
                "この招待は、ほかのメールアドレスに送られたものです。"
                "いちどサインアウトして、招待を受けたメールアドレスでサインインしてください。"
            )
        )
    _settle(invitation, by)
    return invitation


def _locked(secret: str) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("organization")
    return usable_or_raise(rows.with_secret(secret).first())


def _settle(invitation: Invitation, user: User) -> None:
    invitation.accepted_at, invitation.accepted_by = timezone.now(), user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    audit.record(type="members.invitation_accepted", by=user, obj=invitation)
    if invitation.organization is not None:
        start_membership(
            organization=invitation.organization, user=user, role=invitation.membership_role, by=user
        )
