"""Workers that are really killed, with the signal that nobody can catch, in the middle of a report's layout.

Run by `make faults`: each case starts processes of its own and takes some ten seconds.
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from platform_portal.celery import app
from reports.making import source_name
from reports.models import Rendering, RenderingKind, RenderingState
from reports.models.renderings import RENDERINGS
from reports.snapshots import to_json
from reports.tasks import make_waiting_files
from tests.factories.reports import RenderingFactory
from tests.unit.reports.sample import long_report

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
LONGEST_WAIT = 90  # seconds; a machine that does much else still comes to it
PAGES = 20


def environment(media: Path) -> dict[str, str]:
    """Of a process that works in the database, the queue and the folder of this test."""
    place = connection.settings_dict
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{quote(place['USER'])}@/{place['NAME']}?host={place['HOST']}",
        "REDIS_URL": settings.REDIS_URL,
        "PORTAL_MEDIA_ROOT": str(media),
    }


@contextmanager
def worker(media: Path) -> Iterator[subprocess.Popen[bytes]]:
    """As in production: one process that waits for work, and a child that prints."""
    command = [sys.executable, "-m", "celery", "--app", "platform_portal", "--quiet", "worker"]
    command += ["--queues", "pdf", "--concurrency", "1", "--without-gossip", "--without-mingle"]
    with (media.parent / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--loglevel", "WARNING"],
            env=environment(media),
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill_all_of(process)


def kill_all_of(worker: subprocess.Popen[bytes]) -> None:
    """The machine is gone: nobody is left to tidy up."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(timeout=10)


def kill_the_child_of(worker: subprocess.Popen[bytes]) -> None:
    """What the system does when memory is short."""
    for child in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def tick() -> None:
    """What beat does every minute."""
    make_waiting_files.apply_async()


def wait_until(row: Rendering, *states: RenderingState, ticking: bool = False) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    next_tick = time.monotonic() + 1
    while row.state not in states and time.monotonic() < deadline:
        if ticking and time.monotonic() > next_tick:
            tick()
            next_tick += 1
        time.sleep(0.05)
        row.refresh_from_db()
    assert row.state in states, row.error


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty before, and after: what a killed worker had taken comes back."""
    monkeypatch.setitem(app.conf, "task_always_eager", False)
    app.control.purge()
    yield
    app.control.purge()


@pytest.mark.parametrize(
    ("kill", "is_followed"), [(kill_all_of, True), (kill_the_child_of, False)], ids=["machine", "child"]
)
def test_a_report_survives_whoever_prints_it(
    kill: Callable[[subprocess.Popen[bytes]], None], is_followed: bool, queue: None, tmp_path: Path
) -> None:
    source = to_json(long_report(PAGES))
    kind = RenderingKind.PDF
    row = RenderingFactory(kind=kind, source=source, source_sha256=source_name(kind, source))
    media = tmp_path / "media"
    with worker(media) as first:
        tick()
        wait_until(row, RenderingState.LAYING_OUT)
        kill(first)
        row.refresh_from_db()
        assert (row.state, row.attempts) == (RenderingState.LAYING_OUT, 1)
        assert not (media / RENDERINGS).exists()
        if is_followed:
            with worker(media):
                wait_until(row, RenderingState.DONE, RenderingState.FAILED, ticking=True)
        else:
            wait_until(row, RenderingState.DONE, RenderingState.FAILED, ticking=True)
            assert first.poll() is None
    assert (row.state, row.attempts, row.error) == (RenderingState.DONE, 2, "")
    (file,) = (media / RENDERINGS).iterdir()
    assert hashlib.sha256(file.read_bytes()).hexdigest() == row.sha256
    assert row.page_count > PAGES // 2
