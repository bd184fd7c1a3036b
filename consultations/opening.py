"""From stored rules to "open now": the bridge between the hours package and the database."""

import datetime as dt
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, Lookup, OuterRef, Q
from django.utils import timezone

from consultations.hours.evaluation import compile_rule, open_rules_at
from consultations.models.calendar import CalendarOverride
from consultations.models.channel import Channel, Schedule
from consultations.models.kinds import LIVE_KINDS
from platform_portal.japanese.calendar import HolidayCalendar
from platform_portal.keeping import make_anew
from platform_portal.publishing.states import State


class AnyOf(Lookup):
    """`column = ANY(array)`: one parameter for hundreds of keys, where IN would make one for each."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.rhs)


# Every rule without an end says one of these; asking only such rules spares reading the rest.
ROUND_THE_CLOCK = Q(rule__contains="24/7") | Q(rule__contains="00:00-24:00")


def holiday_calendar() -> HolidayCalendar:
    """Public holidays with the staff's corrections. One small query."""
    overrides = list(CalendarOverride.objects.values_list("on", "is_holiday", "name"))
    return HolidayCalendar(
        {on: is_holiday for on, is_holiday, _name in overrides},
        names={on: name for on, is_holiday, name in overrides if is_holiday},
    )


@dataclass(frozen=True)
class OpenAt:
    """One moment and who is there then. Make one per request: calendar and rules are read once.

    `keep` may be a Keeper of that moment: then they are read once for all requests of the minute.
    """

    moment: dt.datetime
    keep: Callable[[Hashable, Callable[[], Any]], Any] = field(default=make_anew, repr=False, compare=False)

    @classmethod
    def now(cls) -> "OpenAt":
        return cls(timezone.now())

    @cached_property
    def calendar(self) -> HolidayCalendar:
        calendar: HolidayCalendar = self.keep("holidays", holiday_calendar)
        return calendar

    @cached_property
    def schedule_keys(self) -> list[int]:
        """Keys of the schedules that are open. Each distinct rule is evaluated once, in Python."""
        keys: list[int] = self.keep("open schedules", self._find_open)
        return keys

    @cached_property
    def endless_keys(self) -> list[int]:
        """Keys of the schedules that are open now and have no end in sight."""
        keys: list[int] = self.keep("endless schedules", self._find_endless)
        return keys

    def _find_open(self) -> list[int]:
        key_of = dict(Schedule.objects.order_by().values_list("rule", "pk"))
        return [key_of[rule] for rule in open_rules_at(key_of, self.moment, self.calendar)]

    def _find_endless(self) -> list[int]:
        rules = Schedule.objects.filter(ROUND_THE_CLOCK).order_by().values_list("rule", "pk")
        today = self.moment.date()
        return [
            key
            for rule, key in rules
            if compile_rule(rule, self.calendar, today).state_at(self.moment).is_always
        ]

    def channels(
        self, kinds: Sequence[str] | None = None, *, endless: bool = False, language: str = ""
    ) -> Any:
        """Channels where somebody answers now, by any of `kinds` (default: every live kind).

        `endless`: only those that answer day and night, every day; `language`: only those that speak it.
        """
        return Channel.objects.speaking(language).filter(
            AnyOf(F("schedule_id"), self.endless_keys if endless else self.schedule_keys),
            kind__in=kinds or LIVE_KINDS,
            takes_appointments_only=False,
        )

    def has_open_channel(
        self, kinds: Sequence[str] | None = None, *, endless: bool = False, language: str = ""
    ) -> Exists:
        """Condition on windows: at least one such channel."""
        return Exists(self.channels(kinds, endless=endless, language=language).filter(window=OuterRef("pk")))


def as_open_at(moment: "dt.datetime | OpenAt") -> OpenAt:
    return moment if isinstance(moment, OpenAt) else OpenAt(moment)


def count_windows_changed_by(on: dt.date, *, is_holiday: bool | None) -> int:
    """Published windows whose hours on that day differ once `on` is corrected; None: without any correction.

    Every distinct rule is asked twice, however many windows share it.
    """
    now = holiday_calendar()
    overrides = {day: value for day, value in now.overrides.items() if day != on}
    if is_holiday is not None:
        overrides[on] = is_holiday
    then = HolidayCalendar(overrides)
    rules = Schedule.objects.filter(channels__window__state=State.PUBLISHED).distinct()
    changed = [
        key
        for key, rule in rules.order_by().values_list("pk", "rule")
        if compile_rule(rule, now, on).spans_on(on) != compile_rule(rule, then, on).spans_on(on)
    ]
    published = Channel.objects.filter(window__state=State.PUBLISHED)
    windows = published.filter(AnyOf(F("schedule_id"), changed)).values("window").distinct()
    return int(windows.count())
