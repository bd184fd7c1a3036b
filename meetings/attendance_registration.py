"""What other apps are told of invitations and attendance when this one starts."""

from meetings import attendance_waiting
from meetings.audit_labels.attendance import LABELS
from meetings.mails.attendance import KINDS
from meetings.services.attendance.forgetting import HANDLINGS
from members import belongings, correspondence, waiting
from platform_portal import personal_data
from platform_portal.audit import kinds as audit_kinds
from platform_portal.mail import kinds as mail_kinds


def register_attendance() -> None:
    """Called once, when the app is ready."""
    audit_kinds.register(LABELS)
    mail_kinds.register(KINDS)
    for label, handling in HANDLINGS.items():
        personal_data.handle(label, handling)
    belongings.register(attendance_waiting.invitations_of)
    belongings.register(attendance_waiting.meetings_attended_by)
    correspondence.register(attendance_waiting.written_about)
    waiting.register(attendance_waiting.answers_wait)
