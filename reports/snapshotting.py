"""From the year's record and the written sections to the snapshot that is looked at, approved and printed."""

from django.db.models import QuerySet
from django.utils import timezone

from platform_portal.region.models import PortalSettings
from reports.figures import figures_of, put_in
from reports.models import Activity, AnnualReport, ReportSection, SectionKind, TrialProject
from reports.snapshots import Category, DoneActivity, Line, Project, Section, Snapshot


def take_snapshot(report: AnnualReport, *, edition: int = 0) -> Snapshot:
    """What the report says now. `edition`: the number under which it is approved this moment; 0 for a draft.

    Constant queries.
    """
    scheme, portal = report.scheme, PortalSettings.load()
    figures = figures_of(scheme.fiscal_year)
    bodies = {row.kind: row.body for row in ReportSection.objects.filter(report=report)}
    return Snapshot(
        fiscal_year=scheme.fiscal_year,
        official_name=scheme.official_name,
        issuer=portal.prefecture.name if portal.prefecture_id else "",
        heading=report.heading,
        edition=edition,
        approved_on=timezone.localdate() if edition else None,
        categories=tuple(
            Category(each.number, each.label, each.is_confirmed) for each in scheme.categories.all()
        ),
        activities=tuple(map(_activity, _activities_of(report))),
        sections=tuple(
            Section(kind.value, str(kind.label), put_in(bodies.get(kind.value, ""), figures))
            for kind in SectionKind
        ),
        projects=projects_of(TrialProject.objects.filter(scheme=scheme)),
        figures=tuple(figures),
    )


def _activities_of(report: AnnualReport) -> list[Activity]:
    rows = Activity.objects.filter(scheme=report.scheme).in_order()
    return list(rows.prefetch_related("category_links__category"))


def _activity(activity: Activity) -> DoneActivity:
    return DoneActivity(
        title=activity.title,
        month_from=activity.month_from,
        month_to=activity.month_to,
        categories=tuple(link.category.number for link in activity.category_links.all()),
        result=activity.result,
        attendee_count=activity.attendee_count,
    )


def projects_of(rows: QuerySet[TrialProject]) -> tuple[Project, ...]:
    """Two queries."""
    ordered = rows.select_related("category").prefetch_related("lines").order_by("position", "pk")
    return tuple(map(_project, ordered))


def _project(project: TrialProject) -> Project:
    return Project(
        name=project.name,
        content=project.content,
        expected_effect=project.expected_effect,
        timing=project.timing,
        response=project.response,
        category=project.category.number if project.category else None,
        lines=tuple(
            Line(line.payee, line.amount_yen, line.breakdown, line.is_additional)
            for line in project.lines.all()
        ),
    )
