"""The order in which the report has the activities. Each is moved to a place, so that a press repeated changes nothing."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from platform_portal.audit import services as audit
from reports.models import Activity, GrantScheme
from reports.permissions.activities import check_can_put_in_order
from reports.services.locking import lock_scheme

BATCH = 500


@transaction.atomic
def move_activity(*, activity: Activity, place: int, by: Any) -> int:
    """To the place `place` of the year, from 1; beyond the ends is at the end. Returns where it stands. Raises Refused."""
    scheme = lock_scheme(activity.scheme_id)
    check_can_put_in_order(by, scheme)
    keys = list(Activity.objects.filter(scheme=scheme).in_order().values_list("pk", flat=True))
    before = keys.index(activity.pk)
    after = min(max(place, 1), len(keys)) - 1
    if before != after:
        _write(scheme, keys)
        _shift(scheme, activity.pk, before, after)
        audit.record(
            type="reports.activities_ordered",
            by=by,
            obj=scheme,
            old={"place": before + 1},
            new={"place": after + 1, "activity": activity.title},
        )
    return after + 1


@transaction.atomic
def order_by_month(*, scheme: GrantScheme, by: Any) -> bool:
    """By month, those of one month as they stood, those without a month last. Whether anything moved. Raises Refused."""
    locked = lock_scheme(scheme.pk)
    check_can_put_in_order(by, locked)
    rows = list(Activity.objects.filter(scheme=locked).in_order())
    wanted = sorted(rows, key=lambda row: row.month_from or dt.date.max)
    if [row.pk for row in wanted] == [row.pk for row in rows]:
        return False
    _write(locked, [row.pk for row in wanted])
    audit.record(type="reports.activities_ordered", by=by, obj=locked, new={"order": "by month"})
    return True


def _shift(scheme: GrantScheme, key: int, before: int, after: int) -> None:
    """Those in between make room, in one query however many."""
    rows = Activity.objects.filter(scheme=scheme)
    if before < after:
        rows.filter(position__gt=before, position__lte=after).update(position=F("position") - 1)
    else:
        rows.filter(position__gte=after, position__lt=before).update(position=F("position") + 1)
    rows.filter(pk=key).update(position=after)


def _write(scheme: GrantScheme, keys: list[int]) -> None:
    """Only those whose place changed."""
    rows = {row.pk: row for row in Activity.objects.filter(scheme=scheme).only("pk", "position")}
    moved = []
    for position, key in enumerate(keys):
        if rows[key].position != position:
            rows[key].position = position
            moved.append(rows[key])
    if moved:
        Activity.objects.bulk_update(moved, ["position"], batch_size=BATCH)
