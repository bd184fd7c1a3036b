"""The rule model: the part of OSM `opening_hours` that offices need, read and written.

A rule sequence says which spans *start* on a day; a span may run past midnight (`18:00-32:00`) and belongs
wholly to the day on which it starts. So a closed day never cuts off the night that began the evening before,
and never leaves a morning open that began on a closed day. `opening-hours-py` judges both otherwise
(`Mo-Fr 18:00-32:00; PH off`), which is why these rules are evaluated here.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BY_APPOINTMENT = "by appointment"
DAY = 24 * 60
EVERY_DAY = 0b1111111


class UnsupportedSyntaxError(ValueError):
    """The text is not in the part of OSM opening_hours that this module models."""


class Certainty(IntEnum):
    """How sure somebody answers within a span. Smaller is better."""

    OPEN = 0
    BY_APPOINTMENT = 1
    UNKNOWN = 2


# (first minute, end minute (excluded), certainty); minutes from the midnight on which the day starts
Span = tuple[int, int, Certainty]


class Day:
    """What the selectors ask about one date. Remembers the answers, since many rules share selectors."""

    __slots__ = ("answers", "bit", "is_holiday", "month_day", "nth", "nth_last", "on", "year_month_day")

    def __init__(self, on: dt.date, is_holiday: bool) -> None:
        self.on = on
        self.is_holiday = is_holiday
        self.bit = 1 << on.weekday()
        self.month_day = on.month * 100 + on.day
        self.year_month_day = on.year * 10000 + self.month_day
        self.nth = (on.day - 1) // 7 + 1
        self.nth_last = -((_days_in_month(on) - on.day) // 7 + 1)
        self.answers: dict[Selector, bool] = {}


def _days_in_month(on: dt.date) -> int:
    following = on.replace(day=28) + dt.timedelta(days=4)
    return (following - dt.timedelta(days=following.day)).day


@dataclass(frozen=True)
class DateRange:
    """From `first` to `last`, both included: mmdd every year (may wrap over New Year), or yyyymmdd."""

    first: int
    last: int
    has_year: bool = False

    def covers(self, day: Day) -> bool:
        value = day.year_month_day if self.has_year else day.month_day
        if self.first <= self.last:
            return self.first <= value <= self.last
        return value >= self.first or value <= self.last


@dataclass(frozen=True)
class NthWeekday:
    """Weekdays (bit mask, Monday is 1) in the given weeks of the month; -1 is the last."""

    mask: int
    weeks: tuple[int, ...]

    def covers(self, day: Day) -> bool:
        return bool(self.mask & day.bit) and (day.nth in self.weeks or day.nth_last in self.weeks)


@dataclass(frozen=True, eq=False)
class Selector:
    """Which days a rule speaks about: (in one of `dates`) and (a weekday, an nth weekday or a holiday)."""

    dates: tuple[DateRange, ...] = ()
    weekdays: int = 0
    nths: tuple[NthWeekday, ...] = ()
    holidays: bool = False

    @property
    def names_days(self) -> bool:
        return bool(self.weekdays or self.nths or self.holidays)

    def matches(self, day: Day) -> bool:
        if self.dates and not any(dates.covers(day) for dates in self.dates):
            return False
        if not self.names_days:
            return True
        if self.weekdays & day.bit or (self.holidays and day.is_holiday):
            return True
        return any(nth.covers(day) for nth in self.nths)


@dataclass(frozen=True)
class Rule:
    """One rule of a sequence. `spans` empty with `is_off` closes the whole day."""

    selector: Selector
    spans: tuple[Span, ...] = ()
    is_off: bool = False
    is_additional: bool = False  # joined with "," instead of ";": adds to the day instead of replacing it
    comment: str = ""


@dataclass(frozen=True)
class RuleSequence:
    """Rules in the order in which later ones override earlier ones."""

    rules: tuple[Rule, ...]
    runs_past_midnight: bool = field(init=False)

    def __post_init__(self) -> None:
        late = any(span[1] > DAY for rule in self.rules for span in rule.spans)
        object.__setattr__(self, "runs_past_midnight", late)

    def spans_on(self, day: Day) -> tuple[Span, ...]:
        """The spans that start on that day, in order, touching ones joined."""
        spans: tuple[Span, ...] = ()
        answers = day.answers
        for rule in self.rules:
            selector = rule.selector
            matched = answers.get(selector)
            if matched is None:
                matched = answers[selector] = selector.matches(day)
            if not matched:
                continue
            if rule.is_off:
                spans = without(spans, rule.spans) if rule.spans else ()
            elif rule.is_additional and spans:
                spans = joined(spans + rule.spans)
            else:
                spans = rule.spans
        return spans

    @property
    def mentions_holidays(self) -> bool:
        return any(rule.selector.holidays for rule in self.rules)

    @property
    def names_some_weekdays(self) -> bool:
        """Whether the rule tells weekdays apart (`Mo-Su` and `24/7` do not)."""
        masks = [rule.selector.weekdays for rule in self.rules if rule.selector.names_days]
        return any(mask != EVERY_DAY for mask in masks)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted spans, those of the same certainty that touch or overlap made one."""
    result: list[Span] = []
    for start, end, certainty in sorted(spans):
        if result and result[-1][2] == certainty and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]), certainty)
        else:
            result.append((start, end, certainty))
    return tuple(result)


def without(spans: Iterable[Span], holes: Iterable[Span]) -> tuple[Span, ...]:
    """`spans` less every minute that lies in one of `holes`."""
    for hole_start, hole_end, _certainty in holes:
        parts = []
        for start, end, certainty in spans:
            parts.append((start, min(end, hole_start), certainty))
            parts.append((max(start, hole_end), end, certainty))
        spans = [part for part in parts if part[0] < part[1]]
    return tuple(sorted(spans))


# --- Reading ------------------------------------------------------------------------------------
_TIME_RANGE = r"\d{1,2}:\d{2}\s*-\s*\d{1,2}:\d{2}"
_RULE = re.compile(
    rf"""\s*(?P<selector>[A-Za-z0-9 ,\[\]-]*?)\s*
    (?:(?P<spans>{_TIME_RANGE}(?:\s*,\s*{_TIME_RANGE})*)\s*(?P<modifier>open|off|closed|unknown)?
      |(?P<bare>off|closed|unknown))
    \s*(?:"(?P<comment>[^"]*)")?\s*(?P<separator>;|,|$)""",
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN = re.compile(r"\s*(?:(\d{4})|(-?\d{1,2})(?!\d)|([A-Za-z]+)|([,\[\]-]))")
_WEEKDAY_INDEX = {name.lower(): index for index, name in enumerate(WEEKDAYS)}
_MONTH_INDEX = {name.lower(): index for index, name in enumerate(MONTHS, start=1)}


@lru_cache(maxsize=20_000)
def read_rules(text: str) -> RuleSequence:
    """Parse an OSM string. Raises UnsupportedSyntaxError when it says something this model does not hold."""
    text = text.replace("24/7", "00:00-24:00")
    rules: list[Rule] = []
    position, separator = 0, ";"
    while separator:
        match = _RULE.match(text, position)
        if match is None:
            raise UnsupportedSyntaxError(text[position:])
        rules.append(_read_rule(match, is_additional=separator == ","))
        position, separator = match.end(), match["separator"]
    return RuleSequence(tuple(rules))


def _read_rule(match: re.Match[str], *, is_additional: bool) -> Rule:
    modifier = (match["modifier"] or match["bare"] or "open").lower()
    comment = match["comment"] or ""
    certainty = Certainty.OPEN
    if modifier == "unknown":
        certainty = Certainty.UNKNOWN
    elif comment.lower() == BY_APPOINTMENT:
        certainty = Certainty.BY_APPOINTMENT
    spans = read_spans(match["spans"], certainty) if match["spans"] else ()
    if match["bare"] and certainty == Certainty.UNKNOWN:
        spans = ((0, DAY, certainty),)
    return Rule(
        read_selector(match["selector"]), spans, modifier in ("off", "closed"), is_additional, comment
    )


@lru_cache(maxsize=20_000)
def read_spans(text: str, certainty: Certainty = Certainty.OPEN) -> tuple[Span, ...]:
    """`08:30-12:00,22:00-05:00` as minutes; an end not after its start lies on the next day."""
    spans = []
    for part in text.split(","):
        first, last = (_minutes(time) for time in part.split("-"))
        if first >= DAY or last > 2 * DAY:
            raise UnsupportedSyntaxError(text)
        spans.append((first, last if last > first else last + DAY, certainty))
    return joined(spans)


def _minutes(time: str) -> int:
    hours, minutes = (int(part) for part in time.split(":"))
    if minutes > 59:
        raise UnsupportedSyntaxError(time)
    return hours * 60 + minutes


@lru_cache(maxsize=5_000)
def read_selector(text: str) -> Selector:
    """`Dec 29-Jan 03`, `Jan,Mar We[2,4]`, `Sa,Su,PH`, or nothing for every day."""
    return _SelectorReader(text).read()


def _is_year(token: str) -> bool:
    return len(token) == 4 and token.isdigit()


class _SelectorReader:
    """Recursive descent over the tokens of one selector: dates first, then weekdays."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = []
        position, text = 0, text.strip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise UnsupportedSyntaxError(text)
            self.tokens.append(next(group for group in match.groups() if group).lower())
            position = match.end()
        self.index = 0

    def peek(self) -> str:
        return self.tokens[self.index] if self.index < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.index += 1
        return token

    def refuse(self) -> UnsupportedSyntaxError:
        return UnsupportedSyntaxError(self.text)

    def read(self) -> Selector:
        dates: list[DateRange] = []
        while self.peek() in _MONTH_INDEX or _is_year(self.peek()):
            dates.append(self.date_range())
            if self.peek() == ",":
                self.take()
                if not (self.peek() in _MONTH_INDEX or _is_year(self.peek())):
                    raise self.refuse()
        mask, nths, holidays = 0, [], False
        while self.peek():
            if self.peek() == "ph":
                self.take()
                holidays = True
            else:
                days = self.weekday_range()
                weeks = self.weeks()
                if weeks:
                    nths.append(NthWeekday(days, weeks))
                else:
                    mask |= days
            if self.peek() and (self.take() != "," or not self.peek()):
                raise self.refuse()
        return Selector(tuple(dates), mask, tuple(nths), holidays)

    def date_range(self) -> DateRange:
        year, month, day = self.date()
        if self.peek().startswith("-"):
            last_year, last_month, last_day = self.last_date(year, month, day)
        else:
            last_year, last_month, last_day = year, month, day
        first = (month or 1) * 100 + (day or 1)
        last = (last_month or 12) * 100 + (last_day or 31)
        if not year:
            if last_year:
                raise self.refuse()
            return DateRange(first, last)
        last_year = last_year or (year if last >= first else year + 1)
        return DateRange(year * 10000 + first, last_year * 10000 + last, has_year=True)

    def date(self) -> tuple[int, int, int]:
        """Year, month, day; 0 where not named."""
        year = int(self.take()) if _is_year(self.peek()) else 0
        month = _MONTH_INDEX.get(self.peek(), 0)
        if month:
            self.take()
        elif not year:
            raise self.refuse()
        day = 0
        if month and self.peek().isdigit() and len(self.peek()) <= 2:
            day = int(self.take())
            if not 1 <= day <= 31:
                raise self.refuse()
        return year, month, day

    def last_date(self, year: int, month: int, day: int) -> tuple[int, int, int]:
        dash = self.take()
        if dash != "-":  # the tokeniser reads "-18" as one number: `Nov 17-18`
            last_day = -int(dash)
            if not day or not day <= last_day <= 31:
                raise self.refuse()
            return year, month, last_day
        last_year, last_month, last_day = self.date()
        if bool(last_month) != bool(month) or bool(last_day) != bool(day):
            raise self.refuse()
        return last_year, last_month, last_day

    def weekday_range(self) -> int:
        first = last = self.weekday()
        if self.peek() == "-":
            self.take()
            last = self.weekday()
        return mask_of_range(first, last)

    def weekday(self) -> int:
        index = _WEEKDAY_INDEX.get(self.take())
        if index is None:
            raise self.refuse()
        return index

    def weeks(self) -> tuple[int, ...]:
        if self.peek() != "[":
            return ()
        self.take()
        weeks: set[int] = set()
        while True:
            week = self.week()
            following = self.take()
            if following.startswith("-") and following != "-" and week > 0:  # [1-3]
                weeks.update(range(week, -int(following) + 1))
                following = self.take()
            weeks.add(week)
            if following == "]":
                return tuple(sorted(weeks))
            if following != ",":
                raise self.refuse()

    def week(self) -> int:
        token = self.take()
        if not re.fullmatch(r"-?[1-5]", token):
            raise self.refuse()
        return int(token)


def mask_of_range(first: int, last: int) -> int:
    """Bit mask of the weekdays from `first` to `last` (0 is Monday), over Sunday if need be."""
    count = (last - first) % 7 + 1
    return sum(1 << (first + offset) % 7 for offset in range(count))


# --- Writing ------------------------------------------------------------------------------------
def write_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def write_spans(spans: Iterable[Span]) -> str:
    return ",".join(f"{write_time(start)}-{write_time(end)}" for start, end, _certainty in spans)


def write_weekdays(mask: int) -> str:
    """`Mo-Fr`, `Tu,Th`, `Sa,Su`."""
    return ",".join(ranges_of_weekdays(mask, WEEKDAYS, to="-"))


def ranges_of_weekdays(mask: int, names: Sequence[str], *, to: str) -> list[str]:
    """Runs of three or more days as one range, since that is how people write them."""
    runs: list[list[int]] = []
    for index in range(7):
        if not mask >> index & 1:
            continue
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    parts = []
    for run in runs:
        if len(run) > 2:
            parts.append(f"{names[run[0]]}{to}{names[run[-1]]}")
        else:
            parts.extend(names[index] for index in run)
    return parts


def write_date(month: int, day: int) -> str:
    return f"{MONTHS[month - 1]} {day:02}"
