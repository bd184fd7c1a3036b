"""Files of every dress give the same table."""

import dataclasses
import datetime as dt
import io

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consultations.importing.reading import WINDOWS
from platform_portal.sheets import reading
from platform_portal.sheets.files import UnreadableFileError

ROWS = [["名称", "運営者", "確認日"], ["まちの相談室", "県, 市\n共同", "2026-04-01"]]
CSV = '名称,運営者,確認日\r\nまちの相談室,"県, 市\n共同",2026-04-01\r\n'


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (CSV.encode(), "CSV（UTF-8）"),
        (CSV.encode("utf-8-sig"), "CSV（UTF-8）"),
        (CSV.encode("cp932"), "CSV（Shift_JIS）"),
        (CSV.replace("県, 市", "県\0 市").replace(",", "\t").replace("\0", ",").encode(), "TSV（UTF-8）"),
        (CSV.replace("県, 市", "県\0 市").replace(",", ";").replace("\0", ",").encode(), "CSV（UTF-8）"),
        (("\r\n\r\n" + CSV + ",,\r\n\r\n").encode(), "CSV（UTF-8）"),
        (CSV.replace("名称", " 名 称　").encode(), "CSV（UTF-8）"),
        (workbook(ROWS), "Excel「Sheet」"),
        (workbook([ROWS[0], [*ROWS[1][:2], dt.date(2026, 4, 1)]]), "Excel「Sheet」"),
        (workbook([*ROWS, [None, None, None]]), "Excel「Sheet」"),
    ],
)
def test_same_table_in_every_dress(content, kind):
    table = WINDOWS.read(content)
    assert table.kind == kind
    assert [list(row.cells[:3]) for row in table.rows] == [ROWS[1]]
    assert table.layout.windows == {"name": 0, "operator": 1, "verified_on": 2}


def test_counts_rows_as_a_spreadsheet_does():
    table = WINDOWS.read('名称,運営者\n"a\nb",x\n\nc,y\n'.encode())
    assert [row.number for row in table.rows] == [2, 4]


def test_numbers_ticks_and_texts_of_excel():
    table = WINDOWS.read(
        workbook([["名称", "対象年齢_下限", "対象_女性のみ", "住所"], ["a", 18.0, True, 1.5]])
    )
    assert list(table.rows[0].cells[:4]) == ["a", "18", "はい", "1.5"]


def test_reads_only_the_sheet_that_is_seen():
    book = openpyxl.Workbook()
    book.active.append(["名称"])
    book.active.append(["かくれた窓口"])
    book.active.sheet_state = "hidden"
    book.create_sheet("窓口").append(["名称"])
    book["窓口"].append(["見える窓口"])
    book.active = 1
    buffer = io.BytesIO()
    book.save(buffer)
    assert WINDOWS.read(buffer.getvalue()).rows[0].cells[0] == "見える窓口"


def test_groups_of_channels():
    layout = WINDOWS.read("名称,連絡手段1_値,連絡手段12_メモ\na,b,c\n".encode()).layout
    assert layout.channels == {1: {"value": 1}, 12: {"note": 2}}


def test_too_many_rows():
    assert WINDOWS.max_rows == reading.MAX_ROWS
    with pytest.raises(UnreadableFileError, match="行が多すぎます。2行ごとに"):
        dataclasses.replace(WINDOWS, max_rows=2).read("名称\na\nb\nc\n".encode())


@given(
    st.binary(max_size=300)
    | st.text(max_size=100).map(lambda text: ("名称,運営者\n" + text).encode(errors="replace"))
)
@example(b"PK\x03\x04")
@example("名称\n\ra".encode())
def test_any_bytes_give_a_table_or_a_sentence(content):
    message = ""
    try:
        assert WINDOWS.read(content).rows
    except UnreadableFileError as error:
        message = error.message
    assert message == "" or message.endswith("。")
