"""A 事業実施報告書 read line by line: title, heading, the activities of section 1, then prose."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from meetings.parsing.source import Line, split_lines, squeeze
from reports.parsing.dates import read_fiscal_year
from reports.parsing.draft import Draft, Prose, SectionDraft, flag_whole, shown
from reports.parsing.embedded_tables import budget_of, tables_in
from reports.parsing.headings import (
    HEADING_MARKS,
    Heading,
    is_appendix,
    is_form,
    is_title,
    official_name_in,
    section_heading,
)
from reports.parsing.layout import layout_of, page_lines
from reports.parsing.overview import OverviewReader
from reports.parsing.reading import SECTIONS, Budget, ReadReport

_TITLE_WITHIN = 40  # lines


def parse_report(source: str, fiscal_year: int | None = None) -> ReadReport:
    """Answers for any text. `fiscal_year`: of a report that does not say it."""
    lines = split_lines(source)
    draft = Draft(layout_of(lines), fiscal_year)
    reader = _Reader(draft, _without_page_lines(draft, lines))
    reader.read_title()
    reader.take_tables(source)
    reader.read()
    flag_whole(draft)
    return draft.done()


def report_of(budget: Budget, fiscal_year: int | None = None) -> ReadReport:
    """Of a table that came without a report."""
    draft = Draft(layout_of([]), fiscal_year)
    draft.add_budget(budget)
    flag_whole(draft)
    return draft.done()


def _without_page_lines(draft: Draft, lines: list[Line]) -> list[Line]:
    apart = page_lines(lines)
    if not apart:
        return lines
    words = "\n".join(lines[index].text for index in sorted(apart))
    message = _("%s行は、ページの番号や柱とみて、はずしました。")
    flag = draft.flag("page_lines", lines[min(apart)].number, message % len(apart), words)
    kept = []
    opens_page = False
    for index, line in enumerate(lines):
        opens_page = opens_page or line.opens_page
        if index in apart:
            draft.own("remainder", flag, line)
        else:
            kept.append(line._replace(opens_page=opens_page))
            opens_page = False
    return kept


class _Reader:
    def __init__(self, draft: Draft, lines: list[Line]) -> None:
        self._draft = draft
        self._lines = lines
        self._section: SectionDraft | None = None
        self._overview = OverviewReader(draft)

    # --- title ----------------------------------------------------------------------------------
    def read_title(self) -> None:
        """The year may stand on a line above 事業実施報告書."""
        lines = self._lines
        last = next((i for i, line in enumerate(lines[:_TITLE_WITHIN]) if is_title(line.text)), None)
        if last is None or any(section_heading(line.text) for line in lines[:last]):
            return
        first = next(
            (i for i in range(last, max(-1, last - 4), -1) if "年度" in _joined(lines[i : last + 1])), last
        )
        draft = self._draft
        for line in lines[:first]:
            draft.set_aside(line)
        for line in lines[first : last + 1]:
            draft.own("title", 0, line)
        draft.title = _joined(lines[first : last + 1])
        draft.official_name = official_name_in(draft.title)
        self._compare_year(read_fiscal_year(draft.title), lines[first])
        self._lines = lines[last + 1 :]

    def _compare_year(self, year: int | None, line: Line) -> None:
        draft = self._draft
        if draft.fiscal_year is None:
            draft.fiscal_year = year
        elif year is not None and year != draft.fiscal_year:
            message = _("題の年度が、指定した年度と違います。指定した年度として読みました。")
            draft.flag("year_differs", line.number, message)

    # --- tables ---------------------------------------------------------------------------------
    def take_tables(self, source: str) -> None:
        lines, draft = self._lines, self._draft
        taken: set[int] = set()
        for number, (begin, end) in enumerate(tables_in(lines)):
            draft.add_budget(budget_of(source, lines[begin:end], draft.fiscal_year))
            for line in lines[begin:end]:
                draft.own("table", number, line)
            taken.update(range(begin, end))
        self._lines = [line for index, line in enumerate(lines) if index not in taken]

    # --- the rest -------------------------------------------------------------------------------
    def read(self) -> None:
        self._set_appendix_aside()
        for line, following in zip(self._lines, [*self._lines[1:], None], strict=False):
            if self._begins_section(line):
                continue
            if self._section is None:
                self._read_front(line, following)
            elif self._section.kind != "overview" or not self._overview.read(line, following):
                self._read_prose(self._section, line)
        self._overview.close()

    def _set_appendix_aside(self) -> None:
        begin = next((i for i, line in enumerate(self._lines) if is_appendix(line.text)), len(self._lines))
        for line in self._lines[begin:]:
            self._draft.set_aside(line)
        self._lines = self._lines[:begin]

    def _read_front(self, line: Line, following: Line | None) -> None:
        draft = self._draft
        if draft.title and self._overview.begins(line):  # activities without their heading
            self._section = SectionDraft("overview", "", line.number, Prose(draft.layout))
            draft.sections.append(self._section)
            self._overview.read(line, following)
        elif is_form(line.text):
            draft.own("form", 0, line)
        elif draft.title and squeeze(line.text) == squeeze(
            draft.title
        ):  # at the head of the pages, then over the text
            draft.own("title", 0, line)
        elif draft.title and not draft.heading and line.text.startswith(tuple(HEADING_MARKS)):
            draft.heading = line.text.lstrip(HEADING_MARKS).strip()
            draft.own("heading", 0, line)
        else:
            draft.set_aside(line)

    def _begins_section(self, line: Line) -> bool:
        heading = section_heading(line.text)
        if heading is None or not self._is_next(heading):
            return False
        self._overview.close()
        draft = self._draft
        if not (heading.is_exact and heading.is_in_place):
            message = _("見出し「%s」が様式と少し違います。同じ部分として読みました。")
            draft.flag("heading_differs", line.number, message % line.text)
        self._section = SectionDraft(heading.kind, line.text, line.number, Prose(draft.layout))
        draft.sections.append(self._section)
        draft.own("section", len(draft.sections) - 1, line)
        return True

    def _is_next(self, heading: Heading) -> bool:
        """Sections stand in their order; another heading of one is a list, or a heading inside its prose."""
        if self._section is None:
            return True
        return SECTIONS.index(heading.kind) > SECTIONS.index(self._section.kind)

    def _read_prose(self, section: SectionDraft, line: Line) -> None:
        draft = self._draft
        if section.prose.add(line, line.text):
            message = _("「%s」の前に段落の空行がありません。段落を分けて読みました。")
            draft.flag("paragraph", line.number, message % shown(line.text))
        draft.own("section", len(draft.sections) - 1, line)


def _joined(lines: Sequence[Line]) -> str:
    return " ".join(line.text for line in lines)
