"""What requests bring back of what a page carried."""

import datetime as dt

import pytest

from platform_portal.versions import NEVER, number_in, version_in


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("12", 12), ("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)]
)
def test_numbers_are_read(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "①", "1 2", "x", "9" * 19, "9" * 5000])
def test_garbage_is_no_number(text):
    assert number_in(text) is None


def test_moments_are_read_and_garbage_saw_nothing():
    moment = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)
    assert version_in(moment.isoformat()) == moment
    assert version_in("") == version_in("x") == version_in("2026-99-99T00:00Z") == NEVER
