"""Keeps what residents wrote or looked for out of the logs."""

import logging
import re

_QUERY = re.compile(r"\?[^\s\"']*")


class PrivacyFilter(logging.Filter):
    """Cuts query strings from messages and drops the request object from the record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _QUERY.sub("?…", record.getMessage())
        record.args = ()
        record.__dict__.pop("request", None)
        return True
