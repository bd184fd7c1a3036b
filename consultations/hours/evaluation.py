"""Is anybody there now, until when, and when next? Rules evaluated in Japanese time, never by guess.

An empty or unreadable rule is "unknown", which is never shown as closed.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from consultations.hours.foreign import ForeignRules, read_foreign
from consultations.hours.rules import (
    DAY,
    Certainty,
    Day,
    RuleSequence,
    Span,
    UnsupportedSyntaxError,
    read_rules,
    without,
)
from platform_portal.japanese.calendar import TOKYO, HolidayCalendar

CLOSING_SOON_MINUTES = 60
# A rule that has not opened (or closed) within this many days never does: a year, the gap that
# 「偶数月の第5金曜」 can leave, and February 29 left out.
HORIZON_DAYS = 400


class OpenKind(StrEnum):
    OPEN = "open"
    CLOSING_SOON = "closing_soon"
    CLOSED = "closed"
    BY_APPOINTMENT = "by_appointment"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OpenState:
    """What to tell a resident at one moment. All times are aware, in Asia/Tokyo.

    kind                      until                   opens_at
    open, closing_soon        end of this opening     None
    closed                    None                    next opening, None when there is none
    by_appointment            end, if within hours    next opening, if outside them
    unknown                   end, if the rule says   next opening that is sure, if any
                              「unknown」 for a while

    `is_always` is true when the opening has no end (24 hours, every day); `until` is None then.
    `holiday_unconfirmed`: today is a public holiday of which the rule does not speak.
    `opens_unconfirmed`: the same of the day of `opens_at`, of whoever is closed now.
    """

    kind: OpenKind
    until: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    is_always: bool = False
    holiday_unconfirmed: bool = False
    opens_unconfirmed: bool = False

    @property
    def is_open(self) -> bool:
        return self.kind in (OpenKind.OPEN, OpenKind.CLOSING_SOON)


@dataclass(frozen=True)
class DayHours:
    """One row of the week's table. Spans are texts: ("8:30", "17:15"), ("18:00", "翌8:00").

    `unknown_spans`: times of which the rule itself says that nobody knows; never among `spans`.
    `carried_until`: "8:00" when yesterday's opening runs on into this day, else empty.
    """

    date: dt.date
    spans: list[tuple[str, str]]
    unknown_spans: list[tuple[str, str]]
    carried_until: str
    is_closed: bool
    is_holiday: bool
    holiday_name: str
    note: str


class InvalidRule(ValueError):  # noqa: N818 - it is the rule that is invalid
    """A rule that nobody can evaluate; the message is for the person who typed it."""


class Schedule:
    """A rule ready to be asked. Make it with `compile_rule`."""

    def __init__(
        self, rules: RuleSequence | ForeignRules | None, calendar: HolidayCalendar, by_appointment: bool
    ) -> None:
        self._rules = rules
        self._calendar = calendar
        self._by_appointment = by_appointment
        self._days: dict[dt.date, tuple[Span, ...]] = {}

    @property
    def is_known(self) -> bool:
        return self._rules is not None

    def spans_on(self, on: dt.date) -> tuple[Span, ...]:
        """What starts on that day, in minutes from its midnight."""
        spans = self._days.get(on)
        if spans is None:
            spans = self._days[on] = self._compute_spans(on)
        return spans

    def _compute_spans(self, on: dt.date) -> tuple[Span, ...]:
        if self._rules is None:
            return ()
        if isinstance(self._rules, ForeignRules):
            return self._rules.spans_on_date(on)
        return self._rules.spans_on(Day(on, self._calendar.is_holiday(on)))

    def state_at(self, moment: dt.datetime) -> OpenState:
        """The state at an aware moment."""
        if self._rules is None:
            kind = OpenKind.BY_APPOINTMENT if self._by_appointment else OpenKind.UNKNOWN
            return OpenState(kind)
        local = moment.astimezone(TOKYO)
        today, minute = local.date(), local.hour * 60 + local.minute
        certainty = self._certainty_at(today, minute)
        unconfirmed = self._is_holiday_unconfirmed(today)
        if certainty is None:
            kind = OpenKind.BY_APPOINTMENT if self._by_appointment else OpenKind.CLOSED
            opens_at = self._next_opening(today, minute)
            return OpenState(
                kind,
                opens_at=opens_at,
                holiday_unconfirmed=unconfirmed,
                opens_unconfirmed=opens_at is not None and self._is_holiday_unconfirmed(opens_at.date()),
            )
        until, is_always = self._end_of_opening(today, minute, certainty)
        kind = self._kind_of(certainty, local, until)
        opens_at = self._next_opening(today, minute) if kind == OpenKind.UNKNOWN else None
        return OpenState(kind, until, opens_at, is_always, unconfirmed)

    def _kind_of(self, certainty: Certainty, local: dt.datetime, until: dt.datetime | None) -> OpenKind:
        if certainty == Certainty.UNKNOWN:
            return OpenKind.UNKNOWN
        if certainty == Certainty.BY_APPOINTMENT or self._by_appointment:
            return OpenKind.BY_APPOINTMENT
        if until is not None and until - local <= dt.timedelta(minutes=CLOSING_SOON_MINUTES):
            return OpenKind.CLOSING_SOON
        return OpenKind.OPEN

    def _certainty_at(self, today: dt.date, minute: int) -> Certainty | None:
        """The best certainty of all spans that hold this minute, or None when closed."""
        found = [span[2] for span in self.spans_on(today) if span[0] <= minute < span[1]]
        late = minute + DAY
        found += [span[2] for span in self.spans_on(today - _ONE_DAY) if span[0] <= late < span[1]]
        return min(found) if found else None

    def _end_of_opening(
        self, today: dt.date, minute: int, certainty: Certainty
    ) -> tuple[dt.datetime | None, bool]:
        """When the spans of this certainty stop touching; (None, True) when they never do."""
        end = minute
        while end < HORIZON_DAYS * DAY:
            offset = end // DAY
            reached = max(
                (
                    span[1] + day * DAY
                    for day in (offset - 1, offset)
                    for span in self.spans_on(today + dt.timedelta(days=day))
                    if span[2] == certainty and span[0] + day * DAY <= end < span[1] + day * DAY
                ),
                default=end,
            )
            if reached == end:
                return _moment(today, end), False
            end = reached
            if self._is_endless(today, minute, certainty):
                break
        return None, True

    def _is_endless(self, today: dt.date, minute: int, certainty: Certainty) -> bool:
        """Shortcut for plain `24/7`, so that a list of such windows needs no walk through the year."""
        rules = self._rules.rules if isinstance(self._rules, RuleSequence) else ()
        if len(rules) != 1 or rules[0].is_off:
            return False
        selector = rules[0].selector
        return not selector.dates and not selector.names_days and rules[0].spans == ((0, DAY, certainty),)

    def _next_opening(self, today: dt.date, minute: int) -> dt.datetime | None:
        for offset in range(HORIZON_DAYS):
            on = today + dt.timedelta(days=offset)
            for start, _end, certainty in self.spans_on(on):
                if certainty != Certainty.UNKNOWN and offset * DAY + start > minute:
                    return _moment(on, start)
        return None

    def _is_holiday_unconfirmed(self, on: dt.date) -> bool:
        """A holiday, open by a rule that names weekdays without a word on holidays."""
        rules = self._rules
        if rules is None or rules.mentions_holidays or not self._calendar.is_holiday(on):
            return False
        return bool(self.spans_on(on)) and rules.names_some_weekdays

    def week(self, first_day: dt.date) -> list[DayHours]:
        return [self._day_hours(first_day + dt.timedelta(days=offset)) for offset in range(7)]

    def _day_hours(self, on: dt.date) -> DayHours:
        spans = self.spans_on(on)
        sure, doubtful = _split(spans)
        return DayHours(
            date=on,
            spans=_clocks(sure),
            unknown_spans=_clocks(doubtful),
            carried_until=self._carried_until(on),
            is_closed=self.is_known and not spans,
            is_holiday=self._calendar.is_holiday(on),
            holiday_name=self._calendar.holiday_name(on),
            note=self._note(on, spans),
        )

    def _carried_until(self, on: dt.date) -> str:
        """When yesterday's opening ends on this day."""
        sure, _doubtful = _split(self.spans_on(on - _ONE_DAY))
        end = max((span[1] - DAY for span in sure), default=0)
        return _clock(end) if end > 0 else ""

    def _note(self, on: dt.date, spans: tuple[Span, ...]) -> str:
        certainties = {span[2] for span in spans}
        if not self.is_known:
            return _("受付時間は分かりません")
        sure, doubtful = _split(spans)
        if doubtful and sure:
            times = "、".join(f"{start}〜{end}" for start, end in _clocks(doubtful))
            return _("%(times)sは、受付しているか分かりません") % {"times": times}
        if doubtful:
            return _("受付しているか確かめてください")
        if spans and (Certainty.BY_APPOINTMENT in certainties or self._by_appointment):
            return _("予約が必要です")
        if self._is_holiday_unconfirmed(on):
            return _("祝日は確かめてください")
        return ""


_ONE_DAY = dt.timedelta(days=1)


def _moment(on: dt.date, minutes: int) -> dt.datetime:
    """Minutes from that day's midnight as an aware time. Japan has no summer time."""
    return dt.datetime.combine(on, dt.time(), TOKYO) + dt.timedelta(minutes=minutes)


def _split(spans: Iterable[Span]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """(spans in which somebody answers, those left of which nobody knows)."""
    spans = tuple(spans)
    sure = tuple(span for span in spans if span[2] != Certainty.UNKNOWN)
    return sure, without((span for span in spans if span[2] == Certainty.UNKNOWN), sure)


def _clocks(spans: Iterable[Span]) -> list[tuple[str, str]]:
    return [(_clock(start), _clock(end)) for start, end, _certainty in spans]


def _clock(minutes: int) -> str:
    if minutes > DAY:
        return f"翌{(minutes - DAY) // 60}:{minutes % 60:02}"
    return f"{minutes // 60}:{minutes % 60:02}"


def compile_rule(
    rule: str | None, calendar: HolidayCalendar, around: dt.date, *, by_appointment: bool = False
) -> Schedule:
    """Make a rule ready for evaluation. Never raises: what cannot be read is unknown.

    `around` bounds the years whose holidays are spelled out for rules outside our own model.
    `by_appointment`: nobody answers without an appointment, whatever the hours.
    """
    try:
        rules = _read(rule, calendar, around)
    except UnsupportedSyntaxError:
        rules = None
    return Schedule(rules, calendar, by_appointment)


def _read(rule: str | None, calendar: HolidayCalendar, around: dt.date) -> RuleSequence | ForeignRules | None:
    if not rule or not rule.strip():
        return None
    try:
        return read_rules(rule.strip())
    except UnsupportedSyntaxError:
        return read_foreign(rule.strip(), calendar, around)


def validate_rule(rule: str) -> None:
    """Raise InvalidRule, with a message in plain Japanese, unless the rule can be evaluated."""
    if not rule.strip():
        raise InvalidRule(_("受付時間の規則が空です。"))
    try:
        _read(rule, HolidayCalendar(), dt.datetime.now(TOKYO).date())
    except UnsupportedSyntaxError as error:
        raise InvalidRule(
            _("受付時間の規則が読めません。例：Mo-Fr 08:30-17:15; PH off のように書いてください。")
        ) from error


def week_table(
    rule: str | None, first_day: dt.date, calendar: HolidayCalendar, *, by_appointment: bool = False
) -> list[DayHours]:
    """Seven rows from `first_day`, for the public page."""
    return compile_rule(rule, calendar, first_day, by_appointment=by_appointment).week(first_day)


def open_rules_at(rules: Iterable[str], moment: dt.datetime, calendar: HolidayCalendar) -> set[str]:
    """Those of the rules by which somebody surely answers at that moment, without an appointment.

    The fast path of the open-now filter: all rules are asked about the same two days.
    """
    local = moment.astimezone(TOKYO)
    on, minute = local.date(), local.hour * 60 + local.minute
    today = Day(on, calendar.is_holiday(on))
    yesterday = Day(on - _ONE_DAY, calendar.is_holiday(on - _ONE_DAY))
    return {rule for rule in rules if _is_open(rule, today, yesterday, minute, calendar)}


def _is_open(rule: str, today: Day, yesterday: Day, minute: int, calendar: HolidayCalendar) -> bool:
    try:
        sequence = read_rules(rule)
    except UnsupportedSyntaxError:
        midnight = dt.datetime.combine(today.on, dt.time(), TOKYO)
        schedule = compile_rule(rule, calendar, today.on)
        return schedule.state_at(midnight + dt.timedelta(minutes=minute)).is_open
    for start, end, certainty in sequence.spans_on(today):
        if start <= minute < end and certainty == 0:
            return True
    if sequence.runs_past_midnight:
        minute += DAY
        for start, end, certainty in sequence.spans_on(yesterday):
            if start <= minute < end and certainty == 0:
                return True
    return False
