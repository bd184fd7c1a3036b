"""Bars as long as their numbers say, told apart by words."""

from hypothesis import given
from hypothesis import strategies as st

from platform_portal.charts import LONGEST, bar_chart


def chart(*rows: tuple[str, list[int], str], series: tuple[str, ...] = ("数",)):
    return bar_chart(key="k", title="題", heading="名前", series=series, rows=rows)


def test_longest_bar_is_the_largest_number():
    drawn = chart(("多い", [40], "/many/"), ("少ない", [10], ""), ("ない", [0], ""))
    assert [row.bars[0].width for row in drawn.rows] == [LONGEST, LONGEST // 4, 0]
    assert [row.counts for row in drawn.rows] == [[40], [10], [0]]
    assert (drawn.rows[0].address, drawn.total) == ("/many/", 50)


def test_every_number_says_what_it_counts():
    first, second = chart(("4月", [2, 1], ""), series=("入会", "退会")).rows[0].bars
    assert (first.series, second.series) == ("入会", "退会")
    assert (first.number, second.number) == (0, 1)
    assert (first.width, second.width) == (LONGEST, LONGEST // 2)


def test_nothing_to_count_is_drawn_too():
    assert chart().total == 0
    assert chart(("ない", [0], "")).rows[0].bars[0].width == 0


@given(st.lists(st.lists(st.integers(0, 10_000), min_size=2, max_size=2), max_size=30))
def test_bars_stay_in_their_cells_and_keep_their_order(counts):
    drawn = chart(*((str(number), pair, "") for number, pair in enumerate(counts)), series=("a", "b"))
    bars = sorted((bar for row in drawn.rows for bar in row.bars), key=lambda bar: bar.count)
    widths = [bar.width for bar in bars]
    assert widths == sorted(widths)
    assert all(0 <= width <= LONGEST for width in widths)


def test_a_count_that_is_kept_back_has_no_bar() -> None:
    chart = bar_chart(
        key="x", title="x", heading="x", series=["a"], rows=[("few", [4], ""), ("many", [5], "")], least=5
    )
    few, many = (row.bars[0] for row in chart.rows)
    assert (few.count, few.width, few.under) == (0, 0, 5)
    assert (many.count, many.width, many.under) == (5, 100, 0)
