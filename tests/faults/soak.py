"""Issue after issue while workers are killed at random moments: nothing may be lost however long it goes on.

Run by `scripts/soak`. Writes what came of it to docs/newsletter-faults.md and ends with 1 if anything was lost, or went
to anybody more than twice. A copy over which two senders died is in doubt: the ledger shows it to staff, who send it once
more or not. It is lost if it has not arrived and nobody is asked about it.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from platform_portal.embedded.postgres import DATABASE
from tests.faults.crew import ROOT, Crew, crew_of, is_alive, nursery_for, wait_until
from tests.faults.report import machine, write_part
from tests.faults.services import ENVIRONMENT, services_to_strike
from tests.smtp_server import smtp_server

READERS = 200
WORKERS = 2
LONGEST_LIFE = 3.0  # seconds until somebody is killed
PATIENCE = 300.0  # seconds for one issue


@dataclass
class Tally:
    issues: int = 0
    kills: int = 0
    in_doubt: int = 0
    lost: int = 0
    twice: int = 0
    most: int = 0

    def count(self, copies: dict[str, int], doubtful: Collection[str]) -> None:
        self.issues += 1
        self.in_doubt += len(doubtful)
        self.lost += READERS - len(copies.keys() | set(doubtful))
        self.twice += sum(copies.values()) - len(copies)
        self.most = max(self.most, *copies.values())

    def words(self, minutes: float) -> str:
        return (
            f"{machine()}; {minutes:g} minutes: {self.issues} issues of {READERS} readers, {self.kills} workers killed, "
            f"{self.lost} lost, {self.in_doubt} shown to staff as in doubt, {self.twice} sent twice, nobody more than {self.most} times.\n"
        )


def send_one(crew: Crew, tally: Tally, dice: random.Random) -> list[str]:
    """Returns what is in doubt. Raises TimeoutError when the issue does not come to its end."""
    issue = crew.call("set_up", name=f"s{time.time_ns():x}", readers=READERS)["issue"]
    workers = [crew.start() for _ in range(WORKERS)]
    deadline = time.monotonic() + PATIENCE
    while (facts := crew.call("facts", issue=issue))["state"] != "completed":
        if time.monotonic() > deadline:
            raise TimeoutError(f"issue {tally.issues + 1} was not completed: {facts}")
        time.sleep(dice.uniform(0, LONGEST_LIFE))
        victim = dice.randrange(WORKERS)
        if is_alive(workers[victim]):
            crew.kill(workers[victim])
            tally.kills += 1
        workers[victim] = crew.start()
    doubtful: list[str] = crew.call("doubtful", issue=issue)["message_ids"]
    return doubtful


def soak(minutes: float, seed: int) -> Tally:
    tally, dice = Tally(), random.Random(seed)
    with (
        services_to_strike(),
        tempfile.TemporaryDirectory() as folder,
        smtp_server() as server,
        nursery_for(DATABASE, server.port, **ENVIRONMENT) as nursery,
    ):
        end = time.monotonic() + minutes * 60
        while time.monotonic() < end:
            server.taken.clear()
            with crew_of(nursery, Path(folder) / str(tally.issues)) as crew:
                doubtful = send_one(crew, tally, dice)
            wait_until(lambda: not server.open, "conversations go on")
            tally.count(server.copies(), doubtful)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    tally = soak(given.minutes, given.seed)
    print(tally.words(given.minutes), end="")
    write_part(ROOT / "docs" / "newsletter-faults.md", "soak", tally.words(given.minutes))
    return 1 if tally.lost or tally.most > 2 else 0


if __name__ == "__main__":
    sys.exit(main())
