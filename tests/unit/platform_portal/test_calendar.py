"""Public holidays, staff corrections, fiscal years and era dates."""

import datetime as dt

import pytest
from django.template import Context, Template

from platform_portal.japanese.calendar import (
    HolidayCalendar,
    era_year,
    fiscal_year,
    fiscal_year_range,
    format_fiscal_year,
    format_wareki,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2026-09-22", "国民の休日"),  # between two holidays
        ("2026-05-06", "振替休日"),  # substituted three days later
        ("2027-03-22", "振替休日"),
        ("2027-01-01", "元日"),
        ("2026-11-21", ""),
        ("2020-10-12", ""),  # moved for the Olympics
    ],
)
def test_holiday_names(on, name):
    calendar = HolidayCalendar()
    assert calendar.holiday_name(day(on)) == name
    assert calendar.is_holiday(day(on)) is bool(name)


def test_staff_add_and_remove_days():
    calendar = HolidayCalendar(
        {day("2026-11-24"): True, day("2026-11-23"): False}, names={day("2026-11-24"): "県民の日"}
    )
    assert calendar.holiday_name(day("2026-11-24")) == "県民の日"
    assert not calendar.is_holiday(day("2026-11-23"))
    assert calendar.holidays_between(day("2026-11-01"), day("2026-11-30")) == [
        day("2026-11-03"),
        day("2026-11-24"),
    ]


def test_an_added_day_without_a_name_is_still_named():
    assert HolidayCalendar({day("2026-11-24"): True}).holiday_name(day("2026-11-24")) == "祝日"


@pytest.mark.parametrize(
    ("on", "as_of", "provisional"),
    [
        ("2027-09-23", "2026-02-01", False),
        ("2027-09-23", "2026-01-31", True),
        ("2026-09-23", "2026-01-31", False),
        ("2028-03-20", "2026-11-21", True),
    ],
)
def test_years_not_yet_in_the_gazette_are_provisional(on, as_of, provisional):
    assert HolidayCalendar().is_provisional(day(on), day(as_of)) is provisional


def test_a_corrected_day_is_not_provisional():
    assert not HolidayCalendar({day("2030-05-01"): True}).is_provisional(day("2030-05-01"), day("2026-11-21"))


def test_years_that_nobody_knows_have_no_holidays():
    assert not HolidayCalendar().is_holiday(day("2150-01-01"))
    assert HolidayCalendar().is_provisional(day("2150-01-01"))


def test_fiscal_years_begin_in_april():
    assert fiscal_year(day("2026-03-31")) == 2025
    assert fiscal_year(day("2026-04-01")) == 2026
    assert fiscal_year_range(2026) == (day("2026-04-01"), day("2027-03-31"))


@pytest.mark.parametrize(
    ("year", "text"),
    [(2018, "平成30年度"), (2019, "令和元年度"), (2020, "令和2年度"), (1989, "平成元年度")],
)
def test_fiscal_year_names(year, text):
    assert format_fiscal_year(year) == text


@pytest.mark.parametrize(
    ("on", "text"),
    [
        ("2026-11-21", "令和8年11月21日"),
        ("2019-05-01", "令和元年5月1日"),
        ("2019-04-30", "平成31年4月30日"),
        ("1989-01-07", "昭和64年1月7日"),
        ("1912-07-29", "明治45年7月29日"),
        ("1870-01-01", "1870年1月1日"),
    ],
)
def test_era_dates(on, text):
    assert format_wareki(day(on)) == text


def test_era_date_with_weekday():
    assert format_wareki(day("2026-11-21"), with_weekday=True) == "令和8年11月21日（土）"
    assert era_year(day("1873-01-01")) == ("明治", 6)


def test_moments_and_days_in_templates():
    late = dt.datetime(2026, 11, 21, 15, 5, tzinfo=dt.UTC)  # the 22nd here
    page = Template(
        "{% load portal %}{{ at|wareki }} {{ at|wareki_moment }} {{ on|wareki_weekday }}{{ no|wareki }}"
    )
    words = page.render(Context({"at": late, "on": late.date(), "no": None}))
    assert words == "令和8年11月22日 令和8年11月22日 0:05 令和8年11月21日（土）"
