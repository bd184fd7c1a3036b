"""Day and hours of a meeting, out of the words that say when it was held."""

import datetime as dt
import re
from dataclasses import dataclass

from meetings.parsing.source import fold, squeeze

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "R": 2018, "H": 1988, "S": 1925}
_KANJI_DIGITS = {digit: str(value) for value, digit in enumerate("零一二三四五六七八九")}
_DATE = re.compile(
    r"(?P<era>令和|平成|昭和|[RHS]|)\.?(?P<year>元|\d{1,4})[年./](?P<month>\d{1,2})[月./](?P<day>\d{1,2})日?"
    r"(?:[(\[]?(?P<weekday>[月火水木金土日])(?:曜日?)?(?:・?祝)?[)\]]?)?"
)
_TIME = re.compile(
    r"(?P<half>午前|午後|AM|PM|am|pm)?(?:(?P<noon>正午)|(?P<hour>\d{1,2})(?::(?P<clock>\d{2})|時(?:(?P<minute>\d{1,2})分|(?P<thirty>半))?)(?P<end>PM|AM|pm|am)?)"
)
_KANJI_NUMBER = re.compile(r"[零一二三四五六七八九十]{1,4}(?=[年月日時分])")
WEEKDAYS = "月火水木金土日"
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Held:
    held_on: dt.date | None = None
    starts_at: dt.time | None = None
    ends_at: dt.time | None = None
    weekday: str = ""

    @property
    def weekday_is_wrong(self) -> bool:
        return bool(self.held_on and self.weekday and WEEKDAYS[self.held_on.weekday()] != self.weekday)


def read_held(text: str) -> Held:
    plain = _with_figures(squeeze(fold(text[:_LONGEST])))
    match = _DATE.search(plain)
    held_on = _day(match) if match else None
    times = read_times(plain[match.end() :] if match else plain)
    return Held(
        held_on,
        times[0] if times else None,
        times[1] if len(times) > 1 else None,
        (match["weekday"] or "") if match and held_on else "",
    )


def read_times(text: str) -> list[dt.time]:
    """Every time of day in `text`, in order; 午後 holds on for a later time without a half of its own."""
    times: list[dt.time] = []
    half = ""
    for match in _TIME.finditer(_with_figures(squeeze(fold(text[:_LONGEST])))):
        half = (match["half"] or match["end"] or half).lower()
        found = _time(match, half)
        if found is not None:
            times.append(found)
    return times


def _with_figures(text: str) -> str:
    """二十三年 as 23年."""

    def figures(match: re.Match[str]) -> str:
        tens, ten, ones = match[0].partition("十")
        if not ten:
            return "".join(_KANJI_DIGITS[digit] for digit in match[0])
        if "十" in ones or len(tens) > 1 or len(ones) > 1:
            return match[0]
        return str(int(_KANJI_DIGITS.get(tens, "1")) * 10 + int(_KANJI_DIGITS.get(ones, "0")))

    return _KANJI_NUMBER.sub(figures, text)


def _day(match: re.Match[str]) -> dt.date | None:
    year = 1 if match["year"] == "元" else int(match["year"])
    if match["era"]:
        year += _ERAS[match["era"]]
    elif year < 1868:
        return None
    try:
        return dt.date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _time(match: re.Match[str], half: str) -> dt.time | None:
    if match["noon"]:
        return dt.time(12)
    hour = int(match["hour"])
    minute = 30 if match["thirty"] else int(match["clock"] or match["minute"] or 0)
    if half in ("午後", "pm") and hour < 12:
        hour += 12
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None
