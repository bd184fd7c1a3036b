"""Errors that residents noticed."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from consultations import permissions
from consultations.models import ConsultationWindow, ErrorReport
from platform_portal.audit import services as audit

REPORTS_KEPT_DAYS = 180


@transaction.atomic
def report_error(*, window: ConsultationWindow, kind: str, text: str) -> ErrorReport:
    """Keeps what a resident noticed. The same words for the same window within an hour count once."""
    recent = timezone.now() - dt.timedelta(hours=1)
    same = window.error_reports.waiting().filter(kind=kind, text=text, reported_at__gte=recent).first()
    return same or ErrorReport.objects.create(window=window, kind=kind, text=text)


@transaction.atomic
def handle_report(*, report: ErrorReport, resolution: str, by: Any) -> ErrorReport:
    """Closes a report with a word on what was done."""
    locked = ErrorReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    permissions.check_can_handle_report(by, locked)
    locked.handled_at, locked.handled_by, locked.resolution = timezone.now(), by, resolution
    locked.save(update_fields=["handled_at", "handled_by", "resolution"])
    # Recorded with the window, whose history is where people look; the report itself is forgotten one day.
    audit.record(
        type="consultations.report_handled",
        by=by,
        obj=locked.window,
        new={"report": locked.get_kind_display(), "resolution": resolution},
    )
    return locked


@transaction.atomic
def forget_old_reports() -> int:
    """Deletes reports handled more than REPORTS_KEPT_DAYS days ago; returns how many."""
    limit = timezone.now() - dt.timedelta(days=REPORTS_KEPT_DAYS)
    deleted, _by_model = ErrorReport.objects.filter(handled_at__lt=limit).delete()
    return deleted
