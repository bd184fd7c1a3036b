"""Meetings, their papers, who came, and what was said."""

from meetings.models.action_items import ActionItem
from meetings.models.agenda import AgendaItem
from meetings.models.attendance import COMING, Answer, AnswerWay, Attendance, Attendee, InvitationLetter
from meetings.models.audiences import Audience, inside, visible
from meetings.models.bodies import Body, SpeakerAlias
from meetings.models.calendar_links import CalendarLink
from meetings.models.case_studies import CaseStudy, CaseStudySign
from meetings.models.confirmation import (
    ChangeReason,
    ConfirmationAnswer,
    ConfirmationRequest,
    ConfirmationRound,
    ProposalState,
    ProposedChange,
)
from meetings.models.corrections import Correction, CorrectionState, HiddenIn
from meetings.models.documents import Document, DocumentKind, DocumentVersion
from meetings.models.events import ApplicantState, Event, EventApplication, EventKind, EventRevision
from meetings.models.leaks import LeakDecision
from meetings.models.meetings import Meeting, MeetingState, ParticipantCount
from meetings.models.minutes import (
    Edition,
    Minutes,
    MinutesFlag,
    MinutesImport,
    Utterance,
    UtteranceKind,
)
from meetings.models.renderings import MinutesPdf

__all__ = [
    "COMING",
    "ActionItem",
    "AgendaItem",
    "Answer",
    "AnswerWay",
    "ApplicantState",
    "Attendance",
    "Attendee",
    "Audience",
    "Body",
    "CalendarLink",
    "CaseStudy",
    "CaseStudySign",
    "ChangeReason",
    "ConfirmationAnswer",
    "ConfirmationRequest",
    "ConfirmationRound",
    "Correction",
    "CorrectionState",
    "Document",
    "DocumentKind",
    "DocumentVersion",
    "Edition",
    "Event",
    "EventApplication",
    "EventKind",
    "EventRevision",
    "HiddenIn",
    "InvitationLetter",
    "LeakDecision",
    "Meeting",
    "MeetingState",
    "Minutes",
    "MinutesFlag",
    "MinutesImport",
    "MinutesPdf",
    "ParticipantCount",
    "ProposalState",
    "ProposedChange",
    "SpeakerAlias",
    "Utterance",
    "UtteranceKind",
    "inside",
    "visible",
]
