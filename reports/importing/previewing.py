"""What a file would be as a report, before anything of it is stored."""

from reports.models import SectionKind
from reports.parsing import ReadActivity, ReadProject, ReadReport
from reports.snapshots import Category, DoneActivity, Project, Section, Snapshot


def preview(read: ReadReport, *, issuer: str = "") -> Snapshot:
    """A draft with the year's categories unconfirmed, as it stands when it has been taken in. `read` knows its year."""
    if read.fiscal_year is None:
        raise ValueError("a report of no year")
    bodies: dict[str, str] = {section.kind: section.body for section in read.sections}
    return Snapshot(
        fiscal_year=read.fiscal_year,
        official_name=read.official_name,
        issuer=issuer,
        heading=read.heading,
        categories=tuple(Category(label.number, label.words, False) for label in read.categories),
        activities=tuple(map(_activity, read.activities)),
        sections=tuple(
            Section(kind.value, str(kind.label), bodies.get(kind.value, "")) for kind in SectionKind
        ),
        projects=tuple(map(_project, read.projects)),
    )


def _activity(activity: ReadActivity) -> DoneActivity:
    return DoneActivity(
        title=activity.title,
        month_from=activity.month_from,
        month_to=activity.month_to,
        categories=tuple(dict.fromkeys(label.number for label in activity.labels)),
        result=activity.result,
        attendee_count=activity.attendee_count,
    )


def _project(project: ReadProject) -> Project:
    return Project(
        name=project.name,
        content=project.content,
        expected_effect=project.expected_effect,
        timing=project.timing,
        response=project.response,
        category=project.category,
        lines=project.lines,
    )
