"""Writing the audit record. Always inside the transaction of the change it speaks of."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django.db import connection, models

from platform_portal.audit.models import AuditEvent
from platform_portal.privacy import privacy_of, words_about_people

WITHHELD = {"personal": True}
"""Stands in the record where a value would say something about a person: there was one, and it was another."""


def record(
    *,
    type: str,
    by: Any,
    obj: models.Model | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEvent:
    """Adds one event; `by` is a user or None for the portal itself.

    Raises RuntimeError outside a transaction: a record without its change, or the reverse, is a lie.
    """
    event = prepare(type=type, by=by, obj=obj, old=old, new=new, note=note)
    record_all([event])
    return event


def prepare(
    *,
    type: str,
    by: Any,
    obj: models.Model | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    note: str = "",
) -> AuditEvent:
    """An event that is not written yet: for record_all().

    The record can never be erased. So it keeps of personal fields that they were set or changed, not to what.
    """
    return AuditEvent(
        type=type,
        actor_id=getattr(by, "pk", None),
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        old=_fit_to_keep(obj, old or {}),
        new=_fit_to_keep(obj, new or {}),
        note=note,
    )


def record_all(events: Iterable[AuditEvent]) -> None:
    """Adds many events at once, under the same rule as record()."""
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record() needs the transaction of the change it records")
    AuditEvent.objects.bulk_create(events, batch_size=500)


def snapshot(obj: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """Values of `fields` as JSON scalars; many-to-many fields as sorted lists of keys."""
    values: dict[str, Any] = {}
    for name in fields:
        field = obj._meta.get_field(name)
        if field.many_to_many:
            values[name] = sorted(getattr(obj, name).values_list("pk", flat=True)) if obj.pk else []
        else:
            values[name] = _scalar(getattr(obj, cast("models.Field[Any, Any]", field).attname))
    return values


def difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(old, new) restricted to what changed."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def _fit_to_keep(obj: models.Model | None, values: dict[str, Any]) -> dict[str, Any]:
    """As JSON scalars, without what they say about people; that a field was empty may be known."""
    # `_meta.model`, not type(): whoever is signed in arrives as a lazy object.
    model = obj._meta.model if obj is not None else None
    personal = words_about_people(model) if model is not None and privacy_of(model) else {}
    return {
        name: WITHHELD if name in personal and value not in (None, "", [], {}) else _scalar(value)
        for name, value in values.items()
    }


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    # A form speaks in the time of its place, the database in UTC: the same moment must read the same.
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.astimezone(dt.UTC)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
