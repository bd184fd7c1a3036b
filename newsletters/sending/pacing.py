"""How fast the mail server may be given mails, and when it is left alone. Kept in a row, for all machines together."""

import datetime as dt
import logging
import math
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletters.models import Pace

logger = logging.getLogger(__name__)

# So much may leave at once after a quiet time: the mails of six seconds, or one batch.
BURST_SECONDS = 6
SMALLEST_BURST = 20
# How long a server that turns us away is left alone: longer each time in a row.
RESTS = [dt.timedelta(seconds=seconds) for seconds in (5, 15, 30, 60, 120, 300)]


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many mails may leave now. None: how long to wait for the next one; `is_resting`: the server is left alone."""

    mails: int
    wait: float = 0.0  # seconds
    is_resting: bool = False


def take(wanted: int) -> Allowance:
    now = timezone.now()
    per_second = settings.PORTAL_NEWSLETTERS_PER_MINUTE / 60
    with transaction.atomic():
        pace = _locked()
        if pace.rests_until_at and pace.rests_until_at > now:
            return Allowance(0, (pace.rests_until_at - now).total_seconds(), is_resting=True)
        passed = max(0.0, (now - pace.refilled_at).total_seconds())
        filled = min(_burst(), pace.allowance + passed * per_second)
        granted = min(wanted, math.floor(filled))
        pace.allowance, pace.refilled_at = filled - granted, now
        pace.save(update_fields=["allowance", "refilled_at"])
    return Allowance(granted, 0.0 if granted else (1 - pace.allowance) / per_second)


def give_back(mails: int) -> None:
    """What was taken and not used."""
    if mails:
        with transaction.atomic():
            pace = _locked()
            pace.allowance = min(_burst(), pace.allowance + mails)
            pace.save(update_fields=["allowance"])


def rest(words: str) -> None:
    """The server turns us away: everybody leaves it alone for a while. Several who notice at once count as one."""
    now = timezone.now()
    with transaction.atomic():
        pace = _locked()
        if pace.rests_until_at and pace.rests_until_at > now:
            return
        pace.rests_until_at = now + RESTS[min(pace.failures, len(RESTS) - 1)]
        pace.failures += 1
        pace.save(update_fields=["rests_until_at", "failures"])
    logger.warning("newsletters wait, the mail server is away: %s", words)


def is_well() -> None:
    """The server took a mail: the next rest is a short one again."""
    Pace.objects.filter(name=server_name(), failures__gt=0).update(failures=0, rests_until_at=None)


def server_name() -> str:
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"[-40:]


def _locked() -> Pace:
    name = server_name()
    Pace.objects.get_or_create(name=name, defaults={"allowance": _burst()})
    pace: Pace = Pace.objects.select_for_update().get(name=name)
    return pace


def _burst() -> float:
    return max(SMALLEST_BURST, settings.PORTAL_NEWSLETTERS_PER_MINUTE / 60 * BURST_SECONDS)
