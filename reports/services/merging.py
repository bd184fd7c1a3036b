"""What becomes of a section's activities when two entries of one organisation become one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from members.merging import Part, register
from members.models import Organization
from platform_portal.audit import services as audit
from reports.models import Activity


def register_record() -> None:
    """Called once, when the app is ready."""
    register(Part(_("事業の記録（担当の課）"), (Activity._meta.label,), _count, _move))


def _count(organization: Organization) -> int:
    return int(Activity.objects.filter(section=organization).count())


def _move(*, source: Organization, target: Organization, by: Any) -> None:
    """Also in years whose report is approved: who looks after an activity stands in no report."""
    moved = Activity.objects.filter(section=source).update(section=target)
    if moved:
        audit.record(type="reports.organization_merged", by=by, obj=target, new={Activity._meta.label: moved})
