"""Rules outside our own model (sunset, week numbers, fallbacks), left to `opening-hours-py`.

Its Japanese holidays are wrong, so no country is passed and `PH` is spelled out as dates beforehand.
"""

import datetime as dt
import re
from functools import lru_cache

from opening_hours import OpeningHours, State, validate

from consultations.hours.rules import BY_APPOINTMENT, DAY, MONTHS, Certainty, Span, UnsupportedSyntaxError
from platform_portal.japanese.calendar import HolidayCalendar

_WEEKDAY = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su)\b")
# Longer than any look-ahead of the evaluation, and still short enough to parse quickly.
_YEARS_AROUND = 2
_HOLIDAY_SELECTOR = re.compile(r"^(?P<others>(?:[A-Z][a-z](?:-[A-Z][a-z])?,)*)PH(?= |$)(?P<rest>[^,]*)$")


def read_foreign(text: str, calendar: HolidayCalendar, around: dt.date) -> "ForeignRules":
    """Raises UnsupportedSyntaxError when this is no opening_hours string, or asks for holidays in a way we cannot expand."""
    expanded = _expand_holidays(text, calendar, around) if "PH" in text else text
    return ForeignRules(
        _parse(expanded),
        mentions_holidays="PH" in text,
        names_some_weekdays=_WEEKDAY.search(text) is not None,
    )


@lru_cache(maxsize=2_000)
def _parse(text: str) -> OpeningHours:
    if not validate(text):
        raise UnsupportedSyntaxError(text)
    return OpeningHours(text, max_interval_days=366)


def _expand_holidays(text: str, calendar: HolidayCalendar, around: dt.date) -> str:
    first, last = dt.date(around.year - 1, 1, 1), dt.date(around.year + _YEARS_AROUND, 12, 31)
    dates = ",".join(
        f"{on.year} {MONTHS[on.month - 1]} {on.day:02}" for on in calendar.holidays_between(first, last)
    )
    parts = []
    for part in (part.strip() for part in text.split(";")):
        match = _HOLIDAY_SELECTOR.match(part)
        if match is None:
            if "PH" in part:
                raise UnsupportedSyntaxError(text)
            parts.append(part)
            continue
        if match["others"]:
            parts.append(match["others"].rstrip(",") + match["rest"])
        parts.append(dates + match["rest"])
    return "; ".join(parts)


class ForeignRules:
    """The spans of one date as the library sees them, cut at midnight."""

    def __init__(self, hours: OpeningHours, *, mentions_holidays: bool, names_some_weekdays: bool) -> None:
        self._hours = hours
        self.mentions_holidays = mentions_holidays
        self.names_some_weekdays = names_some_weekdays

    def spans_on_date(self, on: dt.date) -> tuple[Span, ...]:
        midnight = dt.datetime.combine(on, dt.time())
        spans = []
        for start, end, state, comment in self._hours.intervals(midnight, midnight + dt.timedelta(days=1)):
            if state == State.CLOSED:
                continue
            certainty = Certainty.UNKNOWN if state == State.UNKNOWN else Certainty.OPEN
            if certainty == Certainty.OPEN and comment.lower() == BY_APPOINTMENT:
                certainty = Certainty.BY_APPOINTMENT
            first = int((start - midnight).total_seconds()) // 60
            last = int((end - midnight).total_seconds()) // 60 if end else DAY
            spans.append((max(first, 0), min(last, DAY), certainty))
        return tuple(spans)
