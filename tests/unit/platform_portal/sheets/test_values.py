import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from consultations.models import Asker, Fee
from platform_portal.sheets import values

APRIL = dt.date(2025, 4, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-04-01", APRIL),
        ("2025/4/1", APRIL),
        ("２０２５／４／１", APRIL),
        ("2025.4.1", APRIL),
        ("2025年4月1日", APRIL),
        ("2025年4月1日(火)", APRIL),
        ("2025-04-01 00:00:00", APRIL),
        ("令和7年4月1日", APRIL),
        ("令和７年４月１日（火）", APRIL),
        ("R7.4.1", APRIL),
        ("r7/4/1", APRIL),
        ("令和元年5月1日", dt.date(2019, 5, 1)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("S64.1.7", dt.date(1989, 1, 7)),
        ("", None),
    ],
)
def test_reads_dates_as_people_write_them(text, day):
    assert values.read_date(text) == day


@pytest.mark.parametrize(
    "text", ["きのう", "2025-13-01", "2025-02-30", "45748", "4/1", "令和7年", "0000-01-01"]
)
def test_refuses_what_is_no_date(text):
    with pytest.raises(ValidationError, match="日付として読めません"):
        values.read_date(text)


@pytest.mark.parametrize(
    ("text", "month_day"),
    [
        ("12-29", "12-29"),
        ("1/3", "01-03"),
        ("12月29日", "12-29"),
        ("29-Dec", "12-29"),
        ("2026-12-29", "12-29"),
        ("02-29", "02-29"),
        ("", ""),
    ],
)
def test_reads_month_days_even_after_excel(text, month_day):
    assert values.read_month_day(text) == month_day


@pytest.mark.parametrize("text", ["13-01", "2-30", "年末", "12"])
def test_refuses_what_is_no_month_day(text):
    with pytest.raises(ValidationError):
        values.read_month_day(text)


@pytest.mark.parametrize(("text", "number"), [("18", 18), ("１８", 18), ("18.0", 18), ("", None)])
def test_reads_numbers(text, number):
    assert values.read_number(text) == number


@pytest.mark.parametrize("text", ["-1", "18.5", "十八", "1e3", "1234567", "٣"])
def test_refuses_what_is_no_number(text):
    with pytest.raises(ValidationError):
        values.read_number(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [("はい", True), ("○", True), ("TRUE", True), ("いいえ", False), ("0", False), ("", None)],
)
def test_reads_yes_and_no(text, flag):
    assert values.read_maybe(text) is flag


def test_reads_keys_and_labels_of_choices():
    read = values.choice_reader(Fee, Fee.UNKNOWN)
    assert [read(text) for text in ("free", "FREE", "無料", "ｆｒｅｅ", "")] == [*["free"] * 4, "unknown"]
    with pytest.raises(ValidationError, match="free（無料）"):
        read("ただ")


def test_reads_several_choices_in_their_order():
    assert values.choices_reader(Asker)("家族；本人、family") == ["self", "family"]


@pytest.mark.parametrize("text", ["=1", "+81", "-1", "@x", "\tx", "＝1", "'=1", "''=1"])
def test_neutralises_and_restores(text):
    assert values.neutralise(text) == "'" + text
    assert values.restore("'" + text) == text


@pytest.mark.parametrize("text", ["'quoted'", "相談", "#8008", "", "1+1"])
def test_leaves_other_text_alone(text):
    assert values.neutralise(text) == values.restore(text) == text


@given(st.text())
def test_restore_undoes_neutralise(text):
    assert values.restore(values.neutralise(text)) == text
    assert values.restore(values.escape_apostrophe(text)) == text


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "x" * 10_001])
def test_refuses_control_characters_and_overlong_cells(text):
    with pytest.raises(ValidationError):
        values.tidy(text)
