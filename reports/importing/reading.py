"""A file that somebody brings, as a report or as a table of projects. Told apart by its content, never by its name."""

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from meetings.extracting import UnreadableFileError, extract_text, read_at_most
from platform_portal.sheets.headers import HeaderError
from platform_portal.sheets.reading import Reader
from platform_portal.sheets.values import restore
from reports.parsing import ReadReport, parse_report
from reports.parsing.budget import Columns, is_known_header, read_budget, read_columns
from reports.parsing.report import report_of

_DELIMITERS = (",", "\t", ";")
# Controls that no keyboard types; ends of lines and of pages are told by theirs.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LONGEST_HEADER = 5_000

__all__ = ["ReadFile", "UnreadableFileError", "read_report_file"]


@dataclass(frozen=True, slots=True)
class ReadFile:
    report: ReadReport
    name: str
    sha256: str


def read_report_file(*, file: Any, file_name: str = "", fiscal_year: int | None = None) -> ReadFile:
    """.txt, .docx and .pdf as a report, .xlsx, .csv and .tsv as a table. `file`: anything with `read()`.

    Raises UnreadableFileError with a sentence that says what to do. Keeps nothing.
    """
    content = read_at_most(file)
    sha256 = hashlib.sha256(content).hexdigest()
    if _is_workbook(content):
        return ReadFile(_table(content, fiscal_year), file_name, sha256)
    text = _CONTROLS.sub("", extract_text(io.BytesIO(content), file_name).text)
    report = _table(content, fiscal_year) if _begins_with_headers(text) else parse_report(text, fiscal_year)
    if not (report.activities or report.projects or any(section.body for section in report.sections)):
        raise UnreadableFileError(
            _(
                "事業実施報告書とも、試行事業の表とも読めませんでした。「1. 事業概要」のような見出しか、"
                "「事業名称」という見出しのある表が入っているか、確かめてください。"
            )
        )
    return ReadFile(report, file_name, sha256)


def _is_workbook(content: bytes) -> bool:
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False  # told where the text is looked for


def _begins_with_headers(text: str) -> bool:
    first = next((line for line in text[:_LONGEST_HEADER].splitlines() if line.strip()), "").strip("\ufeff")
    return any(_are_headers(first, delimiter) for delimiter in _DELIMITERS)


def _are_headers(line: str, delimiter: str) -> bool:
    try:
        read_columns(next(csv.reader([line], delimiter=delimiter), []))
    except (csv.Error, HeaderError):
        return False
    return True


def _table(content: bytes, fiscal_year: int | None) -> ReadReport:
    table = _READER.read(content)
    rows = ((row.number, [_CONTROLS.sub("", restore(cell)) for cell in row.cells]) for row in table.rows)
    return report_of(read_budget(rows, table.layout, fiscal_year), fiscal_year)


def _nothing() -> str:
    return _("見出しの下に行がありません。試行事業を1行に1つずつ書いてください。")


_READER: Reader[Columns] = Reader(is_known=is_known_header, read_layout=read_columns, nothing=_nothing)
