"""Running other programs: as whom, detached, and with one plain line when they fail."""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

START_SECONDS = 60.0
STOP_SECONDS = 30.0
LAUNCH = 'log=$1; shift; "$@" >>"$log" 2>&1 </dev/null &'


class EmbeddedError(Exception):
    """Why the embedded services cannot start or stop, in one plain line."""


def package_file(package: str, name: str) -> Path:
    """A program inside an installed package, found without importing the package."""
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / name if spec and spec.origin else None
    if path is None or not path.is_file():
        raise EmbeddedError(
            f"{package} がありません。make setup を実行するか、DATABASE_URL と REDIS_URL を設定してください"
        )
    return path


def as_owner(owner: tuple[int, int], needs: list[Path]) -> list[str]:
    """Words to put before a command so that it runs as `owner` (empty when that is us already).

    A checkout below /root cannot be entered by another user. Rather than opening folders to everybody, the
    process keeps one capability of root: passing file permissions.
    """
    if os.geteuid() == owner[0]:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise EmbeddedError("root では setpriv(util-linux)が必要です。一般の利用者で実行してもかまいません")
    plain = [setpriv, f"--reuid={owner[0]}", f"--regid={owner[1]}", "--clear-groups"]
    # access(2) forgets capabilities of everybody but root unless this bit is set.
    keep = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    strong = [*plain, *keep]
    for prefix in (plain, strong):
        tests = [f"test -r {_quoted(path)}" for path in needs]
        done = subprocess.run(  # noqa: S603  our own words; the paths are quoted
            [*prefix, "sh", "-c", " && ".join(tests)], capture_output=True
        )
        if done.returncode == 0:
            return [*prefix, "--"]
    raise EmbeddedError("PostgreSQL を root 以外の利用者で動かせません。一般の利用者で実行してください")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"


def quiet_environment() -> dict[str, str]:
    """Ours, without what would steer PostgreSQL or change the language of its messages."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


def run(command: list[str], *, failure: str, said: str = "") -> None:
    """Run to the end, with `said` as its input."""
    done = subprocess.run(  # noqa: S603  callers pass commands of ours, and no shell reads them
        command, input=said, capture_output=True, text=True, env=quiet_environment(), cwd="/"
    )
    if done.returncode != 0:
        raise EmbeddedError(f"{failure}: {reason_in(done.stderr)}")


def launch(command: list[str], log: Path) -> None:
    """Start a server that outlives us and is nobody's child, so that no test or shell has to wait for it."""
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    log.touch()
    subprocess.run(  # noqa: S603  callers pass commands of ours; the shell gets them as arguments, not as text
        ["/bin/sh", "-c", LAUNCH, "sh", str(log), *command],
        check=True,
        env=quiet_environment(),
        cwd="/",
        start_new_session=True,
    )


def reason_in(output: str) -> str:
    """The line of a program's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [
        line
        for line in lines
        if re.search(r"FATAL|PANIC|[Ee]rror:|not permitted|denied|No space|No such file", line)
    ]
    return (telling or lines or ["?"])[0][:300]


def wait_until(condition: Callable[[], bool], seconds: float, failure: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise EmbeddedError(failure)
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    return pid > 0 and Path(f"/proc/{pid}").exists()


def is_process_of(pid: int, program: str, *arguments: str) -> bool:
    """Whether `pid` lives and runs `program`; after a reboot its number may belong to anything.

    A process that ended but was not reaped yet has no words left and counts as gone.
    """
    try:
        words = [os.fsdecode(word) for word in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")]
    except OSError:
        return False
    return bool(re.search(rf"(^|/){program}( |$)", words[0])) and all(word in words for word in arguments)


def first_number(path: Path) -> int:
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return 0


def ask(path: Path, question: bytes, *, size: int = 64) -> bytes:
    """Say something to a socket and return the answer; empty when nobody is there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(path))
            connection.sendall(question)
            return connection.recv(size)
        except OSError:
            return b""
