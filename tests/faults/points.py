"""Where a worker can be struck. Patched in the process of the worker alone; the product has no hooks for it.

At its point a worker says so and waits; whoever strikes does it then, at exactly that moment, and lets it go on if it
still lives.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from newsletters.sending import pacing, pumping, senders, steps
from newsletters.services import freezing
from platform_portal.mail.smtp import CarefulSMTP

POINTS = ("freeze", "claim", "begin", "before the dot", "after the dot", "end", "tick")
LAST_DOT = b"\r\n.\r\n"


class Point:
    """`number`: how many times it is passed before it counts."""

    def __init__(self, folder: Path, number: int) -> None:
        self.reached, self.go_on = folder / "reached", folder / "go_on"
        self.left = number

    def __call__(self) -> None:
        self.left -= 1
        if self.left != 0:
            return
        self.reached.touch()
        while not self.go_on.exists():
            time.sleep(0.002)


def after(owner: Any, name: str, point: Callable[[], None]) -> None:
    real = getattr(owner, name)

    def struck(*args: Any, **kwargs: Any) -> Any:
        answer = real(*args, **kwargs)
        point()
        return answer

    setattr(owner, name, struck)


def in_the_body(point: Callable[[], None], *, is_before: bool) -> None:
    real = CarefulSMTP.send

    def send(self: Any, s: Any) -> None:
        if not (isinstance(s, bytes) and s.endswith(LAST_DOT)):
            real(self, s)
            return
        if is_before:
            self.sock.sendall(s[: -len(LAST_DOT)])
            point()
            real(self, LAST_DOT)
        else:
            real(self, s)
            point()

    CarefulSMTP.send = send


def arrange(where: str, folder: Path, number: int) -> None:
    point = Point(folder, number)
    if where == "freeze":
        after(freezing, "_write_rows", point)  # inside its transaction
    elif where == "claim":
        after(steps, "claim", point)
    elif where == "begin":
        after(steps.Beginning, "begin", point)  # committed, and not a word to the server
    elif where == "end":
        after(senders, "hand_over", point)  # answered, and not a word in the ledger
    elif where == "tick":
        after(steps, "reap", point)
    else:
        in_the_body(point, is_before=where == "before the dot")


def hurry() -> None:
    """Pauses of seconds, where the product has minutes and hours."""
    import datetime as dt

    soon = dt.timedelta(seconds=0.3)
    steps.DOUBT_PAUSE = soon
    steps.PAUSES[:] = [soon] * 50
    pacing.RESTS[:] = [soon]
    senders.BATCH = 5
    pumping.BATCH = 5
