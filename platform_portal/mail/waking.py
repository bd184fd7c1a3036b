"""Waking the sender after a commit."""

import logging

from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

WAKE_UP_LASTS = 50  # seconds; one that nobody heard for so long is stale, the tick has come meanwhile


def wake_sender() -> None:
    """Asks the worker to send now. Without the queue the tick does it within a minute."""
    from platform_portal.mail.tasks import send_waiting_mails  # the task's services wake the sender too

    try:
        send_waiting_mails.apply_async(retry=False, expires=WAKE_UP_LASTS)
    except OperationalError as error:
        logger.warning("mails wait for the tick: %s", type(error).__name__)
