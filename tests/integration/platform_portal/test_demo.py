"""`make demo`, really run: it answers, Ctrl-C stops all of it, and a second run finds its data again."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from platform_portal.embedded import are_running

pytestmark = pytest.mark.enable_socket
ROOT = Path(__file__).resolve().parents[3]
READY = "Ctrl-C"
# What this test run has set for itself must not reach the demo.
OURS = ("PORTAL_", "DJANGO_", "DATABASE_", "REDIS_", "COV_", "COVERAGE_", "PYTEST_", "MAKE")


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def demo(folder: Path, port: str) -> Iterator[str]:
    """Run the demo until it is ready; yield what it printed; press Ctrl-C at the end."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    environment = {
        **kept,
        "PORT": port,
        "PORTAL_VAR_DIR": str(folder / "var"),
        "PORTAL_STATIC_ROOT": str(folder / "static"),
    }
    output = folder / "output"
    with output.open("w") as stream:
        process = subprocess.Popen(
            ["make", "demo"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_for(lambda: READY in output.read_text() or process.poll() is not None, 300)
        assert process.poll() is None, output.read_text()
        yield output.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(timeout=40)


def wait_for(condition, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


def get(port: str, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", int(port), timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def processes_in(folder: Path) -> list[str]:
    """Command lines of all processes that were started for this demo."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if str(folder / "var").encode() in entry.read_bytes():
                found.append((entry.parent / "cmdline").read_text().replace("\0", " ").strip())
        except OSError:
            continue
    return [command for command in found if command]


def test_demo_answers_stops_and_keeps_its_data(tmp_path: Path) -> None:
    port = free_port()
    began = time.monotonic()
    with demo(tmp_path, port) as first:
        first_took = time.monotonic() - began
        assert f"http://127.0.0.1:{port}/" in first
        status, home = get(port, "/")
        assert status == 200
        assert "つながりポータル" in home
        style = re.search(r'href="(/static/[^"]+\.css)"', home)
        assert style
        assert get(port, style.group(1))[0] == 200
        assert any("gunicorn" in command for command in processes_in(tmp_path))
        assert any("celery" in command and "beat" in command for command in processes_in(tmp_path))
        password = re.search(r"パスワード: (\S+)", first)
        assert password
        readable = [path.name for path in (tmp_path / "var").glob("demo*") if path.stat().st_mode & 0o077]
        assert readable == [], "the password is for the owner of the folder only"

    assert processes_in(tmp_path) == []
    assert not are_running(tmp_path / "var")
    with pytest.raises(ConnectionRefusedError):
        get(port, "/")

    began = time.monotonic()
    with demo(tmp_path, port) as second:
        # Under 15 s on an idle machine; a test run shares its own, and so did the first start, which had more to do.
        assert time.monotonic() - began < max(60, first_took)
        assert f"パスワード: {password.group(1)}" in second
        assert get(port, "/")[0] == 200
