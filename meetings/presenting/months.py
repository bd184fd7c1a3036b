"""One month as a calendar: weeks from Sunday, each day with its events."""

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from meetings.models import Event
from platform_portal.japanese.calendar import HolidayCalendar

MONTHS_BACK = 12
MONTHS_AHEAD = 18
MOST_ON_A_DAY = 8


@dataclass(frozen=True, slots=True)
class Day:
    on: dt.date
    is_outside: bool  # of the month before or after: an empty cell
    is_today: bool
    holiday: str
    events: list[Event] = field(default_factory=list)

    @property
    def shown(self) -> list[Event]:
        return self.events[:MOST_ON_A_DAY]

    @property
    def more(self) -> int:
        return max(0, len(self.events) - MOST_ON_A_DAY)


@dataclass(frozen=True, slots=True)
class Month:
    first: dt.date

    @classmethod
    def of(cls, day: dt.date) -> "Month":
        return cls(day.replace(day=1))

    @property
    def last(self) -> dt.date:
        return self.first.replace(day=calendar.monthrange(self.first.year, self.first.month)[1])

    def shifted(self, months: int) -> "Month":
        number = self.first.year * 12 + self.first.month - 1 + months
        return Month(dt.date(number // 12, number % 12 + 1, 1))

    def is_shown(self, today: dt.date) -> bool:
        """A crawler that follows 「次の月」 comes to an end."""
        now = Month.of(today)
        return now.shifted(-MONTHS_BACK).first <= self.first <= now.shifted(MONTHS_AHEAD).first

    def weeks(self, events: Iterable[Event], today: dt.date) -> list[list[Day]]:
        by_day = _by_day(events, self.first, self.last)
        holidays = HolidayCalendar()
        rows = calendar.Calendar(firstweekday=6).monthdatescalendar(self.first.year, self.first.month)
        return [
            [
                Day(
                    on=day,
                    is_outside=day.month != self.first.month,
                    is_today=day == today,
                    holiday=holidays.holiday_name(day) if day.month == self.first.month else "",
                    events=by_day.get(day, []) if day.month == self.first.month else [],
                )
                for day in week
            ]
            for week in rows
        ]


def _by_day(events: Iterable[Event], first: dt.date, last: dt.date) -> dict[dt.date, list[Event]]:
    """An event of several days stands on each of them."""
    found: dict[dt.date, list[Event]] = {}
    for event in events:
        day = max(first, timezone.localdate(event.starts_at))
        end = min(last, timezone.localdate(event.ends_at or event.starts_at))
        while day <= end:
            found.setdefault(day, []).append(event)
            day += dt.timedelta(days=1)
    return found
