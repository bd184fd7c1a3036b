"""Files become tables of text: CSV and TSV in UTF-8 or CP932, and XLSX."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.utils.translation import gettext as _

from platform_portal.sheets.files import MAX_UPLOAD, UnreadableFileError, file_kind, how_to_save
from platform_portal.sheets.headers import HeaderError
from platform_portal.sheets.workbook import workbook_rows

L = TypeVar("L")  # how the columns lie
MAX_ROWS = 20_000
MAX_COLUMNS = 500
_DELIMITERS = (",", "\t", ";")


@dataclass(frozen=True, slots=True)
class Row:
    """One record; `number` counts from 1 with the headers, as a spreadsheet shows it."""

    number: int
    cells: Sequence[str]

    def cell(self, index: int | None) -> str:
        """Empty where the file has no such column, or the row ends before it."""
        return self.cells[index] if index is not None and index < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table(Generic[L]):
    layout: L
    rows: Sequence[Row]
    kind: str  # as shown: CSV（UTF-8）, TSV（Shift_JIS）, Excel「シート1」 …


@dataclass(frozen=True, slots=True)
class Reader(Generic[L]):
    """Reads tables of one sort of thing. `read_layout` gets the first row and raises HeaderError."""

    is_known: Callable[[str], bool]
    read_layout: Callable[[Sequence[str]], L]
    nothing: Callable[[], str]  # said when there is no row under the headers
    max_rows: int = MAX_ROWS
    max_bytes: int = MAX_UPLOAD

    def read(self, content: bytes) -> Table[L]:
        """Raises UnreadableFileError with a sentence that says what to do."""
        if file_kind(content) == "xlsx":
            sheet, records = workbook_rows(content, max_columns=MAX_COLUMNS)
            return self._table(records, f"Excel「{sheet}」")
        text, encoding = decode(content)
        delimiter = self._delimiter(text)
        kind = "TSV" if delimiter == "\t" else "CSV"
        return self._table(_records(text, delimiter), f"{kind}（{encoding}）")

    def _delimiter(self, text: str) -> str:
        """The one that makes most of the first row known headers."""
        first = next((line for line in re.split(r"\r\n|\r|\n", text[:200_000]) if line.strip()), "")

        def known(delimiter: str) -> int:
            try:
                row = next(csv.reader([first], delimiter=delimiter), [])
            except csv.Error:
                return 0
            return sum(self.is_known(cell) for cell in row[:MAX_COLUMNS])

        return max(_DELIMITERS, key=known)

    def _table(self, records: Iterator[Sequence[str]], kind: str) -> Table[L]:
        layout: L | None = None
        rows: list[Row] = []
        for number, cells in enumerate(records, start=1):
            if not any(cell.strip() for cell in cells):
                continue
            if any(cell.strip() for cell in cells[MAX_COLUMNS:]):
                raise UnreadableFileError(
                    _(
                        "列が多すぎます。%s列までにしてください。区切りの文字がまちがっていないかも確かめてください。"
                    )
                    % MAX_COLUMNS
                )
            if layout is None:
                layout = self._layout(cells)
                continue
            if len(rows) >= self.max_rows:
                raise UnreadableFileError(
                    _("行が多すぎます。%s行ごとに分けてください。") % f"{self.max_rows:,}"
                )
            rows.append(Row(number, cells))
        if layout is None or not rows:
            raise UnreadableFileError(self.nothing())
        return Table(layout, rows, kind)

    def _layout(self, cells: Sequence[str]) -> L:
        try:
            return self.read_layout(cells)
        except HeaderError as error:
            raise UnreadableFileError(str(error)) from error


def decode(content: bytes) -> tuple[str, str]:
    """Text and the name of its encoding: UTF-8, with or without mark, else CP932 as Japanese Excel writes it."""
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    first = content.split(b"\n", 1)[0]
    # A first row that is Japanese in UTF-8 is no accident: then the file is UTF-8 and broken further down.
    if not first.isascii() and _is_utf8(first):
        raise UnreadableFileError(
            _("%(line)s行目の文字が読めません。文字コードが混ざっているようです。") % {"line": line}
            + how_to_save()
        )
    try:
        return content.decode("cp932"), "Shift_JIS"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFileError(
            _("%(line)s行目の文字が読めません。文字コードは UTF-8 か Shift_JIS にしてください。")
            % {"line": line}
            + how_to_save()
        ) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return True


def _records(text: str, delimiter: str) -> Iterator[Sequence[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise UnreadableFileError(
            _(
                '%(line)s行目あたりの「"」（引用符）の組が合っていません。引用符を直すか、Excel で保存し直してください。'
            )
            % {"line": reader.line_num}
        ) from error
