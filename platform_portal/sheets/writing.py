"""Rows of text written as a file that a spreadsheet opens without running anything in it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING

from platform_portal.sheets import values

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as Shift_JIS
WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """CSV in UTF-8 with its mark, piece by piece; no cell can run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    for row in rows:
        writer.writerow([values.neutralise(text) for text in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def workbook_bytes(rows: Iterable[Sequence[str | int]], title: str) -> bytes:
    """XLSX in which every text is a text, so that Excel changes neither numbers nor dates; whole numbers can be summed."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.freeze_panes = "C2"
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _cell(sheet: Any, value: str | int) -> Any:
    if isinstance(value, str):
        return _text_cell(sheet, value)
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = "#,##0"
    return cell


def _text_cell(sheet: Any, text: str) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", values.escape_apostrophe(text))
    cell.data_type = TYPE_STRING  # "=1+1" is a text here, not a formula
    cell.number_format = "@"
    return cell
