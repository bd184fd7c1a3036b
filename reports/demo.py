"""Two reports for showing and trying: 令和6年度 submitted, 令和4年度 a draft with its trial projects.

The years of late are begun too: what the trial's meetings, events and newsletters offer waits there.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from platform_portal.japanese.calendar import fiscal_year
from reports.demo_texts import ACTIVITIES, CATEGORIES, PROJECTS, SECTIONS
from reports.models import AnnualReport, GrantScheme, RenderingKind, ReportState
from reports.parsing.dates import read_timing
from reports.services import activities, annual, projects, renderings, schemes
from reports.snapshots import DoneActivity, Project

GRANT = "地方における孤独・孤立対策推進事業交付金"
HEADING = "孤独・孤立対策関連事業の実施"
SUBMITTED, DRAFTED = 2024, 2022
_LATELY = dt.timedelta(days=45)  # the newsletters of the trial were sent since


@transaction.atomic
def load_demo_reports(*, by: Any, approver: Any) -> int:
    """A year that is there already stays as it is. How many reports were made. `by` writes, `approver` approves."""
    made = 0
    if not GrantScheme.objects.filter(fiscal_year=DRAFTED).exists():
        _load_draft(by)
        made += 1
    if not GrantScheme.objects.filter(fiscal_year=SUBMITTED).exists():
        _load_submitted(by, approver)
        made += 1
    for year in sorted({fiscal_year(day) for day in (timezone.localdate() - _LATELY, timezone.localdate())}):
        if not GrantScheme.objects.filter(fiscal_year=year).exists():
            schemes.begin_year(fiscal_year=year, values={"official_name": GRANT}, by=by)
    return made


def _load_submitted(by: Any, approver: Any) -> None:
    scheme = _begin(SUBMITTED, by, is_confirmed=True)
    for activity in ACTIVITIES:
        _add_activity(scheme, activity, by)
    report = _write(scheme, by)
    for to, who in (
        (ReportState.IN_REVIEW, by),
        (ReportState.APPROVED, approver),
        (ReportState.SUBMITTED, approver),
    ):
        report = annual.move_report(report=report, to=to, by=who)
    edition = report.editions.get()
    renderings.ask_for_file(report=report, kind=RenderingKind.PDF, edition=edition, by=by)


def _load_draft(by: Any) -> None:
    """The grant of that year had other categories: nobody has confirmed these."""
    scheme = _begin(DRAFTED, by, is_confirmed=False)
    for project in PROJECTS:
        _add_project(scheme, project, by)
    annual.begin_report(scheme=scheme, by=by)


def _begin(year: int, by: Any, *, is_confirmed: bool) -> GrantScheme:
    scheme = schemes.begin_year(fiscal_year=year, values={"official_name": GRANT}, by=by)
    for each in CATEGORIES:
        if not each.is_confirmed:
            continue
        category = schemes.write_category(scheme=scheme, number=each.number, label=each.label, by=by)
        if is_confirmed:
            schemes.confirm_category(category=category, label=each.label, by=by)
    return scheme


def _add_activity(scheme: GrantScheme, activity: DoneActivity, by: Any) -> None:
    known = {each.number: each for each in scheme.categories.all()}
    values = {
        "title": activity.title,
        "month_from": activity.month_from,
        "month_to": activity.month_to,
        "result": activity.result,
        "attendee_count": activity.attendee_count,
        "categories": [known[number] for number in activity.categories],
    }
    activities.add_activity(scheme=scheme, values=values, by=by)


def _add_project(scheme: GrantScheme, project: Project, by: Any) -> None:
    known = {each.number: each for each in scheme.categories.all()}
    timing = read_timing(project.timing)
    values = {
        "name": project.name,
        "content": project.content,
        "expected_effect": project.expected_effect,
        "timing": project.timing,
        "starts_on": timing.starts_on,
        "ends_on": timing.ends_on,
        "response": project.response,
        "category": known.get(project.category) if project.category else None,
    }
    lines = [
        {
            "payee": line.payee,
            "amount_yen": line.amount_yen,
            "breakdown": line.breakdown,
            "is_additional": line.is_additional,
        }
        for line in project.lines
    ]
    projects.add_project(scheme=scheme, values=values, lines=lines, by=by)


def _write(scheme: GrantScheme, by: Any) -> AnnualReport:
    report = annual.begin_report(scheme=scheme, by=by)
    report = annual.write_heading(report=report, heading=HEADING, by=by)
    for section in SECTIONS:
        row = report.sections.get(kind=section.kind)
        annual.write_section(section=row, body=section.body, by=by)
    report.refresh_from_db()
    return report
