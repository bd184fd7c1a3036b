"""Asking again those who have not answered: some days before the due date, on that day, and when staff want to.

Safe any number of times a day and beside another run: a meeting's turn is taken under its lock, and each row says when
it was asked last.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Attendance, Meeting
from meetings.permissions.attendance import check_can_invite_to_meeting
from meetings.services.attendance.letters import ask, recipients_of
from meetings.services.locking import lock_meeting
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit

logger = logging.getLogger(__name__)

DAYS_BEFORE = 3
# A second press of the button within this time asks nobody twice.
PAUSE = dt.timedelta(hours=1)


@dataclass(slots=True)
class Tally:
    meetings: int = 0
    mails: int = 0
    failed: int = 0


def remind_of_meetings() -> Tally:
    """All that is due today. One meeting whose mails cannot be written does not keep the others waiting."""
    today = timezone.localdate()
    tally = Tally()
    due = Meeting.objects.coming().filter(answers_due_on__lte=today + dt.timedelta(days=DAYS_BEFORE))
    for key in list(due.values_list("pk", flat=True)):
        try:
            sent = _take_turn(key, today)
        except Exception:  # one meeting must not keep the others from being told
            # Its transaction is undone as a whole; the next run tries again.
            logger.exception("meeting %s could not be reminded of", key)
            tally.failed += 1
        else:
            tally.meetings += bool(sent)
            tally.mails += sent
    return tally


@transaction.atomic
def _take_turn(key: int, today: dt.date) -> int:
    meeting: Meeting | None = (
        Meeting.objects.coming().select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    )
    if meeting is None or meeting.answers_due_on is None:
        return 0
    step = step_of(meeting.answers_due_on, today)
    if step is None:
        return 0
    rows = [row for row in _waiting(meeting) if timezone.localdate(_last_asked_at(row)) < step]
    return _remind(meeting, rows, by=None)


def step_of(due_on: dt.date, today: dt.date) -> dt.date | None:
    """The day of the latest reminder that should have gone out by `today`; one who was asked since is left alone."""
    steps = (due_on, due_on - dt.timedelta(days=DAYS_BEFORE))
    return next((step for step in steps if step <= today), None)


def _last_asked_at(row: Attendance) -> dt.datetime:
    return max(moment for moment in (row.invited_at, row.reminded_at) if moment)


@transaction.atomic
def remind_now(*, meeting: Meeting, by: Any) -> int:
    """Asks all who have not answered and were not asked within the last hour. Returns how many mails. Raises Refused."""
    locked = lock_meeting(meeting)
    check_can_invite_to_meeting(by, locked)
    limit = timezone.now() - PAUSE
    waiting = _waiting(locked)
    rows = [row for row in waiting if _last_asked_at(row) <= limit]
    if waiting and not rows:
        raise Refused(_("1時間以内に、もうメールを送っています。時間をおいてから送ってください。"))
    return _remind(locked, rows, by=by)


def _waiting(meeting: Meeting) -> list[Attendance]:
    rows = meeting.attendances.unanswered().filter(letter=None).select_related("organization")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _remind(meeting: Meeting, rows: list[Attendance], *, by: Any) -> int:
    recipients = recipients_of(rows)
    reached = {row.pk: row for row, _person in recipients}
    now = timezone.now()
    Attendance.objects.filter(pk__in=reached).update(reminded_at=now)
    audit.record_all(
        audit.prepare(type="meetings.attendance_reminded", by=by, obj=row) for row in reached.values()
    )
    ask(meeting, recipients, is_reminder=True)
    return len(recipients)
