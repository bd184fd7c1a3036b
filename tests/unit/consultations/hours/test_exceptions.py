"""Year-end closure, single dates and campaign periods written into a rule."""

import datetime as dt

import pytest

from consultations.hours.evaluation import InvalidRule, compile_rule
from consultations.hours.exceptions import DatedException, with_exceptions
from platform_portal.japanese.calendar import TOKYO, HolidayCalendar

YEAR_END = ((12, 29), (1, 3))


def is_open(rule: str, text: str) -> bool:
    moment = dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=TOKYO)
    return compile_rule(rule, HolidayCalendar(), moment.date()).state_at(moment).is_open


def test_nothing_to_add_leaves_the_rule_alone():
    assert with_exceptions("Mo-Fr 08:30-17:15") == "Mo-Fr 08:30-17:15"
    assert with_exceptions("  ", year_end=YEAR_END) == ""


@pytest.mark.parametrize("behind", ["We 00:00-00:30", "PH off; We 09:00-12:00"])
def test_year_end_closes_what_the_rule_opens_again_behind_its_own_closure(behind):
    rule = f"Mo 09:00-17:00; Dec 29-Jan 03 off; {behind}"
    assert with_exceptions(rule, year_end=YEAR_END) == f"{rule}; Dec 29-Jan 03 off"


def test_year_end_is_not_said_twice_when_only_closures_follow():
    rule = "Mo-Fr 09:00-17:00; Dec 29-Jan 03 off; PH off"
    assert with_exceptions(rule, year_end=YEAR_END) == rule


def test_year_end_closes_once():
    rule = with_exceptions("24/7", year_end=YEAR_END)
    assert rule == "24/7; Dec 29-Jan 03 off"
    assert with_exceptions(rule, year_end=YEAR_END) == rule


def test_the_night_before_the_closure_runs_to_its_end():
    rule = with_exceptions("Mo-Su 18:00-32:00", year_end=YEAR_END)
    assert is_open(rule, "2026-12-29 07:59")
    assert not is_open(rule, "2026-12-29 18:00")
    assert not is_open(rule, "2027-01-04 07:59")


def test_single_dates_close_or_keep_other_hours():
    rule = with_exceptions(
        "Mo-Fr 08:30-17:15; PH off",
        dated=[
            DatedException(dt.date(2026, 11, 24), None, "研修"),
            DatedException(dt.date(2026, 11, 23), "10:00-12:00,13:00-15:00", "特別相談"),
            DatedException(dt.date(2026, 11, 25), "", "研修"),
        ],
    )
    assert not is_open(rule, "2026-11-24 10:00")
    assert not is_open(rule, "2026-11-25 10:00")
    assert is_open(rule, "2026-11-23 10:00")
    assert not is_open(rule, "2026-11-23 12:00")
    assert is_open(rule, "2026-11-26 10:00")


def test_a_date_may_open_within_the_year_end():
    rule = with_exceptions(
        "24/7", year_end=YEAR_END, dated=[DatedException(dt.date(2026, 12, 31), "20:00-26:00")]
    )
    assert is_open(rule, "2027-01-01 01:00")
    assert not is_open(rule, "2026-12-31 19:00")


def test_a_campaign_is_closed_outside_its_days():
    rule = with_exceptions("24/7", valid_from=dt.date(2026, 9, 10), valid_to=dt.date(2026, 9, 16))
    assert [is_open(rule, f"2026-09-{day:02} 12:00") for day in (9, 10, 16, 17)] == [False, True, True, False]
    assert not is_open(rule, "2030-09-12 12:00")


def test_an_open_ended_campaign():
    assert is_open(with_exceptions("24/7", valid_from=dt.date(2026, 9, 10)), "2090-01-01 00:00")
    assert not is_open(with_exceptions("24/7", valid_from=dt.date(2026, 9, 10)), "2026-09-09 23:59")


@pytest.mark.parametrize("spans", ["午前", "10:00", "10:00-12:00-14:00", "10:99-12:00"])
def test_spans_that_are_none_are_refused(spans):
    with pytest.raises(InvalidRule, match="2026-11-24"):
        with_exceptions("24/7", dated=[DatedException(dt.date(2026, 11, 24), spans)])
