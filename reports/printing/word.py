"""The report for Word: real headings, lists and tables, so that the ministry's form can take it over.

The same snapshot gives the same bytes: Word's files carry times, and here they are the report's own.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import docx
from django.utils.translation import gettext as _
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from reports.printing import charts, wording
from reports.snapshots import Snapshot

_MINCHO, _GOTHIC = "BIZ UD明朝 Medium", "BIZ UDゴシック"
"""As Windows 10 and later name them."""
_FIRST_DAY_OF_ZIP = (1980, 1, 1, 0, 0, 0)
_TITLE_DEPTH = 1  # the title is above the headings: the pages' h2 is Word's first


def word_of(snapshot: Snapshot) -> bytes:
    document = docx.Document()
    _set_up(document, snapshot)
    title = document.add_paragraph(wording.title_of(snapshot), style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    issued = document.add_paragraph(f"{snapshot.issuer}　{wording.edition_words(snapshot)}")
    issued.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _add_work(document, snapshot)
    _add_tables(document, snapshot)
    return _with_one_time(document)


def _set_up(document: Any, snapshot: Snapshot) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(27)
    page.top_margin, page.bottom_margin = Mm(25), Mm(23)
    header = wording.title_of(snapshot) + (f"　{_('下書き')}" if snapshot.is_draft else "")
    page.header.paragraphs[0].text = header
    for name in ("Normal", "Title", "List Bullet", "List Number", "Quote", "Header"):
        _set_font(document.styles[name], _GOTHIC if name == "Title" else _MINCHO)
    for level in range(1, 7):
        _set_font(document.styles[f"Heading {level}"], _GOTHIC)
    document.styles["Normal"].font.size = Pt(10.5)
    document.styles["Title"].font.size = Pt(15)
    properties = document.core_properties
    day = snapshot.approved_on or dt.date(snapshot.fiscal_year + 1, 3, 31)
    properties.created = properties.modified = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001  the library takes naive times for UTC
    properties.title = wording.title_of(snapshot)
    properties.author = properties.last_modified_by = snapshot.issuer
    properties.subject = wording.edition_words(snapshot)
    properties.language = "ja-JP"
    properties.comments = ""


def _set_font(style: Any, name: str) -> None:
    style.font.name = name
    style.font.color.rgb = RGBColor(0, 0, 0)
    marks = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        marks.attrib.pop(qn(kind), None)
    marks.set(qn("w:eastAsia"), name)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ja-JP")
    language.set(qn("w:eastAsia"), "ja-JP")
    style.element.get_or_add_rPr().append(language)


# --- 事業内容 --------------------------------------------------------------------------------------
def _add_work(document: Any, snapshot: Snapshot) -> None:
    document.add_heading(_("【事業内容】"), 1)
    if snapshot.heading:
        document.add_heading(f"●{snapshot.heading}", 2)
    for section in wording.sections_of(snapshot):
        document.add_heading(section.title, section.level - _TITLE_DEPTH)
        if section.body:
            _Prose(document).feed(section.body)
        elif not section.has_activities:
            document.add_paragraph(_("（記載なし）"))
        if section.has_activities:
            for activity in wording.activities_of(snapshot):
                _add_activity(document, activity)


def _add_activity(document: Any, activity: wording.PrintedActivity) -> None:
    title = document.add_paragraph()
    title.add_run(activity.title).bold = True
    title.paragraph_format.keep_with_next = True
    if activity.categories:
        document.add_paragraph(activity.categories).paragraph_format.keep_with_next = True
    if activity.result:
        result = document.add_paragraph(f"→{activity.result}")
        result.paragraph_format.left_indent, result.paragraph_format.first_line_indent = Pt(10.5), Pt(-10.5)
    if activity.attended:
        document.add_paragraph(activity.attended)


class _Prose(HTMLParser):
    """From the short list of elements that platform_portal.markdown lets through."""

    def __init__(self, document: Any) -> None:
        super().__init__(convert_charrefs=True)
        self.document = document
        self.paragraph: Any = None
        self.lists: list[str] = []
        self.open: list[str] = []
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        if tag in {"ul", "ol"}:
            self.lists.append(tag)
        elif tag == "li":
            style = "List Bullet" if self.lists[-1:] == ["ul"] else "List Number"
            self.paragraph = self.document.add_paragraph(style=style)
        elif tag in {"h3", "h4", "h5", "h6"}:
            self.paragraph = self.document.add_heading(level=int(tag[1]) - _TITLE_DEPTH)
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")
        elif tag in {"p", "pre"} and "li" not in self.open:
            self._begin_paragraph(is_indented=tag == "p" and "blockquote" not in self.open)
        elif tag in {"br", "hr"}:
            self.open.pop()  # has no end
            if self.paragraph is not None and tag == "br":
                self.paragraph.add_run().add_break()

    def _begin_paragraph(self, *, is_indented: bool) -> None:
        style = "Quote" if "blockquote" in self.open else None
        self.paragraph = self.document.add_paragraph(style=style)
        if is_indented:
            self.paragraph.paragraph_format.first_line_indent = Pt(10.5)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass
        if tag in {"ul", "ol"}:
            self.lists.pop()
        elif tag == "table":
            _add_table(self.document, self.rows)
            self.rows = []
        if tag in {"p", "li", "pre", "h3", "h4", "h5", "h6"}:
            self.paragraph = None

    def handle_data(self, data: str) -> None:
        if self.rows and {"th", "td"} & set(self.open):
            self.rows[-1][-1] += data
        elif self.paragraph is not None:
            text = data if "pre" in self.open else data.replace("\n", "")
            run = self.paragraph.add_run(text)
            run.bold = True if "strong" in self.open else None
            run.italic = True if "em" in self.open else None
            run.font.strike = True if "s" in self.open else None


# --- 資料 ------------------------------------------------------------------------------------------
def _add_tables(document: Any, snapshot: Snapshot) -> None:
    figures, months = wording.figure_table(snapshot), charts.month_chart(snapshot)
    if not (snapshot.projects or figures or months):
        return
    document.add_heading(_("【資料】"), 1)
    if snapshot.projects:
        document.add_heading(_("試行事業一覧"), 2)
        _add_table(document, _project_rows(snapshot))
    if figures:
        document.add_heading(_("今年度の数字"), 2)
        change = [_("前年度との差")] if figures.is_compared else []
        rows = [
            [label, *values, *([difference] if figures.is_compared else [])]
            for label, values, difference in figures.rows
        ]
        _add_table(document, [[_("項目"), *figures.years, *change], *rows])
    if months:
        document.add_heading(_("月別・区分別の事業の数"), 2)
        counted = [[label, *counts, str(total)] for label, counts, total in months.rows]
        last = [_("計"), *months.totals, str(months.total)]
        _add_table(document, [[_("区分"), *months.columns, _("計")], *counted, last], widths=(50,))


def _project_rows(snapshot: Snapshot) -> list[list[str]]:
    head = ["事業名称", "事業内容", "期待される効果", "実施時期", "発注先（金額：円）", "実施後の反響"]
    rows = [
        [
            each.name,
            each.content,
            each.expected_effect,
            each.timing,
            "\n".join(wording.payments_of(each)),
            each.response,
        ]
        for each in snapshot.projects
    ]
    return [head, *rows, [_("計"), "", "", "", f"({wording.yen(snapshot.total_yen)})", ""]]


def _add_table(document: Any, rows: Sequence[Sequence[str]], widths: Sequence[int] = ()) -> None:
    """`rows`: the first is the head, repeated on every page; `widths` of the first columns in millimetres."""
    if not rows or not rows[0]:
        return
    columns = max(map(len, rows))
    table = document.add_table(rows=0, cols=columns, style="Table Grid")
    table.autofit = False
    rest = (156 - sum(widths)) / max(1, columns - len(widths))
    for index, texts in enumerate(rows):
        row = table.add_row()
        for cell, text, width in zip(row.cells, texts, [*widths, *[rest] * columns], strict=False):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text)
            run.font.size = Pt(8.5)
            run.bold = True if index == 0 else None
        settings = row._tr.get_or_add_trPr()
        settings.append(OxmlElement("w:cantSplit"))
        if index == 0:
            settings.append(OxmlElement("w:tblHeader"))
    document.add_paragraph()


# --- The file --------------------------------------------------------------------------------------
def _with_one_time(document: Any) -> bytes:
    """A docx is a ZIP whose entries say when they were written."""
    written = io.BytesIO()
    document.save(written)
    result = io.BytesIO()
    with (
        zipfile.ZipFile(written) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            named = zipfile.ZipInfo(entry.filename, _FIRST_DAY_OF_ZIP)
            named.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(named, source.read(entry))
    return result.getvalue()
