"""The newsletters themselves: begun, changed, stopped."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from newsletters.models import Newsletter
from newsletters.permissions.newsletters import check_can_edit_newsletters
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

FIELDS = (
    "name",
    "description",
    "readership",
    "sender_name",
    "sender_address",
    "reply_address",
    "is_for_new_members",
    "position",
    "is_active",
)
_LONGEST_LABEL = 40


@transaction.atomic
def create_newsletter(*, values: Mapping[str, Any], by: Any) -> Newsletter:
    """Its List-Id comes from the name where that is written in Latin letters, else from its number; it never changes.

    Raises Refused, ValidationError.
    """
    check_can_edit_newsletters(by)
    newsletter = Newsletter(**values)
    newsletter.list_label = _label_for(newsletter)
    newsletter.full_clean()
    newsletter.save()
    audit.record(
        type="newsletters.newsletter_created", by=by, obj=newsletter, new=audit.snapshot(newsletter, FIELDS)
    )
    transaction.on_commit(forget_public_pages)
    return newsletter


@transaction.atomic
def change_newsletter(*, newsletter: Newsletter, values: Mapping[str, Any], by: Any) -> Newsletter:
    """Also stops it and takes it up again (`is_active`). Raises Refused, ValidationError."""
    check_can_edit_newsletters(by)
    locked: Newsletter = Newsletter.objects.select_for_update().get(pk=newsletter.pk)
    before = audit.snapshot(locked, FIELDS)
    for name, value in values.items():
        setattr(locked, name, value)
    locked.full_clean()
    old, new = audit.difference(before, audit.snapshot(locked, FIELDS))
    if not new:
        return locked
    locked.save()
    audit.record(type="newsletters.newsletter_changed", by=by, obj=locked, old=old, new=new)
    transaction.on_commit(forget_public_pages)
    return locked


def _label_for(newsletter: Newsletter) -> str:
    label = slugify(newsletter.name).replace("_", "-")[:_LONGEST_LABEL].strip("-")
    if not label or Newsletter.objects.filter(list_label=label).exists():
        return f"news-{newsletter.public_id}"
    return label
