"""Spans of time out of tokens: 午後1時〜5時, 22:00〜翌5:00, 9〜12時・13〜17時."""

from collections.abc import Sequence

from consultations.hours.parsing.model import Minutes
from consultations.hours.parsing.tokens import Clock, Kind, Token
from consultations.hours.rules import DAY

NOON = 12 * 60
# A span that ends before it starts runs into the next day only if it starts in the evening;
# 「9時〜5時」 may be a slip or a twelve-hour clock, so it is not understood.
EVENING = 16 * 60


def read_span(first: Clock, last: Clock) -> Minutes | None:
    """Start and end in minutes, the end past 24:00 when it lies on the next day; None when doubtful.

    午前12時 and 午後12時 are read so that the span is the shortest possible: rather closed than wrongly open.
    """
    meant = [(one, other) for one in _as_meant(first) for other in _as_meant(last)]
    spans = [span for one, other in meant if (span := _read_clear_span(one, other)) is not None]
    return min(spans, key=lambda span: span[1] - span[0], default=None)


def _as_meant(clock: Clock) -> list[Clock]:
    """Noon or midnight (the end of the day as well as its beginning), each as nobody can mistake it."""
    if not clock.is_ambiguous:
        return [clock]
    past = clock.minutes - NOON
    meridiems = {NOON: clock.meridiem.replace("am", ""), 0: "", DAY: ""}
    return [Clock(base + past, meridiem, clock.is_next_day) for base, meridiem in meridiems.items()]


def _read_clear_span(first: Clock, last: Clock) -> Minutes | None:
    start = _on_24_hour_clock(first)
    if start >= DAY or first.is_next_day:  # 「祝日の翌日 10時〜」 speaks of another day
        return None
    end = _end(first, last, start)
    if end is None or end <= start or end > 2 * DAY:
        return None
    return start, end


def _on_24_hour_clock(clock: Clock) -> int:
    """午後1時 is 13:00; 夜9時 is 21:00, 夜12時 is 24:00, 深夜1時 is 1:00."""
    minutes = clock.minutes
    if clock.meridiem == "pm" and minutes < NOON:
        return minutes + NOON
    if clock.meridiem == "night" and 5 * 60 <= minutes < NOON + 60:
        return minutes + NOON
    return minutes


def _end(first: Clock, last: Clock, start: int) -> int | None:
    if last.is_next_day:
        return _on_24_hour_clock(last) + DAY
    end = _on_24_hour_clock(last)
    if not last.meridiem and first.meridiem == "pm" and last.minutes < NOON and end + NOON > start:
        return end + NOON  # 午後1時〜5時
    if end > start:
        return end
    is_night = start >= EVENING and (first.meridiem != "am")
    return end + DAY if is_night else None


def single_time(clock: Clock, *, is_end: bool) -> int:
    """A lone 「19時まで」 or 「10時から」. 午前12時 and 午後12時 count as noon, the earlier end and the later start."""
    minutes = _on_24_hour_clock(clock)
    if is_end and (clock.is_next_day or minutes == 0):
        return minutes + DAY
    return minutes


def starts_span(items: Sequence[object], position: int) -> bool:
    kinds = [_kind(items, position + offset) for offset in range(3)]
    return kinds == [Kind.TIME, Kind.RANGE, Kind.TIME]


def read_spans(items: Sequence[object], position: int) -> tuple[list[Minutes], list[int], int]:
    """Spans from `position`, joined by ・ or 、. Returns (spans, positions not understood, next position)."""
    spans: list[Minutes] = []
    doubtful: list[int] = []
    while starts_span(items, position):
        first, last = items[position], items[position + 2]
        span = _span_of(first, last)
        if span is None:
            doubtful += [position, position + 1, position + 2]
        else:
            spans.append(span)
        position += 3
        if _kind(items, position) is Kind.UNTIL:
            position += 1
        following = position
        while _kind(items, following) in (Kind.SEPARATOR, Kind.BREAK):
            following += 1
        if following > position and starts_span(items, following):
            position = following
    return spans, doubtful, position


def _span_of(first: object, last: object) -> Minutes | None:
    if not isinstance(first, Token) or not isinstance(last, Token):
        return None
    return read_span(first.value, last.value)


def _kind(items: Sequence[object], position: int) -> Kind | None:
    item = items[position] if position < len(items) else None
    return item.kind if isinstance(item, Token) else None
