"""Bars as long as their numbers say, told apart by words."""

from hypothesis import given
from hypothesis import strategies as st

from platform_portal.charts import LONGEST, THICKNESS, bar_chart


def chart(*rows: tuple[str, list[int], str], series: tuple[str, ...] = ("数",)):
    return bar_chart(key="k", title="題", heading="名前", series=series, rows=rows)


def test_longest_bar_is_the_largest_number():
    drawn = chart(("多い", [40], "/many/"), ("少ない", [10], ""), ("ない", [0], ""))
    assert [row.bars[0].width for row in drawn.rows] == [LONGEST, LONGEST // 4, 0]
    assert [row.counts for row in drawn.rows] == [[40], [10], [0]]
    assert (drawn.rows[0].address, drawn.total) == ("/many/", 50)


def test_series_stand_below_each_other_and_say_what_they_are():
    drawn = chart(("4月", [2, 1], ""), series=("入会", "退会"))
    first, second = drawn.rows[0].bars
    assert (first.series, second.series) == ("入会", "退会")
    assert second.y - first.y == THICKNESS
    assert chart(("4月", [2], "")).rows[0].bars[0].series == ""


def test_nothing_to_count_is_drawn_too():
    assert chart().total == 0
    assert chart(("ない", [0], "")).rows[0].bars[0].width == 0


@given(st.lists(st.lists(st.integers(0, 10_000), min_size=2, max_size=2), max_size=30))
def test_rows_never_overlap_and_stay_in_the_drawing(counts):
    drawn = chart(*((str(number), pair, "") for number, pair in enumerate(counts)), series=("a", "b"))
    bars = [bar for row in drawn.rows for bar in row.bars]
    tops = [bar.y for bar in bars]
    assert tops == sorted(set(tops))
    assert all(bar.y + THICKNESS <= drawn.height and bar.width <= LONGEST for bar in bars)
