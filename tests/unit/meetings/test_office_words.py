"""The words of workbooks and slides: what somebody sees who opens them, and nothing that was hidden."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from meetings.confined import slides as slides_reader
from meetings.confined import workbook as workbook_reader
from meetings.extracting import UnreadableFileError
from meetings.papers.checking import check_paper, read_paper
from tests.hostile_files import workbook
from tests.paper_files import part_of, run_here, shape, slides, with_parts, word

SMART_ART = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/diagramData"
SPACE = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


@pytest.fixture(autouse=True)
def _without_a_child(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for the one test that asks the child itself."""
    if "child" not in request.node.name:
        monkeypatch.setattr("meetings.papers.checking.run_confined", run_here)


def book(fill: Callable[[openpyxl.Workbook], object]) -> bytes:
    made = openpyxl.Workbook()
    fill(made)
    output = io.BytesIO()
    made.save(output)
    return output.getvalue()


def text_of_book(fill: Callable[[openpyxl.Workbook], object]) -> str:
    return read_paper(book(fill), "xlsx").text


def text_of_slides(*pages: str, **options: Any) -> str:
    return read_paper(slides(*pages, **options), "pptx").text


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [(workbook([["孤立の対策"]]), "xlsx", "孤立の対策"), (slides(shape("孤立の対策")), "pptx", "孤立の対策")],
    ids=["xlsx", "pptx"],
)
def test_the_child_reads_them(data, kind, words):
    assert check_paper(io.BytesIO(data), f"資料.{kind}").kind == kind
    assert words in read_paper(data, kind).text


# --- Workbooks --------------------------------------------------------------------------------------------
def test_rows_of_every_sheet():
    def fill(made: openpyxl.Workbook) -> None:
        made.active.title = "予算"
        made.active.append(["区分", None, "金額"])
        made.active.append([None, None])
        made.active.append(["報償費", "", 120000.0, 0.5, True])
        made.create_sheet("日程").append(
            [dt.date(2026, 12, 5), dt.datetime.fromisoformat("2026-12-06T13:30"), dt.time(9)]
        )

    assert text_of_book(fill) == (
        "予算\n区分\t金額\n報償費\t120000\t0.5\n\f日程\n2026年12月5日\t2026年12月6日 13:30\t09:00\n"
    )


def test_what_is_hidden_stays_hidden():
    def fill(made: openpyxl.Workbook) -> None:
        sheet = made.active
        sheet.append(["団体", "ひみつの列", "ひみつの列2", "所在"])
        sheet.append(["ひみつの行", "x", "x", "x"])
        sheet.append(["畑の会", "ひみつの名前", "090", "高松"])
        sheet.row_dimensions[2].hidden = True
        sheet.column_dimensions.group("B", "C", hidden=True)
        for name, state in (("ひみつの表", "hidden"), ("ひみつの表2", "veryHidden")):
            made.create_sheet(name).append(["ひみつ"])
            made[name].sheet_state = state

    assert text_of_book(fill) == "Sheet\n団体\t所在\n畑の会\t高松\n"


def test_formulas_are_not_words():
    assert "SUM" not in text_of_book(lambda made: made.active.append(["計", "=SUM(B2:B9)"]))


# --- Slides -----------------------------------------------------------------------------------------------
def test_slides_in_the_order_in_which_they_are_shown():
    assert (
        text_of_slides(shape("はじめ", "二行目"), shape("おわり"), order=(2, 1))
        == "おわり\n\fはじめ\n二行目\n"
    )


def test_hidden_slides_and_shapes_and_notes_are_left_out():
    text = text_of_slides(
        shape("見える") + shape("ひみつの枠", hidden=True) + f"<mc:Fallback>{shape('二度目')}</mc:Fallback>",
        shape("ひみつの頁"),
        hidden=(2,),
        ppt__notesSlides__notesSlide1=f"<p {SPACE}><a:p><a:r><a:t>ひみつの台本</a:t></a:r></a:p></p>".encode(),
    )
    assert text == "見える\n"


def test_tables_breaks_and_numbers_of_pages():
    cell = "<a:tc><a:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></a:txBody></a:tc>"
    table = f"<p:graphicFrame><a:tbl><a:tr>{cell.format('区分')}{cell.format('金額')}</a:tr></a:tbl></p:graphicFrame>"
    broken = "<p:sp><p:txBody><a:p><a:r><a:t>上</a:t></a:r><a:br/><a:r><a:t>下</a:t></a:r><a:fld><a:t>3</a:t></a:fld></a:p></p:txBody></p:sp>"
    assert text_of_slides(table + broken) == "区分\n金額\n上\n下\n"


def test_words_of_drawn_diagrams():
    relations = f'<Relationships><Relationship Id="d" Type="{SMART_ART}" Target="../diagrams/data1.xml"/></Relationships>'
    data = with_parts(
        slides(shape("図")),
        {
            "ppt/slides/_rels/slide1.xml.rels": relations.encode(),
            "ppt/diagrams/data1.xml": f"<d {SPACE}><a:p><a:r><a:t>相談から支援へ</a:t></a:r></a:p></d>".encode(),
        },
    )
    assert read_paper(data, "pptx").text == "図\n相談から支援へ\n"


# --- What cannot be read ----------------------------------------------------------------------------------
def with_entities(data: bytes, part: str) -> bytes:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    evil = part_of(data, part).decode().partition("?>")
    body = (evil[2] or evil[0]).replace("WORDS", "&e9;")
    assert "&e9;" in body
    return with_parts(data, {part: f'<!DOCTYPE w [<!ENTITY e0 "ha">{levels}]>{body}'.encode()})


BROKEN = {
    "no list": ("xlsx", lambda: with_parts(workbook([["x"]]), {"xl/_rels/workbook.xml.rels": None})),
    "no xml": ("xlsx", lambda: with_parts(workbook([["x"]]), {"xl/worksheets/sheet1.xml": b"<"})),
    "entities in a sheet": (
        "xlsx",
        lambda: with_entities(workbook([["WORDS"]]), "xl/worksheets/sheet1.xml"),
    ),
    "no slide": ("pptx", lambda: with_parts(slides(shape("x")), {"ppt/slides/slide1.xml": None})),
    "no relations": (
        "pptx",
        lambda: with_parts(slides(shape("x")), {"ppt/_rels/presentation.xml.rels": None}),
    ),
    "slide without xml": ("pptx", lambda: with_parts(slides(shape("x")), {"ppt/slides/slide1.xml": b"<"})),
    "entities in a slide": (
        "pptx",
        lambda: with_entities(slides(shape("WORDS")), "ppt/slides/slide1.xml"),
    ),
    "deep": ("pptx", lambda: slides("<a:x>" * 5_000 + "</a:x>" * 5_000)),
    "another kind": ("xlsx", lambda: word()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_said_in_words(name):
    kind, make = BROKEN[name]
    with pytest.raises(UnreadableFileError, match="こわれています"):
        read_paper(make(), kind)


@pytest.mark.parametrize(
    ("reader", "kind", "data"),
    [(workbook_reader, "xlsx", workbook([["長い話"]])), (slides_reader, "pptx", slides(shape("長い話")))],
    ids=["xlsx", "pptx"],
)
def test_too_many_words(monkeypatch, reader, kind, data):
    monkeypatch.setattr(reader, "MAX_CHARACTERS", 3)
    with pytest.raises(UnreadableFileError, match="文字が多すぎます"):
        read_paper(data, kind)
