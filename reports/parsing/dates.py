"""Years, months and days as reports write them: 令和6年5月, R6.5, 2022.11～2023.2, 2022/11/11、18, 令和4年度, 通年."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field

from meetings.parsing.source import fold
from platform_portal.japanese.calendar import fiscal_year_range

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
_YEAR = r"(?:(?P<era>令和|平成|昭和|[RHS])\s?\.?\s?(?P<in_era>元|\d{1,2})|(?P<year>(?:19|20)\d\d))"
_LONGEST = 400

# --- The months at the head of an activity ------------------------------------------------------
_WEEKDAY = r"(?:\s?\([月火水木金土日][^()]{0,4}\))?"
_DAY = rf"(?P<day>\s?\d{{1,2}}\s?日{_WEEKDAY}|\s?(?:上旬|中旬|下旬|初旬|月末|末|頃|ごろ))?"
_BULLET = re.compile(r"(?:[・○●◎◆■◇□▪▶*-]|\(\d{1,2}\)|\d{1,2}\))\s*")
_MONTH_WITH_YEAR = re.compile(
    rf"{_YEAR}\s?(?:年\s?(?P<month>\d{{1,2}})\s?月|[./](?P<number>\d{{1,2}})月?(?!\d)){_DAY}"
)
_MONTH_ALONE = re.compile(rf"(?P<month>\d{{1,2}})\s?月{_DAY}")
_WHOLE_YEAR = re.compile(rf"(?:{_YEAR}\s?年度\s?)?(?:通年|年間を通じて)")
_CONNECTOR = re.compile(r"\s?(?:(?P<range>[~ー-]|から)|(?P<list>[、,・]))\s?")
_OPEN = re.compile(r"\s?[~ー-](?=\s|$)|\s?以降(?=\s|$)")
_DELIMITER = re.compile(r"\s|[:(\[【「→]|$")
_PARTICLES = frozenset("にのかまはをよでとも以頃末中、。,.・年月日度分")


@dataclass(frozen=True, slots=True)
class Months:
    """`end`: where they end in the text. `is_rough`: the words say more than months can, days or several months apart.
    `is_glued`: the words go on without a gap, so that it may be the middle of a sentence.
    """

    first: dt.date | None
    last: dt.date | None
    end: int
    is_rough: bool
    is_glued: bool


def bullet_length(folded: str) -> int:
    """How long the sign of a list at the head of a line is."""
    match = _BULLET.match(folded)
    return match.end() if match else 0


def read_head_months(folded: str, fiscal_year: int | None) -> Months | None:
    """Of a folded line that begins with months. `fiscal_year` gives the year of months that have none."""
    if (whole := _WHOLE_YEAR.match(folded)) and fiscal_year is not None:
        begin, end = fiscal_year_range(fiscal_year)
        return _ended(folded, whole.end(), [begin, end.replace(day=1)], False, is_range=True)
    match = _MONTH_WITH_YEAR.match(folded)
    if match is None:
        match = _MONTH_ALONE.match(folded) if fiscal_year is not None else None
        if match is None or not _DELIMITER.match(folded, match.end()):
            return None
    first = _month(match, _year(match) or _year_in(fiscal_year, match))
    return _with_the_rest(folded, match, first) if first else None


def _with_the_rest(folded: str, match: "re.Match[str]", first: dt.date) -> Months | None:
    months, rough, place, ranges = [first], bool(match["day"]), match.end(), True
    while connector := _CONNECTOR.match(folded, place):
        after = _MONTH_WITH_YEAR.match(folded, connector.end()) or _MONTH_ALONE.match(folded, connector.end())
        month = _month(after, _year(after) or _year_after(months[-1], after)) if after else None
        if after is None or month is None or len(months) >= 12:
            break
        rough = rough or bool(after["day"]) or bool(connector["list"])
        ranges = ranges and bool(connector["range"])
        months.append(month)
        place = after.end()
    if opened := _OPEN.match(folded, place):
        rough, place = True, opened.end()
    return _ended(folded, place, months, rough, is_range=ranges)


def _ended(
    folded: str, place: int, months: list[dt.date], is_rough: bool, *, is_range: bool
) -> Months | None:
    is_glued = not _DELIMITER.match(folded, place)
    if is_glued and (folded[place] in _PARTICLES or folded.endswith("。")):
        return None
    first, last = (months[0], months[-1]) if is_range else (min(months), max(months))
    if last < first:
        return None
    return Months(first, last if last != first else None, place, is_rough, is_glued)


def _year(match: "re.Match[str]") -> int | None:
    groups = match.groupdict()
    if groups.get("era"):
        return _ERAS[groups["era"]] + (1 if groups["in_era"] == "元" else int(groups["in_era"]))
    return int(groups["year"]) if groups.get("year") else None


def _month_number(match: "re.Match[str]") -> int:
    groups = match.groupdict()
    return int(groups.get("month") or groups.get("number") or 0)


def _month(match: "re.Match[str]", year: int | None) -> dt.date | None:
    number = _month_number(match)
    return dt.date(year, number, 1) if year is not None and 1 <= number <= 12 else None


def _year_in(fiscal_year: int | None, match: "re.Match[str]") -> int | None:
    return None if fiscal_year is None else fiscal_year + (_month_number(match) < 4)


def _year_after(before: dt.date, match: "re.Match[str]") -> int:
    """A month without a year is the next one of that name."""
    return before.year + (_month_number(match) < before.month)


def read_fiscal_year(text: str) -> int | None:
    """The first 年度 in `text`."""
    match = re.search(rf"{_YEAR}\s?年\s?度", fold(text[:_LONGEST]))
    return _year(match) if match else None


# --- 実施時期 -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Days:
    """Both empty: not known. Only `ends_on` empty: it goes on."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


_SEPARATED = re.compile(r"(?<=\d)\s+(?=\d)")
_TOKENS = (
    ("noise", re.compile(r"\([月火水木金土日](?:曜日?)?(?:・?祝)?\)|\((?:予定|仮)\)|頃|ごろ|予定|実施|開催")),
    ("year", re.compile(rf"{_YEAR}年度")),
    ("all", re.compile(r"通年|年間")),
    (
        "date",
        re.compile(
            rf"{_YEAR}(?:年(?P<month>\d{{1,2}})月(?:(?P<day>\d{{1,2}})日?)?"
            r"|(?P<sign>[./-])(?P<number>\d{1,2})(?:(?P=sign)(?P<last>\d{1,2}))?(?!\d)月?)"
        ),
    ),
    ("date", re.compile(r"(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日?)?")),
    ("date", re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})(?!\d)")),
    ("number", re.compile(r"(?P<number>\d{1,2})日?")),
    ("third", re.compile(r"初旬|上旬|中旬|下旬|末日?")),
    ("range", re.compile(r"[~ー-]|から|以降")),
    ("list", re.compile(r"[、,・;&]|及び|および|と")),
)
_THIRDS = {"初": (1, 10), "上": (1, 10), "中": (11, 20), "下": (21, 31), "末": (21, 31)}


class _UnknownError(Exception):
    """Words that name no days."""


@dataclass(slots=True)
class _Span:
    first: dt.date
    last: dt.date
    has_day: bool


@dataclass(slots=True)
class _Timing:
    fiscal_year: int | None
    spans: list[_Span] = field(default_factory=list)
    connector: str = ""

    def take(self, kind: str, match: "re.Match[str]") -> None:
        if kind == "noise":
            return
        if kind in ("range", "list"):
            if not self.spans:
                raise _UnknownError  # until some day: since when is not said
            self.connector = kind
            return
        span = getattr(self, f"_{kind}")(match)
        if span is not None:
            if self.spans and not self.connector:
                raise _UnknownError
            self.spans.append(span)
            self.connector = ""

    def _year(self, match: "re.Match[str]") -> _Span:
        self.fiscal_year = _span(_year(match), 4, None).first.year
        return _Span(*fiscal_year_range(self.fiscal_year), False)

    def _all(self, match: "re.Match[str]") -> _Span | None:
        if self.spans and not self.connector:
            return None  # 令和4年度通年
        if self.fiscal_year is None:
            raise _UnknownError
        return _Span(*fiscal_year_range(self.fiscal_year), False)

    def _date(self, match: "re.Match[str]") -> _Span:
        year = _year(match)
        if year is None and self.spans:
            year = _year_after(self.spans[-1].first, match)
        elif year is None:
            year = _year_in(self.fiscal_year, match)
        groups = match.groupdict()
        return _span(year, _month_number(match), groups.get("day") or groups.get("last"))

    def _number(self, match: "re.Match[str]") -> _Span:
        """A day where the date before has one, else a month."""
        if not self.spans or not self.connector:
            raise _UnknownError
        before = self.spans[-1]
        if before.has_day:
            return _span(before.last.year, before.last.month, match["number"])
        return _span(_year_after(before.first, match), int(match["number"]), None)

    def _third(self, match: "re.Match[str]") -> None:
        if not self.spans or self.connector or self.spans[-1].has_day:
            raise _UnknownError
        span = self.spans[-1]
        first, last = _THIRDS[match[0][0]]
        span.first, span.last = (
            span.first.replace(day=first),
            span.last.replace(day=min(last, span.last.day)),
        )

    def days(self) -> Days:
        if not self.spans or self.connector == "list":
            return Days()
        first, last = min(span.first for span in self.spans), max(span.last for span in self.spans)
        return Days(first, None if self.connector == "range" else last)


def read_timing(text: str, fiscal_year: int | None = None) -> Days:
    """The days that 実施時期 names, from the first to the last. Words that name none give none."""
    if len(text) > _LONGEST:
        return Days()
    plain = "".join(_SEPARATED.sub("、", fold(text).strip()).split())
    timing, place = _Timing(fiscal_year), 0
    try:
        while place < len(plain):
            kind, match = _token(plain, place)
            timing.take(kind, match)
            place = match.end()
    except _UnknownError:
        return Days()
    return timing.days()


def _token(text: str, place: int) -> "tuple[str, re.Match[str]]":
    for kind, pattern in _TOKENS:
        if match := pattern.match(text, place):
            return kind, match
    raise _UnknownError


def _span(year: int | None, month: int, day: str | None) -> _Span:
    if year is None or not 1 <= month <= 12:
        raise _UnknownError
    last = calendar.monthrange(year, month)[1]
    if day is None:
        return _Span(dt.date(year, month, 1), dt.date(year, month, last), False)
    if not 1 <= int(day) <= last:
        raise _UnknownError
    on = dt.date(year, month, int(day))
    return _Span(on, on, True)
