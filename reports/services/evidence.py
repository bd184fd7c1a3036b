"""Files that show that something was done: kept under names that say nothing, gone with their activity."""

from functools import partial
from typing import Any

from django.db import transaction

from meetings.papers.checking import CheckedPaper
from meetings.papers.storing import stored
from platform_portal.audit import services as audit
from reports.models import Activity, Evidence
from reports.permissions.activities import check_can_edit_activity
from reports.services.locking import lock_scheme

FILES = "reports/evidence/"


def add_evidence(*, activity: Activity, paper: CheckedPaper, by: Any) -> Evidence:
    """`paper` was judged by its content. Raises Refused, ValidationError; then nothing is stored."""
    check_can_edit_activity(by, activity)
    with stored(FILES, paper.data, paper.kind) as place, transaction.atomic():
        lock_scheme(activity.scheme_id)
        locked = Activity.objects.select_related("scheme").get(pk=activity.pk)
        check_can_edit_activity(by, locked)
        evidence = Evidence(
            activity=locked,
            file=place,
            name=paper.name,
            kind=paper.kind,
            size=len(paper.data),
            sha256=paper.sha256,
            uploaded_by=by,
        )
        evidence.full_clean()
        evidence.save()
        audit.record(
            type="reports.evidence_added",
            by=by,
            obj=locked,
            new={"file": evidence.name, "sha256": evidence.sha256},
        )
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, by: Any) -> None:
    """Already gone is gone. Raises Refused."""
    lock_scheme(evidence.activity.scheme_id)
    activity = Activity.objects.select_related("scheme").get(pk=evidence.activity_id)
    check_can_edit_activity(by, activity)
    locked: Evidence | None = Evidence.objects.select_for_update().filter(pk=evidence.pk).first()
    if locked is None:
        return
    audit.record(
        type="reports.evidence_removed",
        by=by,
        obj=activity,
        old={"file": locked.name, "sha256": locked.sha256},
    )
    transaction.on_commit(partial(locked.file.delete, save=False))
    locked.delete()
