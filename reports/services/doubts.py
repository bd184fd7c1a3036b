"""What an import left in doubt: kept with the year, put aside by somebody who has looked, taken up again."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from platform_portal.audit import services as audit
from reports.models import GrantScheme, ImportDoubt
from reports.parsing import Flag
from reports.permissions.doubts import check_can_resolve_doubts

_BATCH = 500


def keep_doubts(*, scheme: GrantScheme, flags: Iterable[Flag], file_name: str, by: Any) -> None:
    """From the first line of the file to its last. For the import, which says on record how many there are."""
    rows = [
        ImportDoubt(
            scheme=scheme,
            code=flag.code,
            file_name=file_name,
            line=flag.line,
            message=flag.message,
            text=flag.text,
            found_by=by,
        )
        for flag in sorted(flags, key=lambda flag: flag.line)
    ]
    for row, public_id in zip(rows, ImportDoubt.draw_public_ids(len(rows)), strict=True):
        row.public_id = public_id
    ImportDoubt.objects.bulk_create(rows, batch_size=_BATCH)


@transaction.atomic
def resolve_doubts(*, scheme: GrantScheme, keys: Collection[str], by: Any) -> int:
    """`keys`: public ids. How many were waiting until now; twice is once. Raises Refused."""
    check_can_resolve_doubts(by)
    rows = ImportDoubt.objects.select_for_update(of=("self",)).filter(scheme=scheme, public_id__in=keys)
    waiting = list(rows.waiting().order_by("pk"))
    if waiting:
        ImportDoubt.objects.filter(pk__in=[row.pk for row in waiting]).update(
            resolved_at=timezone.now(), resolved_by=by
        )
        new = {"doubts": [row.public_id for row in waiting]}
        audit.record(type="reports.doubts_resolved", by=by, obj=scheme, new=new)
    return len(waiting)


@transaction.atomic
def reopen_doubt(*, doubt: ImportDoubt, by: Any) -> bool:
    """Whether it was put aside until now. Raises Refused."""
    check_can_resolve_doubts(by)
    locked: ImportDoubt = ImportDoubt.objects.select_for_update(of=("self",)).get(pk=doubt.pk)
    if locked.resolved_at is None:
        return False
    locked.resolved_at = locked.resolved_by = None
    locked.save(update_fields=["resolved_at", "resolved_by"])
    audit.record(type="reports.doubt_reopened", by=by, obj=locked.scheme, new={"doubts": [locked.public_id]})
    return True
