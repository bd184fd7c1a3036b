"""Settings of the test run: the portal's own, told that this is a test."""

import os
import re

os.environ["PORTAL_ENV"] = "test"

from platform_portal.settings import *  # noqa: F403  # all of them; only the environment differs
from platform_portal.settings import CACHES, REDIS_URL

# Every parallel worker empties its own cache, not that of its neighbour. Redis has 16 databases; 0 is left alone.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
CACHES["default"]["LOCATION"] = re.sub(r"([?&]db=)\d+", rf"\g<1>{1 + _worker % 15}", REDIS_URL)
# The portal goes on without a cache that does not answer within a second; a busy test machine must not count as that.
CACHES["default"].update(OPTIONS={"socket_connect_timeout": 20, "socket_timeout": 20})
