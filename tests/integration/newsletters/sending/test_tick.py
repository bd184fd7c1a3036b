"""The hints: by Celery, by the command without Redis, and lost ones."""

import signal
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from kombu.exceptions import OperationalError as BrokerError

from newsletters import waking
from newsletters.management.commands import newsletter_tick
from newsletters.sending import pumping
from newsletters.tasks import sending as tasks
from tests.integration.newsletters.sending.conftest import address, state_of
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db


def test_the_tick_wakes_and_each_pump_wakes_the_next(server: SmtpServer, issue_to: Any, monkeypatch) -> None:
    monkeypatch.setattr(pumping, "MAILS_PER_CONNECTION", 2)
    issue = issue_to(*"abcde")
    tasks.tick.delay()
    assert len(server.taken) == 5
    issue.refresh_from_db()
    assert issue.state == "completed"


def test_a_hint_that_cannot_be_queued_changes_nothing(
    server: SmtpServer, issue_to: Any, monkeypatch, caplog
) -> None:
    def refuse(*args: Any, **options: Any) -> None:
        assert options == {"retry": False, "expires": waking.WAKE_UP_LASTS}
        raise BrokerError("redis at a password")

    issue_to("a")
    with monkeypatch.context() as patch:
        patch.setattr(tasks.pump, "apply_async", refuse)
        tasks.tick.delay()
    assert state_of("a") == "queued"
    assert "newsletters wait for the tick: OperationalError" in caplog.text
    assert "password" not in caplog.text
    tasks.tick.delay()
    assert state_of("a") == "accepted"


def test_sending_has_a_queue_of_its_own() -> None:
    from platform_portal.celery import app

    for task in (tasks.pump, tasks.tick):
        assert app.amqp.router.route({}, task.name)["queue"].name == "mail"
    assert app.conf.beat_schedule["tick"]["schedule"] == 30.0


def test_files_for_a_trial(issue_to: Any, settings: Any) -> None:
    """Whatever takes mails: here the list of the tests."""
    settings.PORTAL_NEWSLETTER_SENDERS = 1
    issue_to("a")
    call_command("newsletter_tick", stdout=StringIO())
    [message] = mail.outbox
    assert (message.to, message.subject) == ([address("a")], "11月のお知らせ")
    assert message.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_command_sends_all_that_is_due(server: SmtpServer, issue_to: Any, settings: Any, monkeypatch) -> None:
    monkeypatch.setattr(pumping, "MAILS_PER_CONNECTION", 2)
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    server.recipient_code = {address("b"): 451}
    issue_to(*"abcde")
    out = StringIO()
    call_command("newsletter_tick", stdout=out)
    assert (
        out.getvalue().strip() == "送ったもの 4通、送り直すもの 1通、送れなかったもの 0通、配信停止のもの 0通"
    )
    settings.EMAIL_PORT = 9
    issue_to("f")
    issue_to("g")
    call_command("newsletter_tick", stdout=out)
    assert "メールの送り先につながりません" in out.getvalue()
    assert state_of("f") == state_of("g") == "queued"


def test_command_goes_on_until_it_is_stopped(
    server: SmtpServer, issue_to: Any, monkeypatch, tmp_path, caplog
) -> None:
    """Through a database that is away; the copy in the air is finished."""
    handlers: dict[int, Any] = {}
    monkeypatch.setattr(newsletter_tick.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(newsletter_tick, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(newsletter_tick, "close_old_connections", lambda: None)
    issue_to("a", "b")
    real, rounds = pumping.tick, []

    def tick() -> list[int]:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("the connection is closed: password")
        return real()

    monkeypatch.setattr(pumping, "tick", tick)
    server.on_message = lambda recipient: handlers[signal.SIGTERM](signal.SIGTERM, None)
    alive, out = tmp_path / "alive", StringIO()
    call_command("newsletter_tick", "--loop", "--alive-file", str(alive), stdout=out)
    assert server.recipients == [address("a")]
    assert [state_of(name) for name in "ab"] == ["accepted", "queued"]
    assert alive.exists()
    assert set(handlers) == {signal.SIGTERM, signal.SIGINT}
    assert out.getvalue().strip() == "止まりました。"
    assert "the database is away: OperationalError" in caplog.text
    assert "password" not in caplog.text
