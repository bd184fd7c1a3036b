"""From the side of whoever strikes: starts workers, waits for their points, and ends what it has started."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds for anything, on a machine that does other work as well


def wait_until(is_so: Callable[[], Any], what: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)


class Crew:
    """The workers of one run."""

    def __init__(self, nursery: "subprocess.Popen[str]", folder: Path) -> None:
        self._nursery = nursery
        self._folder = folder
        self.pids: list[int] = []

    def start(self, do: str = "work", point: str = "", number: int = 1) -> int:
        pid = self._order(do=do, point=point, number=number)
        self.pids.append(pid)
        return pid

    def call(self, scene: str, **values: Any) -> dict[str, Any]:
        """A scene, played by a process of its own."""
        pid = self._order(do="call", name=scene, values=values)
        answer = self._folder / "answer"
        wait_until(lambda: answer.exists() or not is_alive(pid), f"no answer to {scene}")
        wait_until(lambda: not is_alive(pid), f"{scene} did not end")
        said: dict[str, Any] = json.loads(answer.read_text())
        answer.unlink()
        return said

    def _order(self, **order: Any) -> int:
        order["folder"] = str(self._folder)
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(json.dumps(order) + "\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def wait_for_point(self) -> None:
        wait_until((self._folder / "reached").exists, "the worker did not come to its point")

    def go_on(self) -> None:
        (self._folder / "go_on").touch()

    def kill(self, pid: int, number: int = signal.SIGKILL) -> None:
        os.kill(pid, number)
        wait_until(lambda: not is_alive(pid), f"worker {pid} did not end")

    def end(self) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in self.pids:
            wait_until(lambda pid=pid: not is_alive(pid), f"worker {pid} did not end")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def nursery_for(database: str, port: int, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.nursery"],
        cwd=ROOT,
        env={
            **os.environ,
            "PORTAL_ENV": "test",
            "FAULTS_DATABASE": database,
            "FAULTS_PORT": str(port),
            **environment,
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        process.wait(timeout=PATIENCE)
        process.stdout.close()


@contextmanager
def crew_of(nursery: "subprocess.Popen[str]", folder: Path) -> Iterator[Crew]:
    folder.mkdir(parents=True)
    crew = Crew(nursery, folder)
    try:
        yield crew
    finally:
        crew.end()
