"""PostgreSQL and Redis for those who strike: their own, below var/faults, with every migration applied."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from platform_portal.embedded import ServiceUrls, ensure_services, stop_services
from tests.faults.crew import ROOT

VAR = ROOT / "var" / "faults"
ENVIRONMENT = {"PORTAL_VAR_DIR": str(VAR)}


@contextmanager
def services_to_strike() -> Iterator[ServiceUrls]:
    """Stopped at the end, whoever started them."""
    services = ensure_services(VAR)
    try:
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
            cwd=ROOT,
            env={**os.environ, "PORTAL_ENV": "test", **ENVIRONMENT},
            check=True,
            timeout=500,
        )
        yield services
    finally:
        stop_services(VAR)
