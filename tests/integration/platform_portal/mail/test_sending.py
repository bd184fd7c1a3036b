"""The sender against a real SMTP server that goes away, refuses, and dies at the worst moment."""

import datetime as dt
import hashlib
import signal
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.utils import parseaddr
from io import StringIO
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives, send_mail
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from platform_portal.mail import sending, tasks
from platform_portal.mail.files import StoredFile
from platform_portal.mail.management.commands import send_mails
from platform_portal.mail.models import OutgoingMail
from platform_portal.mail.storing import marks
from tests.factories.mail import OutgoingMailFactory
from tests.factories.region import PortalSettingsFactory
from tests.outbox import run_sender
from tests.racing import at_once
from tests.smtp_server import HANG_UP, SmtpServer, smtp_server

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def server(settings) -> Iterator[SmtpServer]:
    with smtp_server() as running:
        settings.PORTAL_MAIL_BACKEND = "platform_portal.mail.smtp.CarefulBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield running


def store(*addresses: str) -> list[OutgoingMail]:
    return [OutgoingMailFactory(address=address) for address in addresses]


def state_of(address: str) -> str:
    return OutgoingMail.objects.get(address=address).state


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + dt.timedelta(**span))


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


@pytest.fixture
def die_at(monkeypatch):
    """`die_at(step, address)`: the sender dies just before it takes that step with the mail to `address`."""

    def arrange(step: str, address: str) -> None:
        real = getattr(sending, step)

        def deadly(*args: Any) -> Any:
            if any(getattr(argument, "address", "") == address for argument in args):
                raise Killed
            return real(*args)

        monkeypatch.setattr(sending, step, deadly)
        monkeypatch.setattr(sending, "_release", lambda claim: None)

    def revive() -> None:
        monkeypatch.setattr(sending, "_begin", begin)
        monkeypatch.setattr(sending, "_mark_sent", mark_sent)
        monkeypatch.setattr(sending, "_release", release)

    begin, mark_sent, release = sending._begin, sending._mark_sent, sending._release
    arrange.revive = revive
    return arrange


# --- The plain way ----------------------------------------------------------------------------
def test_stored_committed_sent(server):
    send_mail("件名", "本文", None, ["a@npo.example"])  # the commit wakes the sender
    [(recipient, message)] = server.taken
    row = OutgoingMail.objects.get()
    assert recipient == "a@npo.example"
    assert (message["Subject"], message.get_content().strip()) == ("件名", "本文")
    assert message["Message-ID"] == row.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert (row.state, row.attempts, row.text) == ("sent", 1, "")


def test_the_name_stands_in_the_header_and_not_on_the_envelope(server, settings):
    settings.DEFAULT_FROM_EMAIL = "portal@portal.example"
    PortalSettingsFactory(portal_name="香川つながりポータル" * 6)  # as long as the settings allow
    send_mail("件名", "本文", None, ["a@npo.example"])
    [(_recipient, message)] = server.taken
    assert server.senders == ["<portal@portal.example>"]
    encoded, address = parseaddr(dict(message.raw_items())["From"])
    assert (str(make_header(decode_header(encoded))), address) == (
        "香川つながりポータル" * 6,
        "portal@portal.example",
    )
    assert encoded.isascii()


def test_no_server_on_the_way_has_to_understand_eight_bits(server):
    long = "とても長い一行" * 300 + "㈱髙﨑①"
    OutgoingMailFactory(address="a@npo.example", text=long, html=f"<p>{long}</p>", subject="髙﨑さんへ①")
    run_sender()
    [(_recipient, message)] = server.taken
    text, html = message.iter_parts()
    assert [part["Content-Transfer-Encoding"] for part in (text, html)] == ["base64", "base64"]
    assert (text.get_content().strip(), message["Subject"]) == (long, "髙﨑さんへ①")
    assert max(map(len, message.as_bytes().splitlines())) < 998


# --- Files ------------------------------------------------------------------------------------
@pytest.fixture
def along():
    """A file in the storage, as a mail refers to it."""
    data = b"%PDF-1.4 " + bytes(range(256)) * 30
    place = default_storage.save("newsletters/attachments/along.pdf", ContentFile(data))
    yield StoredFile(place, "ちらし①" * 20 + ".pdf", "application/pdf", hashlib.sha256(data).hexdigest())
    default_storage.delete(place)


def test_a_file_goes_along_and_no_copy_of_it_is_kept(server, along):
    mail = EmailMultiAlternatives(
        "件名", "本文", None, ["a@npo.example"], headers=marks(kind="x", is_confidential=False, files=[along])
    )
    mail.attach_alternative("<p>本文</p>", "text/html")
    mail.send()
    [(_recipient, message)] = server.taken
    [attached] = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (along.name, "application/pdf")
    assert hashlib.sha256(attached.get_content()).hexdigest() == along.sha256
    assert message["X-Portal-Files"] is None
    assert message.get_body(("plain",)).get_content().strip() == "本文"
    assert max(map(len, server.written[0].splitlines())) <= 78
    assert OutgoingMail.objects.get().files == [along.as_json()]


@pytest.mark.parametrize("values", [{"sha256": "0" * 64}, {"place": "newsletters/attachments/gone.pdf"}])
def test_a_mail_whose_file_is_another_or_gone_does_not_leave(server, along, values):
    OutgoingMailFactory(files=[{**along.as_json(), **values}])
    assert run_sender().given_up == 1
    assert OutgoingMail.objects.get().last_error == "Unwritable"
    assert server.taken == []


def test_a_storage_that_is_away_is_waited_for(server, along, monkeypatch):
    OutgoingMailFactory(files=[along.as_json()])
    OutgoingMailFactory()
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "open", Mock(side_effect=ConnectionResetError))
        tally = run_sender()
    assert (tally.failed, tally.sent) == (1, 1)
    with later(days=1):
        assert run_sender().sent == 1


def test_files_for_a_trial_can_be_read_by_people(settings, tmp_path):
    settings.PORTAL_MAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    OutgoingMailFactory(text="本文の http://testserver/invitation/secret/ です。")
    assert run_sender().sent == 1
    [file] = tmp_path.iterdir()
    assert "本文の http://testserver/invitation/secret/ です。" in file.read_text(encoding="utf-8")


def test_one_connection_for_a_batch(server, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 4)
    store(*[f"{n}@npo.example" for n in range(10)])
    assert run_sender().sent == 10
    assert server.connections == 3
    assert set(server.copies().values()) == {1}


def test_a_run_has_an_end(server):
    store(*[f"{n}@npo.example" for n in range(10)])
    assert run_sender(limit=3).sent == 3
    assert sending.send_waiting(limit=100, until=timezone.now()).tried == 0
    assert OutgoingMail.objects.filter(state="waiting", claim=None).count() == 7


def test_time_up_in_the_middle_of_a_batch(server):
    store("a@npo.example", "b@npo.example", "c@npo.example")
    until = timezone.now() + HOUR
    with time_machine.travel(timezone.now()) as clock:
        server.on_message = lambda recipient: clock.shift(2 * HOUR)
        assert sending.send_waiting(limit=100, until=until).sent == 1
    assert OutgoingMail.objects.filter(state="waiting", attempts=0).count() == 2


def test_number_of_queries_for_a_mail(server, django_assert_max_num_queries):
    store(*[f"{n}@npo.example" for n in range(10)])
    with django_assert_max_num_queries(2 * 10 + 14):
        run_sender()


# --- The server is away -----------------------------------------------------------------------
def test_server_away_loses_nothing_and_costs_no_attempt(server, settings, caplog):
    settings.EMAIL_PORT = 9
    store("a@npo.example", "b@npo.example")
    for minute in range(30):
        with later(minutes=minute):
            assert run_sender().is_server_away
    rows = OutgoingMail.objects.all()
    assert {(row.state, row.attempts) for row in rows} == {("waiting", 0)}
    with later(minutes=30):
        assert OutgoingMail.objects.overdue(before=timezone.now() - dt.timedelta(minutes=15)).count() == 2
    assert "mail server is away: ConnectionRefusedError" in caplog.text
    settings.EMAIL_PORT = server.port
    assert run_sender().sent == 2


def test_server_that_is_closed_for_now(server):
    server.greeting = 421
    store("a@npo.example")
    assert run_sender().is_server_away
    assert OutgoingMail.objects.get().attempts == 0


def test_server_that_hangs_up_on_one_mail_costs_that_one_an_attempt(server):
    store("a@npo.example", "b@npo.example", "c@npo.example")
    server.recipient_code = {"b@npo.example": HANG_UP}
    run_sender()
    assert [state_of(f"{name}@npo.example") for name in "abc"] == ["sent", "failed", "waiting"]
    run_sender()  # the next minute: the others are not held up
    assert state_of("c@npo.example") == "sent"
    assert OutgoingMail.objects.get(address="b@npo.example").doubts == 0, "it was not handed over"


def test_too_busy_now(server):
    store("a@npo.example", "b@npo.example")
    server.recipient_code = {"a@npo.example": 421}
    assert run_sender().is_server_away
    assert [state_of(f"{name}@npo.example") for name in "ab"] == ["failed", "waiting"]


# --- One mail is refused ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("codes", "state", "error"),
    [
        ({"recipient_code": {"b@npo.example": 550}}, "given_up", "SMTPRecipientsRefused 550"),
        ({"recipient_code": {"b@npo.example": 451}}, "failed", "SMTPRecipientsRefused 451"),
        ({"message_code": {"b@npo.example": 554}}, "given_up", "SMTPDataError 554"),
        ({"message_code": {"b@npo.example": 452}}, "failed", "SMTPDataError 452"),
    ],
)
def test_one_of_a_batch_is_refused(server, codes, state, error, caplog):
    for name, value in codes.items():
        setattr(server, name, value)
    store("a@npo.example", "b@npo.example", "c@npo.example")
    run_sender()
    assert server.recipients == ["a@npo.example", "c@npo.example"]
    refused = OutgoingMail.objects.get(address="b@npo.example")
    assert (refused.state, refused.attempts, refused.last_error) == (state, 1, error)
    assert error in caplog.text
    assert "npo.example" not in caplog.text
    assert "設定が変わりました" not in caplog.text


@pytest.mark.parametrize(
    "values",
    [
        {"from_address": "x@[broken"},  # an AttributeError inside Python's own parser
        {"headers": {"List-Id": "one\ntwo"}},
        {"is_confidential": True, "text": "sealed with a key that is gone"},
    ],
)
def test_mail_that_cannot_be_written_holds_nobody_up(server, values, caplog):
    broken = OutgoingMailFactory(address="broken@npo.example", **values)
    store("a@npo.example")
    run_sender()
    assert server.recipients == ["a@npo.example"]
    broken.refresh_from_db()
    assert (broken.state, broken.last_error) == ("given_up", "Unwritable")
    assert f"mail {broken.public_id} cannot be written" in caplog.text
    assert "npo.example" not in caplog.text


def test_back_off_and_giving_up(server):
    [mail] = store("a@npo.example")
    server.recipient_code = {"a@npo.example": 451}
    began = timezone.now()
    pauses = []
    with time_machine.travel(began, tick=False) as clock:
        for _attempt in range(20):
            run_sender()
            mail.refresh_from_db()
            if mail.state == "given_up":
                break
            pauses.append(mail.next_attempt_at - timezone.now())
            assert run_sender().tried == 0, "not before its turn"
            clock.move_to(mail.next_attempt_at)
        whole = timezone.now() - began
    for pause, planned in zip(pauses, sending.PAUSES, strict=True):
        assert 0.85 * planned < pause < 1.25 * planned
    assert dt.timedelta(days=2.3) < whole < dt.timedelta(days=3.5)
    assert mail.attempts == len(pauses) + 1 == 9


# --- Death at the worst moment ----------------------------------------------------------------
@pytest.mark.parametrize(
    ("step", "copies"), [("_mark_sent", [1, 1, 2]), ("_begin", [1, 1, 1])], ids=["after sending", "before"]
)
def test_killed_in_the_middle_of_a_batch(server, die_at, step, copies):
    """Killed between sending and marking, one mail goes out twice, with the same Message-ID; all others once."""
    store("a@npo.example", "b@npo.example", "c@npo.example")
    die_at(step, "b@npo.example")
    with pytest.raises(Killed):
        run_sender()
    assert [state_of(f"{name}@npo.example") for name in "abc"] == ["sent", "sending", "sending"]
    die_at.revive()
    assert run_sender().tried == 0, "they are held by somebody who may still live"
    with later(minutes=16):
        assert run_sender().sent == 2
    assert sorted(server.copies().values()) == copies
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


def test_no_answer_after_the_mail_is_sent_once_more_and_no_more(server):
    """The server takes the mail and dies, twice: two copies, and a person decides about the third."""
    [mail] = store("a@npo.example")
    server.message_code = {"a@npo.example": HANG_UP}
    run_sender()
    mail.refresh_from_db()
    assert (mail.state, mail.doubts, mail.last_error) == ("failed", 1, "NoReplyError")
    for day in range(1, 9):
        with later(days=day):
            run_sender()
    mail.refresh_from_db()
    assert (mail.state, mail.doubts) == ("given_up", 2)
    assert list(server.copies().values()) == [2]


def test_sender_that_dies_on_the_same_mail_again_and_again(server):
    """`sending` for good twice over: given up, with the reason."""
    [mail] = store("a@npo.example")
    for _death in range(2):
        OutgoingMail.objects.update(
            state="sending",
            claim="00000000-0000-0000-0000-000000000001",
            claimed_at=timezone.now() - HOUR,
            began_at=timezone.now() - HOUR,
        )
        sending.reclaim_abandoned()
    mail.refresh_from_db()
    assert (mail.state, mail.doubts, mail.last_error) == ("given_up", 2, "InDoubt")


def test_time_limit_of_the_task_strikes(server, monkeypatch):
    """What was not begun goes back at once; the one in the air is looked at after the lease."""
    store("a@npo.example", "b@npo.example")
    real = sending._mark_sent

    def struck(*args):
        monkeypatch.setattr(sending, "_mark_sent", real)
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(sending, "_mark_sent", struck)
    with pytest.raises(SoftTimeLimitExceeded):
        tasks.send_waiting_mails.delay()
    assert [state_of(f"{name}@npo.example") for name in "ab"] == ["sending", "waiting"]
    with later(minutes=16):
        run_sender()
    assert sorted(server.copies().values()) == [1, 2]


# --- Two senders ------------------------------------------------------------------------------
def test_two_senders_never_send_the_same(server):
    store(*[f"{n}@npo.example" for n in range(60)])

    def work() -> None:
        for _round in range(4):
            run_sender()

    at_once(*[work] * 4)
    assert len(server.taken) == 60
    assert set(server.copies().values()) == {1}
    assert OutgoingMail.objects.filter(state="sent", attempts=1).count() == 60


def test_sender_that_slept_beyond_its_lease_keeps_off(server, monkeypatch):
    """Another one has taken the batch meanwhile and sent it."""
    store("a@npo.example", "b@npo.example")
    real = sending._send_batch
    other: list[int] = []

    def slow(*args):
        monkeypatch.setattr(sending, "_send_batch", real)
        OutgoingMail.objects.update(claimed_at=timezone.now() - HOUR)
        other.append(run_sender().sent)
        return real(*args)

    monkeypatch.setattr(sending, "_send_batch", slow)
    assert run_sender().sent == 0
    assert other == [2]
    assert set(server.copies().values()) == {1}


def test_slow_confirmation_is_still_worth_something(server):
    """The lease ran out while the server was thinking; the row had been put back, and must not go out again."""
    [mail] = store("a@npo.example")

    def lease_runs_out(recipient: str) -> None:
        OutgoingMail.objects.update(claimed_at=timezone.now() - HOUR)
        sending.reclaim_abandoned()
        connection.close()

    server.on_message = lease_runs_out
    run_sender()
    mail.refresh_from_db()
    assert mail.state == "sent"
    run_sender()
    assert list(server.copies().values()) == [1]


# --- The clock --------------------------------------------------------------------------------
def test_after_three_weeks_without_a_sender_one_round_is_enough(server):
    store("a@npo.example", "b@npo.example")
    OutgoingMailFactory(address="stale@npo.example", expires_at=timezone.now() + 24 * HOUR)
    with later(weeks=3):
        tally = run_sender()
        assert run_sender().tried == 0
    assert tally.sent == 2
    assert set(server.copies().values()) == {1}
    stale = OutgoingMail.objects.get(address="stale@npo.example")
    assert (stale.state, stale.last_error, stale.text) == ("given_up", "Expired", "")


def test_ticks_that_nobody_heard_do_not_pile_up():
    from platform_portal.celery import app

    entry = app.conf.beat_schedule["send-waiting-mails"]
    assert entry["task"] == tasks.send_waiting_mails.name
    assert entry["options"]["expires"] <= 60


# --- The tick without Redis -------------------------------------------------------------------
def test_command_sends_once(server, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    store("a@npo.example")
    out = StringIO()
    call_command("send_mails", stdout=out)
    assert server.recipients == ["a@npo.example"]
    assert out.getvalue().strip() == "送ったメール 1件、送り直すもの 0件、あきらめたもの 0件"
    settings.EMAIL_PORT = 9
    store("b@npo.example")
    call_command("send_mails", stdout=out)
    assert "メールは残っています" in out.getvalue()


def test_command_goes_on_until_it_is_stopped(server, monkeypatch, tmp_path, caplog):
    """Through a database that is away; a round that has begun is finished."""
    handlers: dict[int, Any] = {}
    monkeypatch.setattr(send_mails.signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(send_mails, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(send_mails, "close_old_connections", lambda: None)
    store("a@npo.example")
    real, rounds = send_mails.run_once, []

    def send() -> Any:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("the connection is closed: password")
        handlers[signal.SIGTERM](signal.SIGTERM, None)
        return real()

    monkeypatch.setattr(send_mails, "run_once", send)
    alive, out = tmp_path / "alive", StringIO()
    call_command("send_mails", "--loop", "--alive-file", str(alive), stdout=out)
    assert len(rounds) == 2
    assert server.recipients == ["a@npo.example"]
    assert alive.exists()
    assert set(handlers) == {signal.SIGTERM, signal.SIGINT}
    assert out.getvalue().strip() == "止まりました。"
    assert "the database is away: OperationalError" in caplog.text
    assert "password" not in caplog.text
