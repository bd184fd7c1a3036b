"""Days as Japanese offices count them: public holidays, 年度 (April to March) and 和暦 dates.

Holidays come from the `holidays` package; staff may correct single days. Which day an equinox falls on is
fixed only by the official gazette of 1 February of the year before, so later years are provisional.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays

TOKYO = ZoneInfo("Asia/Tokyo")

_FIRST_KNOWN_YEAR, _LAST_KNOWN_YEAR = 1949, 2099  # the package answers nothing outside these
_ERAS = (
    (dt.date(2019, 5, 1), "令和"),
    (dt.date(1989, 1, 8), "平成"),
    (dt.date(1926, 12, 25), "昭和"),
    (dt.date(1912, 7, 30), "大正"),
    (dt.date(1873, 1, 1), "明治"),  # before that the lunar calendar was in use
)
_MEIJI_OFFSET = 1867
_WEEKDAYS = "月火水木金土日"


@lru_cache(maxsize=256)
def _holidays_of(year: int) -> Mapping[dt.date, str]:
    if not _FIRST_KNOWN_YEAR <= year <= _LAST_KNOWN_YEAR:
        return MappingProxyType({})
    return MappingProxyType(dict(holidays.country_holidays("JP", years=year, language="ja")))


def today() -> dt.date:
    """The date in Japan now."""
    return dt.datetime.now(TOKYO).date()


@dataclass(frozen=True, eq=False)
class HolidayCalendar:
    """Public holidays with the corrections that staff made.

    `overrides` maps a date to True (treat as a holiday) or False (an ordinary day); `names` gives the reason.
    Compared by identity, so that it may serve as a key of a cache.
    """

    overrides: Mapping[dt.date, bool] = field(default_factory=dict)
    names: Mapping[dt.date, str] = field(default_factory=dict)

    def is_holiday(self, on: dt.date) -> bool:
        if self.overrides and on in self.overrides:
            return self.overrides[on]
        return on in _holidays_of(on.year)

    def holiday_name(self, on: dt.date) -> str:
        """The name of the holiday, or an empty string on an ordinary day."""
        if not self.is_holiday(on):
            return ""
        return self.names.get(on) or _holidays_of(on.year).get(on, "祝日")

    def is_provisional(self, on: dt.date, as_of: dt.date | None = None) -> bool:
        """Whether the holidays of that year are computed, not yet published officially on `as_of` (today)."""
        as_of = as_of or today()
        published_through = as_of.year + (1 if (as_of.month, as_of.day) >= (2, 1) else 0)
        return on not in self.overrides and on.year > published_through

    def holidays_between(self, first: dt.date, last: dt.date) -> list[dt.date]:
        """All holidays from `first` to `last`, both included, in order."""
        known = {on for year in range(first.year, last.year + 1) for on in _holidays_of(year)}
        return sorted(on for on in known | set(self.overrides) if first <= on <= last and self.is_holiday(on))


def fiscal_year(on: dt.date) -> int:
    """The 年度 of a day: 2026 for every day from 2026-04-01 to 2027-03-31."""
    return on.year if on.month >= 4 else on.year - 1


def fiscal_year_range(year: int) -> tuple[dt.date, dt.date]:
    """First and last day of a 年度."""
    return dt.date(year, 4, 1), dt.date(year + 1, 3, 31)


def era_year(on: dt.date) -> tuple[str, int] | None:
    """Era and year in it, e.g. ("令和", 8); None before 1873."""
    for first_day, name in _ERAS:
        if on >= first_day:
            first_year = _MEIJI_OFFSET + 1 if name == "明治" else first_day.year
            return name, on.year - first_year + 1
    return None


def _era_text(on: dt.date) -> str:
    era = era_year(on)
    if era is None:
        return f"{on.year}"
    name, year = era
    return f"{name}{'元' if year == 1 else year}"


def format_wareki(on: dt.date, *, with_weekday: bool = False) -> str:
    """和暦: 令和8年11月21日, with the weekday 令和8年11月21日（土）."""
    weekday = f"（{_WEEKDAYS[on.weekday()]}）" if with_weekday else ""
    return f"{_era_text(on)}年{on.month}月{on.day}日{weekday}"


def format_wareki_moment(at: dt.datetime) -> str:
    """As a clock here shows it: 令和8年11月21日 9:05."""
    here = at.astimezone(TOKYO)
    return f"{format_wareki(here.date())} {here.hour}:{here.minute:02}"


def format_fiscal_year(year: int) -> str:
    """令和8年度 for 2026. A 年度 is named after the era of its 1 April, except that 2019 is 令和元年度."""
    if year == 2019:
        return "令和元年度"
    return f"{_era_text(dt.date(year, 4, 1))}年度"
