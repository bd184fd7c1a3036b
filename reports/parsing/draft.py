"""What a report becomes while it is read line by line. Each line goes to one owner, so that none is lost or told twice."""

import datetime as dt
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from meetings.parsing.source import Line, fold, squeeze
from platform_portal.japanese import calendar
from reports.parsing.headings import words_of
from reports.parsing.labels import cited_in
from reports.parsing.layout import Layout
from reports.parsing.reading import (
    SECTIONS,
    Budget,
    Flag,
    Label,
    Piece,
    PieceKind,
    ReadActivity,
    ReadProject,
    ReadReport,
    ReadSection,
    SectionName,
)

_ENDS = ("。", "」", "）", ")", "！", "？")
_LETTERS = re.compile(r"[0-9A-Za-z]")
SHOWN = 40


@dataclass(slots=True)
class Prose:
    """Paragraphs put together from lines. `tight`: one line end between them, else an empty line."""

    layout: Layout
    tight: bool = False
    parts: list[str] = field(default_factory=list)
    last: Line | None = None

    def add(self, line: Line, text: str) -> bool:
        """Answers whether a paragraph begins where the file has no empty line, unlike elsewhere."""
        before, self.last = self.last, line
        if before is None or not self.parts:
            self.parts.append(text)
            return False
        if self.layout.goes_on(before, line):
            ends, begins = before.text[-1], text[:1]
            apart = _LETTERS.match(ends) and _LETTERS.match(begins)
            self.parts.append((" " if apart else "") + text)
            return False
        is_paragraph = line.after_gap or before.text.endswith(_ENDS)
        self.parts.append(("\n\n" if is_paragraph and not self.tight else "\n") + text)
        return is_paragraph and not line.after_gap and self.layout.has_gaps

    @property
    def text(self) -> str:
        return "".join(self.parts)


@dataclass(slots=True)
class ActivityDraft:
    line: int
    result: Prose
    timing: str = ""
    month_from: dt.date | None = None
    month_to: dt.date | None = None
    title: str = ""
    labels: list[Label] = field(default_factory=list)
    has_result: bool = False
    attendee_count: int | None = None
    last: Line | None = None

    def done(self) -> ReadActivity:
        return ReadActivity(
            self.timing,
            self.month_from,
            self.month_to,
            self.title,
            tuple(self.labels),
            self.result.text,
            self.line,
            self.attendee_count,
        )


@dataclass(slots=True)
class SectionDraft:
    kind: SectionName
    heading: str
    line: int
    prose: Prose

    def done(self) -> ReadSection:
        body = self.prose.text
        return ReadSection(self.kind, self.heading, body, cited_in(body), self.line)


@dataclass(slots=True)
class Draft:
    layout: Layout
    fiscal_year: int | None = None
    title: str = ""
    official_name: str = ""
    heading: str = ""
    activities: list[ActivityDraft] = field(default_factory=list)
    sections: list[SectionDraft] = field(default_factory=list)
    projects: list[ReadProject] = field(default_factory=list)
    stated_total: int | None = None
    flags: list[Flag] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    # The remainder that the next line would lengthen, and the later lines of each, by the index of its flag.
    _open_remainder: int | None = None
    _more: dict[int, list[str]] = field(default_factory=dict)

    def own(self, kind: PieceKind, index: int, line: Line) -> None:
        self._open_remainder = None
        self.pieces.append(Piece(kind, index, line.start, line.end))

    def flag(self, code: str, line: int, message: str, text: str = "") -> int:
        self.flags.append(Flag(code, line, message, text))
        return len(self.flags) - 1

    def set_aside(self, line: Line) -> None:
        """Lines that follow each other are one remainder."""
        index = self._open_remainder
        if index is None:
            message = _(
                "「%s」から先は、どの欄にも入りませんでした。要るものは、取り込んだあとに書き足してください。"
            )
            index = self.flag("remainder", line.number, message % shown(line.text), line.text)
        else:
            self._more.setdefault(index, []).append(line.text)
        self.own("remainder", index, line)
        self._open_remainder = index

    @property
    def is_table(self) -> bool:
        """Projects are all that it has."""
        return bool(self.projects) and not (self.title or self.sections)

    def add_budget(self, budget: Budget) -> None:
        self.projects += budget.projects
        self.flags += budget.flags
        if budget.stated_total is not None:
            self.stated_total = (self.stated_total or 0) + budget.stated_total

    def section(self, kind: SectionName) -> SectionDraft | None:
        return next((section for section in self.sections if section.kind == kind), None)

    def done(self) -> ReadReport:
        return ReadReport(
            self.title,
            self.official_name,
            self.fiscal_year,
            self.heading,
            tuple(activity.done() for activity in self.activities),
            tuple(section.done() for section in self.sections),
            self._categories(),
            tuple(self.projects),
            self.stated_total,
            self._flags(),
            tuple(sorted(self.pieces, key=lambda piece: piece.start)),
            self.is_table,
        )

    def _flags(self) -> tuple[Flag, ...]:
        return tuple(
            Flag(each.code, each.line, each.message, "\n".join([each.text, *self._more[index]]))
            if index in self._more
            else each
            for index, each in enumerate(self.flags)
        )

    def _categories(self) -> tuple[Label, ...]:
        """Of the activities, then those that are only cited. The first words of a number hold."""
        words: dict[int, str] = {}
        for activity in self.activities:
            for label in activity.labels:
                words[label.number] = words.get(label.number) or label.words
        for section in self.sections:
            for number in cited_in(section.prose.text):
                words.setdefault(number, "")
        for project in self.projects:
            if project.category is not None:
                words.setdefault(project.category, "")
        return tuple(Label(number, words[number]) for number in sorted(words))


def shown(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def flag_whole(draft: Draft) -> None:
    """Doubts that only the whole can raise."""
    _settle_year(draft)
    if draft.is_table:
        return
    if not draft.title:
        draft.flag("no_title", 1, _("「○○年度 ○○交付金 事業実施報告書」という題が見つかりません。"))
    elif not draft.official_name:
        draft.flag("no_name", 1, _("交付金の正式な名前を、題から読み取れませんでした。"))
    _flag_activities(draft)
    _flag_labels(draft)
    _flag_sections(draft)


def _settle_year(draft: Draft) -> None:
    if draft.fiscal_year is not None:
        return
    days = [each.month_from for each in draft.activities] or [each.starts_on for each in draft.projects]
    years = {calendar.fiscal_year(day) for day in days if day is not None}
    if len(years) == 1:
        draft.fiscal_year = years.pop()
        message = _("年度が書いてないので、事業の月から%sとしました。")
        draft.flag("year_inferred", 1, message % calendar.format_fiscal_year(draft.fiscal_year))
    else:
        draft.flag("no_year", 1, _("年度を読み取れませんでした。"))


def _flag_activities(draft: Draft) -> None:
    no_name, no_month = _("事業の名前がありません。"), _("「%s」に月がありません。分かれば、入れてください。")
    outside = _("「%s」の月が年度の外です。月を確かめてください。")
    no_category, no_result = (
        _("「%s」に区分がありません。区分を選んでください。"),
        _("「%s」に → で始まる結果がありません。"),
    )
    for activity in draft.activities:
        name = shown(activity.title)
        if not activity.title:
            draft.flag("no_name_of_activity", activity.line, no_name)
        if activity.month_from is None:
            draft.flag("no_month", activity.line, no_month % name)
        elif draft.fiscal_year is not None and not _is_in_year(activity, draft.fiscal_year):
            draft.flag("month_outside", activity.line, outside % name)
        if not activity.labels:
            draft.flag("no_category", activity.line, no_category % name)
        if not activity.has_result:
            draft.flag("no_result", activity.line, no_result % name)


def _is_in_year(activity: ActivityDraft, year: int) -> bool:
    months = (activity.month_from, activity.month_to)
    return all(calendar.fiscal_year(month) == year for month in months if month is not None)


def _flag_labels(draft: Draft) -> None:
    first: dict[int, Label] = {}
    for activity in draft.activities:
        for label in activity.labels:
            known = first.setdefault(label.number, label)
            if not known.words:
                first[label.number] = label
            elif label.words and squeeze(fold(label.words)) != squeeze(fold(known.words)):
                draft.flag(
                    "label_differs",
                    activity.line,
                    _(
                        "%(number)s番の区分の言葉が、前に出たものと違います: 「%(words)s」。前のものを使いました。"
                    )
                    % {"number": label.number, "words": label.words},
                    label.words,
                )
    for section in draft.sections:
        for number in cited_in(section.prose.text):
            if number not in first:
                draft.flag(
                    "cited_only",
                    section.line,
                    _("%(number)s番の区分は「%(heading)s」に出てきますが、その区分の事業がありません。")
                    % {"number": number, "heading": section.heading},
                )


def _flag_sections(draft: Draft) -> None:
    for kind in SECTIONS:
        section = draft.section(kind)
        if section is None:
            draft.flag("no_section", 1, _("「%s」という見出しが見つかりません。") % words_of(kind))
        elif kind != "overview" and not section.prose.parts:
            draft.flag("empty_section", section.line, _("「%s」の下に文章がありません。") % section.heading)
    if draft.section("overview") is not None and not draft.activities:
        draft.flag("no_activities", 1, _("事業をひとつも読み取れませんでした。"))
