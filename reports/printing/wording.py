"""The words of a report as they are printed, the same in PDF and Word."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from platform_portal.japanese.calendar import format_fiscal_year, format_wareki
from platform_portal.markdown import render_markdown
from reports.models.schemes import circled
from reports.readings import write_readings
from reports.snapshots import DoneActivity, Figure, Line, Project, Section, Snapshot

OVERVIEW = "overview"
"""The section that the activities write: see SectionKind."""
UNKNOWN = "－"
_MOST_YEARS = 5


@dataclass(frozen=True, slots=True)
class PrintedSection:
    """`title` with its number. `body`: HTML, headings from `level` + 1 on. `has_activities`: they follow the body."""

    key: str
    title: str
    level: int
    body: SafeString
    has_activities: bool


@dataclass(frozen=True, slots=True)
class PrintedActivity:
    title: str
    categories: str
    result: str
    attended: str


def grant_of(snapshot: Snapshot) -> str:
    """The first line of the title: 令和6年度 and the grant."""
    return f"{format_fiscal_year(snapshot.fiscal_year)}{snapshot.official_name}"


def title_of(snapshot: Snapshot) -> str:
    return f"{grant_of(snapshot)} {_('事業実施報告書')}"


def edition_words(snapshot: Snapshot) -> str:
    if snapshot.approved_on is None:
        return _("下書き")
    return _("第%(number)s版（%(on)s承認）") % {
        "number": snapshot.edition,
        "on": format_wareki(snapshot.approved_on),
    }


def section_level(snapshot: Snapshot) -> int:
    """Under 【事業内容】, and under the name of the work where there is one."""
    return 4 if snapshot.heading else 3


def sections_of(snapshot: Snapshot) -> list[PrintedSection]:
    given = list(snapshot.sections)
    if snapshot.activities and all(each.kind != OVERVIEW for each in given):
        given.insert(0, Section(OVERVIEW, _("事業概要")))
    level = section_level(snapshot)
    return [
        PrintedSection(
            key=f"section-{number}",
            title=f"{number}. {section.title}",
            level=level,
            body=prose(section.body, top=level + 1),
            has_activities=section.kind == OVERVIEW and bool(snapshot.activities),
        )
        for number, section in enumerate(given, start=1)
    ]


def prose(text: str, *, top: int) -> SafeString:
    """The sheet indents paragraphs: an indent that somebody typed as well is taken out."""
    plain = re.sub(r"^\u3000+", "", text, flags=re.MULTILINE)
    return render_markdown(ruby_in_brackets(plain), top=top)


def ruby_in_brackets(text: str) -> str:
    """孤独《こどく》 as 孤独（こどく）: small letters above a word would tear it out of its sentence in the text of a PDF."""
    return write_readings(text, lambda word, reading: f"{word}（{reading}）")


# --- Activities ------------------------------------------------------------------------------------
def activities_of(snapshot: Snapshot) -> Iterator[PrintedActivity]:
    words = category_words(snapshot)
    for each in snapshot.activities:
        months = months_of(each)
        named = "、".join(words.get(number, circled(number)) for number in each.categories)
        yield PrintedActivity(
            title=f"{months} {each.title}" if months else each.title,
            categories=f"({named})" if named else "",
            result=each.result.removeprefix("→").strip(),
            attended=""
            if each.attendee_count is None
            else _("参加者：%(count)s名") % {"count": f"{each.attendee_count:,}"},
        )


def category_words(snapshot: Snapshot) -> dict[int, str]:
    """②孤独・孤立の実態把握や地域資源の調査. One that nobody has confirmed says so."""
    return {
        each.number: f"{circled(each.number)}{each.label}{'' if each.is_confirmed else _('【未確認】')}"
        for each in snapshot.categories
    }


def months_of(activity: DoneActivity) -> str:
    """令和6年5月, 令和6年5月～7月, 令和6年11月～令和7年2月, or nothing."""
    first, last = activity.month_from, activity.month_to
    if first is None:
        return ""
    if last is None or last == first:
        return _month(first)
    return f"{_month(first)}～{f'{last.month}月' if last.year == first.year else _month(last)}"


def _month(day: dt.date) -> str:
    return format_wareki(day).partition("月")[0] + "月"


# --- Projects and money ----------------------------------------------------------------------------
def yen(amount: int | None) -> str:
    return _("未定") if amount is None else f"{amount:,}"


def payments_of(project: Project) -> list[str]:
    """徳島県医師会館 (144,000). What was ordered again from the same payee stands without its name."""
    return [_payment(line, project.lines[:index]) for index, line in enumerate(project.lines)]


def _payment(line: Line, before: Sequence[Line]) -> str:
    payee = f"{line.payee}（{line.breakdown}）" if line.breakdown else line.payee
    if not line.is_additional:
        return f"{payee} ({yen(line.amount_yen)})"
    amount = _("追加発注：%(amount)s") % {"amount": yen(line.amount_yen)}
    return f"({amount})" if before and before[-1].payee == line.payee else f"{payee} ({amount})"


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else UNKNOWN


# --- Figures ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class FigureTable:
    """`years`: in words, oldest first. `rows`: label with unit, a value for each year, difference to the year before."""

    years: list[str]
    rows: list[tuple[str, list[str], str]]

    @property
    def is_compared(self) -> bool:
        return len(self.years) > 1


def figure_table(snapshot: Snapshot) -> FigureTable | None:
    known = [each for each in snapshot.figures if each.values]
    years = sorted({year for each in known for year, _value in each.values})[-_MOST_YEARS:]
    if not years:
        return None
    return FigureTable(
        [format_fiscal_year(year) for year in years], [_figure_row(each, years) for each in known]
    )


def _figure_row(figure: Figure, years: Sequence[int]) -> tuple[str, list[str], str]:
    values = dict(figure.values)
    label = f"{figure.label}（{figure.unit}）" if figure.unit else figure.label
    change = UNKNOWN
    if len(years) > 1 and {years[-1], years[-1] - 1} <= values.keys():
        difference = values[years[-1]] - values[years[-1] - 1]
        change = f"{difference:+,}" if difference else "±0"
    return label, [f"{values[year]:,}" if year in values else UNKNOWN for year in years], change
