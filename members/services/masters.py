"""Short lists that staff keep, and the rules of joining."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from members import permissions
from members.models import JoiningCriterion, JoiningRules, Sector, Strength
from platform_portal.audit import services as audit
from platform_portal.identifiers import new_public_id
from platform_portal.page_cache import forget_public_pages

MASTER_FIELDS: dict[type[models.Model], tuple[str, ...]] = {
    Sector: ("name", "position", "is_active"),
    Strength: ("name", "position", "is_active"),
    JoiningCriterion: ("text", "is_required", "position", "is_active"),
}
RULES_FIELDS = (
    "is_open",
    "accepts_individuals",
    "guidance",
    "merits",
    "admission_interval",
    "first_admission_on",
    "left_kept_months",
    "closed_kept_months",
)

M = TypeVar("M", Sector, Strength, JoiningCriterion)


@transaction.atomic
def save_master(*, row: M, values: Mapping[str, Any], by: Any) -> M:
    """Adds or changes an entry. Its slug never changes; a new one is drawn. Raises Refused, ValidationError."""
    permissions.check_can_edit_member_masters(by)
    fields = MASTER_FIELDS[type(row)]
    is_new = row._state.adding
    before: dict[str, Any] = {}
    if is_new:
        row.slug = f"own-{new_public_id()}"
    else:
        row = type(row)._default_manager.select_for_update().get(pk=row.pk)
        before = audit.snapshot(row, fields)
    _write(row, values)
    old, new = audit.difference(before, audit.snapshot(row, fields))
    if is_new:
        audit.record(type="members.master_added", by=by, obj=row, new=new)
    elif new:
        audit.record(type="members.master_changed", by=by, obj=row, old=old, new=new)
    transaction.on_commit(forget_public_pages)
    return row


@transaction.atomic
def save_joining_rules(*, values: Mapping[str, Any], by: Any) -> JoiningRules:
    """Raises Refused, ValidationError."""
    permissions.check_can_edit_member_masters(by)
    rules = JoiningRules.objects.select_for_update().filter(pk=1).first() or JoiningRules(pk=1)
    before = audit.snapshot(rules, RULES_FIELDS)
    _write(rules, values)
    old, new = audit.difference(before, audit.snapshot(rules, RULES_FIELDS))
    if new:
        audit.record(type="members.joining_rules_changed", by=by, obj=rules, old=old, new=new)
    transaction.on_commit(forget_public_pages)
    return rules


def _write(row: models.Model, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
