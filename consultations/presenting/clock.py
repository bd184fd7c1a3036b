"""One moment for a whole page: every state on it is told for the same minute, every rule is read once."""

import datetime as dt
from collections.abc import Callable, Hashable
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.hours.evaluation import OpenState, Schedule, compile_rule
from consultations.models import Channel, VerificationRules
from consultations.opening import OpenAt
from platform_portal.japanese.calendar import TOKYO, HolidayCalendar
from platform_portal.keeping import keeper_of, make_anew

Keep = Callable[[Hashable, Callable[[], Any]], Any]
WEEKDAYS = "月火水木金土日"


class Clock:
    """Asks rules about `moment`. Costs one query (staff's corrections of holidays)."""

    def __init__(self, moment: dt.datetime | None = None, keep: Keep = make_anew) -> None:
        self.moment = (moment or timezone.now()).astimezone(TOKYO).replace(second=0, microsecond=0)
        self.keep = keep
        self.open_at = OpenAt(self.moment, keep)
        self._schedules: dict[tuple[str, bool], Schedule] = {}

    @classmethod
    def of(cls, request: HttpRequest) -> "Clock":
        """The clock of a resident's page; pieces of the page are kept for the minute."""
        keeper = keeper_of(request)
        return cls(keeper.moment, keeper)

    @property
    def calendar(self) -> HolidayCalendar:
        return self.open_at.calendar

    @property
    def today(self) -> dt.date:
        return self.moment.date()

    @cached_property
    def doubt_days(self) -> int:
        """So long after it was due an entry that nobody confirmed is still shown without a word."""
        days: int = self.keep("doubt days", lambda: VerificationRules.load().doubt_days)
        return days

    @property
    def is_night(self) -> bool:
        """When most offices are closed: 22:00 to 6:00."""
        return self.moment.hour >= 22 or self.moment.hour < 6

    def schedule(self, rule: str, *, by_appointment: bool = False) -> Schedule:
        key = (rule, by_appointment)
        if key not in self._schedules:
            self._schedules[key] = compile_rule(
                rule, self.calendar, self.today, by_appointment=by_appointment
            )
        return self._schedules[key]

    def schedule_of(self, channel: Channel) -> Schedule:
        return self.schedule(channel.effective_hours, by_appointment=channel.takes_appointments_only)

    def state_of(self, channel: Channel) -> OpenState:
        return self.schedule_of(channel).state_at(self.moment)

    # --- Times in words ----------------------------------------------------------------------
    def until_words(self, at: dt.datetime) -> str:
        """「21:00」 today, 「24:00」 at the coming midnight, else with the day."""
        if at.date() == self.today:
            return _time(at)
        if at == self._midnight_after(self.today):
            return "24:00"
        if at.time() == dt.time():
            return f"{self.day_words(at.date() - dt.timedelta(days=1))} 24:00"
        return f"{self.day_words(at.date())} {_time(at)}"

    def from_words(self, at: dt.datetime) -> str:
        """「今日 13:00」, 「あす 8:30」, 「月曜 8:30」, 「12月5日（土）8:30」."""
        return f"{self.day_words(at.date())} {_time(at)}"

    def day_words(self, on: dt.date) -> str:
        days = (on - self.today).days
        if days == 0:
            return _("今日")
        if days == 1:
            return _("あす")
        if 1 < days < 7:
            return _("%(weekday)s曜") % {"weekday": WEEKDAYS[on.weekday()]}
        return _("%(month)d月%(day)d日（%(weekday)s）") % {
            "month": on.month,
            "day": on.day,
            "weekday": WEEKDAYS[on.weekday()],
        }

    def minutes_left(self, until: dt.datetime) -> int:
        return max(1, int((until - self.moment).total_seconds() // 60))

    def _midnight_after(self, on: dt.date) -> dt.datetime:
        return dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), TOKYO)


def _time(at: dt.datetime) -> str:
    return f"{at.hour}:{at.minute:02}"
