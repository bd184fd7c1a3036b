"""Random rules: the evaluation against a slow reference that walks minute by minute.

The reference knows nothing of OSM strings, masks or caches. It is built from the same random parts and asks,
for one minute: which opening that began today or yesterday holds it?
"""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.hours.evaluation import OpenKind, compile_rule, open_rules_at
from consultations.hours.exceptions import DatedException, with_exceptions
from platform_portal.japanese.calendar import TOKYO, HolidayCalendar

HOLIDAYS = {dt.date(2026, 11, 23), dt.date(2026, 11, 3), dt.date(2027, 1, 1), dt.date(2026, 12, 2)}
# Only these days are holidays in this test, so that the reference needs no calendar.
OVERRIDES = {dt.date(2026, 10, 1) + dt.timedelta(days=offset): False for offset in range(200)}
CALENDAR = HolidayCalendar({**OVERRIDES, **dict.fromkeys(HOLIDAYS, True)})
NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FIRST = dt.date(2026, 11, 1)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def is_nth(on: dt.date, week: int) -> bool:
    """By counting the same weekdays of the month."""
    same = [dt.date(on.year, on.month, day) for day in range(1, 32) if _is_date(on.year, on.month, day)]
    same = [each for each in same if each.weekday() == on.weekday()]
    return len(same) >= abs(week) and on == (same[week - 1] if week > 0 else same[week])


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


@st.composite
def day_sets(draw):
    """(OSM selector, predicate)."""
    form = draw(st.sampled_from(["weekdays", "holidays", "nth", "period", "date", "months"]))
    weekdays = draw(st.sets(st.integers(0, 6), min_size=1))
    listed = ",".join(NAMES[index] for index in sorted(weekdays))
    if form == "weekdays":
        return listed, lambda on: on.weekday() in weekdays
    if form == "holidays":
        return f"{listed},PH", lambda on: on.weekday() in weekdays or on in HOLIDAYS
    if form == "nth":
        week, weekday = draw(st.sampled_from([1, 2, 3, 4, 5, -1])), draw(st.integers(0, 6))
        return f"{NAMES[weekday]}[{week}]", lambda on: on.weekday() == weekday and is_nth(on, week)
    if form == "period":
        return "Dec 29-Jan 03", lambda on: (on.month, on.day) >= (12, 29) or (on.month, on.day) <= (1, 3)
    if form == "date":
        date = FIRST + dt.timedelta(days=draw(st.integers(0, 75)))
        return f"{date.year} {MONTHS[date.month - 1]} {date.day:02}", lambda on: on == date
    month = draw(st.sampled_from([11, 12]))
    return f"{MONTHS[month - 1]} {listed}", lambda on: on.month == month and on.weekday() in weekdays


@st.composite
def span_lists(draw):
    edges = sorted(draw(st.sets(st.integers(0, 47), min_size=2, max_size=4)))[
        : 4 if draw(st.booleans()) else 2
    ]
    edges = edges if len(edges) % 2 == 0 else edges[:2]
    spans = [(edges[i] * 30, edges[i + 1] * 30) for i in range(0, len(edges), 2)]
    if draw(st.booleans()):
        spans[-1] = (spans[-1][0], 24 * 60 + draw(st.integers(0, 12)) * 60)
    return spans


@st.composite
def sequences(draw):
    """(OSM text, [(predicate, spans or None, is additional)])."""
    text, model = "", []
    for index in range(draw(st.integers(1, 4))):
        selector, predicate = draw(day_sets())
        is_off = draw(st.integers(0, 3)) == 0 and index > 0
        is_additional = draw(st.booleans()) and index > 0 and not is_off
        spans = None if is_off else draw(span_lists())
        hours = "off" if is_off else ",".join(f"{clock(start)}-{clock(end)}" for start, end in spans)
        text += ("" if not text else ", " if is_additional else "; ") + f"{selector} {hours}"
        model.append((predicate, spans, is_additional))
    return text, model


def minutes_that_start_on(on: dt.date, model) -> set[int]:
    minutes: set[int] = set()
    for predicate, spans, is_additional in model:
        if predicate(on):
            added = {minute for start, end in spans or [] for minute in range(start, end)}
            minutes = minutes | added if is_additional else added
    return minutes


def reference(model, on: dt.date, minute: int) -> bool:
    yesterday = on - dt.timedelta(days=1)
    return minute in minutes_that_start_on(on, model) or minute + 24 * 60 in minutes_that_start_on(
        yesterday, model
    )


def at(on: dt.date, minute: int) -> dt.datetime:
    return dt.datetime(on.year, on.month, on.day, minute // 60, minute % 60, tzinfo=TOKYO)


MOMENTS = st.tuples(
    st.integers(0, 70).map(lambda offset: FIRST + dt.timedelta(days=offset)), st.integers(0, 24 * 60 - 1)
)


@settings(max_examples=100, deadline=None)
@given(sequences(), st.lists(MOMENTS, min_size=1, max_size=8))
def test_open_as_the_reference_says(sequence, moments):
    text, model = sequence
    for on, minute in moments:
        state = compile_rule(text, CALENDAR, on).state_at(at(on, minute))
        assert state.is_open is reference(model, on, minute), (text, on, clock(minute))
        assert (text in open_rules_at([text], at(on, minute), CALENDAR)) is state.is_open


@settings(max_examples=100, deadline=None)
@given(sequences(), MOMENTS)
def test_until_and_opens_at_as_the_reference_says(sequence, moment):
    """Walk forward half-hour by half-hour (all edges are multiples of it) for nine days."""
    text, model = sequence
    on, minute = moment
    minute -= minute % 30
    state = compile_rule(text, CALENDAR, on).state_at(at(on, minute))
    was_open = reference(model, on, minute)
    change = None
    for step in range(1, 9 * 48):
        days, later = divmod(minute + step * 30, 24 * 60)
        if reference(model, on + dt.timedelta(days=days), later) != was_open:
            change = at(on + dt.timedelta(days=days), later)
            break
    horizon = at(on, minute) + dt.timedelta(minutes=30 * 9 * 48)
    told = state.until if was_open else state.opens_at
    if change is None:
        assert told is None or told >= horizon
        return
    assert told == change, text
    if was_open:
        left = (change - at(on, minute)).total_seconds() / 60
        assert state.kind == (OpenKind.CLOSING_SOON if left <= 60 else OpenKind.OPEN)


@settings(max_examples=100, deadline=None)
@given(
    sequences(),
    st.lists(
        st.tuples(st.integers(0, 70), st.none() | span_lists()), max_size=3, unique_by=lambda each: each[0]
    ),
    st.none() | st.integers(0, 40),
    st.none() | st.integers(41, 70),
    st.lists(MOMENTS, min_size=1, max_size=6),
)
def test_exceptions_as_the_reference_says(sequence, dated, valid_from, valid_to, moments):
    text, model = sequence
    days = [(FIRST + dt.timedelta(days=offset), spans) for offset, spans in dated]
    first = None if valid_from is None else FIRST + dt.timedelta(days=valid_from)
    last = None if valid_to is None else FIRST + dt.timedelta(days=valid_to)
    rule = with_exceptions(
        text,
        year_end=((12, 29), (1, 3)),
        dated=[
            DatedException(
                on, spans and ",".join(f"{clock(start)}-{clock(end)}" for start, end in spans), "理由"
            )
            for on, spans in days
        ],
        valid_from=first,
        valid_to=last,
    )
    model = [*model, (lambda on: (on.month, on.day) >= (12, 29) or (on.month, on.day) <= (1, 3), None, False)]
    model += [(lambda on, day=day: on == day, spans, False) for day, spans in days]
    model.append((lambda on: bool((first and on < first) or (last and on > last)), None, False))
    for on, minute in moments:
        state = compile_rule(rule, CALENDAR, on).state_at(at(on, minute))
        assert state.is_open is reference(model, on, minute), (rule, on, clock(minute))


def test_weeks_of_the_month_on_every_day_of_two_years():
    for offset in range(730):
        on = dt.date(2027, 1, 1) + dt.timedelta(days=offset)
        for week in (1, 2, 3, 4, 5, -1, -2):
            rule = f"{NAMES[on.weekday()]}[{week}] 10:00-12:00"
            assert bool(compile_rule(rule, CALENDAR, on).spans_on(on)) is is_nth(on, week), (rule, on)
