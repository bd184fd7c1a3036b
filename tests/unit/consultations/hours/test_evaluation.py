"""Open now, until when, when next; the week's table; the fast filter."""

import csv
import datetime as dt
import time
from pathlib import Path

import opening_hours
import pytest

from consultations.hours.evaluation import (
    InvalidRule,
    OpenKind,
    compile_rule,
    open_rules_at,
    validate_rule,
    week_table,
)
from platform_portal.japanese.calendar import TOKYO, HolidayCalendar

CALENDAR = HolidayCalendar()
OFFICE = "Mo-Fr 08:30-17:15; PH off; Dec 29-Jan 03 off"


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)


def state(rule, moment, **options):
    return compile_rule(rule, CALENDAR, at(moment).date(), **options).state_at(at(moment))


# 2026-11-16 is a Monday, 2026-11-23 a Monday and a holiday.
@pytest.mark.parametrize(
    ("rule", "moment", "kind", "until", "opens_at"),
    [
        (OFFICE, "2026-11-16 08:29", "closed", None, "2026-11-16 08:30"),
        (OFFICE, "2026-11-16 08:30", "open", "2026-11-16 17:15", None),
        (OFFICE, "2026-11-16 16:14", "open", "2026-11-16 17:15", None),
        (OFFICE, "2026-11-16 16:15", "closing_soon", "2026-11-16 17:15", None),
        (OFFICE, "2026-11-16 17:15", "closed", None, "2026-11-17 08:30"),
        (OFFICE, "2026-11-20 18:00", "closed", None, "2026-11-24 08:30"),
        (OFFICE, "2026-12-28 18:00", "closed", None, "2027-01-04 08:30"),
        ("Mo-Fr 18:00-32:00; PH off", "2026-11-17 03:00", "open", "2026-11-17 08:00", None),
        ("Sa 18:00-32:00; Su 08:00-32:00", "2026-11-22 07:30", "open", "2026-11-23 08:00", None),
        ("Su 18:00-32:00; PH off", "2026-11-23 05:00", "open", "2026-11-23 08:00", None),
        ("Mo 18:00-32:00; PH off", "2026-11-24 05:00", "closed", None, "2026-11-30 18:00"),
        ("Mo-Fr 22:00-05:00", "2026-11-21 04:30", "closing_soon", "2026-11-21 05:00", None),
        ("Sa,Su,PH 10:00-16:00", "2026-11-23 10:00", "open", "2026-11-23 16:00", None),
        ("We[2,4] 13:00-16:00", "2026-11-18 13:30", "closed", None, "2026-11-25 13:00"),
        ("Fr[-1] 13:00-16:00", "2026-11-27 13:30", "open", "2026-11-27 16:00", None),
        ("Jan,Mar,May Fr[2] 16:00-18:00", "2026-11-16 12:00", "closed", None, "2027-01-08 16:00"),
        (
            "Mo-Su 16:00-21:00; Nov 10,Dec 10 08:00-32:00",
            "2026-12-11 07:59",
            "closing_soon",
            "2026-12-11 08:00",
            None,
        ),
        ("Mo-Fr 09:00-17:00; We 12:00-13:00 off", "2026-11-18 12:30", "closed", None, "2026-11-18 13:00"),
        ("24/7; Dec 29-Jan 03 off", "2026-11-18 12:30", "open", "2026-12-29 00:00", None),
        ("2026 Dec 01-2026 Dec 02 10:00-11:00", "2026-11-18 12:30", "closed", None, "2026-12-01 10:00"),
        ("2026 Nov 17-18 10:00-13:00", "2026-11-18 12:30", "closing_soon", "2026-11-18 13:00", None),
        ("2025 10:00-11:00", "2026-11-18 10:30", "closed", None, None),
        (
            'Mo-Fr 10:00-12:00 "by appointment"',
            "2026-11-18 10:30",
            "by_appointment",
            "2026-11-18 12:00",
            None,
        ),
        ("Mo-Fr 10:00-12:00 unknown", "2026-11-18 10:30", "unknown", "2026-11-18 12:00", None),
        ("Mo-Fr 09:00-sunset; PH off", "2026-11-18 10:30", "open", "2026-11-18 19:00", None),
        ("Sa,Su,PH 09:00-sunset", "2026-11-23 18:30", "closing_soon", "2026-11-23 19:00", None),
        ("Mo 10:00-12:00; PH 10:00+", "2026-11-22 18:30", "closed", None, "2026-11-23 10:00"),
        ("week 1-53 Mo 10:00-12:00 unknown", "2026-11-16 10:30", "unknown", "2026-11-16 12:00", None),
    ],
)
def test_states(rule, moment, kind, until, opens_at):
    found = state(rule, moment)
    assert found.kind == kind
    assert found.until == (at(until) if until else None)
    assert found.opens_at == (at(opens_at) if opens_at else None)
    assert not found.is_always


@pytest.mark.parametrize("rule", ["24/7", "Mo-Su 00:00-24:00", "00:00-24:00", "Mo-Su 08:00-32:00"])
def test_always_open_has_no_end(rule):
    found = state(rule, "2026-11-16 23:50")
    assert (found.kind, found.until, found.is_always) == (OpenKind.OPEN, None, True)


@pytest.mark.parametrize(
    "rule", ["", None, "  ", "平日", "Mo-Fr 25:99-99:00", "Xx 10:00-11:00", "Mo-Fr,PH 10:00-"]
)
def test_what_cannot_be_read_is_unknown(rule):
    found = state(rule, "2026-11-16 12:00")
    assert found.kind == OpenKind.UNKNOWN
    assert not found.is_open


def test_by_appointment_is_never_open():
    inside = state(OFFICE, "2026-11-16 12:00", by_appointment=True)
    outside = state(OFFICE, "2026-11-16 18:00", by_appointment=True)
    assert inside.kind == outside.kind == OpenKind.BY_APPOINTMENT
    assert inside.until == at("2026-11-16 17:15")
    assert outside.opens_at == at("2026-11-17 08:30")
    assert state("", "2026-11-16 12:00", by_appointment=True).kind == OpenKind.BY_APPOINTMENT


def test_moments_of_other_time_zones_are_converted():
    moment = dt.datetime(2026, 11, 15, 23, 30, tzinfo=dt.UTC)  # Monday 8:30 in Japan
    assert compile_rule(OFFICE, CALENDAR, moment.date()).state_at(moment).is_open


def test_staff_corrections_decide():
    corrected = HolidayCalendar({dt.date(2026, 11, 17): True})
    moment = at("2026-11-17 12:00")
    assert compile_rule(OFFICE, corrected, moment.date()).state_at(moment).kind == OpenKind.CLOSED
    assert open_rules_at([OFFICE], moment, corrected) == set()
    assert open_rules_at([OFFICE], moment, CALENDAR) == {OFFICE}


@pytest.mark.parametrize(
    ("rule", "unconfirmed"),
    [
        ("Mo-Fr 08:30-17:15", True),
        ("Mo-Sa 09:00-20:00; Dec 29-Jan 03 unknown", True),
        ("Mo-Fr 09:00-20:00; sunset-24:00 off", True),  # not a rule of our own model
        (OFFICE, False),
        ("Mo-Fr 09:00-20:00; PH off; sunset-24:00 off", False),
        ("Mo-Su 09:00-17:00", False),
        ("24/7", False),
    ],
)
def test_holidays_of_which_the_rule_is_silent_are_said(rule, unconfirmed):
    assert state(rule, "2026-11-23 12:00").holiday_unconfirmed is unconfirmed
    assert not state(rule, "2026-11-24 12:00").holiday_unconfirmed


def test_week_table():
    rows = week_table("Mo-Fr 18:00-32:00, Sa 00:00-24:00", dt.date(2026, 11, 23), CALENDAR)
    assert [row.date.day for row in rows] == [23, 24, 25, 26, 27, 28, 29]
    assert rows[0].spans == [("18:00", "翌8:00")]
    assert (rows[0].is_holiday, rows[0].holiday_name) == (True, "勤労感謝の日")
    assert rows[0].note == "祝日は確かめてください"
    assert rows[5].spans == [("0:00", "24:00")]
    assert (rows[6].spans, rows[6].is_closed, rows[6].note) == ([], True, "")


def test_week_table_says_what_is_not_sure():
    monday = dt.date(2026, 11, 16)
    assert {row.note for row in week_table("", monday, CALENDAR)} == {"受付時間は分かりません"}
    assert not any(row.is_closed for row in week_table("", monday, CALENDAR))
    assert week_table("Mo 10:00-12:00 unknown", monday, CALENDAR)[0].note == "受付しているか確かめてください"
    rows = week_table("Mo 10:00-12:00", monday, CALENDAR, by_appointment=True)
    assert [row.note for row in rows[:2]] == ["予約が必要です", ""]


def test_week_table_never_shows_unknown_times_as_hours():
    new_year = dt.date(2027, 1, 1)
    row = week_table("Mo-Su 09:00-20:00; Dec 29-Jan 03 unknown", new_year, CALENDAR)[0]
    assert (row.spans, row.unknown_spans, row.is_closed) == ([], [("0:00", "24:00")], False)
    assert row.note == "受付しているか確かめてください"
    row = week_table("00:00-06:00 unknown, 06:00-24:00", dt.date(2026, 11, 21), CALENDAR)[0]
    assert row.spans == [("6:00", "24:00")]
    assert row.note == "0:00〜6:00は、受付しているか分かりません"


def test_week_table_knows_the_night_that_began_yesterday():
    rows = week_table("Mo-Fr 18:00-32:00", dt.date(2026, 11, 27), CALENDAR)
    assert [row.carried_until for row in rows[:3]] == ["8:00", "8:00", ""]
    assert rows[1].is_closed


def test_open_rules_agree_with_the_states():
    rules = [OFFICE, "24/7", "Mo-Fr 18:00-32:00", "Mo-Fr 10:00-sunset", "", "nonsense"]
    rules += ['Mo-Su 00:00-24:00 "by appointment"', "Mo-Su 00:00-24:00 unknown"]
    for hour in range(0, 24 * 9, 3):
        moment = at("2026-11-16 00:00") + dt.timedelta(hours=hour)
        expected = {
            rule for rule in rules if compile_rule(rule, CALENDAR, moment.date()).state_at(moment).is_open
        }
        assert open_rules_at(rules, moment, CALENDAR) == expected


def test_thousands_of_rules_are_cheap():
    """The budget is 15 ms; ten times that keeps a busy machine from failing the run."""
    rules = [f"Mo-Fr {9 + i % 3:02}:{i % 60:02}-17:{i // 60 % 60:02}; PH off" for i in range(5000)]
    open_rules_at(rules, at("2026-11-16 12:00"), CALENDAR)
    started = time.process_time()
    found = open_rules_at(rules, at("2026-11-16 12:00"), CALENDAR)
    assert time.process_time() - started < 0.15
    assert found == set(rules)


@pytest.mark.parametrize(
    "rule",
    [OFFICE, "24/7", "We[2,4] 13:00-16:00", "Jan 10,Feb 10 08:00-32:00", "Mo-Fr 10:00-sunset", "2026 off"],
)
def test_rules_that_can_be_evaluated_are_valid(rule):
    validate_rule(rule)


@pytest.mark.parametrize(
    "rule",
    ["", " ", "月〜金 8:30〜17:15", "Mo-Fr 8:30", "Mo-Fr 08:30-17:75", "Mo[6] 10:00-11:00", "Mo,Apr 10:00-11:00",
     "Jan,Mo 10:00-11:00", "Apr 32 off", "Mo-Xx 10:00-11:00", "Mo-Fr,PH && off",
     "Mo[1 10:00-11:00", "Mo[1;2] off", "Mo Tu 10:00-11:00",
     "Mo 10:00-60:00", "Nov 18-Dec off", "Apr&May off", "Sa,PH,&& off"],
)  # fmt: skip
def test_rules_that_cannot_be_evaluated_are_refused(rule):
    with pytest.raises(InvalidRule, match="受付時間の規則"):
        validate_rule(rule)


def test_every_rule_of_the_parser_is_valid_for_others_too():
    """The strings are exported; whoever reads them with another program must be able to."""
    with (Path(__file__).parent / "texts.tsv").open(encoding="utf-8", newline="") as file:
        rules = {row["rule"] for row in csv.DictReader(file, delimiter="\t")} - {""}
    assert rules
    assert [rule for rule in rules if not opening_hours.validate(rule)] == []
