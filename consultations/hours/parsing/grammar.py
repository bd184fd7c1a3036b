"""From tokens to statements, clause by clause. What fits no form is kept word for word as not understood."""

import re
from collections.abc import Sequence

from consultations.hours.parsing.clauses import clauses, ends_with_closing, flat, nest
from consultations.hours.parsing.days import DAY_KINDS, Group, Item, kind_at, read_days
from consultations.hours.parsing.model import (
    Change,
    Closure,
    Days,
    Hours,
    Limit,
    Minutes,
    Reading,
    apply_limit,
)
from consultations.hours.parsing.text import make_uniform
from consultations.hours.parsing.times import read_spans, single_time, starts_span
from consultations.hours.parsing.tokens import Clock, Kind, Token, tokenise
from consultations.hours.rules import DAY, EVERY_DAY

_SKIPPED = frozenset({Kind.FILLER, Kind.PARTICLE, Kind.SEPARATOR, Kind.COLON, Kind.UNTIL, Kind.ONLY})
_LINKS = frozenset({Kind.FILLER, Kind.PARTICLE, Kind.COLON, Kind.ONLY, Kind.RECEPTION})
_TIMED = DAY_KINDS | {Kind.TIME, Kind.ALL_DAY, Kind.HALF_DAY}
_BRIDGES = frozenset({Kind.PARTICLE, Kind.FILLER})  # small words that belong to an unknown phrase around them
# Kinds that limit when somebody answers: a sentence with one of them is never passed over.
_LIMITING = _TIMED | {Kind.EXCLUDE, Kind.CLOSED, Kind.BOOKING, Kind.LUNCH, Kind.BEFORE_END, Kind.IF_CASE}
_GUIDANCE = re.compile(
    r"(?:案内(?:いた)?します|案内して(?:おり|い)ます|(?:回答|返信|返答)は.{0,20}(?:行います|します)"
    r"|おつなぎします|(?:無料|有料)(?:です)?|秘密は(?:厳守|守)[^、。]{0,8}|お気軽に.{0,12}ください)$"
)


class Reader:
    """Reads the two fields of one window into one Reading."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.text = make_uniform("")
        self.is_closed_field = False
        self.label = ""
        self.bracket_label = ""
        self.pending: Days | None = None  # days that wait for their hours
        self.is_closing = False  # the clause lists days on which it is closed

    # --- fields and clauses ---------------------------------------------------------------------
    def read_field(self, original: str, *, is_closed_field: bool) -> None:
        self.text = make_uniform(original)
        self.is_closed_field = is_closed_field
        self.bracket_label = ""
        items = nest(tokenise(self.text))
        for clause in clauses(items):
            self.label = self.bracket_label
            self.read_clause(clause, in_brackets=False)
        if self.pending is not None:
            self.settle_pending()

    def settle_pending(self) -> None:
        """Days without hours at the end: they belong to hours without days, else they are not understood."""
        days = self.take_pending()
        last = self.reading.hours[-1] if self.reading.hours else None
        if days is not None and last is not None and last.days is None:
            last.days = days

    def not_understood(self, start: int, end: int) -> None:
        quoted = self.text.quote(start, end).strip("、,，・（）()　 ")
        if quoted:
            self.reading.unparsed.append(quoted)

    def note(self, items: Sequence[Item]) -> None:
        if items:
            self.reading.notes.append(self.text.quote(items[0].start, items[-1].end))

    def read_clause(self, items: Sequence[Item], *, in_brackets: bool) -> None:
        if not items:
            return
        if self.is_about_channel(items, in_brackets=in_brackets) or self.is_guidance(items):
            self.note(items)
            return
        outer, self.is_closing = self.is_closing, self.is_closed_field or ends_with_closing(items)
        position = 0
        unknown: list[Item] = []
        while position < len(items):
            is_bridge = unknown and kind_at(items, position) in _BRIDGES
            following = position if is_bridge else self.read_statement(items, position)
            if following > position:
                self.flush(unknown)
                position = following
            else:
                unknown.append(items[position])
                position += 1
        self.flush(unknown)
        if self.pending is not None and self.is_closing:
            self.close(self.pending)
            self.pending = None
        self.is_closing = outer

    def flush(self, unknown: list[Item]) -> None:
        while unknown and kind_at(unknown, len(unknown) - 1) in _BRIDGES:
            unknown.pop()
        if unknown:
            self.not_understood(unknown[0].start, unknown[-1].end)
            unknown.clear()

    def is_guidance(self, items: Sequence[Item]) -> bool:
        """A sentence that helps the caller and limits no time."""
        if any(item.kind in _LIMITING for item in flat(items)):
            return False
        text = self.text.text[items[0].start : items[-1].end]
        return bool(_GUIDANCE.search(text.strip(" 。、")))

    def is_about_channel(self, items: Sequence[Item], *, in_brackets: bool) -> bool:
        """「日曜は電話相談のみ」「来所は予約制」「夜間はコールセンター対応」: limits a channel, not the hours."""
        kinds = [item.kind for item in flat(items)]
        channels = [index for index, kind in enumerate(kinds) if kind is Kind.CHANNEL]
        if not channels:
            return False
        if not any(kind in _TIMED for kind in kinds):
            item = next(item for item in flat(items) if item.kind is Kind.CHANNEL)
            is_first = channels[0] == 0
            return is_first and item.value != "phone" and Kind.IF_CASE not in kinds
        if not (in_brackets or self.is_closed_field) or Kind.RECEPTION in kinds[: channels[0]]:
            return False
        rest = [kind for kind in kinds[channels[-1] + 1 :] if kind not in (Kind.PARTICLE, Kind.FILLER)]
        return rest == [] or rest[0] is Kind.ONLY or rest == [Kind.RECEPTION]

    # --- statements -----------------------------------------------------------------------------
    def read_statement(self, items: Sequence[Item], position: int) -> int:
        """Read one statement; returns where it ends, or `position` when none begins here."""
        item = items[position]
        if isinstance(item, Group):
            return self.read_group(item, position)
        if item.kind in DAY_KINDS:
            return self.read_days_statement(items, position)
        if starts_span(items, position) or item.kind is Kind.ALL_DAY:
            return self.read_hours(items, position, self.pending)
        readers = {
            Kind.LUNCH: self.read_lunch,
            Kind.RECEPTION: self.read_reception,
            Kind.BEFORE_END: self.read_reception,
            Kind.TIME: self.read_lone_time,
            Kind.CLOSED: self.read_closed_label,
            Kind.CHANNEL: self.read_channel,
            Kind.NONE_CLOSED: self.read_never_closed,
            Kind.HALF_DAY: self.read_half_label,
        }
        if item.kind in readers:
            return readers[item.kind](items, position)
        return position + 1 if item.kind in _SKIPPED else self.read_label(items, position)

    def read_never_closed(self, items: Sequence[Item], position: int) -> int:
        self.reading.is_never_closed = True
        return position + 1

    def read_half_label(self, items: Sequence[Item], position: int) -> int:
        """「午前：9時〜12時」."""
        is_label = kind_at(items, position + 1) is Kind.COLON and starts_span(items, position + 2)
        return position + 2 if is_label else position

    def read_label(self, items: Sequence[Item], position: int) -> int:
        """「市役所本庁舎：9時から…」: a name before a colon tells whose hours follow, if they are the first."""
        following = position
        while kind_at(items, following) in (Kind.WORD, Kind.FILLER, Kind.NUMBER, Kind.PARTICLE, Kind.CHANNEL):
            following += 1
        named = kind_at(items, following) is Kind.COLON and kind_at(items, following + 1) in _TIMED
        if named and not self.reading.hours and not self.is_closed_field:
            self.label = self.text.quote(items[position].start, items[following - 1].end)
            return following + 1
        return position

    def read_channel(self, items: Sequence[Item], position: int) -> int:
        """A channel named before its hours (電話：平日9時〜) or after them (〜16時 電話のみ)."""
        following = position + 1
        while kind_at(items, following) in (Kind.SEPARATOR, Kind.CHANNEL):
            following += 1
        if kind_at(items, following) is Kind.ONLY:
            self.note(items[position : following + 1])
            return following + 1
        channel = items[position]
        self.label = str(channel.value) if isinstance(channel, Token) else ""
        return self.skip_channel_booking(items, position, following)

    def skip_channel_booking(self, items: Sequence[Item], position: int, following: int) -> int:
        """「来所は予約制」 within a longer clause: about that channel."""
        after = following
        while kind_at(items, after) in (Kind.PARTICLE, Kind.FILLER, Kind.COLON):
            after += 1
        if kind_at(items, after) is Kind.BOOKING and self.label != "phone":
            self.note(items[position : after + 1])
            return after + 1
        return following

    def read_group(self, group: Group, position: int) -> int:
        """Brackets on their own: a heading in 【】, else a remark on what stands before."""
        kinds = {item.kind for item in flat(group.items)}
        if self.text.text[group.start] in "【[<《〈" and not kinds & _TIMED:
            label = self.text.quote(group.start, group.end)
            channel = [item for item in flat(group.items) if item.kind is Kind.CHANNEL]
            if kinds <= {Kind.FILLER, Kind.RECEPTION}:
                label = ""
            self.bracket_label = self.label = str(channel[0].value) if channel else label
            return position + 1
        self.read_remark(group, self.reading.hours[-1] if self.reading.hours else None)
        return position + 1

    def read_remark(self, group: Group, hours: Hours | None) -> None:
        """A bracket after hours: its closures, breaks and limits hold for those hours if they can."""
        outer, self.reading = self.reading, Reading()
        outer_pending = self.take_pending()
        for clause in clauses(group.items):
            self.read_clause(clause, in_brackets=True)
        inner, self.reading = self.reading, outer
        inner_pending = self.take_pending()
        self.pending = outer_pending
        if inner_pending is not None:
            self.restate(inner_pending, hours, group)
        self.merge(inner, hours)

    def take_pending(self) -> Days | None:
        days, self.pending = self.pending, None
        return days

    def restate(self, days: Days, hours: Hours | None, group: Group) -> None:
        """「9時〜17時（月〜金）」 names the days; 「平日（月〜金）…」 says the same again."""
        if hours is not None and hours.days is None:
            hours.days = days
        elif hours is None and self.pending is None:
            self.pending = days
        elif hours is None or not _says_the_same(hours.days, days):
            self.not_understood(group.start, group.end)

    def merge(self, inner: Reading, hours: Hours | None) -> None:
        outer = self.reading
        for closure in inner.closures:
            self.close(closure.days, closure.spans, beside=hours.days if hours else None)
        if hours is not None:
            for limit in inner.limits:
                apply_limit(hours, limit)
        else:
            outer.limits += inner.limits
        if hours is not None and hours.label and hours.label != outer_label(outer):
            outer.notes += inner.unparsed  # 「来所：平日10時〜16時（要予約）」 beside the telephone's hours
        else:
            outer.unparsed += inner.unparsed
        outer.hours += [each for each in inner.hours if each.days is not None or hours is None]
        outer.changes += inner.changes
        outer.included += inner.included
        outer.notes += inner.notes
        outer.is_never_closed |= inner.is_never_closed

    # --- days and what is said of them -----------------------------------------------------------
    def read_days_statement(self, items: Sequence[Item], position: int) -> int:
        days, end = read_days(items, position)
        if end == position or days.is_empty:
            return position
        if kind_at(items, end) is Kind.IF_CASE:
            return self.read_case(items, end, days)
        end = self.read_days_brackets(items, end, days)
        start = position
        following = self.skip_links(items, end)
        if kind_at(items, following) in (Kind.SEPARATOR, Kind.BREAK) and self.is_timed(items, following + 1):
            following += 1
        if starts_span(items, following) or kind_at(items, following) is Kind.ALL_DAY:
            return self.read_hours(items, following, days)
        changed = self.read_change(items, following, days)
        if changed > following:
            return changed
        return self.read_verdict(items, start, end, following, days)

    def is_timed(self, items: Sequence[Item], position: int) -> bool:
        return starts_span(items, position) or kind_at(items, position) is Kind.ALL_DAY

    def skip_links(self, items: Sequence[Item], position: int) -> int:
        while kind_at(items, position) in _LINKS:
            position += 1
        return position

    def read_days_brackets(self, items: Sequence[Item], position: int, days: Days) -> int:
        """Brackets between days and hours: 月〜金（祝日を除く）, 平日（月曜を除く）, 火曜（第3を除く）."""
        while position < len(items):
            item = items[position]
            if not isinstance(item, Group):
                break
            following = self.skip_links(items, position + 1)
            if not self.is_timed(items, following) and following < len(items) and not self.is_closed_field:
                break
            holder = Hours(days, [])
            self.read_remark(item, holder)
            position += 1
        return position

    def read_case(self, items: Sequence[Item], position: int, days: Days) -> int:
        """「祝日の場合は休み」 closes those days; 「…は翌日」 cannot be said in a rule."""
        following = self.skip_links(items, position + 1)
        if kind_at(items, following) in (Kind.CLOSED, Kind.EXCLUDE):
            self.close(days)
            return following + 1
        if kind_at(items, following) is Kind.INCLUDE:
            self.reading.included.append(days)
            return following + 1
        self.not_understood(items[0].start, items[-1].end)
        return len(items)

    def read_verdict(self, items: Sequence[Item], start: int, end: int, following: int, days: Days) -> int:
        """After days without hours: closed, left out, included, only by phone; or they wait."""
        match kind_at(items, following):
            case Kind.EXCLUDE | Kind.CLOSED:
                self.close(days)
                return following + 1
            case Kind.INCLUDE:
                self.reading.included.append(days)
                return following + 1
            case Kind.HALF_DAY:
                return self.read_half_day(items, following, days)
            case Kind.CHANNEL:
                after = following + 1
                while kind_at(items, after) in (Kind.PARTICLE, Kind.FILLER, Kind.RECEPTION):
                    after += 1
                if kind_at(items, after) is Kind.ONLY:
                    self.note(items[start : after + 1])
                    return after + 1
        if self.is_closed_for_a_reason(items, following):
            self.close(days)
            return len(items)
        if self.pending is not None and self.is_closing:
            self.close(self.pending)
        elif self.pending is not None:
            self.not_understood(items[start].start, items[end - 1].end)
            return end
        self.pending = days
        return end

    def is_closed_for_a_reason(self, items: Sequence[Item], position: int) -> bool:
        """「第4水曜は、事案調査のため相談は行っておりません」."""
        rest = flat(items[position:])
        if not rest or rest[-1].kind is not Kind.CLOSED:
            return False
        return all(
            item.kind in (Kind.WORD, Kind.FILLER, Kind.PARTICLE, Kind.SEPARATOR, Kind.RECEPTION)
            for item in rest[:-1]
        )

    def read_half_day(self, items: Sequence[Item], position: int, days: Days) -> int:
        """「土曜は午前のみ」 keeps that half of the hours; 「水曜午後は休み」 closes it."""
        item = items[position]
        half: Minutes = item.value if isinstance(item, Token) else (0, 0)
        following = position + 1
        while kind_at(items, following) in (Kind.PARTICLE, Kind.FILLER):
            following += 1
        if kind_at(items, following) in (Kind.CLOSED, Kind.EXCLUDE):
            self.close(days, [half])
            return following + 1
        if kind_at(items, following) is Kind.ONLY or following >= len(items):
            other = (12 * 60, 24 * 60) if half[0] == 0 else (0, 12 * 60)
            self.close(days, [other])
            return min(following + 1, len(items))
        return position

    def read_change(self, items: Sequence[Item], position: int, days: Days) -> int:
        """「木曜は19時まで」「月曜は10時から」."""
        item = items[position] if position < len(items) else None
        if not isinstance(item, Token) or not isinstance(item.value, Clock):
            return position
        match kind_at(items, position + 1):
            case Kind.UNTIL:
                self.reading.changes.append(Change(days, end=single_time(item.value, is_end=True)))
            case Kind.RANGE:
                self.reading.changes.append(Change(days, start=single_time(item.value, is_end=False)))
            case _:
                return position
        return position + 2

    def close(self, days: Days, spans: Sequence[Minutes] = (), beside: Days | None = None) -> None:
        """Closed on those days. Beside other days (平日（月曜を除く）) weekdays are taken from those alone."""
        if beside is None or spans:
            self.reading.closures.append(Closure(days, list(spans)))
            return
        if not days.months:
            beside.mask &= ~days.mask
            beside.not_holidays |= days.holidays
            days = Days(nths=days.nths, periods=days.periods, month_days=days.month_days)
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
        if days is self.pending:
            self.pending = None
        if not spans:
            return end
        after = end
        while kind_at(items, after) in (Kind.FILLER, Kind.PARTICLE):
            after += 1
        match kind_at(items, after):
            case Kind.EXCLUDE | Kind.CLOSED:
                return self.exclude_spans(days, spans, after)
            case Kind.LUNCH if after > end:  # 「12時〜13時は昼休み」
                self.reading.limits.append(Limit(rest=spans))
                return after + 1
        self.add_hours(days, spans, is_all_day=is_all_day, is_additional=kind_at(items, after) is Kind.ALSO)
        return after + 1 if kind_at(items, after) is Kind.ALSO else end

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
        if days is not None and days.is_vague:
            self.reading.unparsed.append("休日")
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
        if not starts_span(items, following):
            return position
        spans, doubtful, end = read_spans(items, following)
        if doubtful or not spans:
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
        while kind_at(items, following) in (Kind.PARTICLE, Kind.COLON):
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


def _says_the_same(known: Days | None, days: Days) -> bool:
    return known is not None and known.mask == days.mask and not days.nths and not days.periods
