"""People, the organisations they act for, and how both come in."""

from members.models.applications import (
    UNCONFIRMED_DAYS,
    Application,
    ApplicationQuestion,
    ApplicationState,
    JoiningCriterion,
    JoiningRules,
)
from members.models.board import (
    BoardMessage,
    BoardReport,
    Conversation,
    ConversationParty,
    Offer,
    OfferResource,
    OfferSide,
    OfferState,
    writes_for,
)
from members.models.charters import Charter, CharterConsent, CharterNotice, hash_of_text
from members.models.distinctions import Distinction
from members.models.importing import OrganizationImport, OrganizationImportRow
from members.models.invitations import (
    INVITATION_DAYS,
    Invitation,
    InvitationCondition,
    InvitationQuerySet,
    hash_secret,
    in_a_week,
    new_secret,
)
from members.models.memberships import Membership, MembershipRole
from members.models.organizations import (
    AddressVisibility,
    Organization,
    OrganizationKind,
    OrganizationState,
    Sector,
    Strength,
)
from members.models.revisions import OrganizationRevision
from members.models.users import User, validate_one_line

__all__ = [
    "INVITATION_DAYS",
    "UNCONFIRMED_DAYS",
    "AddressVisibility",
    "Application",
    "ApplicationQuestion",
    "ApplicationState",
    "BoardMessage",
    "BoardReport",
    "Charter",
    "CharterConsent",
    "CharterNotice",
    "Conversation",
    "ConversationParty",
    "Distinction",
    "Invitation",
    "InvitationCondition",
    "InvitationQuerySet",
    "JoiningCriterion",
    "JoiningRules",
    "Membership",
    "MembershipRole",
    "Offer",
    "OfferResource",
    "OfferSide",
    "OfferState",
    "Organization",
    "OrganizationImport",
    "OrganizationImportRow",
    "OrganizationKind",
    "OrganizationRevision",
    "OrganizationState",
    "Sector",
    "Strength",
    "User",
    "hash_of_text",
    "hash_secret",
    "in_a_week",
    "new_secret",
    "validate_one_line",
    "writes_for",
]
