"""What a page carries along and a request brings back: so that nobody decides about what they have not seen."""

import datetime as dt

from django.utils.dateparse import parse_datetime

# Stands for "saw nothing": no row of ours is as old.
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LONGEST_NUMBER = 18  # digits; what a column for keys can hold


def version_in(text: str) -> dt.datetime:
    """Garbage counts as having seen nothing."""
    try:
        return parse_datetime(text) or NEVER
    except ValueError:
        return NEVER


def number_in(text: str) -> int | None:
    """None for garbage: signs, fractions, raised digits, and what is longer than any number of ours."""
    return int(text) if text.isdecimal() and len(text) <= _LONGEST_NUMBER else None
