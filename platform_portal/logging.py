"""Keeps what residents wrote or looked for out of the logs."""

import logging
import re

# A link from a mail opens an account for whoever holds it.
_SECRET = re.compile(r"(/invitation/|/join/application/|/password/reset/key/)[^\s/\"']+")
_QUERY = re.compile(r"\?[^\s\"']*")


class PrivacyFilter(logging.Filter):
    """Cuts query strings and mailed secrets from messages and drops the request object from the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _SECRET.sub(r"\1…", _QUERY.sub("?…", record.getMessage()))
        record.args = ()
        record.__dict__.pop("request", None)
        return True
