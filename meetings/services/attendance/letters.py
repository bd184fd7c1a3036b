"""Mails that ask for an answer or tell of a change: a few within the request, many in the background.

A thousand of them take a worker some seconds to write. What waits is marked on each invitation, so that a run that is
cut off goes on where it stopped and nobody is written to twice.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from meetings.addressees import Addressee, Addressees, reachable
from meetings.mails import attendance as mails
from meetings.models import Answer, Attendance, InvitationLetter, Meeting, MeetingState
from meetings.services.attendance.telling import known_before, news_of, send_news

logger = logging.getLogger(__name__)

AT_ONCE = 50  # mails that a request writes itself
BATCH = 100  # invitations that one transaction of a worker deals with
_WAKE_UP_LASTS = 50  # seconds; the tick comes every minute


def recipients_of(rows: Iterable[Attendance]) -> list[tuple[Attendance, Addressee]]:
    """Everybody who can be reached by mail about these. Two queries."""
    listed = list(rows)
    addressees = Addressees.of_attendances(listed)
    return [(row, person) for row in listed for person in reachable(addressees.of(row))]


def ask(
    meeting: Meeting,
    recipients: Sequence[tuple[Attendance, Addressee]],
    *,
    is_reminder: bool = False,
    message: str = "",
) -> None:
    """Within the transaction of whoever asks, who holds the lock on the meeting."""
    if len(recipients) <= AT_ONCE:
        _send(meeting, recipients, is_reminder=is_reminder, message=message)
        return
    letter = InvitationLetter.objects.create(meeting=meeting, is_reminder=is_reminder, message=message)
    Attendance.objects.filter(pk__in={row.pk for row, _person in recipients}).update(letter=letter)
    transaction.on_commit(_wake_writer)


def tell(
    meeting: Meeting, recipients: Sequence[tuple[Attendance, Addressee]], *, before: Mapping[str, Any]
) -> int:
    """Of a change, for whoever made it and holds the locks. Returns how many mails there will be.

    Of what changes again before a worker has written, people hear once, as it is then: `before` is kept, not the news.
    """
    news = news_of(meeting, before)
    if news is None:
        return 0
    if len(recipients) <= AT_ONCE:
        return send_news(meeting, recipients, news)
    letter = InvitationLetter.objects.create(meeting=meeting, before=known_before(meeting, before))
    Attendance.objects.filter(pk__in={row.pk for row, _person in recipients}).update(notice=letter)
    transaction.on_commit(_wake_writer)
    return len(recipients)


def _send(
    meeting: Meeting, recipients: Iterable[tuple[Attendance, Addressee]], *, is_reminder: bool, message: str
) -> None:
    if is_reminder:
        mails.send_reminders(meeting, recipients)
    else:
        mails.send_invitations(meeting, recipients, message=message)


def _wake_writer() -> None:
    from meetings.tasks.attendance import write_letters  # the task calls this module

    try:
        write_letters.apply_async(retry=False, expires=_WAKE_UP_LASTS)
    except OperationalError as error:
        logger.warning("invitations wait for the tick: %s", type(error).__name__)


def write_waiting() -> int:
    """All that waits, a batch in each transaction. Safe beside another run. Returns how many invitations."""
    written = 0
    for field, write in (("letter", _write_requests), ("notice", _write_notices)):
        while count := _write_batch(field, write):
            written += count
    return written


@transaction.atomic
def _write_batch(field: str, write: Callable[[InvitationLetter, Sequence[Attendance]], None]) -> int:
    """`field`: what marks an attendance as waiting."""
    waiting = Attendance.objects.filter(**{f"{field}__isnull": False})
    rows = waiting.select_for_update(of=("self",), skip_locked=True).select_related(
        "organization", f"{field}__meeting__body"
    )
    batch = list(rows.order_by(field, "pk")[:BATCH])
    for letter, of_letter in groupby(batch, key=attrgetter(field)):
        write(letter, [row for row in of_letter if row.withdrawn_at is None])
    Attendance.objects.filter(pk__in=[row.pk for row in batch]).update(**{field: None})
    InvitationLetter.objects.filter(attendances=None, noticed=None).delete()
    return len(batch)


def _write_requests(letter: InvitationLetter, rows: Sequence[Attendance]) -> None:
    """Nobody is asked to what has been called off, has begun, or was answered meanwhile."""
    meeting = letter.meeting
    if meeting.state != MeetingState.PLANNED or meeting.starts_at <= timezone.now():
        return
    asked = [row for row in rows if row.answer == Answer.WAITING]
    _send(meeting, recipients_of(asked), is_reminder=letter.is_reminder, message=letter.message)


def _write_notices(letter: InvitationLetter, rows: Sequence[Attendance]) -> None:
    """Nobody is told of what is again as it was."""
    news = news_of(letter.meeting, letter.before)
    if news is not None:
        send_news(letter.meeting, recipients_of(rows), news)
