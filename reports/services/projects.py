"""試行事業 and what they cost."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from reports.models import BudgetLine, GrantScheme, TrialProject
from reports.permissions.activities import check_can_edit_projects
from reports.services.locking import check_is_as_seen, lock_scheme
from reports.services.schemes import check_belong_to

FIELDS = (
    "name",
    "content",
    "expected_effect",
    "timing",
    "starts_on",
    "ends_on",
    "response",
    "category",
)
LINE_FIELDS = ("payee", "amount_yen", "breakdown", "is_additional")


@transaction.atomic
def add_project(
    *, scheme: GrantScheme, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], by: Any
) -> TrialProject:
    """`lines`: LINE_FIELDS of each, in order. Raises Refused, ValidationError."""
    locked = lock_scheme(scheme.pk)
    check_can_edit_projects(by, locked)
    last = TrialProject.objects.filter(scheme=locked).aggregate(last=Max("position"))["last"]
    project = TrialProject(scheme=locked, created_by=by, position=0 if last is None else last + 1)
    _write(project, values, lines)
    audit.record(type="reports.project_added", by=by, obj=project, new=_described(project))
    return project


@transaction.atomic
def change_project(
    *,
    project: TrialProject,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    by: Any,
    version: int | None = None,
) -> TrialProject:
    """Raises Refused, ValidationError; then nothing was changed."""
    locked = _lock(project)
    check_can_edit_projects(by, locked.scheme)
    check_is_as_seen(version, locked.version)
    before = _described(locked)
    locked.version += 1
    _write(locked, values, lines)
    old, new = audit.difference(before, _described(locked))
    if new:
        audit.record(type="reports.project_changed", by=by, obj=locked, old=old, new=new)
    return locked


@transaction.atomic
def remove_project(*, project: TrialProject, reason: str, by: Any) -> None:
    """Raises Refused."""
    locked = _lock(project)
    check_can_edit_projects(by, locked.scheme)
    if not reason.strip():
        raise Refused(_("理由を書いてください。"))
    audit.record(
        type="reports.project_removed", by=by, obj=locked, old=_described(locked), note=reason.strip()
    )
    locked.delete()


def total_yen(scheme: GrantScheme) -> int:
    """計: all amounts of the year that are known."""
    lines = BudgetLine.objects.filter(project__scheme=scheme)
    return lines.aggregate(total=Sum("amount_yen"))["total"] or 0


def _lock(project: TrialProject) -> TrialProject:
    lock_scheme(project.scheme_id)
    rows = TrialProject.objects.select_for_update(of=("self",)).select_related("scheme")
    locked: TrialProject = rows.get(pk=project.pk)
    return locked


def _write(project: TrialProject, values: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(project, name, values[name])
    if project.category is not None:
        check_belong_to(project.scheme, [project.category], field="category")
    project.full_clean()
    project.save()
    project.lines.all().delete()
    for position, line in enumerate(lines):
        row = BudgetLine(project=project, position=position, **{name: line[name] for name in LINE_FIELDS})
        row.full_clean()
        row.save()


def _described(project: TrialProject) -> dict[str, Any]:
    return audit.snapshot(project, FIELDS) | {
        "lines": [
            [line.payee, line.amount_yen, line.breakdown, line.is_additional] for line in project.lines.all()
        ]
    }
