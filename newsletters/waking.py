"""Waking the senders of an issue after a commit."""

import logging

from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

WAKE_UP_LASTS = 50  # seconds; one that nobody heard for so long is stale, the tick has come meanwhile


def wake_senders(issue_id: int) -> None:
    """Asks a worker to send now. Without the queue the tick does it within half a minute."""
    from newsletters.tasks.sending import pump  # the task wakes the next one

    try:
        pump.apply_async([issue_id], retry=False, expires=WAKE_UP_LASTS)
    except OperationalError as error:
        logger.warning("newsletters wait for the tick: %s", type(error).__name__)


def wake_senders_after_commit(issue_id: int) -> None:
    transaction.on_commit(lambda: wake_senders(issue_id))
