"""Windows written as the file that the import reads: nothing is lost on the way out and back."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl
from django.db.models import Count
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING

from consultations.importing import values
from consultations.importing.columns import CHANNEL_COLUMNS, MINIMUM_GROUPS, WINDOW_COLUMNS, headers
from consultations.importing.contents import Content, channel_texts, content_of, in_chunks, text_of

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as Shift_JIS


def groups_needed(windows: Any) -> int:
    most = (
        windows.order_by().annotate(ways=Count("channels")).order_by("-ways").values_list("ways", flat=True)
    )
    return max(MINIMUM_GROUPS, most.first() or 0)


def table_rows(windows: Any) -> Iterator[list[str]]:
    """Headers, then one row per window; texts as they are, not yet safe for a spreadsheet."""
    groups = groups_needed(windows)
    yield headers(groups)
    for window in in_chunks(windows):
        yield row_of(content_of(window), groups)


def row_of(content: Content, groups: int) -> list[str]:
    channels: Sequence[Content | None] = content["channels"]
    row = [text_of(content, column.field) for column in WINDOW_COLUMNS]
    for number in range(groups):
        texts = channel_texts(channels[number] if number < len(channels) else None)
        row += [texts[column.field] for column in CHANNEL_COLUMNS]
    return row


def csv_lines(windows: Any) -> Iterator[str]:
    """CSV in UTF-8 with its mark, piece by piece; no cell can run as a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    for row in table_rows(windows):
        writer.writerow([values.neutralise(text) for text in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def workbook_bytes(windows: Any) -> bytes:
    """XLSX whose cells are all text, so that Excel changes neither numbers nor dates."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("相談窓口")
    sheet.freeze_panes = "C2"
    for row in table_rows(windows):
        sheet.append([_text_cell(sheet, text) for text in row])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _text_cell(sheet: Any, text: str) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", values.escape_apostrophe(text))
    cell.data_type = TYPE_STRING  # "=1+1" is a text here, not a formula
    cell.number_format = "@"
    return cell
