"""The link in an invitation: signed, so that nothing secret is stored.

It says which invitation, in which version, and to whom it went. It opens while the invitation stands, while that
person acts for the organisation, and until the meeting is over.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.core import signing
from django.utils import timezone

from meetings.models import Attendance, Meeting, MeetingState
from members.models import Membership, Organization
from platform_portal import open_pages
from platform_portal.open_pages import UnusableLinkError

GUEST = 0
# Of meetings of which nobody has said when they end.
LONGEST = dt.timedelta(hours=12)


class Problem(StrEnum):
    BROKEN = open_pages.BROKEN
    REPLACED = "replaced"  # a newer mail was sent
    WITHDRAWN = "withdrawn"  # the secretariat took the invitation back
    GONE = "gone"  # the person no longer acts for the organisation, or that has left
    CANCELLED = "cancelled"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Link:
    attendance: Attendance
    user_id: int


def _signer() -> signing.Signer:
    return signing.Signer(salt="meetings.attendance")


def make_answer_token(attendance: Attendance, user_id: int = GUEST) -> str:
    return _signer().sign_object([attendance.pk, attendance.link_version, user_id])


def read_answer_token(token: str) -> Link:
    """Raises UnusableLinkError."""
    try:
        key, version, user_id = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise UnusableLinkError(Problem.BROKEN) from error
    rows = Attendance.objects.select_related("meeting__body", "organization")
    attendance = rows.filter(pk=key).first()
    if attendance is None:
        raise UnusableLinkError(Problem.BROKEN)
    problem = _problem_of(attendance, version, user_id)
    if problem is not None:
        # Who may no longer answer learns nothing more about the meeting.
        tells = problem in {Problem.CANCELLED, Problem.OVER}
        raise UnusableLinkError(problem, meeting=attendance.meeting if tells else None)
    return Link(attendance, user_id)


def _problem_of(attendance: Attendance, version: int, user_id: int) -> Problem | None:
    meeting = attendance.meeting
    if attendance.withdrawn_at is not None or attendance.invited_at is None:
        return Problem.WITHDRAWN
    if attendance.link_version != version:
        return Problem.REPLACED
    if not _still_acts(attendance, user_id):
        return Problem.GONE
    if meeting.state == MeetingState.CANCELLED:
        return Problem.CANCELLED
    return Problem.OVER if meeting.is_over or over_at(meeting) <= timezone.now() else None


def _still_acts(attendance: Attendance, user_id: int) -> bool:
    """Not only a contact of today: whoever merged organisations or stopped mails may still answer an old one."""
    if attendance.organization_id is None:
        return user_id == GUEST
    return (
        Membership.objects.current()
        .filter(
            user=user_id,
            user__is_active=True,
            organization=attendance.organization_id,
            organization__in=Organization.objects.active(),
        )
        .exists()
    )


def over_at(meeting: Meeting) -> dt.datetime:
    """When links about the meeting end."""
    return meeting.ends_at or meeting.starts_at + LONGEST
