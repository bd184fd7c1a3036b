"""Real workers, killed at the worst moments. The whole matrix: `make faults`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from newsletters.ledger import counts_of
from newsletters.models import Issue
from tests.faults import SENDERS
from tests.faults.crew import crew_of, nursery_for, wait_until
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

POINTS = ("begin", "before the dot", "end")


def test_killed_workers_lose_nothing(
    server: SmtpServer, issue_to: Callable[..., Issue], tmp_path: Path
) -> None:
    database: Any = connection.settings_dict["NAME"]
    with nursery_for(database, server.port) as nursery:
        for point in POINTS:
            server.taken.clear()
            issue = issue_to(*[f"{point.replace(' ', '-')}{number}" for number in range(16)])
            with crew_of(nursery, tmp_path / point) as crew:
                first = crew.start(point=point, number=3)
                crew.wait_for_point()
                crew.kill(first)
                crew.start()
                wait_until(lambda issue=issue: is_completed(issue), f"not completed after {point}")
            assert len({recipient for recipient, _message in server.taken}) == 16, point
            assert len(server.taken) - 16 <= SENDERS, point
            assert max(server.copies().values()) <= 2
            counts = counts_of(issue)
            assert (counts.is_balanced, counts.terms[0]) == (True, 16), point
    connections.close_all()


def is_completed(issue: Issue) -> bool:
    issue.refresh_from_db()
    return issue.state == "completed"
