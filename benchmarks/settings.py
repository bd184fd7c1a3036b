"""The portal's own settings, with a page of known bytes beside it and the page cache switchable."""

import os

os.environ.setdefault("PORTAL_SECRET_KEY", "benchmarks-only-" + "x" * 50)
os.environ.setdefault("PORTAL_ORIGIN", "http://127.0.0.1")
os.environ.setdefault("PORTAL_EMBEDDED", "true")
os.environ["PORTAL_VAR_DIR"] = os.environ.get("BENCH_VAR_DIR", "var/bench")
os.environ["PORTAL_STATIC_ROOT"] = os.path.join(os.environ["PORTAL_VAR_DIR"], "static")

from platform_portal.settings import *  # noqa: F403  # all of them, then two are changed
from platform_portal.settings import DATABASES, MIDDLEWARE

ROOT_URLCONF = "benchmarks.urls"
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]  # wrk, and the test client
DATABASES["default"]["NAME"] = os.environ.get("BENCH_DATABASE", DATABASES["default"]["NAME"])
if os.environ.get("BENCH_PAGE_CACHE") == "off":
    MIDDLEWARE = [name for name in MIDDLEWARE if "PublicPageCacheMiddleware" not in name]
