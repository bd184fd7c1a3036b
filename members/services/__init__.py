"""Writes, by subject. Each with its audit event in the same transaction."""

from members.services.invitations import (
    InvitationUnusableError,
    accept_invitation,
    find_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from members.services.users import (
    change_user,
    create_administrator,
    deactivate_user,
    end_sessions,
    mail_or_log,
    reactivate_user,
    reencrypt_second_factors,
    reset_second_factor,
)

__all__ = [
    "InvitationUnusableError",
    "accept_invitation",
    "change_user",
    "create_administrator",
    "deactivate_user",
    "end_sessions",
    "find_invitation",
    "invite",
    "mail_or_log",
    "reactivate_user",
    "reencrypt_second_factors",
    "resend_invitation",
    "reset_second_factor",
    "withdraw_invitation",
]
