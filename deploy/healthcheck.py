"""Health of the web container: can residents be served (also while Redis is down)?"""

import os
import sys
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

origin = urlsplit(os.environ.get("PORTAL_ORIGIN", "http://127.0.0.1:8000"))
request = Request(
    "http://127.0.0.1:8000/healthz", headers={"Host": origin.netloc, "X-Forwarded-Proto": origin.scheme}
)
try:
    with urlopen(request, timeout=4) as answer:  # noqa: S310  always http, see above
        sys.exit(0 if answer.status == 200 else 1)
except URLError as error:
    sys.exit(str(error))
