"""The child: bounds itself, reads one file from standard input, writes one answer to standard output.

    python -m meetings.confined TASK LIMITS OPTIONS

The answer is a line of JSON and, behind it, the bytes of a picture if there is one.
"""

import json
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from meetings.confined.errors import DeclinedError

# Each is `function(data, **options) -> (facts, picture)`; a child imports only what its task needs.
TASKS = {
    "pdf": "meetings.confined.pdf",
    "word": "meetings.confined.word",
    "workbook": "meetings.confined.workbook",
    "slides": "meetings.confined.slides",
    "picture": "meetings.confined.picture",
}
Reader = Callable[..., tuple[dict[str, Any], bytes]]


def bound(*, seconds: int, memory: int, answer: int) -> None:
    """From here on the kernel holds this process to it. Every limit is hard: nothing in here can raise it again."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(task: str, limits: str, options: str) -> None:
    bound(**json.loads(limits))
    read = cast(Reader, import_module(TASKS[task]).read)
    picture = b""
    try:
        facts, picture = read(sys.stdin.buffer.read(), **json.loads(options))
    except DeclinedError as declined:
        facts = {"declined": declined.code}
    except MemoryError:
        facts = {"declined": "memory"}
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + picture)


if __name__ == "__main__":
    main(*sys.argv[1:4])
