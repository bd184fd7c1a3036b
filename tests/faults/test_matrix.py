"""Every point at which a worker can be struck × everything that can strike it. Real processes and services.

`make faults` runs it and writes docs/newsletter-faults.md. PostgreSQL and Redis are its own, below var/faults.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from redis import Redis as RedisClient

from platform_portal.embedded.home import locked
from platform_portal.embedded.postgres import DATABASE, Postgres
from platform_portal.embedded.redis_server import Redis
from tests.faults import SENDERS
from tests.faults.crew import ROOT, Crew, crew_of, nursery_for, wait_until
from tests.faults.points import POINTS
from tests.faults.report import Outcome, table, write_part
from tests.faults.services import ENVIRONMENT, VAR, services_to_strike
from tests.smtp_server import SmtpServer, smtp_server

pytestmark = pytest.mark.faults

READERS = 24
# How many times a point is passed before the worker is struck there.
NUMBERS = {"freeze": 1, "claim": 2, "tick": 1}
BOUNDS = {"SIGKILL": SENDERS, "sink stopped": SENDERS, "PostgreSQL restarted": SENDERS}
outcomes: list[Outcome] = []


class World:
    """The services, the sink, and the one who strikes."""

    def __init__(self, nursery: Any, server: SmtpServer, database_url: str, redis_url: str) -> None:
        self.nursery, self.server = nursery, server
        self.database_url, self.redis_url = database_url, redis_url
        self.later: list[Callable[[], None]] = []

    def is_completed(self, issue: int) -> bool:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("SELECT state FROM newsletters_issue WHERE id = %s", [issue]).fetchone()
        return row == ("completed",)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with (
        services_to_strike() as services,
        smtp_server() as server,
        nursery_for(DATABASE, server.port, **ENVIRONMENT) as nursery,
    ):
        yield World(nursery, server, services.database_url, services.redis_url)
    if report := os.environ.get("FAULTS_REPORT"):
        write_part(ROOT / report, "matrix", table(outcomes, POINTS, SENDERS, READERS))


# --- What strikes -----------------------------------------------------------------------------
def sigkill(world: World, crew: Crew, worker: int, issue: int) -> None:
    crew.kill(worker)
    crew.start()


def sigterm(world: World, crew: Crew, worker: int, issue: int) -> None:
    os.kill(worker, signal.SIGTERM)
    crew.go_on()
    crew.kill(worker, 0)  # waits only: it ends by itself
    crew.start()


def flushall(world: World, crew: Crew, worker: int, issue: int) -> None:
    client = RedisClient.from_url(world.redis_url)
    client.flushall()
    client.close()


def redis_stopped(world: World, crew: Crew, worker: int, issue: int) -> None:
    with locked(VAR) as home:
        Redis(home).stop()
    crew.start()  # the tick that needs no Redis, as in production

    def start_again() -> None:
        with locked(VAR) as home:
            Redis(home).ensure(durable=True)

    world.later.append(start_again)


def sink_stopped(world: World, crew: Crew, worker: int, issue: int) -> None:
    """Everybody is hung up on; half a second nobody is there."""
    world.server.is_away = True
    world.server.hang_up()
    crew.go_on()
    time.sleep(0.5)
    world.server.is_away = False


def postgres_restarted(world: World, crew: Crew, worker: int, issue: int) -> None:
    with locked(VAR) as home:
        Postgres(home).stop()
        crew.go_on()
        time.sleep(0.3)
        Postgres(home).ensure(durable=True)


def paused(world: World, crew: Crew, worker: int, issue: int) -> None:
    crew.call("pause", issue=issue)
    before = len(world.server.taken)  # the other sender has gone on until then
    crew.go_on()
    time.sleep(1)
    assert len(world.server.taken) - before <= SENDERS, "each finishes what it has in the air"
    assert len(world.server.taken) < READERS
    crew.call("resume", issue=issue)


def unsubscribed(world: World, crew: Crew, worker: int, issue: int) -> None:
    """Somebody whose copy the struck sender holds and has not begun; the other sender is through with its own."""
    time.sleep(1.5)
    with psycopg.connect(world.database_url) as connection:
        row = connection.execute(
            "SELECT s.address FROM newsletters_subscriber s LEFT JOIN newsletters_delivery d ON d.subscriber_id = s.id "
            "ORDER BY (d.state = 'claimed') DESC NULLS LAST, s.id DESC LIMIT 1"
        ).fetchone()
    assert row
    assert crew.call("leave", address=row[0]) == {"ended": 1}
    crew.go_on()
    world.left = row[0]  # type: ignore[attr-defined]  # looked at below


FAULTS: dict[str, Callable[[World, Crew, int, int], None]] = {
    "SIGKILL": sigkill,
    "SIGTERM": sigterm,
    "FLUSHALL": flushall,
    "Redis stopped": redis_stopped,
    "sink stopped": sink_stopped,
    "PostgreSQL restarted": postgres_restarted,
    "pause": paused,
    "unsubscribe": unsubscribed,
}
# Before an issue is sent it is not paused but taken back; between two rounds nothing of it is left to pause.
NOT_THERE = {("freeze", "pause"), ("tick", "pause")}
CASES = [(point, fault) for fault in FAULTS for point in POINTS if (point, fault) not in NOT_THERE]


@pytest.mark.parametrize(("point", "fault"), CASES, ids=[f"{fault}-{point}" for point, fault in CASES])
def test_struck(world: World, tmp_path: Path, point: str, fault: str) -> None:
    world.server.taken.clear()
    world.left = ""  # type: ignore[attr-defined]  # as above
    name = f"x{time.time_ns():x}"
    with crew_of(world.nursery, tmp_path / "crew") as crew:
        issue = int(crew.call("set_up", name=name, readers=READERS)["issue"])
        by_celery = fault in {"FLUSHALL", "Redis stopped"}
        worker = crew.start("celery" if by_celery else "work", point, NUMBERS.get(point, 3))
        crew.wait_for_point()
        FAULTS[fault](world, crew, worker, issue)
        crew.go_on()
        wait_until(lambda: world.is_completed(issue), "not completed")
        facts = crew.call("facts", issue=issue)
    while world.later:
        world.later.pop()()
    judge(world, point, fault, facts)


def judge(world: World, point: str, fault: str, facts: dict[str, Any]) -> None:
    left = world.left  # type: ignore[attr-defined]  # as above
    copies = world.server.copies()
    addressees = {recipient for recipient, _message in world.server.taken}
    lost = READERS - len(addressees) - bool(left)
    twice = len(world.server.taken) - len(copies)
    outcomes.append(Outcome(point, fault, lost, twice, facts["by_state"]))
    assert lost == 0
    assert twice <= BOUNDS.get(fault, 0)
    assert max(copies.values()) <= 2
    assert left not in addressees, "no mail after somebody has left"
    assert facts["is_balanced"]
    assert facts["by_state"].get("accepted", 0) + facts["by_state"].get("suppressed", 0) == facts["frozen"]


@pytest.mark.parametrize("point", ["begin", "end"])
def test_struck_outbox(world: World, tmp_path: Path, point: str) -> None:
    """The sender of all other mails, by the same measure."""
    world.server.taken.clear()
    name = f"o{time.time_ns():x}"
    with crew_of(world.nursery, tmp_path / "crew") as crew:
        crew.call("fill_outbox", name=name, mails=12)
        worker = crew.start("outbox", point, 3)
        crew.wait_for_point()
        crew.kill(worker)
        crew.start("outbox")
        wait_until(lambda: crew.call("outbox_facts", name=name)["sent"] == 12, "not all were sent")
    ours = [recipient for recipient, _message in world.server.taken if recipient.startswith(f"{name}.")]
    addressees, twice = set(ours), len(ours) - len(set(ours))
    outcomes.append(Outcome(point, "SIGKILL, outbox", 12 - len(addressees), twice, {}))
    assert len(addressees) == 12
    assert twice <= 1
