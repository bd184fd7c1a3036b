"""The test run's own settings do what they promise."""

import os

from django.conf import settings


def test_parallel_workers_have_caches_of_their_own() -> None:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    assert settings.CACHES["default"]["LOCATION"].endswith(f"db={1 + worker}")
