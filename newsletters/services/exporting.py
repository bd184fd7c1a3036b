"""Handing out who was sent what. On record before the first row leaves."""

from typing import Any

from django.db import transaction

from newsletters.models import Delivery, Issue
from platform_portal.access.checks import check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit


@transaction.atomic
def export_ledger(*, issue: Issue, state: str, by: Any) -> Any:
    """The rows of `issue`, only those in `state` unless that is empty, a few at a time. Raises Refused."""
    check_has(by, Permission.SEND_ISSUES)
    rows = Delivery.objects.filter(issue=issue, **({"state": state} if state else {}))
    audit.record(
        type="newsletters.ledger_exported",
        by=by,
        obj=issue,
        new={"state": state, "count": rows.count()},
    )
    return rows.order_by("pk").iterator(chunk_size=500)
