"""Numbers as people write them: those that say one thing are read exactly, all others are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_portal.japanese.numbers import read_number

NO_WORDS = r"^$"
GOOD = {
    "0": 0,
    "350000": 350_000,
    "350,000": 350_000,
    "３５０，０００": 350_000,
    "350、000": 350_000,
    "350 000": 350_000,
    " 350,000　": 350_000,
    "35万": 350_000,
    "３５ 万": 350_000,
    "1,200万": 12_000_000,
    "1.5万": 15_000,
    "1.25億": 125_000_000,
    "350千": 350_000,
    "3百万": 3_000_000,
    "12百万": 12_000_000,
    "1千万": 10_000_000,
    "12万3千": 123_000,
    "12万3,456": 123_456,
    "12万3456": 123_456,
    "1億2千万": 120_000_000,
    "1億2000": 100_002_000,
    "三十五万": 350_000,
    "三五〇〇〇〇": 350_000,
    "三五〇、〇〇〇": 350_000,
    "参拾五萬": 350_000,
    "壱万": 10_000,
    "十": 10,
    "十万": 100_000,
    "千五百": 1_500,
    "二千三百四十五": 2_345,
    "九千九百九十九億九千九百九十九万九千九百九十九": 999_999_999_999,
    "〇": 0,
}
# What says two things, nothing, or something else than a whole number.
BAD = [
    "-3",
    "−3",
    "▲3",
    "(350)",
    "1.5",
    "350.000",
    "3,50",
    "1,23",
    "12,34万",
    "1.23456万",
    "35万4万",
    "万",
    "千",
    "百万",
    "千円",
    "12万34567",
    "1万2億",
    "三五十",
    "3五",
    "五3",
    "5²",
    "①②",
    "½",
    "Ⅳ",
    "約35万",
    "35万位",
    "数万",
    "0x10",
    "1e5",
    "１２人",
    "٣٥",
    "1億億",
    "十十",
    "十百",
    "二十十",
    "1_000",
    "+5",
    "二百百",
    "1,000百",
    "35.万",
    ".5万",
    ",000",
]


@pytest.mark.parametrize(("text", "number"), GOOD.items())
def test_read_exactly(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize("text", [*BAD, "", " ", "1 2", "12 34", "1234 567", "3 50000"])
def test_refused(text):
    with pytest.raises(ValueError, match=NO_WORDS):
        read_number(text)


def in_words(number: int, digits: str, *, is_one_said: bool = False) -> str:
    """三十五万: the reverse, written apart from what reads it."""
    said = ""
    for place, myriad in ((10**8, "億"), (10**4, "万"), (1, "")):
        group = number // place % 10**4
        words = ""
        for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = group // unit % 10
            if digit:
                is_silent = digit == 1 and name and not is_one_said
                words += ("" if is_silent else digits[digit]) + name
        said += words + myriad if words else ""
    return said


WHOLE = st.integers(min_value=1, max_value=10**12 - 1)


@given(WHOLE, st.booleans(), st.sampled_from(["〇一二三四五六七八九", "0123456789", "０１２３４５６７８９"]))
def test_said_in_words_it_is_the_same_number(number, is_one_said, digits):
    words = in_words(number, digits, is_one_said=is_one_said)
    if set(words) <= set("百千万億"):
        with pytest.raises(ValueError, match=NO_WORDS):
            read_number(words)
    else:
        assert read_number(words) == number


@given(WHOLE, st.sampled_from(["{:d}", "{:,d}", " {:,d} "]), st.sampled_from([1, 10**3, 10**4, 10**6, 10**8]))
def test_in_figures_and_units(number, form, unit):
    name = {1: "", 10**3: "千", 10**4: "万", 10**6: "百万", 10**8: "億"}[unit]
    assert read_number(form.format(number) + name) == number * unit


@given(st.text(alphabet="0123456789０１，,、. 　〇一二九十百千万億壱拾円¥-ー²①", max_size=12))
def test_whatever_is_typed_is_a_number_or_refused(text):
    try:
        number = read_number(text)
    except ValueError:
        return
    assert number >= 0
    # What was read, written plainly, is read as the same.
    assert read_number(f"{number:,}") == number
