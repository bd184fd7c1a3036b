"""Settings of the test run: the portal's own, told that this is a test."""

import os

os.environ["PORTAL_ENV"] = "test"

from platform_portal.settings import *  # noqa: F403
