"""The report for Word and for spreadsheets: real structure, the same words, nothing that runs."""

import csv
import io
import itertools
from dataclasses import replace

import docx
import openpyxl
import pytest

from platform_portal.pdf import UnprintableError
from reports.making import make_file
from reports.models import RenderingKind
from reports.printing.sheets import ACTIVITY_COLUMNS, BUDGET_COLUMNS, activities_csv, budget_workbook
from reports.printing.word import word_of
from reports.snapshots import DoneActivity, Line, Project, Section, Snapshot, to_json
from tests.unit.reports.sample import ACTIVITIES, APPROVED, DRAFT, PROJECTS

PROSE = (
    "# 見出し\n\nはじめの**大事な**段落。\nつづき。\n\n1. 一\n2. 二\n   - 中\n\n> 引用\n\n"
    "| 名 | 数 |\n|---|---|\n| 甲 | 1 |\n\n```\nそのまま\n  の行\n```\n\n---\n\n~~消す~~ *斜め* &amp; <b>生</b>"
)


def opened(snapshot: Snapshot):
    return docx.Document(io.BytesIO(word_of(snapshot)))


def headings(document) -> list[tuple[str, str]]:
    return [
        (p.style.name, p.text) for p in document.paragraphs if p.style.name.startswith(("Heading", "Title"))
    ]


def test_headings_are_headings():
    found = headings(opened(APPROVED))
    assert found[:5] == [
        ("Title", "令和6年度地方における孤独・孤立対策推進事業交付金 事業実施報告書"),
        ("Heading 1", "【事業内容】"),
        ("Heading 2", "●孤独・孤立対策関連事業の実施"),
        ("Heading 3", "1. 事業概要"),
        ("Heading 3", "2. 事業実施の経緯・背景及び目的"),
    ]
    levels = [int(style[-1]) for style, _text in found[1:]]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_tables_are_tables():
    projects, figures, months = opened(APPROVED).tables
    assert [cell.text for cell in projects.rows[0].cells][:2] == ["事業名称", "事業内容"]
    assert len(projects.rows) == len(PROJECTS) + 2
    assert "(追加発注：372,728)" in projects.rows[6].cells[4].text
    assert projects.rows[-1].cells[4].text == "(8,712,064)"
    assert figures.rows[1].cells[-1].text == "+22"
    assert months.rows[-1].cells[-1].text == "9"
    for table in (projects, figures, months):
        assert "w:tblHeader" in table.rows[0]._tr.xml
        assert all("w:cantSplit" in row._tr.xml for row in table.rows)


def test_all_that_was_done_is_there():
    text = "\n".join(paragraph.text for paragraph in opened(APPROVED).paragraphs)
    for activity in ACTIVITIES:
        assert activity.title in text
        assert f"→{activity.result}" in text
    assert "孤独（こどく）・孤立（こりつ）に悩む人" in text
    assert "参加者：32名" in text


def test_file_says_what_it_is():
    properties = opened(APPROVED).core_properties
    assert properties.title.startswith("令和6年度")
    assert (properties.author, properties.language) == ("香川県", "ja-JP")
    assert properties.created.date() == APPROVED.approved_on
    assert "下書き" in opened(DRAFT).sections[0].header.paragraphs[0].text
    assert "下書き" not in opened(APPROVED).sections[0].header.paragraphs[0].text


def test_prose_keeps_its_form():
    snapshot = Snapshot(
        2024, "交付金", "香川県", sections=(Section("background", "経緯", PROSE), Section("x", "空"))
    )
    document = opened(snapshot)
    found = [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs[3:]]
    assert found == [
        ("Heading 2", "1. 経緯"),
        ("Heading 3", "見出し"),
        ("Normal", "はじめの大事な段落。\nつづき。"),
        ("List Number", "一"),
        ("List Number", "二"),
        ("List Bullet", "中"),
        ("Quote", "引用"),
        ("Normal", ""),  # behind the table
        ("Normal", "そのまま\n  の行\n"),
        ("Normal", "消す 斜め & <b>生</b>"),
        ("Heading 2", "2. 空"),
        ("Normal", "（記載なし）"),
    ]
    bold = [run.text for paragraph in document.paragraphs for run in paragraph.runs if run.bold]
    assert "大事な" in bold
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        ["名", "数"],
        ["甲", "1"],
    ]


def test_same_bytes_again():
    assert word_of(APPROVED) == word_of(APPROVED)


def test_final_report_with_an_unconfirmed_category_is_refused():
    source = to_json(replace(APPROVED, activities=(DoneActivity("説明会", categories=(1,)),)))
    with pytest.raises(UnprintableError, match="①"):
        make_file(RenderingKind.DOCX, source, on_writing=lambda: None)


# --- Spreadsheets --------------------------------------------------------------------------------
def cells(snapshot: Snapshot) -> list[tuple[str | None, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(budget_workbook(snapshot))).active
    assert all(
        cell.data_type in {"s", "n"} and not isinstance(cell.value, int) for row in sheet for cell in row
    )
    return [tuple(cell.value for cell in row) for row in sheet]


def test_budget_has_a_row_for_each_payee():
    rows = cells(APPROVED)
    assert rows[0] == BUDGET_COLUMNS
    assert len(rows) == 13 + 2
    assert rows[-1][6] == "8712064"
    assert sum(int(row[6]) for row in rows[1:-1]) == 8_712_064
    again = next(row for row in rows if row[8] == "はい")
    assert again[4:9] == ("⑦", "社会福祉法人 徳島県手をつなぐ育成会 スカイピア", "372728", None, "はい")


def test_project_without_a_payee_has_its_row():
    rows = cells(replace(APPROVED, projects=(Project("講座"), Project("調査", lines=(Line("甲"),)))))
    assert [row[0] for row in rows] == ["事業名称", "講座", "調査", "計"]
    assert rows[2][5:7] == ("甲", None)


def test_activities_as_csv():
    rows = list(csv.reader(io.StringIO("".join(activities_csv(APPROVED)).removeprefix("\ufeff"))))
    assert tuple(rows[0]) == ACTIVITY_COLUMNS
    assert len(rows) == len(ACTIVITIES) + 1
    assert rows[1][0] == "2024-05"
    assert rows[1][3].startswith("②孤独・孤立の実態把握や地域資源の調査、③")
    assert rows[7][5] == "32"
    assert rows[4][0] == ""


def test_no_cell_runs():
    formula = '=HYPERLINK("http://example.com")'
    snapshot = replace(
        APPROVED,
        activities=(DoneActivity(formula, result="+1"),),
        projects=(Project(formula, lines=(Line("@x"),)),),
    )
    assert cells(snapshot)[1][0] == formula
    rows = list(csv.reader(io.StringIO("".join(activities_csv(snapshot)).removeprefix("\ufeff"))))
    assert rows[1][2] == f"'{formula}"
    assert rows[1][4] == "'+1"
