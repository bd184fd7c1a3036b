"""The words of an Excel workbook, inside the child: what a reader sees who opens it, sheet after sheet."""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from meetings.confined.errors import DeclinedError

MAX_CHARACTERS = 5_000_000


def read(data: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        # Results of formulas, not the formulas; nothing of other files.
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
        text = "\f".join(
            _counted(_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible")
        )
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        OSError,
        ParseError,
        KeyError,
        ValueError,  # what defusedxml refuses, too
        TypeError,
        AttributeError,
        IndexError,
    ) as error:
        # openpyxl answers with any of these for books that lack a part or hold another one in its place.
        raise DeclinedError("broken") from error
    return {"text": text}, b""


def _sheet(sheet: Worksheet) -> str:
    """Its name, then a line for each row. What is hidden stays so: an excerpt would show it to everybody."""
    hidden = {
        number
        for column in sheet.column_dimensions.values()
        if column.hidden
        for number in range(column.min, min(column.max, sheet.max_column) + 1)
    }
    lines = [f"{sheet.title}\n"]
    for row in sheet.iter_rows():
        if sheet.row_dimensions[row[0].row].hidden:
            continue
        words = [_words(cell.value) for cell in row if cell.column not in hidden]
        line = "\t".join(filter(None, words))
        if line:
            lines.append(f"{line}\n")
    return "".join(lines)


def _words(value: object) -> str:
    """As people would look for it."""
    if isinstance(value, dt.datetime):
        day = f"{value.year}年{value.month}月{value.day}日"
        return day if value.time() == dt.time() else f"{day} {value:%H:%M}"
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if value is None or isinstance(value, bool | dt.timedelta):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())


def _counted(sheets: Iterator[str]) -> Iterator[str]:
    total = 0
    for text in sheets:
        total += len(text)
        if total > MAX_CHARACTERS:
            raise DeclinedError("long")
        yield text
