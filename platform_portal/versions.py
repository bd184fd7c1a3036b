"""When something was last changed, as a page carries it: so that nobody decides about what they have not seen."""

import datetime as dt

from django.utils.dateparse import parse_datetime

# Stands for "saw nothing": no row of ours is as old.
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def version_in(text: str) -> dt.datetime:
    """Garbage counts as having seen nothing."""
    try:
        return parse_datetime(text) or NEVER
    except ValueError:
        return NEVER
