"""The numbers of a report for spreadsheets: the budget as XLSX, the activities as CSV. No cell can run."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from platform_portal.sheets.writing import csv_lines, workbook_bytes
from reports.models.schemes import circled
from reports.printing.wording import category_words
from reports.snapshots import Line, Project, Snapshot

BUDGET_COLUMNS = (
    "事業名称",
    "事業内容",
    "期待される効果",
    "実施時期",
    "区分",
    "発注先",
    "金額（円）",
    "内訳",
    "追加発注",
    "実施後の反響",
)
ACTIVITY_COLUMNS = ("始めの月", "終わりの月", "事業の名前", "区分", "行ったことと結果", "参加した人数")


def budget_workbook(snapshot: Snapshot) -> bytes:
    """A row for each payee; a project without one has a row too. The last row is the sum."""
    return workbook_bytes(_budget_rows(snapshot), _("試行事業の経費"))


def _budget_rows(snapshot: Snapshot) -> Iterator[Sequence[str]]:
    yield BUDGET_COLUMNS
    for project in snapshot.projects:
        for line in project.lines or (Line(""),):
            yield _budget_row(project, line)
    total = [""] * len(BUDGET_COLUMNS)
    total[0], total[BUDGET_COLUMNS.index("金額（円）")] = _("計"), str(snapshot.total_yen)
    yield total


def _budget_row(project: Project, line: Line) -> list[str]:
    return [
        project.name,
        project.content,
        project.expected_effect,
        project.timing,
        circled(project.category) if project.category else "",
        line.payee,
        "" if line.amount_yen is None else str(line.amount_yen),
        line.breakdown,
        "はい" if line.is_additional else "",
        project.response,
    ]


def activities_csv(snapshot: Snapshot) -> Iterator[str]:
    """In the order of the report."""
    return csv_lines(_activity_rows(snapshot))


def _activity_rows(snapshot: Snapshot) -> Iterator[Sequence[str]]:
    yield ACTIVITY_COLUMNS
    words = category_words(snapshot)
    for each in snapshot.activities:
        yield [
            each.month_from.strftime("%Y-%m") if each.month_from else "",
            each.month_to.strftime("%Y-%m") if each.month_to else "",
            each.title,
            "、".join(words.get(number, circled(number)) for number in each.categories),
            each.result,
            "" if each.attendee_count is None else str(each.attendee_count),
        ]
