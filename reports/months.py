"""Months of a fiscal year, to choose and to read: 令和6年5月, 令和6年12月～令和7年2月."""

import datetime as dt

from platform_portal.japanese.calendar import fiscal_year_range, format_wareki


def months_of_year(year: int) -> list[dt.date]:
    """Their first days, from April to March."""
    first, last = fiscal_year_range(year)
    return [dt.date(first.year, month, 1) for month in range(4, 13)] + [
        dt.date(last.year, month, 1) for month in range(1, 4)
    ]


def month_words(month: dt.date) -> str:
    """令和6年5月."""
    return format_wareki(month).rsplit("月", 1)[0] + "月"


def months_words(first: dt.date | None, last: dt.date | None) -> str:
    """Empty where there is none. The year is said once where both are in it: 令和6年5月～7月."""
    if first is None:
        return ""
    if last is None or last == first:
        return month_words(first)
    end = f"{last.month}月" if last.year == first.year else month_words(last)
    return f"{month_words(first)}～{end}"
