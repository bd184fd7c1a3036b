"""What the portal prints it reads again: a report that was written here may come back in."""

import io
from dataclasses import replace

import pytest

from reports.importing.reading import read_report_file
from reports.parsing import ReadReport
from reports.printing.pdf import print_report
from reports.printing.sheets import budget_workbook
from reports.printing.word import word_of
from reports.snapshots import DoneActivity, Line, Snapshot
from tests.unit.reports.sample import APPROVED, DRAFT


def read(data: bytes, year: int | None = None) -> ReadReport:
    return read_report_file(file=io.BytesIO(data), fiscal_year=year).report


def done(report: ReadReport) -> list[DoneActivity]:
    return [
        DoneActivity(
            each.title,
            each.month_from,
            each.month_to,
            tuple(label.number for label in each.labels),
            each.result,
            each.attendee_count,
        )
        for each in report.activities
    ]


def flat(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("snapshot", [APPROVED, DRAFT], ids=["approved", "draft"])
def test_word(snapshot: Snapshot) -> None:
    report = read(word_of(snapshot))
    assert (report.fiscal_year, report.official_name) == (snapshot.fiscal_year, snapshot.official_name)
    assert report.heading == snapshot.heading
    assert done(report) == list(snapshot.activities)
    assert {each.number: each.words for each in report.categories}.items() <= {
        each.number: each.label for each in snapshot.categories
    }.items()
    assert report.stated_total == snapshot.total_yen == sum(each.total_yen for each in report.projects)


def test_pdf() -> None:
    report = read(print_report(APPROVED)[0])
    found, written = done(report), list(APPROVED.activities)
    assert [replace(each, result=flat(each.result)) for each in found] == [
        replace(each, result=flat(each.result)) for each in written
    ]
    assert [flat(each.heading) for each in report.sections] == [
        flat(f"{number}. {each.title}") for number, each in enumerate(APPROVED.sections, start=1)
    ]


def test_workbook() -> None:
    extra = replace(
        APPROVED.projects[0], name="ためし", lines=(Line("印刷", None, "ちらし"), Line("印刷", 5, "", True))
    )
    snapshot = replace(APPROVED, projects=(*APPROVED.projects, extra))
    report = read(budget_workbook(snapshot), APPROVED.fiscal_year)
    assert [(each.name, each.timing, each.category, each.lines) for each in report.projects] == [
        (each.name, each.timing, each.category, each.lines) for each in snapshot.projects
    ]
    assert report.stated_total == snapshot.total_yen
