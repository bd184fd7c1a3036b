"""Numbers that people compare, as bars: drawn as SVG by `components/bar_chart.html`, with the same figures as a table.

All lengths are in units of the drawing, which is WIDTH wide and as high as its rows need.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

NAMES = 170  # kept for the names at the left
LONGEST = 250  # of the longest bar
THICKNESS = 20
GAP = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """`series`: what it counts, or empty when there is nothing to tell apart."""

    series: str
    number: int
    count: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Row:
    """One name with a bar for each series. `address` leads to the list that holds as many, or is empty."""

    name: str
    address: str
    y: int
    bars: Sequence[Bar]

    @property
    def counts(self) -> list[int]:
        return [bar.count for bar in self.bars]


@dataclass(frozen=True, slots=True)
class BarChart:
    """`key` makes the ids on the page unique. `heading` stands over the names, `series` over the numbers."""

    key: str
    title: str
    heading: str
    series: Sequence[str]
    rows: Sequence[Row]

    @property
    def height(self) -> int:
        return GAP + len(self.rows) * (GAP + THICKNESS * len(self.series))

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
) -> BarChart:
    """`rows` are (name, one count for each of `series`, address of the list behind it or empty)."""
    given = list(rows)
    most = max((count for _name, counts, _address in given for count in counts), default=0) or 1
    step = GAP + THICKNESS * len(series)
    named = series if len(series) > 1 else [""]

    def drawn(top: int, counts: Sequence[int]) -> list[Bar]:
        return [
            Bar(named[number], number, count, top + THICKNESS * number, LONGEST * count // most)
            for number, count in enumerate(counts)
        ]

    return BarChart(
        key,
        title,
        heading,
        series,
        [
            Row(name, address, GAP + step * place, drawn(GAP + step * place, counts))
            for place, (name, counts, address) in enumerate(given)
        ],
    )
