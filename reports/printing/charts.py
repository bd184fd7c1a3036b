"""Two drawings of a year, each with the table that says the same: what was done by month, what was paid by project."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reports.models.schemes import circled
from reports.printing.wording import category_words, share, yen
from reports.snapshots import Snapshot

WIDTH = 441
"""Points: 42 characters, the width of the text."""
MOST_BARS = 10
_MONTHS = (4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3)
_NO_MONTH = 0
_NO_CATEGORY = 0
# Light, so that the number on it is read; on grey paper the numbers tell them apart.
_TINTS = ("#cfe2f7", "#f8dcb9", "#d3ead0", "#e4d6ee", "#f6f0b5", "#dedede", "#c5e6e6", "#f6cfcf", "#ffffff")


@dataclass(frozen=True, slots=True)
class Label:
    """Lengths are written out: the language of the page changes no dot."""

    x: str
    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    fill: str
    label: Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """`title`: what a screen reader says in its place."""

    title: str
    height: str
    bars: list[Bar]
    labels: list[Label]
    lines: list[str]


@dataclass(frozen=True, slots=True)
class MonthChart:
    """`rows`: category, a count for each of `columns`, their sum."""

    drawing: Drawing
    columns: list[str]
    rows: list[tuple[str, list[str], int]]
    totals: list[str]
    total: int


@dataclass(frozen=True, slots=True)
class BudgetChart:
    """`rows`: project, number of payees, amount, share of the whole. `is_cut`: the drawing shows the largest alone."""

    drawing: Drawing
    rows: list[tuple[str, int, str, str]]
    is_cut: bool


def _at(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")


def _bar(x: float, y: float, width: float, height: float, fill: str, label: Label) -> Bar:
    return Bar(_at(x), _at(y), _at(width), _at(height), fill, label)


# --- By month and category -------------------------------------------------------------------------
def month_chart(snapshot: Snapshot) -> MonthChart | None:
    """An activity counts in its first month, and in each of its categories."""
    counts: Counter[tuple[int, int]] = Counter()
    for each in snapshot.activities:
        month = each.month_from.month if each.month_from else _NO_MONTH
        for category in each.categories or (_NO_CATEGORY,):
            counts[month, category] += 1
    if not counts:
        return None
    used = {category for _month, category in counts}
    categories = [*sorted(used - {_NO_CATEGORY}), *sorted(used & {_NO_CATEGORY})]
    months = [*_MONTHS, *([_NO_MONTH] if any(month == _NO_MONTH for month, _category in counts) else [])]
    names = category_words(snapshot)
    totals = [sum(counts[month, category] for category in categories) for month in months]
    return MonthChart(
        drawing=_columns(counts, months, categories, max(totals)),
        columns=[_month_words(month) for month in months],
        rows=[
            (
                names.get(category) or _sign(category),
                [str(counts[month, category] or "") for month in months],
                sum(counts[month, category] for month in months),
            )
            for category in categories
        ],
        totals=[str(total or "") for total in totals],
        total=sum(totals),
    )


def _month_words(month: int) -> str:
    return _("%(month)s月") % {"month": month} if month else _("月なし")


def _sign(category: int) -> str:
    return circled(category) if category else _("区分なし")


def _columns(
    counts: Counter[tuple[int, int]], months: Sequence[int], categories: Sequence[int], most: int
) -> Drawing:
    top, high, left = 8.0, 110.0, 22.0
    step = (WIDTH - left) / len(months)
    bars, labels, lines = [], [], []
    for number in _ticks(most):
        y = top + high * (1 - number / most)
        lines.append(f"M{_at(left)} {_at(y)}H{WIDTH}")
        labels.append(Label(_at(left - 8), _at(y + 2.5), str(number)))
    for place, month in enumerate(months):
        x, bottom = left + step * place + step * 0.15, top + high
        for index, category in enumerate(categories):
            count = counts[month, category]
            height = high * count / most
            bottom -= height
            if count:
                sign = (circled(category) if category else "") if height >= 10 else ""
                middle = Label(_at(x + step * 0.35), _at(bottom + height / 2 + 3), sign)
                bars.append(_bar(x, bottom, step * 0.7, height, _TINTS[index % len(_TINTS)], middle))
        labels.append(Label(_at(left + step * (place + 0.5)), _at(top + high + 11), _month_words(month)))
    title = _("図：月別・区分別の事業の数。数は、次の表にあります。")
    return Drawing(title, _at(top + high + 16), bars, labels, lines)


def _ticks(most: int) -> list[int]:
    step = max(1, -(-most // 4))
    return list(range(0, most + 1, step))


# --- By project ------------------------------------------------------------------------------------
def budget_chart(snapshot: Snapshot) -> BudgetChart | None:
    whole = snapshot.total_yen
    if not whole:
        return None
    rows = [
        (
            each.name,
            len({line.payee for line in each.lines}),
            yen(each.total_yen),
            share(each.total_yen, whole),
        )
        for each in snapshot.projects
    ]
    shown = [(each.name, each.total_yen) for each in snapshot.projects]
    is_cut = len(shown) > MOST_BARS
    if is_cut:
        shown = sorted(shown, key=lambda each: -each[1])[:MOST_BARS]
    return BudgetChart(_beams(shown), rows, is_cut)


def _beams(shown: Sequence[tuple[str, int]]) -> Drawing:
    step, longest = 22.0, WIDTH - 70.0
    most = max(amount for _name, amount in shown)
    bars, labels = [], []
    for place, (name, amount) in enumerate(shown):
        y = step * place
        width = max(longest * amount / most, 0.5)
        words = name if len(name) <= 48 else f"{name[:47]}…"
        labels.append(Label("0", _at(y + 9), words))
        bars.append(_bar(0, y + 12, width, 8, "#7f9cc4", Label(_at(width + 4), _at(y + 19), yen(amount))))
    title = _("図：試行事業ごとの経費。金額は、次の表にあります。")
    return Drawing(title, _at(step * len(shown)), bars, labels, [])
