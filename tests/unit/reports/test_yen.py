"""What people type into a field of money or of people."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from reports.forms.yen import PeopleField, YenField, write_yen
from reports.models.projects import MOST_YEN
from reports.parsing import read_yen

YEN, PEOPLE = YenField(most=MOST_YEN), PeopleField()


@pytest.mark.parametrize(
    "text",
    [
        "350,000",
        "¥350,000",
        "￥350,000-",
        "￥350,000－",
        "￥350,000ー",
        "\\350,000",
        "350000円",
        "350,000円也",
        "金350,000円也",
        "金￥350,000-",
        "３５０，０００円",
        "35万円",
        "￥35万",
        "三十五万円",
        "金参拾五萬円也",
        "350千円",
        "0.35百万円",
    ],
)
def test_the_ways_of_writing_one_amount(text):
    assert YEN.clean(text) == 350_000


@pytest.mark.parametrize(
    "text",
    [
        "-",
        "-3",
        "¥",
        "円",
        "也",
        "金",
        "¥-350,000",
        "▲350,000",
        "350,000円（税込）",
        "約35万円",
        "35万円程度",
        "350,000-1",
        "1.5円",
        "千円",
        "¥¥350,000",
        "350,000ドル",
        "$350,000",
        "3,50円",
        "350.000円",
        "①",
        "35万人",
        "=350000",
        "<b>1</b>",
    ],
)
def test_what_is_no_amount_is_refused_plainly(text):
    with pytest.raises(ValidationError, match="金額として読めません"):
        YEN.clean(text)


def test_too_much_and_nothing():
    with pytest.raises(ValidationError, match="大きすぎます"):
        YEN.clean(str(MOST_YEN + 1))
    assert YEN.clean(str(MOST_YEN)) == MOST_YEN
    assert [YEN.clean(text) for text in ("", " ", "　")] == [None] * 3
    assert YEN.clean("0円") == 0


@pytest.mark.parametrize(
    ("text", "count"), [("６２人", 62), ("1,234名", 1_234), ("六十二人", 62), ("", None)]
)
def test_people(text, count):
    assert PEOPLE.clean(text) == count


@pytest.mark.parametrize("text", ["62円", "約62人", "62人名", "人", "-1", "60〜70人", "¥62"])
def test_what_is_no_number_of_people(text):
    with pytest.raises(ValidationError, match="人数として読めません"):
        PEOPLE.clean(text)


DECORATED = st.text(alphabet="0123456789，,.-−ー¥￥\\円也金千百万億 　三十(税込)", max_size=14)


@given(DECORATED)
def test_a_form_and_a_table_never_read_two_amounts(text):
    """A cell of an imported table is read more freely; where both read an amount, it is the same."""
    try:
        typed = YEN.clean(text)
    except ValidationError:
        return
    imported = read_yen(text)
    if typed is not None and imported is not None:
        assert typed == imported


@given(st.integers(min_value=0, max_value=MOST_YEN))
def test_what_the_page_shows_is_read_as_the_same(amount):
    assert YEN.clean(write_yen(amount)) == amount
    assert YEN.prepare_value(amount) == write_yen(amount)
