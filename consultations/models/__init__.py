from consultations.models.calendar import CalendarOverride, WindowException
from consultations.models.category import Category
from consultations.models.channel import Channel, Schedule, Toll
from consultations.models.feedback import ErrorReport, ZeroHitWord
from consultations.models.importing import WindowImport, WindowImportRow
from consultations.models.kinds import ChannelKind
from consultations.models.link import LinkCheck
from consultations.models.revision import WindowRevision
from consultations.models.verification import VerificationCall, VerificationRequest, VerificationRules
from consultations.models.window import (
    AddressVisibility,
    Anonymity,
    AreaScope,
    Asker,
    ConsultationWindow,
    Fallback,
    Fee,
    VerificationSource,
)
from platform_portal.publishing.revisions import RevisionState

__all__ = [
    "AddressVisibility",
    "Anonymity",
    "AreaScope",
    "Asker",
    "CalendarOverride",
    "Category",
    "Channel",
    "ChannelKind",
    "ConsultationWindow",
    "ErrorReport",
    "Fallback",
    "Fee",
    "LinkCheck",
    "RevisionState",
    "Schedule",
    "Toll",
    "VerificationCall",
    "VerificationRequest",
    "VerificationRules",
    "VerificationSource",
    "WindowException",
    "WindowImport",
    "WindowImportRow",
    "WindowRevision",
    "ZeroHitWord",
]
