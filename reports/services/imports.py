"""Last years' reports and tables, taken in: all of a file or nothing of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.japanese.calendar import format_fiscal_year
from reports.importing.reading import ReadFile
from reports.models import Activity, AnnualReport, GrantCategory, GrantScheme, ReportSection, TrialProject
from reports.models.schemes import circled
from reports.parsing import Flag, ReadActivity, ReadProject, ReadReport
from reports.permissions.annual import check_can_edit_scheme
from reports.services.activities import add_activity
from reports.services.annual import begin_report, write_heading, write_section
from reports.services.doubts import keep_doubts
from reports.services.locking import lock_scheme
from reports.services.projects import LINE_FIELDS, add_project
from reports.services.schemes import begin_year, write_category

Categories = Mapping[int, GrantCategory]
_LONGEST_NAME = 150  # of a file


@dataclass(frozen=True, slots=True)
class Imported:
    """`report` None: the file was a table. `flags`: doubts of reading and of taking in, for a person to look at."""

    scheme: GrantScheme
    report: AnnualReport | None
    activities: int
    sections: int
    projects: int
    flags: tuple[Flag, ...]


def import_report(*, file: ReadFile, by: Any, official_name: str = "") -> Imported:
    """Into a year that has nothing of the kind yet. Categories stay unconfirmed.

    `official_name`: of the grant, where neither file nor year has it. Raises Refused, ValidationError; then nothing was done.
    """
    try:
        with transaction.atomic():
            return _import(file, official_name, by)
    except IntegrityError as error:
        raise Refused(
            _("ほかの人が同じ年度を書いているようです。少し待ってから、もう一度お試しください。")
        ) from error


def check_overwrites_nothing(read: ReadReport) -> None:
    """Raises Refused where the year has already what the file would bring, and says what to do."""
    scheme = GrantScheme.objects.filter(fiscal_year=read.fiscal_year).first()
    if scheme is None:
        return
    there = _report_there(scheme) if not read.is_table else []
    projects = TrialProject.objects.filter(scheme=scheme).count() if read.projects else 0
    if projects:
        there.append(_("試行事業%s件") % projects)
    if there:
        raise Refused(
            _(
                "%(year)sには、もう%(what)sがあります。上書きはしません。取り込むときは、先にそれを消してください。"
                "残すときは、ファイルから要るところだけを画面で書き写してください。"
            )
            % {"year": format_fiscal_year(scheme.fiscal_year), "what": "と".join(there)}
        )


def _report_there(scheme: GrantScheme) -> list[str]:
    there = []
    if activities := Activity.objects.filter(scheme=scheme).count():
        there.append(_("事業%s件") % activities)
    report = AnnualReport.objects.filter(scheme=scheme).first()
    if report is not None and (report.heading or report.sections.exclude(body="").exists()):
        there.append(_("報告書の文章"))
    return there


# --- Inside the transaction ---------------------------------------------------------------------
def _import(file: ReadFile, official_name: str, by: Any) -> Imported:
    read, flags = file.report, list(file.report.flags)
    check_can_edit_scheme(by)
    scheme, is_new = _scheme(read, official_name, flags, by)
    lock_scheme(scheme.pk)
    check_can_edit_scheme(by, scheme)
    check_overwrites_nothing(read)
    categories = _write_categories(scheme, read, flags, rewrites=is_new, by=by)
    for activity in read.activities:
        with _telling(activity.line, activity.title):
            add_activity(scheme=scheme, values=_activity_values(activity, categories), by=by)
    report, sections = (None, 0) if read.is_table else _write_report(scheme, read, by)
    for project in read.projects:
        _add_project(scheme, project, categories, by)
    name = file.name[:_LONGEST_NAME]
    keep_doubts(scheme=scheme, flags=flags, file_name=name, by=by)
    done = Imported(scheme, report, len(read.activities), sections, len(read.projects), tuple(flags))
    audit.record(
        type="reports.report_imported",
        by=by,
        obj=scheme,
        new={
            "file_name": name,
            "sha256": file.sha256,
            "activities": done.activities,
            "sections": done.sections,
            "projects": done.projects,
            "flags": len(flags),
        },
    )
    return done


def _scheme(read: ReadReport, official_name: str, flags: list[Flag], by: Any) -> tuple[GrantScheme, bool]:
    """The grant of the year, and whether it begins with this file."""
    if read.fiscal_year is None:
        raise Refused(_("何年度のものか分かりません。年度を指定してください（例: --year 2024）。"))
    name = read.official_name or official_name.strip()
    scheme = GrantScheme.objects.filter(fiscal_year=read.fiscal_year).first()
    if scheme is None:
        if not name:
            raise Refused(
                _(
                    "%sの交付金がまだ登録されていません。交付金の正式な名前を指定してください（例: --name 名前）。"
                )
                % format_fiscal_year(read.fiscal_year)
            )
        with _telling(1, name):
            return begin_year(fiscal_year=read.fiscal_year, values={"official_name": name}, by=by), True
    if name and name != scheme.official_name:
        message = _("交付金の名前が、登録と違います: 「%(name)s」。登録の「%(kept)s」のままにしました。")
        flags.append(Flag("name_kept", 1, message % {"name": name, "kept": scheme.official_name}, name))
    return scheme, False


def _write_categories(
    scheme: GrantScheme, read: ReadReport, flags: list[Flag], *, rewrites: bool, by: Any
) -> Categories:
    """Words that stand in the year stay, unless they only came along from the year before."""
    known = {category.number: category for category in scheme.categories.all()}
    for label in read.categories:
        there = known.get(label.number)
        if there is None or (label.words and (rewrites or not there.label)):
            with _telling(1, circled(label.number)):
                known[label.number] = write_category(
                    scheme=scheme, number=label.number, label=label.words, by=by
                )
        elif label.words and label.words != there.label:
            message = _("区分%(sign)sの言葉が、登録と違います: 「%(words)s」。登録のままにしました。")
            words = {"sign": circled(label.number), "words": label.words}
            flags.append(Flag("category_kept", 1, message % words, label.words))
    return known


def _activity_values(activity: ReadActivity, categories: Categories) -> dict[str, Any]:
    numbers = dict.fromkeys(label.number for label in activity.labels)
    return {
        "month_from": activity.month_from,
        "month_to": activity.month_to,
        "title": activity.title,
        "result": activity.result,
        "attendee_count": activity.attendee_count,
        "categories": [categories[number] for number in numbers],
    }


def _write_report(scheme: GrantScheme, read: ReadReport, by: Any) -> tuple[AnnualReport, int]:
    report = begin_report(scheme=scheme, by=by)
    with _telling(1, read.heading):
        report = write_heading(report=report, heading=read.heading, by=by)
    written = 0
    for row in ReportSection.objects.filter(report=report):
        section = read.section(row.kind)
        if section is not None and section.body:
            with _telling(section.line, section.heading):
                write_section(section=row, body=section.body, by=by)
            written += 1
    return report, written


def _add_project(scheme: GrantScheme, project: ReadProject, categories: Categories, by: Any) -> None:
    values = {
        "name": project.name,
        "content": project.content,
        "expected_effect": project.expected_effect,
        "timing": project.timing,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "response": project.response,
        "category": categories.get(project.category) if project.category else None,
    }
    lines = [{name: getattr(line, name) for name in LINE_FIELDS} for line in project.lines]
    with _telling(project.line, project.name):
        add_project(scheme=scheme, values=values, lines=lines, by=by)


@contextmanager
def _telling(line: int, name: str) -> Iterator[None]:
    """Says of what cannot be stored where it stands in the file."""
    try:
        yield
    except ValidationError as error:
        where = _("%(line)s行目「%(name)s」") % {"line": line, "name": name[:40]}
        raise ValidationError(f"{where}: {' '.join(error.messages)}") from error
