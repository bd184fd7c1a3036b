"""Letting the sender run, as the tick does."""

import datetime as dt
from typing import Any

from django.core import mail
from django.utils import timezone

from platform_portal.mail.sending import Tally, send_waiting


def run_sender(limit: int = 100) -> Tally:
    return send_waiting(limit=limit, until=timezone.now() + dt.timedelta(minutes=1))


def delivered() -> list[Any]:
    """Sends what waits; all messages that have left in this test."""
    run_sender()
    return list(mail.outbox)
