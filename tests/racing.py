"""Several people at the same moment, with real transactions. Needs `django_db(transaction=True)`."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from platform_portal.access.checks import Refused


def at_once(
    *actions: Callable[[], Any], refusals: type[Exception] | tuple[type[Exception], ...] = Refused
) -> list[Any]:
    """Runs all actions together; for each None when it was done, or the error of `refusals` that it met.

    Any other error fails the test.
    """
    start = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Exception | None:
        try:
            start.wait(timeout=10)
            action()
        except refusals as refused:
            return refused
        finally:
            connections.close_all()
        return None

    pool = ThreadPoolExecutor(len(actions))
    try:
        return [each.result(timeout=30) for each in [pool.submit(run, action) for action in actions]]
    finally:
        pool.shutdown(wait=False)
