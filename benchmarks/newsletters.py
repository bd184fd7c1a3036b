"""How fast newsletters leave, beside three Django packages that send mails, in one run into the same sink."""

import resource
import smtplib
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

ROOT = Path(__file__).resolve().parent.parent
READERS = 100_000
FEW_READERS = 100  # of another newsletter, for the pages of its ledger
MAILS = {0: 1_500, 20: 400}  # by the sink's delay in milliseconds
SENDERS = (1, 4, 8, 16)
PEERS = ("post_office", "mailer", "newsletter")
PEER_ENVIRONMENT = ROOT / "var" / "bench-venv"
PEER_PACKAGES = (
    "django<5.3",
    "psycopg[binary]",
    "setuptools",
    "django-post-office==3.12.0",
    "django-mailer==2.3.2",
    "django-newsletter==1.2.1",
    "sorl-thumbnail",
)
MEGABYTE = 1024  # of what getrusage counts


# --- The sink ---------------------------------------------------------------------------------
@contextmanager
def sink(port: int, milliseconds: int) -> Iterator["Sink"]:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "benchmarks" / "sink.py"), str(port), str(milliseconds)]
    )
    try:
        yield Sink(port)
    finally:
        process.terminate()
        process.wait(timeout=20)


class Sink:
    def __init__(self, port: int) -> None:
        self.port = port
        self._say("NOOP", patience=20)

    def reset(self) -> None:
        self._say("XRESET")

    def figures(self) -> tuple[int, float]:
        """(mails, seconds from the first to the last)"""
        mails, seconds = self._say("XSTAT").split()
        return int(mails), float(seconds)

    def rate(self) -> float:
        mails, seconds = self.figures()
        return (mails - 1) / seconds if seconds else 0.0

    def _say(self, words: str, patience: float = 0) -> str:
        end = time.monotonic() + patience
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as client:
                    return client.docmd(words)[1].decode()
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)


# --- Ours -------------------------------------------------------------------------------------
def fill() -> None:
    """Readers of two newsletters."""
    from newsletters.models import Newsletter

    many, few = (
        Newsletter.objects.create(
            name=name,
            sender_name="つながりポータル事務局",
            sender_address="news@example.jp",
            reply_address="news@example.jp",
            list_label=label,
        )
        for name, label in (("つながりだより", "tayori"), ("小さなたより", "chiisana"))
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO newsletters_subscriber"
            " (public_id, address, state, link_version, soft_bounces, created_at, confirmed_at)"
            " SELECT lpad(to_hex(n), 6, '0'), 'reader' || n || '@example.jp', 'confirmed', 1, 0, now(), now()"
            " FROM generate_series(1, %s) n",
            [READERS],
        )
        cursor.execute(
            "INSERT INTO newsletters_subscription (subscriber_id, newsletter_id, began_at, how_ended)"
            " SELECT id, %s, now(), '' FROM newsletters_subscriber",
            [many.pk],
        )
        cursor.execute(
            "INSERT INTO newsletters_subscription (subscriber_id, newsletter_id, began_at, how_ended)"
            " SELECT id, %s, now(), '' FROM newsletters_subscriber ORDER BY id LIMIT %s",
            [few.pk, FEW_READERS],
        )


def is_complete() -> bool:
    from newsletters.models import Subscription

    return bool(Subscription.objects.count() == READERS + FEW_READERS)


def make_issue(label: str = "tayori") -> Any:
    """Approved and due. About 14 kB as a mail."""
    from django.utils import timezone

    from benchmarks import letter
    from members.models import User
    from newsletters.content import Content, to_json
    from newsletters.models import Issue, IssueState, Newsletter

    newsletter = Newsletter.objects.get(list_label=label)
    author, _made = User.objects.get_or_create(
        email="bench@example.jp", defaults={"name": "測る人", "role": "secretariat"}
    )
    content = Content(
        newsletter=newsletter.public_id,
        readership=newsletter.readership,
        sender_name=newsletter.sender_name,
        sender_address=newsletter.sender_address,
        reply_address=newsletter.reply_address,
        subject=letter.SUBJECT,
        text=letter.TEXT,
        html=letter.HTML,
    )
    now = timezone.now()
    return Issue.objects.create(
        newsletter=newsletter,
        number=Issue.objects.count() + 1,
        subject=letter.SUBJECT,
        author=author,
        state=IssueState.SCHEDULED,
        content=to_json(content),
        approved_sha256=content.sha256,
        requested_at=now,
        requested_by=author,
        approved_at=now,
        approved_by=author,
        send_at=now,
        scheduled_at=now,
        scheduled_by=author,
    )


def frozen_issue(label: str = "tayori") -> tuple[Any, float]:
    """And how many seconds the freezing took."""
    from newsletters.services.freezing import freeze_issue

    issue = make_issue(label)
    began = time.perf_counter()
    freeze_issue(issue)
    seconds = time.perf_counter() - began
    issue.refresh_from_db()
    return issue, seconds


def send_ours(issue: Any, senders: int, mails: int) -> int:
    """Returns how many megabytes the process grew by."""
    import datetime as dt

    from django.utils import timezone

    from newsletters.attached import approved_content_of
    from newsletters.mime import Letter
    from newsletters.sending.pumping import send_by
    from newsletters.sending.senders import Bounds

    letter = Letter(approved_content_of(issue), issue.newsletter)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    until = timezone.now() + dt.timedelta(minutes=10)
    send_by(senders, issue, letter, Bounds(until, mails // senders))
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // MEGABYTE


# --- The others -------------------------------------------------------------------------------
def install_peers() -> str:
    """What went wrong; empty when they are there. They never touch the portal's own environment."""
    python = PEER_ENVIRONMENT / "bin" / "python"
    stamp = PEER_ENVIRONMENT / "installed"
    if stamp.exists() and stamp.read_text() == "\n".join(PEER_PACKAGES):
        return ""
    try:
        venv.create(PEER_ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "--quiet", *PEER_PACKAGES],
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"could not be installed ({type(error).__name__})"
    stamp.write_text("\n".join(PEER_PACKAGES))
    return ""


def rate_of_peer(peer: str, target: Sink, mails: int) -> float:
    database = "bench_peer"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        cursor.execute(f"CREATE DATABASE \"{database}\" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
    process = subprocess.Popen(
        [
            str(PEER_ENVIRONMENT / "bin" / "python"), str(ROOT / "benchmarks" / "peers.py"),
            peer, settings.DATABASES["default"]["HOST"], database, str(target.port), str(mails),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    try:
        if not process.stdout or process.stdout.readline() != "ready\n":
            return 0.0
        target.reset()
        process.communicate("go\n", timeout=300)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait(timeout=20)
    return target.rate()


# --- What is said -----------------------------------------------------------------------------
def figures(free_port: Any, *, to_all: bool = False) -> Iterator[tuple[str, str, str, bool | None]]:
    """(what, figure, bar, whether it passes) for the table of benchmarks.run. `to_all`: an issue to every reader too."""
    missing = install_peers()
    for milliseconds, mails in MAILS.items():
        with sink(free_port(), milliseconds) as target:
            peers = {} if missing else {peer: rate_of_peer(peer, target, mails) for peer in PEERS}
            ours: dict[int, float] = {}
            with to_sink(target.port):
                issue, seconds = frozen_issue()
                grown = 0
                for senders in SENDERS:
                    target.reset()
                    grown = max(grown, send_ours(issue, senders, mails))
                    ours[senders] = target.rate()
        if not milliseconds:
            yield f"freezing {READERS:,} readers", f"{seconds:.1f} s", "≤ 5 s", seconds <= 5
            yield from _ledger_rows(issue, frozen_issue("chiisana")[0])
        yield from _rows(milliseconds, mails, ours, peers, missing)
        yield f"memory while {4 * mails:,} copies leave", f"+{grown} MB", "≤ 30 MB", grown <= 30
    if to_all:
        yield _whole_issue(free_port())


def _whole_issue(port: int) -> tuple[str, str, str, bool | None]:
    with sink(port, 0) as target, to_sink(target.port):
        issue, _seconds = frozen_issue()
        target.reset()
        grown = send_ours(issue, max(SENDERS), READERS)
        mails, seconds = target.figures()
    return (
        f"memory while {mails:,} copies leave in {seconds:.0f} s, {max(SENDERS)} connections",
        f"+{grown} MB",
        "≤ 30 MB",
        grown <= 30 and mails == READERS,
    )


def _ledger_rows(large: Any, small: Any) -> Iterator[tuple[str, str, str, bool | None]]:
    """The pages of both issues, as staff see them."""
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(large.author, backend="django.contrib.auth.backends.ModelBackend")
    for name, what in (("desk-issue-ledger", "every copy"), ("desk-sending", "progress")):
        with override_settings(PORTAL_REQUIRE_MFA=False):
            many, few = (
                _page_of(client, reverse(f"newsletters:{name}", args=[issue.public_id]))
                for issue in (large, small)
            )
        yield (
            f"ledger of {READERS:,} copies ÷ of {FEW_READERS}, page of {what}",
            f"{many[0] / few[0]:.1f} ({many[0]:.0f} ÷ {few[0]:.0f} ms; {many[1]} and {few[1]} queries)",
            "≤ 2, the same queries",
            many[0] <= 2 * few[0] and many[1] == few[1],
        )


def _page_of(client: Any, address: str) -> tuple[float, int]:
    """(milliseconds, the medium of 15 times; queries)"""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    count = len(queries)  # the next request forgets them
    taken = []
    for _ in range(15):
        began = time.perf_counter()
        client.get(address)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), count


def _rows(
    milliseconds: int, mails: int, ours: dict[int, float], peers: dict[str, float], missing: str
) -> Iterator[tuple[str, str, str, bool | None]]:
    what = f"newsletters into a sink of {milliseconds} ms"
    said = ", ".join(f"W={senders}: {rate:.0f}" for senders, rate in ours.items())
    if missing:
        yield what, f"{said} mails/s; the others {missing}", "", None
        return
    others = ", ".join(f"{peer} {rate:.0f}" for peer, rate in peers.items())
    ratio = max(ours.values()) / max(peers.values())
    bar = 2.0 if milliseconds else 1.0
    yield (
        f"{what}, {mails:,} mails ({said}; {others})",
        f"{ratio:.1f} × the fastest",
        f"≥ {bar:.0f}",
        ratio >= bar,
    )


def to_sink(port: int) -> Any:
    return override_settings(
        PORTAL_MAIL_BACKEND="platform_portal.mail.smtp.CarefulBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_USE_TLS=False,
        EMAIL_USE_SSL=False,
        EMAIL_HOST_USER="",
        EMAIL_HOST_PASSWORD="",
        PORTAL_NEWSLETTERS_PER_MINUTE=60_000_000,
    )
