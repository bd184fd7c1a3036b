"""From a file to a draft of a year: all or nothing, and never over something that is there."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from meetings.extracting import UnreadableFileError
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.sheets.writing import workbook_bytes
from reports.importing.previewing import preview
from reports.importing.reading import ReadFile, read_report_file
from reports.models import (
    Activity,
    AnnualReport,
    BudgetLine,
    GrantCategory,
    GrantScheme,
    ReportSection,
    ReportState,
    TrialProject,
)
from reports.parsing import parse_report
from reports.services.imports import import_report
from reports.snapshotting import take_snapshot
from tests.factories.members import UserFactory
from tests.factories.reports import (
    YEAR,
    ActivityFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    TrialProjectFactory,
)
from tests.minutes_files import as_pdf, as_word
from tests.unit.reports.reading import FIXTURES, fixture

REPORT = FIXTURES / "irregular.txt"
TABLE = FIXTURES / "projects.tsv"


def read(content: bytes | str, name: str = "報告.txt", year: int | None = None) -> ReadFile:
    data = content.encode() if isinstance(content, str) else content
    return read_report_file(file=io.BytesIO(data), file_name=name, fiscal_year=year)


def rows_of(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


@pytest.fixture
def secretary(db: None) -> User:
    return UserFactory(secretariat=True)


def stored() -> dict[str, int]:
    models = (GrantScheme, GrantCategory, Activity, AnnualReport, ReportSection, TrialProject, BudgetLine)
    return {model.__name__: model.objects.count() for model in models} | {
        "events": AuditEvent.objects.count()
    }


# --- Files --------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_text_in_the_encodings_of_offices(encoding: str) -> None:
    text = fixture("irregular.txt").replace("〜", "～")
    assert read(text.encode(encoding)).report.activities == parse_report(text).activities


def test_word_document_says_what_its_text_says() -> None:
    found = read(as_word(fixture("irregular.txt")), "報告.docx").report
    expected = parse_report(fixture("irregular.txt"))
    assert [each.title for each in found.activities] == [each.title for each in expected.activities]
    assert [each.cited for each in found.sections] == [each.cited for each in expected.sections]


def test_pdf_says_what_its_text_says() -> None:
    found = read(as_pdf(fixture("irregular.txt")), "報告.pdf").report
    expected = parse_report(fixture("irregular.txt"))
    assert [(each.month_from, each.title) for each in found.activities] == [
        (each.month_from, each.title) for each in expected.activities
    ]
    assert found.categories == expected.categories


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_tables_as_text(delimiter: str) -> None:
    rows = [
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row)
        for row in rows_of(fixture("projects.tsv"))
    ]
    report = read("\n".join(rows).encode("cp932"), "表.csv").report
    assert report.projects == parse_report(fixture("projects.tsv")).projects
    assert report.is_table


def test_workbook() -> None:
    content = workbook_bytes(rows_of(fixture("projects.tsv")), "試行事業")
    report = read(content, "表.xlsx").report
    assert report.projects == parse_report(fixture("projects.tsv")).projects
    assert report.stated_total == 2_501_684


@pytest.mark.parametrize(
    "content",
    [
        b"",
        "きょうは雨である。\n".encode(),
        b"PK\x03\x04broken",
        "事業名称,発注先\n".encode(),
        workbook_bytes([["日付", "天気"], ["1日", "雨"]], "日記"),
        b"\x89PNG\r\n\x1a\n0000",
    ],
    ids=["empty", "prose", "broken", "headers", "other table", "picture"],
)
def test_files_that_are_neither_are_refused_with_words(content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="。"):
        read(content)


# --- Taking in ----------------------------------------------------------------------------------
def test_report_becomes_a_draft(secretary: User) -> None:
    done = import_report(file=read(fixture("irregular.txt")), by=secretary)
    assert (done.activities, done.sections, done.projects) == (6, 4, 0)
    scheme = GrantScheme.objects.get()
    assert (scheme.fiscal_year, scheme.official_name) == (YEAR, "地方における孤独・孤立対策推進事業交付金")
    assert not any(category.is_confirmed for category in scheme.categories.all())
    assert [category.number for category in scheme.categories.all()] == [2, 3, 7, 9]
    first, second, *_rest = Activity.objects.filter(scheme=scheme).in_order()
    assert [link.category.number for link in first.category_links.all()] == [2, 3]
    assert second.month_to is not None
    report = AnnualReport.objects.get()
    assert (report.heading, report.state) == ("みおつくし県のつながりづくり事業", ReportState.DRAFT)
    assert "たらい回し" in report.sections.get(kind="outcome").body
    assert {flag.code for flag in done.flags} >= {"no_month", "paragraph"}
    event = AuditEvent.objects.get(type="reports.report_imported")
    assert event.new["activities"] == 6
    assert AuditEvent.objects.filter(type="reports.activity_added").count() == 6


def test_preview_shows_what_will_be_stored(secretary: User) -> None:
    file = read(fixture("irregular.txt") + "\n\n" + fixture("projects.tsv"))
    shown = preview(file.report, issuer="みおつくし県")
    done = import_report(file=file, by=secretary)
    stored = take_snapshot(done.report)
    assert replace(stored, issuer="みおつくし県", figures=()) == shown
    with pytest.raises(ValueError, match="no year"):
        preview(replace(file.report, fiscal_year=None))


def test_table_becomes_projects_of_its_year(secretary: User) -> None:
    GrantSchemeFactory(fiscal_year=2022)
    done = import_report(file=read(fixture("projects.tsv"), "表.tsv"), by=secretary)
    assert done.report is None
    assert TrialProject.objects.count() == 5
    assert sum(line.amount_yen for line in BudgetLine.objects.all()) == 2_501_684
    assert TrialProject.objects.get(timing="2022.12～").ends_on is None
    assert not AnnualReport.objects.exists()


def test_table_beside_the_record_of_its_year(secretary: User) -> None:
    ActivityFactory(scheme=GrantSchemeFactory(fiscal_year=2022))
    import_report(file=read(fixture("projects.tsv")), by=secretary)
    assert TrialProject.objects.count() == 5


def test_words_of_categories_that_are_there_stay(secretary: User) -> None:
    kept = GrantCategoryFactory(number=2, label="しらべもの", confirmed=True)
    GrantCategoryFactory(number=7, label="")
    done = import_report(file=read(fixture("irregular.txt")), by=secretary)
    kept.refresh_from_db()
    assert kept.label == "しらべもの"
    assert kept.is_confirmed
    assert GrantCategory.objects.get(number=7).label.startswith("相談体制")
    assert "category_kept" in {flag.code for flag in done.flags}


def test_words_of_the_year_before_give_way(secretary: User) -> None:
    earlier = GrantSchemeFactory(fiscal_year=YEAR - 1, official_name="前の交付金")
    GrantCategoryFactory(scheme=earlier, number=2, label="前の言葉")
    import_report(file=read(fixture("irregular.txt")), by=secretary)
    labels = GrantCategory.objects.filter(number=2).order_by("scheme__fiscal_year")
    assert [each.label for each in labels] == ["前の言葉", "孤独・孤立の実態把握や地域資源の調査"]


def test_name_of_the_grant_that_is_there_stays(secretary: User) -> None:
    GrantSchemeFactory(official_name="別の交付金")
    done = import_report(file=read(fixture("irregular.txt")), by=secretary)
    assert GrantScheme.objects.get().official_name == "別の交付金"
    assert "name_kept" in {flag.code for flag in done.flags}


# --- Refusals -----------------------------------------------------------------------------------
def test_second_import_is_refused_and_changes_nothing(secretary: User) -> None:
    import_report(file=read(fixture("irregular.txt")), by=secretary)
    before = stored()
    with pytest.raises(Refused, match="事業6件と報告書の文章"):
        import_report(file=read(fixture("irregular.txt")), by=secretary)
    assert stored() == before


def test_projects_that_are_there_are_not_overwritten(secretary: User) -> None:
    TrialProjectFactory(scheme=GrantSchemeFactory(fiscal_year=2022))
    with pytest.raises(Refused, match="試行事業1件"):
        import_report(file=read(fixture("projects.tsv")), by=secretary)


def test_report_that_is_looked_at_is_left_alone(secretary: User) -> None:
    import_report(file=read(fixture("irregular.txt")), by=secretary)
    AnnualReport.objects.update(state=ReportState.IN_REVIEW)
    with pytest.raises(Refused, match="確認待ち"):
        import_report(file=read(fixture("projects.tsv"), year=YEAR), by=secretary)


@pytest.mark.django_db
def test_only_the_secretariat_takes_in() -> None:
    with pytest.raises(Refused, match="権限"):
        import_report(file=read(fixture("irregular.txt")), by=UserFactory(role="staff"))


def test_nothing_is_half_done(secretary: User) -> None:
    """The last activity has a name that no field can hold."""
    long = fixture("irregular.txt").replace("つながりの集い", "つどい" * 40 + "\n" + "つどい" * 40)
    before = stored()
    with pytest.raises(ValidationError, match="行目「つどい"):
        import_report(file=read(long), by=secretary)
    assert stored() == before


def test_year_and_name_are_asked_for(secretary: User) -> None:
    table = fixture("projects.tsv")
    with pytest.raises(Refused, match="正式な名前"):
        import_report(file=read(table), by=secretary)
    import_report(file=read(table), by=secretary, official_name="ためしの交付金")
    undated = "事業名称\t実施時期\t発注先\n講座\t未定\t講師 (45,200)\n"
    with pytest.raises(Refused, match="何年度"):
        import_report(file=read(undated), by=secretary)


# --- The command --------------------------------------------------------------------------------
def run(*args: Any) -> list[str]:
    out = io.StringIO()
    call_command("import_report", *map(str, args), stdout=out)
    return out.getvalue().splitlines()


def test_command_takes_in(secretary: User) -> None:
    *flags, last = run(REPORT, "--by", secretary.email)
    assert "事業 6 件、本文 4 か所" in last
    assert last.endswith("下書きに取り込みました。")
    assert any("no_month" in line for line in flags)


@pytest.mark.django_db
def test_command_tries_and_keeps_nothing() -> None:
    before = stored()
    *_flags, last = run(TABLE, "--dry-run", "--year", 2022)
    assert last.endswith("試しです。保存していません。")
    assert stored() == before


@pytest.mark.django_db
def test_command_shows_json() -> None:
    values = json.loads("\n".join(run(REPORT, "--dry-run", "--json")))
    assert values["fiscal_year"] == YEAR
    assert len(values["activities"]) == 6


def test_command_refuses_in_words(secretary: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--by"):
        run(REPORT)
    with pytest.raises(CommandError, match="--dry-run"):
        run(REPORT, "--json")
    with pytest.raises(CommandError, match="開けません"):
        run(tmp_path / "missing.txt", "--dry-run")
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    with pytest.raises(CommandError, match="空"):
        run(empty, "--dry-run")
    run(REPORT, "--by", secretary.email)
    for mode in (["--dry-run"], ["--by", secretary.email]):
        with pytest.raises(CommandError, match="何も変わっていません"):
            run(REPORT, *mode)
