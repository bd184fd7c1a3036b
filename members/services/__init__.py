"""Writes, by subject. Each with its audit event in the same transaction."""

from members.services.accepting import accept_invitation, accept_with_account
from members.services.invitations import (
    InvitationUnusableError,
    find_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from members.services.memberships import invite_to_organization, start_membership
from members.services.users import (
    change_user,
    create_administrator,
    deactivate_user,
    end_sessions,
    reactivate_user,
    reencrypt_second_factors,
    reset_second_factor,
)

__all__ = [
    "InvitationUnusableError",
    "accept_invitation",
    "accept_with_account",
    "change_user",
    "create_administrator",
    "deactivate_user",
    "end_sessions",
    "find_invitation",
    "invite",
    "invite_to_organization",
    "reactivate_user",
    "reencrypt_second_factors",
    "resend_invitation",
    "reset_second_factor",
    "start_membership",
    "withdraw_invitation",
]
