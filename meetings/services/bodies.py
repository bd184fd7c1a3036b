"""Bodies: entered, changed, and who sits in them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from meetings.models import Body
from meetings.permissions.meetings import check_can_edit_bodies
from members.models import Organization
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

FIELDS = ("name", "purpose", "audience", "named_audience", "labels_audience", "position", "is_active")


@transaction.atomic
def create_body(*, values: Mapping[str, Any], organizations: Iterable[Organization] = (), by: Any) -> Body:
    """Raises Refused, ValidationError."""
    check_can_edit_bodies(by)
    body = Body()
    _write(body, values)
    audit.record(type="meetings.body_created", by=by, obj=body, new=audit.snapshot(body, FIELDS))
    _seat(body, organizations, by)
    transaction.on_commit(forget_public_pages)
    return body


@transaction.atomic
def change_body(*, body: Body, values: Mapping[str, Any], by: Any) -> Body:
    """What is decided here is what new meetings begin with; those that are there keep their own.

    Raises Refused, ValidationError.
    """
    check_can_edit_bodies(by)
    locked = Body.objects.select_for_update().get(pk=body.pk)
    before = audit.snapshot(locked, FIELDS)
    _write(locked, values)
    old, new = audit.difference(before, audit.snapshot(locked, FIELDS))
    if new:
        audit.record(type="meetings.body_changed", by=by, obj=locked, old=old, new=new)
        transaction.on_commit(forget_public_pages)
    return locked


@transaction.atomic
def set_body_organizations(*, body: Body, organizations: Iterable[Organization], by: Any) -> Body:
    """Who sits in a body sees the members-only things of all its meetings, past ones too. Raises Refused."""
    check_can_edit_bodies(by)
    locked = Body.objects.select_for_update().get(pk=body.pk)
    _seat(locked, organizations, by)
    return locked


def _write(body: Body, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(body, name, values[name])
    body.full_clean()
    body.save()


def _seat(body: Body, organizations: Iterable[Organization], by: Any) -> None:
    before = {row.pk: row.name for row in body.organizations.all()}
    after = {row.pk: row.name for row in organizations}
    if before.keys() == after.keys():
        return
    body.organizations.set(after.keys())
    old, new = ({"organizations": sorted(names.values())} for names in (before, after))
    audit.record(type="meetings.body_changed", by=by, obj=body, old=old, new=new)
