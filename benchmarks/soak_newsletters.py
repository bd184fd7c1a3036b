"""Issue after issue while workers are killed at random moments: nothing may be lost however long it goes on.

    python -m benchmarks.soak_newsletters --minutes 30 [--seed 1]

Uses the services of `make faults` (var/faults, migrated by it). Prints what came of it and ends with 1 if anything was
lost, or went to anybody more than twice.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.chdir(ROOT)
sys.path.insert(0, str(ROOT))

from platform_portal.embedded import ensure_services, stop_services
from platform_portal.embedded.postgres import DATABASE
from tests.faults.crew import crew_of, is_alive, nursery_for, wait_until
from tests.smtp_server import smtp_server

VAR = ROOT / "var" / "faults"
READERS = 200
WORKERS = 2
LONGEST_LIFE = 3.0  # seconds until somebody is killed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    ensure_services(VAR)
    issues = kills = lost = twice = most = 0
    end = time.monotonic() + given.minutes * 60
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            smtp_server() as server,
            nursery_for(DATABASE, server.port, PORTAL_VAR_DIR=str(VAR)) as nursery,
        ):
            while time.monotonic() < end:
                server.taken.clear()
                with crew_of(nursery, Path(folder) / str(issues)) as crew:
                    name = f"s{time.time_ns():x}"
                    issue = crew.call("set_up", name=name, readers=READERS)["issue"]
                    workers = [crew.start() for _ in range(WORKERS)]
                    deadline = time.monotonic() + 300
                    while crew.call("facts", issue=issue)["state"] != "completed":
                        time.sleep(dice.uniform(0, LONGEST_LIFE))
                        victim = dice.randrange(WORKERS)
                        if is_alive(workers[victim]):
                            crew.kill(workers[victim])
                            kills += 1
                        workers[victim] = crew.start()
                        if time.monotonic() > deadline:
                            print(f"issue {issues + 1} was not completed: {crew.call('facts', issue=issue)}")
                            return 1
                copies = server.copies()
                issues += 1
                lost += READERS - len(copies)
                twice += sum(copies.values()) - len(copies)
                most = max(most, *copies.values())
                wait_until(lambda: not server.open, "conversations go on")
    finally:
        stop_services(VAR)
    print(
        f"{given.minutes:g} minutes: {issues} issues of {READERS} readers, {kills} workers killed, "
        f"{lost} lost, {twice} sent twice, {most} copies at most"
    )
    return 1 if lost or most > 2 else 0


if __name__ == "__main__":
    sys.exit(main())
