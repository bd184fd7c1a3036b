"""Versions of the charter: written, published once, never changed afterwards."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from members import permissions
from members.models import Charter
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

CHARTER_FIELDS = ("title", "change_summary", "effective_on")
_NUMBERING = 0x63686172  # one writer at a time draws the next number


@transaction.atomic
def write_charter(*, charter: Charter | None, values: Mapping[str, Any], by: Any) -> Charter:
    """Starts a new version (`charter` is None) or changes a draft. Raises Refused, ValidationError."""
    check_has(by, Permission.EDIT_CHARTERS)
    is_new = charter is None
    charter = Charter(number=_next_number()) if charter is None else _locked(charter, by)
    before = {} if is_new else _state_of(charter)
    for name, value in values.items():
        setattr(charter, name, value)
    charter.full_clean()
    charter.save()
    old, new = audit.difference(before, _state_of(charter))
    if is_new:
        audit.record(type="members.charter_added", by=by, obj=charter, new=new)
    elif new:
        audit.record(type="members.charter_changed", by=by, obj=charter, old=old, new=new)
    return charter


@transaction.atomic
def publish_charter(*, charter: Charter, text_hash: str, by: Any) -> Charter:
    """Makes a version binding from its date on, for good. `text_hash` is that of the words `by` has read.

    Raises Refused, ValidationError.
    """
    charter = _locked(charter, by)
    if charter.text_hash != text_hash:
        raise Refused(
            _("読んでいるあいだに、ほかの人が本文を変えました。もう一度読んでから公開してください。")
        )
    if Charter.objects.filter(published_at__isnull=False, number__gt=charter.number).exists():
        raise Refused(_("これより新しい版が、もう公開されています。新しい版を作ってください。"))
    newest = Charter.objects.filter(published_at__isnull=False).order_by("-number").first()
    if newest is not None and charter.effective_on < newest.effective_on:
        raise ValidationError(
            {
                "effective_on": _("効力が始まる日は、前の版（%(day)s）より後にしてください。")
                % {"day": newest.effective_on}
            }
        )
    charter.published_at, charter.published_by = timezone.now(), by
    charter.save(update_fields=["published_at", "published_by"])
    audit.record(type="members.charter_published", by=by, obj=charter, new={"text_hash": charter.text_hash})
    transaction.on_commit(forget_public_pages)
    return charter


@transaction.atomic
def delete_charter(*, charter: Charter, by: Any) -> None:
    """Throws a draft away. Raises Refused."""
    charter = _locked(charter, by)
    audit.record(type="members.charter_deleted", by=by, obj=charter, old=_state_of(charter))
    charter.delete()


def _locked(charter: Charter, by: Any) -> Charter:
    locked = Charter.objects.select_for_update().filter(pk=charter.pk).first()
    if locked is None:
        raise Refused(_("この下書きは、ほかの人が消しました。"))
    permissions.check_can_edit_charter(by, locked)
    return locked


def _state_of(charter: Charter) -> dict[str, Any]:
    """The text itself is kept in the version; the record holds its hash."""
    return {**audit.snapshot(charter, CHARTER_FIELDS), "text_hash": charter.text_hash}


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERING])
    return (Charter.objects.aggregate(last=Max("number"))["last"] or 0) + 1
