"""What should be mended before a report is approved. Each finding says where it is.

An error keeps the report from being approved; a warning is for somebody to look at.
"""

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from platform_portal import glyphs
from platform_portal.japanese.calendar import fiscal_year_range
from platform_portal.japanese.tokens import likely_people
from reports.figures import unknown_names
from reports.models.schemes import circled
from reports.parsing.labels import cited_in
from reports.snapshots import DoneActivity, Project, Section, Snapshot

# Neither assigned nor public.
_NOWHERE = {"Cn", "Co", "Cs"}
_FIRST_PICTOGRAPH, _LAST_PICTOGRAPH = 0x1F300, 0x1FAFF
_HEADING = re.compile(r"^(#{1,6})\s+\S", re.MULTILINE)


class Place(StrEnum):
    """Where a finding is mended. With the number of the row in the snapshot, from 0, where there is one."""

    ACTIVITY = "activity"
    SECTION = "section"
    PROJECT = "project"
    CATEGORY = "category"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    words: str
    place: Place
    number: int = 0
    is_error: bool = True


def lint(snapshot: Snapshot) -> list[Finding]:
    """In the order of the report. `snapshot`: of the draft, figures put in."""
    return [
        *_of_the_report(snapshot),
        *_of_activities(snapshot),
        *_of_sections(snapshot),
        *_of_categories(snapshot),
        *_of_projects(snapshot),
    ]


def _of_the_report(snapshot: Snapshot) -> Iterator[Finding]:
    if not snapshot.official_name.strip():
        yield Finding("no_name", _("交付金の名前がありません。"), Place.REPORT)
    if not snapshot.activities:
        yield Finding("no_activity", _("事業が1つもありません。"), Place.REPORT)
    yield from _signs(snapshot.official_name + snapshot.issuer, str(_("交付金の名前")), Place.REPORT)
    yield from _signs(snapshot.heading, str(_("事業名")), Place.REPORT)


def _of_activities(snapshot: Snapshot) -> Iterator[Finding]:
    first, last = fiscal_year_range(snapshot.fiscal_year)
    for number, activity in enumerate(snapshot.activities):
        name = {"title": activity.title}
        if not all(first <= month <= last for month in _months(activity)):
            words = _("「%(title)s」の月が、この年度の中にありません。") % name
            yield Finding("month_outside", words, Place.ACTIVITY, number)
        if not activity.month_from:
            words = _("「%(title)s」に月がありません。月のない事業として載せますか。") % name
            yield Finding("no_month", words, Place.ACTIVITY, number, is_error=False)
        if not activity.categories:
            words = _("「%(title)s」に区分がありません。") % name
            yield Finding("no_category", words, Place.ACTIVITY, number)
        if not activity.result.strip():
            words = _("「%(title)s」に、行ったことと結果が書いてありません。") % name
            yield Finding("no_result", words, Place.ACTIVITY, number)
        yield from _signs(activity.title + activity.result, activity.title, Place.ACTIVITY, number)
        yield from _names(activity.result, activity.title, Place.ACTIVITY, number)


def _of_sections(snapshot: Snapshot) -> Iterator[Finding]:
    for number, section in enumerate(snapshot.sections):
        name = {"title": section.title}
        # The first one is written by the activities; words before them are welcome, not needed.
        if number and not section.body.strip():
            yield Finding("empty_section", _("「%(title)s」がまだ空です。") % name, Place.SECTION, number)
        for figure in unknown_names(section.body):
            words = _("「%(title)s」の{%(figure)s}という数字はありません。") % {**name, "figure": figure}
            yield Finding("unknown_figure", words, Place.SECTION, number)
        if _skips_a_level(section):
            words = _("「%(title)s」の見出しの段が飛んでいます。") % name
            yield Finding("heading_levels", words, Place.SECTION, number)
        yield from _signs(section.body, section.title, Place.SECTION, number)
        yield from _names(section.body, section.title, Place.SECTION, number)


def _of_categories(snapshot: Snapshot) -> Iterator[Finding]:
    known = {each.number: each for each in snapshot.categories}
    done = {number for activity in snapshot.activities for number in activity.categories}
    tried = {each.category for each in snapshot.projects if each.category}
    in_prose: dict[int, int] = {}
    for place, section in enumerate(snapshot.sections):
        for number in sorted(cited_in(section.body)):
            in_prose.setdefault(number, place)
    for number, place in sorted(in_prose.items()):
        sign = {"sign": circled(number)}
        if number not in known:
            words = _("本文に%(sign)sがありますが、この年度の区分にありません。") % sign
            yield Finding("unknown_category", words, Place.SECTION, place)
        elif number in tried - done:
            words = (
                _("本文に%(sign)sがありますが、%(sign)sは試行事業だけで、事業の一覧にはありません。") % sign
            )
            yield Finding("cited_but_only_tried", words, Place.SECTION, place, is_error=False)
        elif number not in done:
            words = _("本文に%(sign)sがありますが、%(sign)sの事業がありません。") % sign
            yield Finding("cited_but_not_done", words, Place.SECTION, place)
    for number in sorted(done - set(in_prose)):
        words = _("%(sign)sの事業がありますが、本文のどこにも%(sign)sがありません。") % {
            "sign": circled(number)
        }
        yield Finding("done_but_not_cited", words, Place.CATEGORY, number)
    used = done | set(in_prose) | tried
    for number in sorted(used & set(known)):
        yield from _signs(known[number].label, str(_("区分")) + circled(number), Place.CATEGORY, number)
        if not known[number].is_confirmed:
            words = _("区分%(sign)sの言葉が未確認です。交付要綱などで確かめてください。") % {
                "sign": circled(number)
            }
            yield Finding("unconfirmed_category", words, Place.CATEGORY, number)


def _of_projects(snapshot: Snapshot) -> Iterator[Finding]:
    for number, project in enumerate(snapshot.projects):
        name = {"name": project.name}
        if not project.lines or all(line.amount_yen is None for line in project.lines):
            words = _("試行事業「%(name)s」に金額がありません。") % name
            yield Finding("no_amount", words, Place.PROJECT, number)
        elif missing := [line.payee for line in project.lines if line.amount_yen is None]:
            words = _("試行事業「%(name)s」の%(payees)sに金額がありません。") % {
                **name,
                "payees": "、".join(missing),
            }
            yield Finding("line_without_amount", words, Place.PROJECT, number)
        yield from _signs(_all_words_of(project), project.name, Place.PROJECT, number)
        yield from _names(_prose_of(project), project.name, Place.PROJECT, number)


def _months(activity: DoneActivity) -> list[dt.date]:
    return [month for month in (activity.month_from, activity.month_to) if month]


def _prose_of(project: Project) -> str:
    return f"{project.content}\n{project.response}"


def _all_words_of(project: Project) -> str:
    lines = "".join(line.payee + line.breakdown for line in project.lines)
    return (
        f"{project.name}{project.content}{project.expected_effect}{project.timing}{project.response}{lines}"
    )


def _skips_a_level(section: Section) -> bool:
    levels = [len(marks) for marks in _HEADING.findall(section.body)]
    return any(after > before + 1 for before, after in itertools.pairwise(levels))


def _signs(text: str, title: str, place: Place, number: int = 0) -> Iterable[Finding]:
    """What cannot be printed, told while it can still be mended: an approved edition would have no PDF.

    Pictographs and what has no public meaning are not printed even where some font has a drawing for them.
    """
    lacking = set(glyphs.missing(text))
    signs = dict.fromkeys(
        each
        for each in text
        if each in lacking
        or _FIRST_PICTOGRAPH <= ord(each) <= _LAST_PICTOGRAPH
        or unicodedata.category(each) in _NOWHERE
    )
    if signs:
        words = _("「%(title)s」に、PDFの書体にない文字があります：%(signs)s") % {
            "title": title,
            "signs": "、".join(f"{each}（U+{ord(each):04X}）" for each in signs),
        }
        yield Finding("unprintable", words, place, number)


def _names(text: str, title: str, place: Place, number: int) -> Iterable[Finding]:
    if people := likely_people(text):
        words = _("「%(title)s」に、人の名前かもしれない言葉があります：%(names)s") % {
            "title": title,
            "names": "、".join(people),
        }
        yield Finding("person", words, place, number, is_error=False)
