"""Writing the year's record: one activity after another, by sections and secretariat alike."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from reports.models import Activity, ActivityCategory, GrantCategory, GrantScheme
from reports.permissions.activities import (
    check_can_add_activity,
    check_can_edit_activity,
    check_can_put_in_order,
)
from reports.services.locking import check_is_as_seen, lock_scheme
from reports.services.schemes import check_belong_to

FIELDS = ("month_from", "month_to", "title", "result", "attendee_count", "section")
LINKS = ("meetings", "events", "windows", "issues")


@transaction.atomic
def add_activity(*, scheme: GrantScheme, values: Mapping[str, Any], by: Any) -> Activity:
    """At the end of the year's record. `values`: FIELDS, LINKS, and `categories` in the order to be printed.

    Raises Refused, ValidationError.
    """
    locked = lock_scheme(scheme.pk)
    check_can_add_activity(by, locked)
    last = Activity.objects.filter(scheme=locked).aggregate(last=Max("position"))["last"]
    activity = Activity(scheme=locked, created_by=by, position=0 if last is None else last + 1)
    _write(activity, values)
    audit.record(type="reports.activity_added", by=by, obj=activity, new=_described(activity))
    return activity


@transaction.atomic
def change_activity(
    *, activity: Activity, values: Mapping[str, Any], by: Any, version: int | None = None
) -> Activity:
    """`version`: of the activity that the person saw. Saving what is there changes nothing.

    Raises Refused, ValidationError; then nothing was changed.
    """
    locked = _lock(activity)
    check_can_edit_activity(by, locked)
    before = _described(locked)
    check_is_as_seen(version, locked.version)
    locked.version += 1
    _write(locked, values)
    old, new = audit.difference(before, _described(locked))
    if not new:
        Activity.objects.filter(pk=locked.pk).update(version=locked.version - 1)
        locked.version -= 1
        return locked
    audit.record(type="reports.activity_changed", by=by, obj=locked, old=old, new=new)
    return locked


@transaction.atomic
def remove_activity(*, activity: Activity, reason: str, by: Any) -> None:
    """Its evidence goes with it. What it said stays in the audit record. Raises Refused."""
    locked = _lock(activity)
    check_can_edit_activity(by, locked)
    if not reason.strip():
        raise Refused(_("理由を書いてください。"))
    audit.record(
        type="reports.activity_removed", by=by, obj=locked, old=_described(locked), note=reason.strip()
    )
    for evidence in locked.evidence.all():
        transaction.on_commit(partial(evidence.file.delete, save=False))
    locked.delete()


@transaction.atomic
def put_activities_in_order(*, scheme: GrantScheme, keys: Sequence[int], by: Any) -> None:
    """`keys`: of all activities of the year, as they shall stand. Raises Refused where one came or went meanwhile."""
    locked = lock_scheme(scheme.pk)
    check_can_put_in_order(by, locked)
    rows = {row.pk: row for row in Activity.objects.filter(scheme=locked)}
    if sorted(keys) != sorted(rows):
        raise Refused(_("画面を開いてから、事業が増えたか減りました。画面を読み込み直してください。"))
    for position, key in enumerate(keys):
        rows[key].position = position
    Activity.objects.bulk_update(rows.values(), ["position"])
    audit.record(type="reports.activities_ordered", by=by, obj=locked, new={"order": list(keys)})


def _lock(activity: Activity) -> Activity:
    lock_scheme(activity.scheme_id)
    rows = Activity.objects.select_for_update(of=("self",)).select_related("scheme")
    locked: Activity = rows.get(pk=activity.pk)
    return locked


def _write(activity: Activity, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(activity, name, values[name])
    activity.full_clean(exclude=["categories", *LINKS])
    if "categories" in values:
        _check_categories(activity, values["categories"])
    activity.save()
    if "categories" in values:
        _set_categories(activity, values["categories"])
    for name in LINKS:
        if name in values:
            getattr(activity, name).set(values[name])


def _check_categories(activity: Activity, categories: list[GrantCategory]) -> None:
    check_belong_to(activity.scheme, categories)
    if len({each.pk for each in categories}) != len(categories):
        raise ValidationError({"categories": _("同じ区分が2回あります。")})


def _set_categories(activity: Activity, categories: list[GrantCategory]) -> None:
    standing = list(activity.category_links.order_by("position").values_list("category_id", flat=True))
    if standing == [each.pk for each in categories]:
        return
    activity.category_links.all().delete()
    ActivityCategory.objects.bulk_create(
        ActivityCategory(activity=activity, category=each, position=place)
        for place, each in enumerate(categories)
    )


def _described(activity: Activity) -> dict[str, Any]:
    links = activity.category_links.order_by("position")
    return audit.snapshot(activity, (*FIELDS, *LINKS)) | {
        "categories": list(links.values_list("category__number", flat=True))
    }
