"""XLSX sheets as rows of text. What Excel shows as a date, a number or a tick is written out the plain way."""

import datetime as dt
import io
import itertools
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import TYPE_ERROR, TYPE_FORMULA

from platform_portal.sheets.files import UnreadableFileError

# Rows whose only content is formatting are common; more of them than this are a mistake or an attack.
MAX_PHYSICAL_ROWS = 120_000
BATCH = 200


def workbook_rows(content: bytes, *, max_columns: int) -> tuple[str, Iterator[Sequence[str]]]:
    """Name of the first visible sheet, and its rows cut to `max_columns` + 1 cells.

    `content` must have passed files.check_workbook(). Raises UnreadableFileError, also while iterating.
    """
    sheet = _first_sheet(_open(content, values=True))
    formulas = None
    if _has_formulas(content):
        formulas = _rows(_first_sheet(_open(content, values=False)), max_columns)
    return str(sheet.title), _text_rows(_rows(sheet, max_columns), formulas)


def _open(content: bytes, *, values: bool) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that openpyxl does not know
            return openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=values, keep_links=False
            )
    except Exception as error:
        # openpyxl lets through whatever its parsers raise: KeyError, ParseError, EntitiesForbidden, ValueError …
        raise _broken() from error


def _first_sheet(workbook: Any) -> Any:
    for sheet in workbook.worksheets:
        if sheet.sheet_state == "visible":
            sheet.reset_dimensions()  # files lie about their size
            return sheet
    raise UnreadableFileError(_("見えるシートがありません。1枚目のシートに表を入れてください。"))


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f>" in data or b"<f " in data for data in map(archive.read, sheets))


def _rows(sheet: Any, max_columns: int) -> Iterator[Sequence[Any]]:
    rows = sheet.iter_rows(max_col=max_columns + 1)
    count = 0
    while batch := _next_rows(rows):
        count += len(batch)
        if count > MAX_PHYSICAL_ROWS:
            raise UnreadableFileError(
                _("表の下に空の行が多すぎます。いらない行を消すか、CSV で保存してください。")
            )
        yield from batch


def _next_rows(rows: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    try:
        with warnings.catch_warnings():  # not around a yield: it would hush the whole process
            warnings.simplefilter("ignore")
            return list(itertools.islice(rows, BATCH))
    except Exception as error:  # as in _open(): the rows are parsed only now
        raise _broken() from error


def _broken() -> UnreadableFileError:
    return UnreadableFileError(
        _("Excel のファイルとして読めません。Excel で開いて、新しいブックに表を写して保存してください。")
    )


def _text_rows(
    rows: Iterator[Sequence[Any]], formulas: Iterator[Sequence[Any]] | None
) -> Iterator[Sequence[str]]:
    for row, written in zip(rows, formulas or itertools.repeat(()), strict=False):
        yield [_text(cell, written[index] if written else None) for index, cell in enumerate(row)]


def _text(cell: Any, written: Any) -> str:
    value = cell.value
    if cell.data_type == TYPE_ERROR or (
        value is None and written is not None and written.data_type == TYPE_FORMULA
    ):
        raise UnreadableFileError(
            _("%(cell)s の数式の結果が読めません。値だけを貼り付けて、保存し直してください。")
            % {"cell": (written or cell).coordinate}
        )
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time.min else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value).replace("_x000D_", "")
