"""Writes, by subject. Each with its audit event in the same transaction."""

from members.services.accepting import accept_invitation, accept_with_account
from members.services.charters import delete_charter, publish_charter, write_charter
from members.services.invitations import (
    InvitationUnusableError,
    find_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from members.services.masters import save_joining_rules, save_master
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
    "delete_charter",
    "end_sessions",
    "find_invitation",
    "invite",
    "invite_to_organization",
    "publish_charter",
    "reactivate_user",
    "reencrypt_second_factors",
    "resend_invitation",
    "reset_second_factor",
    "save_joining_rules",
    "save_master",
    "start_membership",
    "withdraw_invitation",
    "write_charter",
]
