"""Writes, by subject. Each with its audit event in the same transaction."""

from members.services.accepting import accept_invitation, accept_with_account
from members.services.applications import (
    CharterChangedError,
    Outcome,
    answer_questions,
    approve_application,
    approve_applications,
    confirm_application,
    erase_unconfirmed,
    note_on_application,
    refuse_application,
    return_application,
    submit_application,
    withdraw_application,
)
from members.services.charters import delete_charter, publish_charter, write_charter
from members.services.consents import consent_to_charter
from members.services.invitations import (
    InvitationUnusableError,
    find_invitation,
    invite,
    resend_invitation,
    withdraw_invitation,
)
from members.services.masters import save_joining_rules, save_master
from members.services.memberships import (
    change_membership,
    end_membership,
    invite_to_organization,
    start_membership,
)
from members.services.merging import Side, merge_organizations, merge_version
from members.services.organizations import come_back, leave_platform, save_organization
from members.services.personal_data import erase_person, export_personal_data
from members.services.profiles import (
    Change,
    OrganizationChangedMeanwhile,
    approve_organization_revision,
    change_own_profile,
    return_organization_revision,
    version_of,
    withdraw_organization_revision,
)
from members.services.retention import (
    scrub_closed_applications,
    scrub_left_organizations,
    scrub_settled_invitations,
)
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
    "Change",
    "CharterChangedError",
    "InvitationUnusableError",
    "OrganizationChangedMeanwhile",
    "Outcome",
    "Side",
    "accept_invitation",
    "accept_with_account",
    "answer_questions",
    "approve_application",
    "approve_applications",
    "approve_organization_revision",
    "change_membership",
    "change_own_profile",
    "change_user",
    "come_back",
    "confirm_application",
    "consent_to_charter",
    "create_administrator",
    "deactivate_user",
    "delete_charter",
    "end_membership",
    "end_sessions",
    "erase_person",
    "erase_unconfirmed",
    "export_personal_data",
    "find_invitation",
    "invite",
    "invite_to_organization",
    "leave_platform",
    "merge_organizations",
    "merge_version",
    "note_on_application",
    "publish_charter",
    "reactivate_user",
    "reencrypt_second_factors",
    "refuse_application",
    "resend_invitation",
    "reset_second_factor",
    "return_application",
    "return_organization_revision",
    "save_joining_rules",
    "save_master",
    "save_organization",
    "scrub_closed_applications",
    "scrub_left_organizations",
    "scrub_settled_invitations",
    "start_membership",
    "submit_application",
    "version_of",
    "withdraw_application",
    "withdraw_invitation",
    "withdraw_organization_revision",
    "write_charter",
]
