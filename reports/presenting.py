"""A submitted report as a page for everybody: made of its snapshot alone, as the PDF is."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from platform_portal.markdown import render_markdown
from reports.printing import charts, wording
from reports.printing.pages import PrintedProject
from reports.readings import write_readings
from reports.snapshots import Snapshot

# Headings of prose stand under the section's own, which is an h2.
_TOP = 3


@dataclass(frozen=True, slots=True)
class ShownSection:
    """`body`: HTML. `has_activities`: they follow it."""

    key: str
    title: str
    body: SafeString
    has_activities: bool


@dataclass(frozen=True, slots=True)
class ShownReport:
    title: str
    edition: str
    snapshot: Snapshot
    sections: Sequence[ShownSection]
    activities: Sequence[wording.PrintedActivity]
    projects: Sequence[PrintedProject]
    figures: wording.FigureTable | None
    months: charts.MonthChart | None
    total: str


def present(snapshot: Snapshot) -> ShownReport:
    bodies = [section.body for section in snapshot.sections]
    return ShownReport(
        title=wording.title_of(snapshot),
        edition=wording.edition_words(snapshot),
        snapshot=snapshot,
        sections=[
            ShownSection(each.key, each.title, with_ruby(body), each.has_activities)
            for each, body in zip(wording.sections_of(snapshot), bodies, strict=True)
        ],
        activities=list(wording.activities_of(snapshot)),
        projects=[PrintedProject(each, wording.payments_of(each)) for each in snapshot.projects],
        figures=wording.figure_table(snapshot),
        months=charts.month_chart(snapshot),
        total=wording.yen(snapshot.total_yen),
    )


def with_ruby(body: str) -> SafeString:
    """Prose as HTML; 孤独《こどく》 with its reading above it."""
    html = write_readings(
        render_markdown(body, top=_TOP),
        lambda word, reading: f"<ruby>{word}<rp>（</rp><rt>{reading}</rt><rp>）</rp></ruby>",
    )
    return mark_safe(html)  # noqa: S308  clean HTML, into which only letters without < > & are put
