"""What tasks and commands call: `tick` looks after everything, `pump` sends a piece of one issue."""

import datetime as dt
import logging
import math
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.db import Error, connections
from django.utils import timezone

from newsletters.attached import ChangedFileError, approved_content_of, read_attached
from newsletters.mime import Letter
from newsletters.models import Delivery, Issue, IssueState
from newsletters.sending import steps
from newsletters.sending.senders import BATCH, Bounds, Sender, Tally
from newsletters.services.completing import complete_if_done
from newsletters.services.freezing import freeze_issue

logger = logging.getLogger(__name__)

# Of one pump. A container that is stopped has 30 seconds; cut off, a pump leaves its copies in the air in doubt.
PUMP_SECONDS = 20
MAILS_PER_CONNECTION = 100


def tick() -> list[int]:
    """Takes back what the dead held, freezes what is due, completes what is done; the issues that need a pump."""
    steps.reap()
    steps.cancel_what_waits()
    _freeze_due()
    sending = Issue.objects.filter(state=IssueState.SENDING).order_by("send_at", "pk")
    return [issue.pk for issue in sending if not complete_if_done(issue) and has_more(issue.pk)]


def _freeze_due() -> None:
    """One that cannot be frozen just now does not hold up the others."""
    due = Issue.objects.filter(state=IssueState.SCHEDULED, send_at__lte=timezone.now())
    for issue in due.order_by("send_at", "pk"):
        try:
            freeze_issue(issue)
        except (OSError, Error) as error:
            logger.error("issue %s could not be frozen: %s", issue.public_id, type(error).__name__)


def has_more(issue_id: int) -> bool:
    """Whether a pump would find something to send now."""
    ready = Delivery.objects.ready(timezone.now())
    return bool(ready.filter(issue=issue_id, issue__state=IssueState.SENDING).exists())


def pump(issue_id: int, stop: threading.Event | None = None) -> Tally:
    """Sends what is due of an issue: for PUMP_SECONDS, and at most MAILS_PER_CONNECTION on each connection."""
    issue = Issue.objects.select_related("newsletter").filter(pk=issue_id, state=IssueState.SENDING).first()
    if issue is None:
        return Tally()
    letter = _letter_of(issue)
    if letter is None:
        return Tally()
    until = timezone.now() + dt.timedelta(seconds=PUMP_SECONDS)
    tally = send_by(
        _senders_for(issue), issue, letter, Bounds(until, MAILS_PER_CONNECTION, stop or threading.Event())
    )
    complete_if_done(issue)
    return tally


def _letter_of(issue: Issue) -> Letter | None:
    content = approved_content_of(issue)
    try:
        return Letter(content, issue.newsletter, read_attached(issue, content))
    except (ChangedFileError, OSError) as error:
        logger.error("issue %s waits, a file of it cannot be read: %s", issue.public_id, type(error).__name__)
        return None


def _senders_for(issue: Issue) -> int:
    """No connection for less than a batch."""
    most = settings.PORTAL_NEWSLETTER_SENDERS
    ready = Delivery.objects.ready(timezone.now()).filter(issue=issue)
    return min(most, math.ceil(ready[: most * BATCH].count() / BATCH))


def send_by(count: int, issue: Issue, letter: Letter, bounds: Bounds) -> Tally:
    """By so many connections at once; a single one works in the thread of whoever asks."""
    if count <= 1:
        return Sender(issue, letter, bounds).run()
    whole = Tally()
    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(_in_thread, issue, letter, bounds) for _ in range(count)]
        try:
            for future in futures:
                whole.add(future.result())
        except BaseException:
            bounds.abandoned.set()  # whatever ended the waiting ends the other senders too, at their next copy
            raise
    return whole


def _in_thread(issue: Issue, letter: Letter, bounds: Bounds) -> Any:
    try:
        return Sender(issue, letter, bounds).run()
    finally:
        connections.close_all()
