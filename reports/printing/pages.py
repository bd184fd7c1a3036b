"""A snapshot as pages: the HTML and CSS that are printed."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from reports.printing import charts, wording
from reports.snapshots import Project, Snapshot


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents. `depth`: 0 for the great parts."""

    key: str
    title: str
    depth: int


# Characters of 8.5 pt in a line of each column of the projects, after their widths in report.css.
_IN_A_LINE = {"name": 6, "content": 10, "expected_effect": 7, "response": 7}
_TALL = 27  # lines: half a page


@dataclass(frozen=True, slots=True)
class PrintedProject:
    project: Project
    payments: list[str]

    @property
    def is_tall(self) -> bool:
        """Such a row may break over pages: kept whole it leaves half a page empty, or has no page to stand on."""
        cells = {name: str(getattr(self.project, name)) for name in _IN_A_LINE}
        return any(_lines(text, _IN_A_LINE[name]) > _TALL for name, text in cells.items()) or (
            sum(_lines(payment, 8) for payment in self.payments) > _TALL
        )


def _lines(text: str, in_a_line: int) -> int:
    return sum(-(-len(line) // in_a_line) for line in text.splitlines())


def html_and_css(snapshot: Snapshot, *, with_contents: bool = False) -> tuple[str, str]:
    """The same for the same snapshot, whoever asks and whenever."""
    sections = wording.sections_of(snapshot)
    tables: dict[str, object] = {
        "projects": [PrintedProject(each, wording.payments_of(each)) for each in snapshot.projects],
        "figures": wording.figure_table(snapshot),
        "months": charts.month_chart(snapshot),
        "budget": charts.budget_chart(snapshot),
    }
    context: dict[str, object] = {
        "snapshot": snapshot,
        "title": wording.title_of(snapshot),
        "grant": wording.grant_of(snapshot),
        "edition": wording.edition_words(snapshot),
        "sections": sections,
        "activities": wording.activities_of(snapshot),
        "total": wording.yen(snapshot.total_yen),
        "has_tables": any(tables.values()),
        **tables,
    }
    if with_contents:
        context["contents"] = _contents(snapshot, sections, context)
    html = render_to_string("reports/print/report.html", context)
    return html, render_to_string("reports/print/report.css", {"snapshot": snapshot})


def _contents(
    snapshot: Snapshot, sections: list[wording.PrintedSection], context: Mapping[str, object]
) -> list[Entry]:
    entries = [Entry("work", _("【事業内容】"), 0)]
    if snapshot.heading:
        entries.append(Entry("heading", f"●{snapshot.heading}", 1))
    entries += [Entry(each.key, each.title, each.level - 2) for each in sections]
    if context["has_tables"]:
        entries.append(Entry("tables", _("【資料】"), 0))
    names = {
        "projects": _("試行事業一覧"),
        "figures": _("今年度の数字"),
        "months": _("月別・区分別の事業の数"),
        "budget": _("試行事業ごとの経費"),
    }
    return entries + [Entry(key, name, 1) for key, name in names.items() if context[key]]
