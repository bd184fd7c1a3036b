"""Numbers that people compare, as a table in which every number has a bar: drawn by `components/bar_chart.html`.

The words stay words of the page: on a telephone a drawing shrinks, and the words in it with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST = 100  # width of the longest bar: all that there is in its cell


@dataclass(frozen=True, slots=True)
class Bar:
    """`series`: what it counts. `number`: which of the chart's series that is. `under`: where the count itself is
    kept back, because so few could be told apart, what it is less than; else 0."""

    series: str
    number: int
    count: int
    width: int
    under: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One name with a bar for each series. `address` leads to the list that holds as many, or is empty."""

    name: str
    address: str
    bars: Sequence[Bar]

    @property
    def counts(self) -> list[int]:
        return [bar.count for bar in self.bars]


@dataclass(frozen=True, slots=True)
class BarChart:
    """`key` is its own on the page. `heading` stands over the names, `series` over the numbers."""

    key: str
    title: str
    heading: str
    series: Sequence[str]
    rows: Sequence[Row]

    @property
    def total(self) -> int:
        return sum(sum(row.counts) for row in self.rows)


def bar_chart(
    *,
    key: str,
    title: str,
    heading: str,
    series: Sequence[str],
    rows: Iterable[tuple[str, Sequence[int], str]],
    least: int = 0,
) -> BarChart:
    """`rows` are (name, one count for each of `series`, address of the list behind it or empty).

    A count below `least` is not shown.
    """
    given = list(rows)
    most = max((count for _name, counts, _address in given for count in counts), default=0) or 1

    def drawn(counts: Sequence[int]) -> list[Bar]:
        return [
            Bar(name, number, count, LONGEST * count // most)
            if count >= least
            else Bar(name, number, 0, 0, under=least)
            for number, (name, count) in enumerate(zip(series, counts, strict=True))
        ]

    return BarChart(
        key, title, heading, series, [Row(name, address, drawn(counts)) for name, counts, address in given]
    )
