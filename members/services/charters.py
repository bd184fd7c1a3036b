"""Versions of the charter: written, published once, never changed afterwards."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from members import mails, permissions
from members.models import Charter, CharterNotice, Membership, Organization, User
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

CHARTER_FIELDS = ("title", "change_summary", "effective_on")
TELLING_DAYS = 30  # after that a version is no news, e.g. when the portal was put back from a copy
MOST_TOLD_AT_ONCE = 500
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
    if charter.number > 1 and not charter.change_summary:
        raise ValidationError({"change_summary": _("前の版から変わったことを書いてください。")})
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


@transaction.atomic
def tell_of_charter() -> int:
    """Mails the managers about a version that has come into force, in the order of their keys; each once.

    Returns how many, at most MOST_TOLD_AT_ONCE: the next round goes on from there. Who becomes a manager later reads
    of it on their page.
    """
    charter = Charter.objects.in_force()
    if charter is None or charter.number == 1 or not _is_news(charter):
        return 0
    CharterNotice.objects.get_or_create(charter=charter)
    notice = CharterNotice.objects.select_for_update().get(charter=charter)
    if notice.finished_at is not None:
        return 0
    managing = Membership.objects.managers().filter(organization__in=Organization.objects.active())
    people = User.objects.filter(
        is_active=True, pk__gt=notice.told_through, pk__in=managing.order_by().values("user")
    ).order_by("pk")[:MOST_TOLD_AT_ONCE]
    told = []
    for person in people:
        mails.send_charter_in_force(charter, person)
        told.append(person.pk)
    if len(told) < MOST_TOLD_AT_ONCE:
        notice.finished_at = timezone.now()
        audit.record(type="members.charter_told", by=None, obj=charter)
    notice.told_through = max(told, default=notice.told_through)
    notice.save()
    return len(told)


def _is_news(charter: Charter) -> bool:
    """`charter` is in force: since when?"""
    since = charter.effective_on
    if charter.published_at is not None:
        since = max(since, timezone.localdate(charter.published_at))
    return timezone.localdate() - since < dt.timedelta(days=TELLING_DAYS)


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
