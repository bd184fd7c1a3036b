"""From tokens to statements, clause by clause. What fits no form is kept word for word as not understood."""

import re
from collections.abc import Sequence
from dataclasses import replace

from consultations.hours.parsing.clauses import clauses, ends_with_closing, flat, nest
from consultations.hours.parsing.days import DAY_KINDS, WORKDAYS_MASK, Group, Item, kind_at, read_days
from consultations.hours.parsing.model import Change, Closure, Days, Hours, Minutes, Reading, apply_limit
from consultations.hours.parsing.statements import StatementReader
from consultations.hours.parsing.text import make_uniform
from consultations.hours.parsing.times import single_time, starts_span
from consultations.hours.parsing.tokens import Clock, Kind, Token, tokenise
from consultations.hours.rules import EVERY_DAY

_SKIPPED = frozenset({Kind.FILLER, Kind.PARTICLE, Kind.SEPARATOR, Kind.COLON, Kind.UNTIL, Kind.ONLY})
_LABEL_KINDS = frozenset({Kind.WORD, Kind.FILLER, Kind.NUMBER, Kind.PARTICLE, Kind.CHANNEL})
_LONGEST_LABEL = 20  # tokens; also keeps the reading of long prose linear
_LINKS = frozenset({Kind.FILLER, Kind.PARTICLE, Kind.COLON, Kind.ONLY, Kind.RECEPTION})
_TIMED = DAY_KINDS | {Kind.TIME, Kind.ALL_DAY, Kind.HALF_DAY}
_BRIDGES = frozenset({Kind.PARTICLE, Kind.FILLER})  # small words that belong to an unknown phrase around them
# Kinds that limit when somebody answers: a sentence with one of them is never passed over.
_LIMITING = _TIMED | {Kind.EXCLUDE, Kind.CLOSED, Kind.BOOKING, Kind.LUNCH, Kind.BEFORE_END, Kind.IF_CASE}
_GUIDANCE = re.compile(
    r"(?:案内(?:いた)?します|案内して(?:おり|い)ます|(?:回答|返信|返答)は.{0,20}(?:行います|します)"
    r"|(?:在住|在勤|在学|お住まい|[市町村県区都府道]民)の?.{0,15}(?:方|対象|限る|限ります|のみ)(?:です|となります)?"
    r"|おつなぎします|(?:無料|有料)(?:です)?|秘密は(?:厳守|守)[^、。]{0,8}|お気軽に.{0,12}ください)$"
)


class Reader(StatementReader):
    """Reads the two fields of one window into one Reading."""

    # --- fields and clauses ---------------------------------------------------------------------
    def read_field(self, original: str, *, is_closed_field: bool) -> None:
        self.text = make_uniform(original)
        self.is_closed_field = is_closed_field
        self.bracket_label = ""
        tokens = tokenise(self.text)
        self.doubt_twelve(tokens)
        items = nest(tokens)
        for clause in clauses(items):
            self.label = self.bracket_label
            if _is_closing_heading(clause):  # 「休業日」 on a line of its own
                self.is_closed_field = True
                continue
            self.read_clause(clause, in_brackets=False)
        if self.pending is not None:
            self.settle_pending()

    def doubt_twelve(self, tokens: Sequence[Token]) -> None:
        """「午後12時」 is noon to some and midnight to others: whatever is read, a person must look."""
        for index, token in enumerate(tokens):
            if not isinstance(token.value, Clock) or not token.value.is_ambiguous:
                continue
            first = index - 2 if index > 1 and starts_span(tokens, index - 2) else index
            last = first + 2 if starts_span(tokens, first) else index
            self.not_understood(tokens[first].start, tokens[last].end)

    def settle_pending(self) -> None:
        """Days without hours at the end: they belong to hours without days, else they are not understood."""
        days = self.take_pending()
        last = self.reading.hours[-1] if self.reading.hours else None
        if days is None or last is None:
            return
        # 「9時〜17時」 and on the next line 「土日祝」: open on these days, or closed?
        is_doubtful = (days.periods and days.is_listed) or (days.holidays and not self.has_hours_here)
        if last.days is None and not is_doubtful:
            last.days = days
        elif self.pending_words:
            self.reading.unparsed.append(self.pending_words)

    def read_clause(self, items: Sequence[Item], *, in_brackets: bool) -> None:
        if not items:
            return
        if self.is_about_channel(items, in_brackets=in_brackets) or self.is_guidance(items):
            self.note_channel(items)
            return
        self.is_pending_here = self.has_hours_here = False
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

    def note_channel(self, items: Sequence[Item]) -> None:
        """「水曜は来所相談のみ」 leaves the telephone silent that day: no mere remark."""
        tokens = flat(items)
        kinds = [token.kind for token in tokens]
        silences = Kind.ONLY in kinds and any(kind in DAY_KINDS for kind in kinds)
        if silences and not any(token.kind is Kind.CHANNEL and token.value == "phone" for token in tokens):
            self.not_understood(items[0].start, items[-1].end)
        else:
            self.note(items)

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
        while kind_at(items, following) in _LABEL_KINDS and following - position < _LONGEST_LABEL:
            following += 1
        last = items[following - 1] if following > position else None
        if isinstance(last, Token) and "相談" in str(last.value) and kind_at(items, following) in _TIMED:
            following -= 1  # 「法律相談 第2水曜…」 names what follows as a colon would
            named = True
        else:
            named = kind_at(items, following) is Kind.COLON and kind_at(items, following + 1) in _TIMED
        if named and not self.reading.hours and not self.is_closed_field:
            self.label = self.text.quote(items[position].start, items[following].start)
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
        item = items[after] if after < len(items) else None
        in_brackets = isinstance(item, Group) and {each.kind for each in flat(item.items)} == {Kind.BOOKING}
        if (kind_at(items, after) is Kind.BOOKING or in_brackets) and self.label != "phone":
            self.note(items[position : after + 1])
            return after + 1
        return following

    def read_group(self, group: Group, position: int) -> int:
        """Brackets on their own: a heading in 【】, else a remark on what stands before."""
        kinds = {item.kind for item in flat(group.items)}
        if _is_closing_heading(group.items):
            self.is_closed_field = self.is_closing = True
            return position + 1
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
        rivals = [each for each in inner.hours if hours and (each.days is None or hours.is_all_day)]
        if rivals and hours and hours.label == self.label:
            # 「9時〜17時（受付時間 9時半〜16時）」「24時間（相談員は平日9時〜17時）」: which of the two?
            self.not_understood(group.start, group.end)
            inner.hours = []
        if hours is not None and hours.days is not None and hours.days.is_seasonal:
            self.share_season(hours.days, inner.hours)
        self.merge(inner, hours)

    def share_season(self, season: Days, hours: Sequence[Hours]) -> None:
        """「9月10日〜16日 8時半〜19時（土日は10時〜17時）」: those weekends alone."""
        for each in hours:
            if each.days is None or each.days.is_seasonal or each.days.month_days:
                continue
            each.days.months, each.days.periods, each.days.once = season.months, season.periods, season.once
            if not (season.mask or season.nths or season.holidays):
                season.mask = EVERY_DAY  # as wide, and written before the narrower days, which override it

    def restate(self, days: Days, hours: Hours | None, group: Group) -> None:
        """「9時〜17時（月〜金）」 names the days; 「平日（月〜金）…」 says the same again."""
        if hours is not None and hours.days is None and not (days.periods and days.is_listed):
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
        if hours is not None and hours.label and hours.label != _first_label(outer):
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
        if self.names_hours(items, end):
            return self.read_bracketed_hours(items, end, days)
        end = self.read_days_brackets(items, end, days)
        start = position
        following = self.skip_links(items, end)
        if kind_at(items, following) in (Kind.SEPARATOR, Kind.BREAK) and self.is_timed(items, following + 1):
            following += 1
        if starts_span(items, following) or kind_at(items, following) is Kind.ALL_DAY:
            return self.read_hours(items, following, days)
        changed = self.read_change(items, following, days, start)
        if changed > following:
            return changed
        return self.read_verdict(items, start, end, following, days)

    def names_hours(self, items: Sequence[Item], position: int) -> bool:
        """「月〜金（9:00〜17:00）」: the hours stand in the bracket, none follow it."""
        item = items[position] if position < len(items) else None
        if not isinstance(item, Group) or not starts_span(item.items, self.skip_links(item.items, 0)):
            return False
        return not self.is_timed(items, self.skip_links(items, position + 1))

    def read_bracketed_hours(self, items: Sequence[Item], position: int, days: Days) -> int:
        group = items[position]
        self.pending = days
        for clause in clauses(group.items if isinstance(group, Group) else []):
            self.read_clause(clause, in_brackets=True)
        return position + 1

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
        if self.is_closed_field and any(kind_at(items, each) is Kind.ONLY for each in range(end, following)):
            self.not_understood(
                items[0].start, items[following - 1].end
            )  # 「相談員は火曜のみ」: not closed then
            return following
        match kind_at(items, following):
            case Kind.EXCLUDE | Kind.CLOSED:
                self.close_listed(days, items[following])
                return following + 1
            case Kind.INCLUDE:
                self.reading.included.append(days)
                return following + 1
            case Kind.HALF_DAY:
                return self.read_half_day(items, start, following, days)
        after = self.end_of_channel_remark(items, following)
        if after > following:
            self.note_channel(items[start:after])
            return after
        if self.is_closed_for_a_reason(items, following):
            self.close(days)
            return len(items)
        if self.pending is not None and self.is_closing:
            self.close(self.pending)
        elif self.pending is not None:
            self.not_understood(items[start].start, items[end - 1].end)
            return end
        self.wait(days, items[start].start, items[end - 1].end)
        return end

    def end_of_channel_remark(self, items: Sequence[Item], position: int) -> int:
        """「…は電話相談のみ」 after days; `position` when it is something else."""
        if kind_at(items, position) is not Kind.CHANNEL:
            return position
        after = position + 1
        while kind_at(items, after) in (Kind.PARTICLE, Kind.FILLER, Kind.RECEPTION):
            after += 1
        return after + 1 if kind_at(items, after) is Kind.ONLY else position

    def is_closed_for_a_reason(self, items: Sequence[Item], position: int) -> bool:
        """「第4水曜は、事案調査のため相談は行っておりません」."""
        rest = flat(items[position:])
        if not rest or rest[-1].kind is not Kind.CLOSED or kind_at(items, position) is Kind.WORD:
            return False
        if rest[0].kind is Kind.SEPARATOR and kind_at(items, position - 1) is not Kind.PARTICLE:
            return False  # 「祝日、会館休館日」 is a list
        return all(
            item.kind in (Kind.WORD, Kind.FILLER, Kind.PARTICLE, Kind.SEPARATOR, Kind.RECEPTION)
            for item in rest[:-1]
        )

    def read_half_day(self, items: Sequence[Item], start: int, position: int, days: Days) -> int:
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
            words = self.text.quote(items[start].start, items[min(following, len(items) - 1)].end)
            self.reading.closures.append(Closure(days, [other], open_words=words))
            return min(following + 1, len(items))
        return position

    def read_change(self, items: Sequence[Item], position: int, days: Days, start: int) -> int:
        """「木曜は19時まで」「月曜は10時から」."""
        item = items[position] if position < len(items) else None
        if not isinstance(item, Token) or not isinstance(item.value, Clock):
            return position
        words = self.text.quote(items[start].start, items[min(position + 1, len(items) - 1)].end)
        match kind_at(items, position + 1):
            case Kind.UNTIL:
                self.reading.changes.append(
                    Change(days, end=single_time(item.value, is_end=True), words=words)
                )
            case Kind.RANGE:
                self.reading.changes.append(
                    Change(days, start=single_time(item.value, is_end=False), words=words)
                )
            case _:
                return position
        return position + 2

    def close_listed(self, days: Days, verdict: Item) -> None:
        """「（月〜金、祝日・年末年始を除く）」 names the days first; only what follows them is left out."""
        names_days = (days.mask & WORKDAYS_MASK).bit_count() >= 3 and (days.holidays or days.periods)
        is_exclusion = isinstance(verdict, Token) and verdict.kind is Kind.EXCLUDE
        if names_days and is_exclusion and not self.is_closed_field and self.pending is None:
            self.pending = Days(mask=days.mask, not_holidays=days.holidays)
            self.is_closing = False  # or the days just named would be closed at the end of the clause
            days = replace(days, mask=0, holidays=False, is_listed=False)
        if not days.is_empty:
            self.close(days)


def _is_closing_heading(clause: Sequence[Item]) -> bool:
    kinds = [item.kind for item in clause if isinstance(item, Token) and item.kind is not Kind.COLON]
    return kinds == [Kind.CLOSED] and all(isinstance(item, Token) for item in clause)


def _says_the_same(known: Days | None, days: Days) -> bool:
    return known is not None and known.mask == days.mask and not days.nths and not days.periods


def _first_label(reading: Reading) -> str:
    return reading.hours[0].label if reading.hours else ""
