"""The portal's side: hands a file to a child and takes what it found."""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
SECONDS = 20  # of a clock on the wall; the child itself gives up after as many of the processor
MEMORY = 1024 * 1024 * 1024  # of addresses; what the libraries map without using it counts too
ANSWER = 64 * 1024 * 1024
# Nothing of ours reaches the child: no address of a database, no key.
ENVIRONMENT: Mapping[str, str] = {"PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}


class ConfinedError(Exception):
    """The child declined, crashed or was ended. `code` says which; see meetings.extracting.words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    facts: dict[str, Any]
    picture: bytes


def run_confined(
    task: str, data: bytes, *, seconds: int = SECONDS, memory: int = MEMORY, **options: Any
) -> Answer:
    """What `task` (see __main__) finds in `data`. Raises ConfinedError.

    Through files, not pipes: a child that is full of words cannot fill our memory, and nobody waits for the other.
    """
    limits = {"seconds": seconds, "memory": memory, "answer": ANSWER}
    command = [sys.executable, "-s", "-m", "meetings.confined", task, json.dumps(limits), json.dumps(options)]
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        question.write(data)
        question.seek(0)
        try:
            done = subprocess.run(  # noqa: S603  our own program; the file itself goes through its standard input
                command,
                stdin=question,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env=dict(ENVIRONMENT),
                timeout=seconds,
                start_new_session=True,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            logger.warning("confined %s took longer than %s seconds", task, seconds)
            raise ConfinedError("slow") from error
        answer.seek(0)
        return _read_answer(task, done.returncode, answer.read(ANSWER))


def _read_answer(task: str, code: int, written: bytes) -> Answer:
    line, _newline, picture = written.partition(b"\n")
    if code != 0:
        logger.warning("confined %s ended with %s", task, code)
        raise ConfinedError("slow" if code in _OUT_OF_TIME else "crashed")
    facts = json.loads(line)
    if "declined" in facts:
        raise ConfinedError(facts["declined"])
    return Answer(facts, picture)


_OUT_OF_TIME = (-24, -9)  # SIGXCPU; SIGKILL where the machine itself ran out of memory or time
