import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from consultations.models.channel import Toll
from consultations.tolls import toll_of
from platform_portal.japanese.phone import read_phone


@pytest.mark.parametrize(
    ("text", "display", "digits"),
    [
        ("087-832-0000", "087-832-0000", "0878320000"),
        ("０８７－８３２－００００", "087-832-0000", "0878320000"),
        ("087ー832ー0000", "087-832-0000", "0878320000"),
        ("087−832‐0000", "087-832-0000", "0878320000"),
        ("0878320000", "087-832-0000", "0878320000"),
        (" 0877-44-0000 ", "0877-44-0000", "0877440000"),
        ("(087)832-0000", "(087)832-0000", "0878320000"),
        ("03 1234 5678", "03 1234 5678", "0312345678"),
        ("0120-279-338", "0120-279-338", "0120279338"),
        ("0120-494949", "0120-494949", "0120494949"),
        ("0570-090911", "0570-090911", "0570090911"),
        ("0800-777-6666", "0800-777-6666", "08007776666"),
        ("050-3655-0279", "050-3655-0279", "05036550279"),
        ("+81-87-832-0000", "+81-87-832-0000", "0878320000"),
        ("+1 415 555 2671", "+1 415 555 2671", "+14155552671"),
        ("189", "189", "189"),
        ("１１０", "110", "110"),
        ("#8008", "#8008", "#8008"),
        ("＃８００８", "#8008", "#8008"),
        ("# 9110", "#9110", "#9110"),
        ("087-832-0000（内線 2233）", "087-832-0000(内線 2233)", "0878320000"),
        ("087-832-0000 内線2233", "087-832-0000 内線2233", "0878320000"),
    ],
)
def test_reads_what_offices_write(text, display, digits):
    phone = read_phone(text)
    assert (phone.display, phone.digits, phone.warning, phone.suggestion) == (display, digits, "", "")


@pytest.mark.parametrize(
    ("text", "digits", "suggestion"),
    [
        ("0570-0783-55", "0570078355", "0570-078-355"),
        ("0878-32-0000", "0878320000", "087-832-0000"),
        ("087-83-20000", "0878320000", "087-832-0000"),
        ("012-0279-338", "0120279338", "0120-279-338"),
        ("087-83-20000（内線5）", "0878320000", "087-832-0000(内線5)"),
    ],
)
def test_warns_of_hyphens_in_the_wrong_place(text, digits, suggestion):
    phone = read_phone(text)
    assert (phone.digits, phone.suggestion) == (digits, suggestion)
    assert suggestion.split("(")[0] in phone.warning


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("087-832-000", "1 個足りない"),
        ("0570-0783", "2 個足りない"),
        ("090-1234-567", "1 個足りない"),
        ("087-832-00000", "1 個多い"),
        ("0120-279-3388", "1 個多い"),
        ("000-000-0000", "使われていない"),
        ("+1 23 4567", "使われていない"),
    ],
)
def test_warns_of_cut_and_impossible_numbers(text, words):
    phone = read_phone(text)
    assert words in phone.warning
    assert phone.suggestion == ""


def test_gives_back_the_zero_that_a_spreadsheet_ate():
    phone = read_phone("878320000")
    assert (phone.display, phone.digits) == ("087-832-0000", "0878320000")
    assert "補いました" in phone.warning


@pytest.mark.parametrize(
    "text",
    [
        "",
        "　",
        "-",
        "なし",
        "087-832-0000 / 087-832-0001",
        "087-832-0000または0001",
        "087-832-0000\n087-832-0001",
        "0120-IYA-YOO",
        "<b>110</b>",
        "1" * 80,
        "#",
        "##8008",
        "0878320000(087)832-0000x",
        "\x00110",
    ],
)
def test_refuses_what_cannot_be_dialled(text):
    with pytest.raises(ValidationError) as refused:
        read_phone(text)
    assert refused.value.messages[0].endswith(("。", "）。"))


@pytest.mark.parametrize(
    ("digits", "toll"),
    [
        ("0120279338", Toll.FREE),
        ("08007776666", Toll.FREE),
        ("0570783556", Toll.NAVI),
        ("0878320000", Toll.CHARGED),
        ("+14155552671", Toll.CHARGED),
        ("110", Toll.FREE),
        ("189", Toll.FREE),
        ("188", Toll.CHARGED),
        ("#8891", Toll.FREE),
        ("#8008", Toll.CHARGED),
        ("#9999", Toll.UNKNOWN),
        ("", Toll.UNKNOWN),
    ],
)
def test_says_what_a_call_costs(digits, toll):
    assert toll_of(digits) is toll


@given(st.text(alphabet="0123456789-+#() ０１２ー－内線/xabc\n\x00", max_size=30) | st.text(max_size=100))
def test_reads_any_text_and_its_own_words_again(text):
    try:
        phone = read_phone(text)
    except ValidationError:
        return
    again = read_phone(phone.display)
    assert (again.display, again.digits) == (phone.display, phone.digits)
    assert phone.digits
    assert set(phone.digits) <= set("0123456789#+")
    assert len(phone.digits) <= 20
    assert len(phone.display) <= 80
