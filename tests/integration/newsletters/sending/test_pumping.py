"""An issue against a real SMTP server that refuses, hangs up, and dies at the worst moment."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from newsletters.ledger import counts_of
from newsletters.links import delivery_id_of_bounce
from newsletters.models import Bounce, Delivery, HowEnded, Issue, Pace, Subscription, Suppression
from newsletters.sending import pacing, pumping, senders, steps
from newsletters.services.controls import pause_issue
from tests.factories.members import UserFactory
from tests.factories.newsletters import SuppressionFactory
from tests.integration.newsletters.sending.conftest import address, row_of, state_of
from tests.racing import at_once
from tests.smtp_server import HANG_UP, SmtpServer

pytestmark = pytest.mark.django_db

MakeIssue = Callable[..., Issue]


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(**span))


def round_of(issue: Issue) -> None:
    """What the command does."""
    for issue_id in pumping.tick():
        pumping.pump(issue_id)
    issue.refresh_from_db()


# --- The plain way ----------------------------------------------------------------------------
def test_from_schedule_to_completed(server: SmtpServer, issue_to: MakeIssue, monkeypatch) -> None:
    monkeypatch.setattr(senders, "BATCH", 4)
    names = [f"n{number}" for number in range(10)]
    issue = issue_to(*names)
    round_of(issue)
    assert issue.state == "completed"
    assert server.recipients == sorted(address(name) for name in names)
    assert server.connections == 1, "one is kept"
    rows = {row.message_id: row for row in issue.deliveries.all()}
    assert server.copies() == dict.fromkeys(rows, 1)
    assert {(row.state, row.attempts, row.smtp_code, row.token) for row in rows.values()} == {
        ("accepted", 1, 250, None)
    }
    assert {delivery_id_of_bounce(sender.strip("<>")) for sender in server.senders} == {
        row.pk for row in rows.values()
    }
    assert counts_of(issue).is_balanced
    assert pumping.tick() == []
    assert pumping.pump(issue.pk).handled == 0


def test_what_a_copy_costs_the_database(
    server: SmtpServer, issue_to: MakeIssue, django_assert_max_num_queries
) -> None:
    """One statement for each copy: it marks the one before and begins the next."""
    issue = issue_to(*[f"n{number}" for number in range(40)])
    pumping.tick()
    with django_assert_max_num_queries(40 + 45):
        assert pumping.pump(issue.pk).accepted == 40


def test_a_pump_has_an_end(server: SmtpServer, issue_to: MakeIssue, monkeypatch) -> None:
    monkeypatch.setattr(pumping, "MAILS_PER_CONNECTION", 3)
    issue = issue_to(*"abcdef")
    pumping.tick()
    assert pumping.pump(issue.pk).accepted == 3
    with time_machine.travel(timezone.now()) as clock:
        server.on_message = lambda recipient: clock.shift(60)
        assert pumping.pump(issue.pk).accepted == 1
        assert Delivery.objects.filter(state="queued", attempts=0, token=None).count() == 2
    stop = threading.Event()
    stop.set()
    assert pumping.pump(issue.pk, stop).handled == 0


@pytest.mark.django_db(transaction=True)
def test_several_connections_at_once(server: SmtpServer, issue_to: MakeIssue, settings) -> None:
    settings.PORTAL_NEWSLETTER_SENDERS = 3
    issue = issue_to(*[f"n{number}" for number in range(70)])
    pumping.tick()

    stop = threading.Event()

    def pump() -> None:
        pumping.pump(issue.pk, stop)

    at_once(pump, pump)  # and several workers
    assert not stop.is_set(), "it is the loop's"
    issue.refresh_from_db()
    assert issue.state == "completed"
    assert len(server.taken) == 70
    assert set(server.copies().values()) == {1}
    assert server.connections >= 3


@pytest.mark.django_db(transaction=True)
def test_one_that_comes_to_grief_ends_the_others(
    server: SmtpServer, issue_to: MakeIssue, settings, monkeypatch
) -> None:
    settings.PORTAL_NEWSLETTER_SENDERS = 2
    issue = issue_to(*[f"n{number}" for number in range(30)])
    pumping.tick()
    real, calls = senders.Sender.run, []

    def run(self: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("a defect")
        self._bounds.abandoned.wait(10)
        return real(self)

    monkeypatch.setattr(senders.Sender, "run", run)
    with pytest.raises(RuntimeError, match="a defect"):
        pumping.pump(issue.pk)
    assert server.taken == []


# --- Who left ---------------------------------------------------------------------------------
def test_nothing_after_somebody_has_left(server: SmtpServer, issue_to: MakeIssue, monkeypatch) -> None:
    issue = issue_to(*"abcd")
    pumping.tick()
    real = senders.hand_over

    def hand_over(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        monkeypatch.setattr(senders, "hand_over", real)
        Subscription.objects.filter(subscriber__address=address("b")).update(
            ended_at=timezone.now(), how_ended=HowEnded.ONE_CLICK
        )
        SuppressionFactory(address=address("c"))

    monkeypatch.setattr(senders, "hand_over", hand_over)
    tally = pumping.pump(issue.pk)
    issue.refresh_from_db()
    assert [state_of(name) for name in "abcd"] == ["accepted", "suppressed", "suppressed", "accepted"]
    assert (tally.accepted, tally.suppressed, issue.state) == (2, 2, "completed")
    assert server.recipients == [address("a"), address("d")]


def test_paused_between_two_copies(server: SmtpServer, issue_to: MakeIssue, monkeypatch) -> None:
    issue = issue_to(*"abc")
    pumping.tick()
    real = senders.hand_over

    def hand_over(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        pause_issue(issue=issue, by=UserFactory(role="secretariat"))

    monkeypatch.setattr(senders, "hand_over", hand_over)
    assert pumping.pump(issue.pk).accepted == 1
    assert [state_of(name) for name in "abc"] == ["accepted", "queued", "queued"]
    assert pumping.tick() == []


# --- The server refuses -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("codes", "state", "code", "words"),
    [
        ({"recipient_code": {address("b"): 550}}, "failed", 550, "SMTPRecipientsRefused 550"),
        ({"recipient_code": {address("b"): 451}}, "deferred", 451, "SMTPRecipientsRefused 451"),
        ({"message_code": {address("b"): 554}}, "failed", 554, "SMTPDataError 554"),
        ({"message_code": {address("b"): 452}}, "deferred", 452, "SMTPDataError 452"),
    ],
)
def test_one_of_them_is_refused(
    server: SmtpServer, issue_to: MakeIssue, codes, state, code, words, caplog
) -> None:
    for name, value in codes.items():
        setattr(server, name, value)
    issue = issue_to(*"abc")
    round_of(issue)
    assert server.recipients == [address("a"), address("c")]
    row = row_of("b")
    assert (row.state, row.attempts, row.smtp_code, row.reply) == (state, 1, code, words)
    assert issue.state == ("completed" if state == "failed" else "sending")
    assert words in caplog.text
    assert "npo.example" not in caplog.text


def test_a_refused_address_is_a_bounce_and_refused_content_is_not(
    server: SmtpServer, issue_to: MakeIssue
) -> None:
    server.recipient_code = {address("a"): 550}
    server.message_code = {address("b"): 554}
    server.words = "5.1.1 no such user"
    round_of(issue_to(*"abc"))
    assert list(Bounce.objects.values_list("delivery__address", "kind", "status")) == [
        (address("a"), "hard", "5.1.1")
    ]
    assert [suppression.address for suppression in Suppression.objects.all()] == [address("a")]


def test_an_address_that_cannot_be_written(server: SmtpServer, issue_to: MakeIssue) -> None:
    issue = issue_to("a", "b")
    pumping.tick()
    Delivery.objects.filter(address=address("a")).update(message_id="<a>\r\nBcc: x@npo.example")
    pumping.pump(issue.pk)
    assert [state_of(name) for name in "ab"] == ["failed", "accepted"]


def test_back_off_for_two_days_and_no_longer(server: SmtpServer, issue_to: MakeIssue) -> None:
    server.recipient_code = {address("a"): 451}
    issue = issue_to("a")
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        for _attempt in range(20):
            round_of(issue)
            row = row_of("a")
            if row.state == "failed":
                break
            assert pumping.tick() == [], "not before its turn"
            clock.move_to(row.next_at)
        whole = timezone.now() - began
    assert row.attempts == len(steps.PAUSES) + 1
    assert dt.timedelta(hours=40) < whole <= dt.timedelta(hours=48)
    assert issue.state == "completed"


# --- The server is away -----------------------------------------------------------------------
def test_refused_connection_rests_and_costs_no_attempt(
    server: SmtpServer, issue_to: MakeIssue, settings, caplog
) -> None:
    issue = issue_to("a", "b")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    pumping.tick()
    assert pumping.pump(issue.pk).is_server_away
    assert "the mail server is away: ConnectionRefusedError" in caplog.text
    assert set(Delivery.objects.values_list("state", "attempts")) == {("queued", 0)}
    pace = Pace.objects.get()
    assert pace.failures == 1
    assert pumping.pump(issue.pk).is_server_away, "left alone"
    with later(seconds=30):
        pumping.pump(issue.pk)
        pace.refresh_from_db()
        assert (pace.failures, pace.rests_until_at > timezone.now() + dt.timedelta(seconds=14)) == (2, True)
    settings.EMAIL_PORT = port
    pace.name = pacing.server_name()
    pace.save()
    with later(minutes=2):
        assert pumping.pump(issue.pk).accepted == 2
    pace.refresh_from_db()
    assert (pace.failures, pace.rests_until_at) == (0, None)


def test_closed_for_now(server: SmtpServer, issue_to: MakeIssue) -> None:
    server.greeting = 421
    issue = issue_to("a")
    pumping.tick()
    assert pumping.pump(issue.pk).is_server_away
    assert (row_of("a").state, row_of("a").attempts) == ("queued", 0)


def test_421_for_a_recipient_is_nobodys_fault(server: SmtpServer, issue_to: MakeIssue) -> None:
    """Once mails have gone through, a new connection is tried before the server is left alone."""
    issue = issue_to(*"abc")
    server.recipient_code = {address("b"): 421}
    pumping.tick()
    assert pumping.pump(issue.pk).is_server_away
    assert [(row_of(name).state, row_of(name).attempts) for name in "abc"] == [
        ("accepted", 1),
        ("queued", 0),
        ("queued", 0),
    ]
    assert server.connections == senders.MOST_HANGUPS
    server.recipient_code = {}
    with later(minutes=1):
        round_of(issue)
    assert issue.state == "completed"


def test_hanging_up_in_the_middle_of_one_costs_that_one_an_attempt(
    server: SmtpServer, issue_to: MakeIssue
) -> None:
    issue = issue_to(*"abc")
    server.recipient_code = {address("b"): HANG_UP}
    round_of(issue)
    assert [(row_of(name).state, row_of(name).doubts) for name in "abc"] == [
        ("accepted", 0),
        ("deferred", 0),
        ("accepted", 0),
    ]


# --- In doubt ---------------------------------------------------------------------------------
@pytest.mark.parametrize(("max_resends", "copies"), [(1, 2), (0, 1)])
def test_no_answer_after_the_last_dot(
    server: SmtpServer, issue_to: MakeIssue, max_resends: int, copies: int
) -> None:
    """It goes once more at most, with the same Message-ID; then people decide."""
    issue = issue_to("a", "b", max_resends=max_resends)
    server.message_code = {address("a"): HANG_UP}
    round_of(issue)
    for day in range(1, 5):
        with later(days=day):
            round_of(issue)
    row = row_of("a")
    assert (row.state, row.doubts, row.reply) == ("in_doubt", max_resends + 1, "NoReplyError")
    assert server.copies()[row.message_id] == copies
    assert (state_of("b"), issue.state) == ("accepted", "completed")


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


@pytest.mark.parametrize("point", ["begin", "hand_over", "accepted"])
def test_killed(server: SmtpServer, issue_to: MakeIssue, monkeypatch, point: str) -> None:
    """Between two copies nothing is doubtful; between the answer and the ledger one copy goes twice."""
    issue = issue_to(*"abc")
    pumping.tick()
    real = {"begin": steps.Beginning.begin, "hand_over": senders.hand_over, "accepted": senders.hand_over}[
        point
    ]
    calls: list[int] = []

    def deadly(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 2 and point == "accepted":
            real(*args, **kwargs)
        if len(calls) == 2:
            raise Killed
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(
            steps.Beginning if point == "begin" else senders,
            "begin" if point == "begin" else "hand_over",
            deadly,
        )
        patch.setattr(steps, "release", lambda copies, token: None)
        patch.setattr(senders.Sender, "_mark_accepted", lambda self, copy: None)
        patch.setattr(steps, "take_leave", lambda token: None)
        with pytest.raises(Killed):
            pumping.pump(issue.pk)
    # Its session ends with the process; here it is ours, so nobody else can hold its lock.
    round_of(issue)
    assert issue.state == "completed"
    expected = {"begin": 1, "hand_over": 0, "accepted": 1}[point]
    assert sorted(server.copies().values()) == [1] * (3 - expected) + [2] * expected
    assert counts_of(issue).is_balanced


# --- Leases -----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_living_keep_what_they_hold_and_the_dead_do_not(
    server: SmtpServer, issue_to: MakeIssue, monkeypatch
) -> None:
    issue = issue_to("a", "b")
    pumping.tick()
    during: list[int] = []

    def look(recipient: str) -> None:
        try:
            during.append(steps.reap())
        finally:
            connection.close()

    server.on_message = look  # in the thread of the server, so in a session of its own
    assert pumping.pump(issue.pk).accepted == 2
    assert during == [0, 0]


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_slept_beyond_its_lease(server: SmtpServer, issue_to: MakeIssue, caplog) -> None:
    """What was in the air goes back; a late answer is still worth something, and nobody gets it twice."""
    issue = issue_to("a", "b")
    pumping.tick()

    def lease_runs_out(recipient: str) -> None:
        try:
            Delivery.objects.exclude(lease_until_at=None).update(
                lease_until_at=timezone.now() - dt.timedelta(minutes=1)
            )
            assert steps.reap() == 2
        finally:
            connection.close()
        server.on_message = lambda recipient: None

    server.on_message = lease_runs_out
    pumping.pump(issue.pk)
    assert state_of("a") == "accepted"
    assert f"late_accept of delivery {row_of('a').pk}" in caplog.text
    round_of(issue)
    assert issue.state == "completed"
    assert set(server.copies().values()) == {1}


# --- The database is away ---------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_the_answer_is_written_when_the_database_is_back(
    server: SmtpServer, issue_to: MakeIssue, monkeypatch, caplog
) -> None:
    issue = issue_to("a", "b", "c")
    pumping.tick()
    real = steps.Beginning.begin
    calls: list[int] = []

    def away(self: Any, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            connection.close()
            raise OperationalError("terminating connection: password")
        return real(self, *args)

    monkeypatch.setattr(steps.Beginning, "begin", away)
    monkeypatch.setattr(senders, "DATABASE_PAUSES", (0.0, 0.0))
    refusals = [OperationalError, OperationalError]
    accept = steps.accept

    def late(*args: Any) -> bool:
        if refusals:
            raise refusals.pop()
        return accept(*args)

    monkeypatch.setattr(steps, "accept", late)
    assert pumping.pump(issue.pk).accepted == 3
    assert set(server.copies().values()) == {1}
    assert set(Delivery.objects.values_list("state", "doubts", "attempts")) == {("accepted", 0, 1)}
    assert "the database is away in the middle of sending: OperationalError" in caplog.text
    assert "password" not in caplog.text


# --- Alarms -----------------------------------------------------------------------------------
def test_an_issue_that_does_not_balance_is_not_completed(
    server: SmtpServer, issue_to: MakeIssue, caplog
) -> None:
    issue = issue_to("a", "b")
    pumping.tick()
    Delivery.objects.filter(address=address("b")).delete()
    pumping.pump(issue.pk)
    issue.refresh_from_db()
    assert issue.state == "sending"
    assert f"issue {issue.public_id} does not balance: 2 frozen, 1 in the ledger" in caplog.text


def test_one_that_cannot_be_frozen_does_not_hold_up_the_others(
    server: SmtpServer, issue_to: MakeIssue, monkeypatch, caplog
) -> None:
    first, second = issue_to("a"), issue_to("b")
    real = pumping.freeze_issue

    def freeze(issue: Issue) -> Any:
        if issue == first:
            raise OSError("the disk is gone")
        return real(issue)

    monkeypatch.setattr(pumping, "freeze_issue", freeze)
    assert pumping.tick() == [second.pk]
    assert f"issue {first.public_id} could not be frozen: OSError" in caplog.text


def test_a_file_that_went_after_the_freeze(
    server: SmtpServer, issue_to: MakeIssue, monkeypatch, caplog
) -> None:
    issue = issue_to("a")
    pumping.tick()

    def gone(*args: Any) -> Any:
        raise OSError

    monkeypatch.setattr(pumping, "read_attached", gone)
    assert pumping.pump(issue.pk).handled == 0
    assert "a file of it cannot be read: OSError" in caplog.text
    assert state_of("a") == "queued"
