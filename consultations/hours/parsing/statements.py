"""Statements on times: hours, breaks, receptions, closures. The clauses around them are read in `grammar`."""

from collections.abc import Sequence
from dataclasses import replace

from consultations.hours.describing import clock
from consultations.hours.parsing.days import DAY_KINDS, Group, Item, kind_at, read_days
from consultations.hours.parsing.model import Closure, Days, Hours, Limit, Minutes, Reading
from consultations.hours.parsing.text import make_uniform
from consultations.hours.parsing.times import read_spans, single_time, starts_span
from consultations.hours.parsing.tokens import Clock, Kind, Token
from consultations.hours.rules import DAY, EVERY_DAY

_ALSO = (Kind.ALSO, Kind.INCLUDE)  # 「18時〜20時も」


class StatementReader:
    """What has been read so far, and how statements that begin with a time add to it."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.text = make_uniform("")
        self.is_closed_field = False
        self.label = ""
        self.bracket_label = ""
        self.pending: Days | None = None  # days that wait for their hours
        self.pending_words = ""
        self.has_hours_here = False
        self.is_pending_here = False  # they stand in the clause that is being read
        self.is_closing = False  # the clause lists days on which it is closed

    def not_understood(self, start: int, end: int) -> None:
        quoted = self.text.quote(start, end).strip("、,，・（）()　 ")
        if quoted:
            self.reading.unparsed.append(quoted)

    def note(self, items: Sequence[Item]) -> None:
        if items:
            self.reading.notes.append(self.text.quote(items[0].start, items[-1].end))

    def take_pending(self) -> Days | None:
        days, self.pending = self.pending, None
        return days

    def wait(self, days: Days, start: int, end: int) -> None:
        self.pending, self.pending_words, self.is_pending_here = days, self.text.quote(start, end), True

    def close(self, days: Days, spans: Sequence[Minutes] = (), beside: Days | None = None) -> None:
        """Closed on those days. Beside other days (平日（月曜を除く）) weekdays are taken from those alone."""
        if beside is None or spans:
            self.reading.closures.append(Closure(days, list(spans)))
            return
        if not days.months:
            beside.mask &= ~days.mask
            beside.not_holidays |= days.holidays
            days = replace(
                days,
                mask=0,
                holidays=False,
                not_holidays=False,
                is_office_days=False,
                is_listed=False,
                is_vague=False,
            )
        if not days.is_empty:
            self.reading.closures.append(Closure(days))

    # --- hours ----------------------------------------------------------------------------------
    def read_hours(self, items: Sequence[Item], position: int, days: Days | None) -> int:
        is_all_day = kind_at(items, position) is Kind.ALL_DAY
        if is_all_day:
            spans: list[Minutes] = [(0, DAY)]
            end = position + 1
            if kind_at(items, end) is Kind.EVERY_DAY:  # 24時間365日
                days, end = Days(mask=EVERY_DAY), end + 1
        else:
            spans, doubtful, end = read_spans(items, position)
            if doubtful:
                self.not_understood(items[doubtful[0]].start, items[doubtful[-1]].end)
        days = self.settle_waiting(days, spans, is_all_day=is_all_day)
        if not spans:
            return end
        after = end
        while kind_at(items, after) in (Kind.FILLER, Kind.PARTICLE):
            after += 1
        if len(spans) > 1 and spans[-2][0] < spans[-1][0] < spans[-1][1] < spans[-2][1]:
            after = self.read_hole(items, after, days, spans)
            return after or end
        match kind_at(items, after):
            case Kind.EXCLUDE | Kind.CLOSED if not self.is_closing_heading(items, after):
                return self.exclude_spans(days, spans, after)
            case Kind.LUNCH if after > end:  # 「12時〜13時は昼休み」
                self.reading.limits.append(Limit(rest=spans))
                return after + 1
        self.add_hours(days, spans, is_all_day=is_all_day, is_additional=kind_at(items, after) in _ALSO)
        return after + 1 if kind_at(items, after) in _ALSO else end

    def settle_waiting(self, days: Days | None, spans: list[Minutes], *, is_all_day: bool) -> Days | None:
        """The days of hours that have just been read, when others still wait for theirs."""
        pending = self.pending
        if pending is None or days is None:
            return days
        if days is pending:
            self.pending = None
        elif days.months and not (days.mask or days.nths):
            days = replace(pending, months=days.months)  # 「平日 4月〜9月 9時〜18時」
            self.pending = None
        elif self.is_shared(days) and spans:
            self.add_hours(self.take_pending(), list(spans), is_all_day=is_all_day, is_additional=False)
        return days

    def is_shared(self, days: Days | None) -> bool:
        """「月・水曜（祝日を除く）、第2土曜 10時〜15時」: the hours are those of both."""
        pending = self.pending
        if days is None or pending is None or not self.is_pending_here:
            return False
        return bool(pending.mask or pending.nths)

    def is_closing_heading(self, items: Sequence[Item], position: int) -> bool:
        """「9時〜17時 休業日：土日」: the word speaks of what follows, not of the hours before it."""
        item = items[position]
        if not isinstance(item, Token) or item.kind is not Kind.CLOSED:
            return False
        following = kind_at(items, position + 1)
        return following is Kind.COLON or (str(item.value).endswith("日") and following in DAY_KINDS)

    def read_hole(self, items: Sequence[Item], after: int, days: Days | None, spans: list[Minutes]) -> int:
        """「9時〜17時 12時〜13時は休み」: the last span lies within the one before it."""
        self.add_hours(days, spans[:-1], is_all_day=False, is_additional=False)
        self.reading.limits.append(Limit(rest=spans[-1:]))
        is_said = kind_at(items, after) in (Kind.EXCLUDE, Kind.CLOSED, Kind.LUNCH)
        return after + 1 if is_said else 0

    def exclude_spans(self, days: Days | None, spans: list[Minutes], position: int) -> int:
        if days is None:
            self.reading.limits.append(Limit(rest=spans))
        else:
            self.close(days, spans)
        return position + 1

    def add_hours(
        self, days: Days | None, spans: list[Minutes], *, is_all_day: bool, is_additional: bool
    ) -> None:
        hours = self.reading.hours
        self.has_hours_here = True
        if self.is_closed_field and not self.label:
            # 「相談員による相談は月曜の10時〜」: other hours than those of the window, we cannot tell whose
            self.reading.unparsed.append("、".join(f"{clock(start)}〜{clock(end)}" for start, end in spans))
            return
        if days is not None and days.is_vague:
            self.reading.unparsed.append("休日")
        if days is not None and len(days.split()) > 1:
            weekly, dated = days.split()
            hours.append(Hours(dated, list(spans), is_additional, self.label, is_all_day))
            days = weekly
        if days is None and hours and hours[-1].label == self.label and not is_all_day:
            previous = hours[-1]
            if previous.spans and spans[0][0] >= previous.spans[-1][1]:
                previous.spans += spans  # 8:30-12:00/13:00-17:00
                return
        hours.append(Hours(days, spans, is_additional, self.label, is_all_day))

    def read_lunch(self, items: Sequence[Item], position: int) -> int:
        following = position + 1
        while kind_at(items, following) in (Kind.PARTICLE, Kind.COLON, Kind.FILLER):
            following += 1
        item = items[following] if following < len(items) else None
        if isinstance(item, Group) and starts_span(item.items, 0):  # 「昼休み（12時〜13時）を除く」
            spans, doubtful, end = read_spans(item.items, 0)
            end = following + 1 if end == len(item.items) else position
        elif starts_span(items, following):
            spans, doubtful, end = read_spans(items, following)
        else:
            return position
        if doubtful or not spans or end == position:
            return position
        self.reading.limits.append(Limit(rest=spans))
        while kind_at(items, end) in (Kind.EXCLUDE, Kind.CLOSED, Kind.PARTICLE):
            end += 1
        return end

    def read_reception(self, items: Sequence[Item], position: int) -> int:
        """「受付は16時まで」「最終受付16:30」「受付は終了の30分前まで」; before a span it is a heading."""
        if kind_at(items, position) is Kind.BEFORE_END:
            self.reading.limits.extend(
                Limit(before_end=item.value)
                for item in items[position : position + 1]
                if isinstance(item, Token)
            )
            return position + 1
        following = position + 1
        while kind_at(items, following) in (Kind.PARTICLE, Kind.COLON, Kind.SEPARATOR, Kind.FILLER):
            following += 1
        if kind_at(items, following) is Kind.BEFORE_END:
            return self.read_reception(items, following)
        item = items[following] if following < len(items) else None
        if isinstance(item, Token) and not starts_span(items, following) and isinstance(item.value, Clock):
            self.reading.limits.append(Limit(last_reception=single_time(item.value, is_end=True)))
            following += 1
            return following + 1 if kind_at(items, following) is Kind.UNTIL else following
        return position + 1

    def read_lone_time(self, items: Sequence[Item], position: int) -> int:
        """「16:30受付終了」「16時まで受付」."""
        item = items[position]
        following = position + 1
        while kind_at(items, following) in (Kind.PARTICLE, Kind.UNTIL):
            following += 1
        if kind_at(items, following) is not Kind.RECEPTION or not isinstance(item, Token):
            return position
        if not isinstance(item.value, Clock):
            return position
        self.reading.limits.append(Limit(last_reception=single_time(item.value, is_end=True)))
        return following + 1

    def read_closed_label(self, items: Sequence[Item], position: int) -> int:
        """「定休日：月曜日」: the word comes first."""
        following = position + 1
        while kind_at(items, following) in (Kind.PARTICLE, Kind.COLON, Kind.FILLER):
            following += 1
        if kind_at(items, following) not in DAY_KINDS:
            return position
        days, end = read_days(items, following)
        if end == following or days.is_empty or kind_at(items, end) is Kind.IF_CASE:
            return position
        self.close(days)
        return end


def outer_label(reading: Reading) -> str:
    return reading.hours[0].label if reading.hours else ""
