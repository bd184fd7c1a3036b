"""Not faster than the relay bears, and not at all while it turns us away."""

import datetime as dt
import threading
from collections.abc import Callable

import pytest
import time_machine
from django.utils import timezone

from newsletters.models import Issue, Pace
from newsletters.sending import pacing, pumping, senders
from newsletters.sending.senders import Bounds
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

MakeIssue = Callable[..., Issue]


def test_not_faster_than_the_relay_bears(server: SmtpServer, issue_to: MakeIssue, settings) -> None:
    """Across processes and restarts: it is counted in the database."""
    settings.PORTAL_NEWSLETTERS_PER_MINUTE = 60
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert pacing.take(100).mails == pacing.SMALLEST_BURST, "after a quiet time"
        waiting = pacing.take(5)
        assert (waiting.mails, waiting.is_resting) == (0, False)
        assert waiting.wait == pytest.approx(1)
        clock.shift(3)
        assert pacing.take(5).mails == 3
        pacing.give_back(2)
        pacing.give_back(0)
        assert pacing.take(5).mails == 2
        clock.shift(3600)
        assert pacing.take(100).mails == pacing.SMALLEST_BURST, "nothing is saved up"
        clock.shift(-3600)
        assert pacing.take(1).mails == 0


def test_waiting_for_the_next_mail_ends_with_the_pump(
    server: SmtpServer, issue_to: MakeIssue, settings, monkeypatch
) -> None:
    settings.PORTAL_NEWSLETTERS_PER_MINUTE = 6
    monkeypatch.setattr(senders, "LONGEST_NAP", 0.0)
    issue = issue_to(*[f"n{number}" for number in range(22)])
    pumping.tick()
    with time_machine.travel(timezone.now()) as clock:
        naps: list[float] = []
        stop = threading.Event()
        monkeypatch.setattr(stop, "wait", lambda seconds: (naps.append(seconds), clock.shift(5)))
        assert pumping.pump(issue.pk, stop).accepted in {21, 22}
    assert naps


def test_several_who_notice_at_once_count_as_one(server: SmtpServer) -> None:
    pacing.rest("ConnectionRefusedError")
    pacing.rest("ConnectionRefusedError")
    assert Pace.objects.get().failures == 1


def test_bounds() -> None:
    assert Bounds(timezone.now(), 5).are_reached
    assert not Bounds(timezone.now() + dt.timedelta(minutes=1), 5).are_reached
