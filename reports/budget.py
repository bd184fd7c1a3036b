"""What the projects of a year cost: sums for the page, and the table for a spreadsheet."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from reports.models import BudgetLine, GrantScheme
from reports.models.schemes import circled
from reports.snapshots import Project

MOST_PAYEES = 100


@dataclass(frozen=True, slots=True)
class Share:
    """What one payee or one category gets; None while nothing of it is known. `unknown`: how many lines have no amount yet."""

    words: str
    amount: int | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Sums:
    total: int
    additional: int
    unknown: int
    lines: int
    by_payee: list[Share]
    payees: int
    by_category: list[Share]


_UNKNOWN = Count("pk", filter=Q(amount_yen=None))


def sums_of(scheme: GrantScheme) -> Sums:
    """Three queries, and one more for the number of payees."""
    lines = BudgetLine.objects.filter(project__scheme=scheme).order_by()
    whole = lines.aggregate(
        total=Sum("amount_yen"),
        additional=Sum("amount_yen", filter=Q(is_additional=True)),
        unknown=_UNKNOWN,
        lines=Count("pk"),
    )
    by_payee = lines.values("payee").annotate(amount=Sum("amount_yen"), unknown=_UNKNOWN)
    by_category = lines.values("project__category__number", "project__category__label").annotate(
        amount=Sum("amount_yen"), unknown=_UNKNOWN
    )
    payees = sorted(by_payee, key=lambda row: (-(row["amount"] or 0), row["payee"]))
    categories = sorted(by_category, key=lambda row: row["project__category__number"] or 99)
    return Sums(
        total=whole["total"] or 0,
        additional=whole["additional"] or 0,
        unknown=whole["unknown"],
        lines=whole["lines"],
        by_payee=[_share(row["payee"], row) for row in payees[:MOST_PAYEES]],
        payees=len(payees),
        by_category=[_share(_category_words(row), row) for row in categories],
    )


def _share(words: str, row: dict[str, Any]) -> Share:
    return Share(words, row["amount"], row["unknown"])


def _category_words(row: dict[str, Any]) -> str:
    number = row["project__category__number"]
    return f"{circled(number)}{row['project__category__label']}" if number else _("区分なし")


# --- For a spreadsheet ----------------------------------------------------------------------------
def budget_table(projects: Iterable[Project]) -> Iterator[list[str | int]]:
    """One row for each payee, with all of its project beside it, so that rows may be sorted; 計 at the end. Columns are
    called as the import reads them."""
    yield [
        _("事業名称"),
        _("事業内容"),
        _("期待される効果"),
        _("実施時期"),
        _("実施後の反響"),
        _("区分"),
        _("発注先"),
        _("金額（円）"),
        _("内訳"),
        _("追加発注"),
    ]
    total = 0
    for project in projects:
        about: list[str | int] = [
            project.name,
            project.content,
            project.expected_effect,
            project.timing,
            project.response,
            circled(project.category) if project.category else "",
        ]
        if not project.lines:
            yield [*about, "", "", "", ""]
        for line in project.lines:
            total += line.amount_yen or 0
            amount: str | int = "" if line.amount_yen is None else line.amount_yen
            yield [*about, line.payee, amount, line.breakdown, _("はい") if line.is_additional else ""]
    yield [_("計"), "", "", "", "", "", "", total, "", ""]
