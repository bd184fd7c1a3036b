"""From statements to one canonical OSM string, later rules overriding earlier ones."""

from copy import deepcopy
from dataclasses import dataclass, field

from consultations.hours.describing import describe
from consultations.hours.parsing.days import WORKDAYS_MASK, YEAR_END
from consultations.hours.parsing.model import (
    Change,
    Closure,
    Days,
    FullDate,
    Hours,
    Limit,
    Minutes,
    MonthDay,
    Reading,
    apply_limit,
)
from consultations.hours.rules import DAY, EVERY_DAY, MONTHS, WEEKDAYS, write_date, write_time, write_weekdays

Spans = tuple[Minutes, ...]
_CHANNEL_WORDS = {
    "phone": "電話",
    "visit": "来所",
    "written": "メール・LINEなど",
    "online": "オンライン",
    "others": "時間外の窓口",
}
_SLOW_CHANNELS = ("written", "online", "others")


@dataclass
class Assembled:
    rule: str = ""
    is_complete: bool = True
    objections: list[str] = field(default_factory=list)


class Assembler:
    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.is_complete = True
        self.week: dict[int, Spans] = {}  # weekday index to what is open
        self.order: list[int] = []
        self.holiday_spans: Spans | None = None
        self.scoped: list[Hours] = []  # nth weekdays, months, parts of the year
        self.dated: list[Hours] = []  # single dates, monthly days: they come last
        self.closes_holidays = False
        self.restores_holidays = False
        self.days_unknown: Spans | None = None
        self.objections: list[str] = []

    def assemble(self) -> Assembled:
        hours = self.primary_hours()
        if not hours:
            return Assembled()
        for limit in self.reading.limits:
            for each in hours:
                apply_limit(each, limit)
        hours = [each for each in hours if each.spans]
        self.share_seasons(hours)
        self.settle_days(hours)
        for each in hours:
            self.place(each)
        for change in self.reading.changes:
            self.change(change)
        self.close_weekdays()
        rule = self.write()
        return Assembled(rule, self.is_complete and not self.objections, self.objections)

    def primary_hours(self) -> list[Hours]:
        """The hours of the first channel named; those of others belong to the other channels."""
        hours = self.reading.hours
        labels = [each.label for each in hours]
        primary = labels[0] if labels else ""
        if primary in _SLOW_CHANNELS:  # mail that arrives at any hour says nothing about who answers when
            primary = next((label for label in labels if label not in _SLOW_CHANNELS), primary)
        kept = ("", primary) if primary not in _SLOW_CHANNELS else (primary,)
        return [each for each in hours if each.label in kept]

    def other_channels(self) -> list[str]:
        """The hours that are not in the rule, in words, by channel."""
        kept = {id(each) for each in self.primary_hours()}
        notes = []
        others = [each for each in self.reading.hours if id(each) not in kept and each.spans]
        for label in dict.fromkeys(each.label for each in others):
            own = [deepcopy(each) for each in others if each.label == label]
            rule = Assembler(Reading(hours=own)).assemble().rule
            word = _CHANNEL_WORDS.get(label, label.strip(" :：、【】[]"))
            notes.append(f"{word}：{describe(rule) or rule}")
        return notes

    # --- which days -------------------------------------------------------------------------------
    def share_seasons(self, hours: list[Hours]) -> None:
        """「平日 4月〜9月 9時〜18時、10月〜3月 9時〜17時」: the weekdays hold for the next season too,

        and so do the months for the next weekdays: 「4月〜9月 平日 9時〜18時、土曜 9時〜12時、10月〜3月 …」.
        """
        previous: Days | None = None
        for each in hours:
            days = each.days
            if days is not None and previous is not None:
                names_weekdays = bool(days.mask or days.holidays or days.nths)
                if days.months and not names_weekdays and previous.mask:
                    days.mask, days.not_holidays = previous.mask, previous.not_holidays
                elif names_weekdays and not days.is_seasonal and previous.months and previous.mask:
                    days.months = previous.months
            previous = days

    def settle_days(self, hours: list[Hours]) -> None:
        """Hours without days: every day if 24時間; else what closed_days leaves, if it names a weekly closing."""
        closed = 0
        for closure in self.reading.closures:
            if not closure.days.months and not closure.spans:
                closed |= closure.days.mask
        unnamed = [each for each in hours if each.days is None]
        self.settle_seasons(hours, closed)
        for each in unnamed:
            if each.is_all_day or self.reading.is_never_closed:
                each.days = Days(mask=EVERY_DAY)
            elif closed and closed != EVERY_DAY and len(hours) == len(unnamed):
                each.days = Days(mask=EVERY_DAY & ~closed)
            else:
                self.is_complete = False

    def settle_seasons(self, hours: list[Hours], closed: int) -> None:
        """「4月〜9月 9時〜18時」 names no weekday either."""
        for each in hours:
            days = each.days
            if days is None or not days.months or days.mask or days.nths or days.holidays or days.month_days:
                continue
            if closed and closed != EVERY_DAY:
                days.mask = EVERY_DAY & ~closed
            elif not self.reading.is_never_closed:
                self.is_complete = False

    def place(self, hours: Hours) -> None:
        days, spans = hours.days, tuple(sorted(hours.spans))
        if days is None:
            self.days_unknown = tuple(sorted({*(self.days_unknown or ()), *spans}))
            return
        self.place_weekdays(days, spans, is_additional=hours.is_additional)
        if days.nths or days.months or ((days.periods or days.once) and (days.mask or days.nths)):
            self.scoped.append(hours)
        elif days.periods or days.month_days or days.once:
            self.dated.append(hours)

    def place_weekdays(self, days: Days, spans: Spans, *, is_additional: bool) -> None:
        if not (days.months or days.periods or days.month_days or days.once):
            for index in range(7):
                if days.mask >> index & 1:
                    self.add(index, spans, is_additional=is_additional)
            if days.holidays:
                self.holiday_spans = _united(self.holiday_spans or (), spans)
        if days.is_office_days:
            self.reading.closures.append(Closure(Days(periods=[YEAR_END])))
        if days.not_holidays:
            if is_additional:
                self.restores_holidays = True
            else:
                self.closes_holidays = True

    def add(self, index: int, spans: Spans, *, is_additional: bool) -> None:
        known = self.week.get(index)
        if known is None:
            self.week[index] = spans
        elif is_additional or not _overlap(known, spans):
            self.week[index] = _united(known, spans)
        else:
            self.week[index] = spans

    def change(self, change: Change) -> None:
        """「木曜は19時まで」: only days whose hours are known can begin or end differently."""
        for weeks, mask in change.days.nths:
            self.change_nth(weeks, mask, change)
        targets = [index for index in range(7) if change.days.mask >> index & 1]
        base = self.days_unknown
        if base is None and len(set(self.week.values())) == 1:
            base = next(iter(self.week.values()))  # 「平日9時〜19時（土曜は17時まで）」
        if change.days.months or change.days.periods or change.days.month_days:
            self.objections.append(change.words)
            return
        for index in targets:
            known = self.week.get(index, base)
            if known is None:
                self.objections.append(change.words)
                continue
            self.week[index] = _changed(known, change)
        if change.days.holidays:
            known = self.holiday_spans or self.week.get(6) or base
            if known is None:
                self.objections.append(change.words)
            else:
                self.holiday_spans = _changed(known, change)

    def change_nth(self, weeks: tuple[int, ...], mask: int, change: Change) -> None:
        """「第2水曜は19時まで」."""
        for index in range(7):
            if mask >> index & 1 and index in self.week:
                days = Days(nths=[(weeks, 1 << index)])
                self.scoped.append(Hours(days, list(_changed(self.week[index], change))))
            elif mask >> index & 1:
                self.objections.append(change.words)

    def close_weekdays(self) -> None:
        for closure in self.reading.closures:
            days = closure.days
            if closure.spans:
                self.close_spans(closure)
                continue
            if days.not_holidays and days.mask != WORKDAYS_MASK:
                self.is_complete = False  # 「火曜（祝日を除く）」: who knows the hours of such a holiday
            if days.holidays:
                self.closes_holidays = True
                if self.holiday_spans is not None:
                    self.holiday_spans, self.is_complete = None, False
            if not days.months:
                for index in range(7):
                    if days.mask >> index & 1:
                        self.week.pop(index, None)
        for days in self.reading.included:
            self.include(days)

    def close_spans(self, closure: Closure) -> None:
        if not closure.days.is_weekly:
            self.is_complete = False
        if closure.days.holidays:  # half a holiday has no place in the rule: whoever reads it must be told
            self.objections.append(closure.open_words or "祝日")
        elif closure.open_words and not self.has_hours_on(closure.days):
            self.objections.append(closure.open_words)  # 「平日9時〜17時、土曜は午前中」: from when?
        for index in range(7):
            if closure.days.mask >> index & 1 and index in self.week:
                holder = Hours(None, list(self.week[index]))
                apply_limit(holder, Limit(rest=closure.spans))
                self.week[index] = tuple(holder.spans)

    def has_hours_on(self, days: Days) -> bool:
        """Whether there is something to keep a half of, on all of those days."""
        if not days.is_weekly:
            return False
        return all(index in self.week for index in range(7) if days.mask >> index & 1)

    def include(self, days: Days) -> None:
        if days.holidays:
            self.closes_holidays = False

    # --- writing ----------------------------------------------------------------------------------
    def write(self) -> str:
        if self.holiday_spans == ():
            self.holiday_spans, self.closes_holidays = None, True
        self.scoped = [each for each in self.scoped if each.spans]
        self.dated = [each for each in self.dated if each.spans]
        parts = self.weekly_parts()
        scoped = [self.scoped_part(each) for each in self.scoped]
        closures = [part for part in self.closure_parts() if part]
        dated = [self.dated_part(each) for each in self.dated]
        rule = self.join_weekly([*parts, *_merged(scoped)])
        if any(each.days and each.days.month_days for each in self.dated) and closures:
            if rule:  # does the closure hold on that date too, or does the date come first?
                self.objections += ["・".join(f"毎月{day}日" for day in self.monthly_days())]
            else:  # 「毎月10日（祝日を除く）」
                written = [f"{selector} {_write(spans)}" for selector, spans in dated]
                return "; ".join([*written, *closures])
        rule = "; ".join([part for part in [rule, *closures] if part])
        for selector, spans in dated:
            joint = ", " if self.adds_to_week(spans) else "; "
            rule = f"{rule}{joint if rule else ''}{selector} {_write(spans)}"
        return "24/7" if rule == "Mo-Su 00:00-24:00" else rule.replace("Mo-Su 00:00-24:00", "24/7")

    def monthly_days(self) -> list[int]:
        return [day for each in self.dated if each.days for day in each.days.month_days]

    def adds_to_week(self, spans: Spans) -> bool:
        """A night on a monthly date must not cut the night before, and may join if it covers the usual hours."""
        return _is_night(spans) and all(_covers(spans, known) for known in self.week.values())

    def weekly_parts(self) -> list[tuple[str, Spans]]:
        """(selector, spans) with equal days put together; the one with holidays comes last."""
        if self.days_unknown is not None:
            parts: list[tuple[str, Spans]] = [("", self.days_unknown)]
        else:
            parts = []
        grouped: dict[Spans, int] = {}
        for index in sorted(self.week):
            if self.week[index]:
                grouped[self.week[index]] = grouped.get(self.week[index], 0) | 1 << index
        holidays = self.holiday_spans
        if holidays is None and self.restores_holidays and not self.closes_holidays:
            holidays = self.usual_spans()
        if holidays is not None and grouped.get(holidays) == EVERY_DAY:
            holidays = None
        last: tuple[str, Spans] | None = None
        for spans, mask in grouped.items():
            if spans == holidays:
                last = (f"{write_weekdays(mask)},PH", spans)
            else:
                parts.append((write_weekdays(mask), spans))
        if holidays is not None:
            parts.append(last or ("PH", holidays))
        return parts

    def usual_spans(self) -> Spans | None:
        """The hours that most weekdays keep, for holidays on which only the addition falls away."""
        values = list(self.week.values())
        return max(values, key=values.count) if len(values) == 7 else None

    def join_weekly(self, parts: list[tuple[str, Spans]]) -> str:
        """`, ` where a night runs on, so that no later rule wipes it; but a rule that narrows must replace."""
        has_night = any(_is_night(spans) for _selector, spans in parts)
        text = ""
        earlier: list[Spans] = []
        for selector, spans in parts:
            narrows = ("PH" in selector or "[" in selector) and not all(
                _covers(spans, each) for each in earlier
            )
            joint = ", " if has_night and not narrows else "; "
            text += f"{joint if text else ''}{selector} {_write(spans)}".removeprefix(" " if not text else "")
            earlier.append(spans)
        return text.strip()

    def scoped_part(self, hours: Hours) -> tuple[str, Spans]:
        days = hours.days or Days()
        selectors = []
        if days.months:
            selectors.append(_months(days.months))
        elif days.periods:
            selectors.append(",".join(_period(period) for period in days.periods))
        elif days.once:
            selectors.append(",".join(_once(*each) for each in days.once))
        weekdays = (
            [write_weekdays(days.mask)] if days.mask and (days.months or days.periods or days.once) else []
        )
        weekdays += [_nth(weeks, mask) for weeks, mask in days.nths]
        if days.holidays and (days.months or days.periods):
            weekdays.append("PH")
        selectors.append(",".join(weekdays))
        return " ".join(part for part in selectors if part), tuple(hours.spans)

    def dated_part(self, hours: Hours) -> tuple[str, Spans]:
        days = hours.days or Days()
        dates = [_period(period) for period in days.periods]
        dates += [_once(*each) for each in days.once]
        dates += [
            write_date(month, day) for day in days.month_days for month in range(1, 13) if _exists(month, day)
        ]
        return ",".join(dates), tuple(hours.spans)

    def is_open_on(self, mask: int) -> bool:
        """Whether any hours may fall on one of these weekdays; a closure of others need not be said."""
        if (
            self.days_unknown
            or self.dated
            or any(not hours.days or not hours.days.nths for hours in self.scoped)
        ):
            return True
        nths = [known for hours in self.scoped if hours.days for _weeks, known in hours.days.nths]
        return any(mask >> index & 1 for index in self.week) or any(mask & known for known in nths)

    def closure_parts(self) -> list[str]:
        nths: list[str] = []
        dates: list[tuple[MonthDay, MonthDay]] = []
        others: list[str] = []
        for closure in self.reading.closures:
            days = closure.days
            if closure.spans:
                continue
            if days.months:
                others.append(self.scoped_part(Hours(days, []))[0] + " off")
                continue
            nths += [_nth(weeks, mask) for weeks, mask in days.nths if self.is_open_on(mask)]
            dates += [period for period in days.periods if period not in dates]
            if days.month_days or days.once:
                days = Days(month_days=days.month_days, once=days.once)
                others.append(self.dated_part(Hours(days, []))[0] + " off")
        for each in self.reading.included:
            dates = [period for period in dates if period not in each.periods]
        parts = [f"{','.join(dict.fromkeys(nths))} off"] if nths else []
        parts += others
        if self.closes_holidays and self.holiday_spans is None:
            parts.append("PH off")
        # By the calendar, New Year last: the order in which people look them up.
        dates.sort(key=lambda period: (period[0] > period[1], period))
        parts += [f"{_period(period)} off" for period in dates]
        return parts


def _united(first: Spans, second: Spans) -> Spans:
    result: list[Minutes] = []
    for start, end in sorted({*first, *second}):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


def _overlap(first: Spans, second: Spans) -> bool:
    return any(a < d and c < b for a, b in first for c, d in second)


def _covers(wide: Spans, narrow: Spans) -> bool:
    return all(any(a <= c and d <= b for a, b in wide) for c, d in narrow)


def _is_night(spans: Spans) -> bool:
    return any(end > DAY for _start, end in spans)


def _changed(spans: Spans, change: Change) -> Spans:
    result = list(spans)
    if change.end is not None:
        result = [(start, end) for start, end in result if start < change.end]
        result = [(start, min(end, change.end)) for start, end in result]
        if result:
            result[-1] = (result[-1][0], change.end)
    if change.start is not None:
        result = [(start, end) for start, end in result if end > change.start]
        if result:
            result[0] = (change.start, result[0][1])
    return tuple((start, end) for start, end in result if start < end and start < DAY)


def _write(spans: Spans) -> str:
    return ",".join(f"{write_time(start)}-{write_time(end)}" for start, end in spans)


def _period(period: tuple[MonthDay, MonthDay]) -> str:
    first, last = period
    if first == last:
        return write_date(*first)
    if first[0] == last[0] and first[1] < last[1]:
        return f"{write_date(*first)}-{last[1]:02}"
    return f"{write_date(*first)}-{write_date(*last)}"


def _once(first: FullDate, last: FullDate) -> str:
    begin, end = (f"{year} {write_date(month, day)}" for year, month, day in (first, last))
    return begin if begin == end else f"{begin}-{end}"


def _months(months: tuple[int, ...]) -> str:
    """`Apr-Sep`, `Oct-Mar`, `Jan,Apr,Jul,Oct`."""
    for first in months:
        run = [(first - 1 + step) % 12 + 1 for step in range(len(months))]
        if len(months) > 2 and sorted(run) == sorted(months):
            return f"{MONTHS[run[0] - 1]}-{MONTHS[run[-1] - 1]}"
    return ",".join(MONTHS[month - 1] for month in months)


def _nth(weeks: tuple[int, ...], mask: int) -> str:
    listed = ",".join(str(week) for week in weeks)
    return ",".join(f"{WEEKDAYS[index]}[{listed}]" for index in range(7) if mask >> index & 1)


def _exists(month: int, day: int) -> bool:
    return day <= (29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31)


def _merged(parts: list[tuple[str, Spans]]) -> list[tuple[str, Spans]]:
    """第2木曜 and 第4土曜 at the same hours: one rule. Only nth weekdays of every month."""
    merged: dict[Spans, str] = {}
    others: list[tuple[str, Spans]] = []
    for selector, spans in parts:
        if " " in selector or "[" not in selector:
            others.append((selector, spans))
        else:
            merged[spans] = f"{merged[spans]},{selector}" if spans in merged else selector
    return [(selector, spans) for spans, selector in merged.items()] + others
