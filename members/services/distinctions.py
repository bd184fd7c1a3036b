"""「別の団体です」: two that look alike are kept apart, and that can be taken back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import permissions
from members.merging import Part, register
from members.models import Application, Distinction, Organization, OrganizationState
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit


@transaction.atomic
def mark_different(*, one: Organization, other: Organization | Application, by: Any) -> Distinction:
    """Nobody is shown the two as a likely double again. Once is enough: a second time changes nothing.

    Raises Refused, ValidationError.
    """
    permissions.check_can_mark_different(by, other)
    _lock(one, other)
    found: Distinction | None = _between(one, other).first()
    if found is not None:
        return found
    row = Distinction(one=one, marked_by=by)
    if isinstance(other, Application):
        row.application = other
    else:
        row.other = other
    row.full_clean()
    row.save()
    _record_marked(one, other, by)
    return row


@transaction.atomic
def take_back_difference(*, one: Organization, other: Organization | Application, by: Any) -> None:
    """The two are pointed out again as before. Raises Refused."""
    permissions.check_can_mark_different(by, other)
    _lock(one, other)
    if not _between(one, other).delete()[0]:
        raise Refused(_("この2つは、別の団体として記録されていません。画面を読み込み直してください。"))
    for obj, counterpart in ((one, other), (other, one)):
        gone = {"different_from": counterpart.public_id}
        audit.record(type="members.difference_taken_back", by=by, obj=obj, old=gone)


def _lock(one: Organization, other: Organization | Application) -> None:
    """In the order of their keys, as a merge does; raises Refused for one that a merge has ended."""
    keys = [each.pk for each in (one, other) if isinstance(each, Organization)]
    rows = Organization.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    for row in rows:
        if row.state == OrganizationState.MERGED:
            raise Refused(
                _("「%(name)s」は、もう「%(into)s」に統合されています。")
                % {"name": row.name, "into": row.merged_into}
            )


def _between(one: Organization, other: Organization | Application) -> Any:
    if isinstance(other, Application):
        return Distinction.objects.filter(one=one, application=other)
    return Distinction.objects.between(one.pk, other.pk)


def _record_marked(one: Organization, other: Organization | Application, by: Any) -> None:
    """In the record of both: whoever opens one of them sees it."""
    for obj, counterpart in ((one, other), (other, one)):
        new = {"different_from": counterpart.public_id}
        audit.record(type="members.marked_different", by=by, obj=obj, new=new)


# --- When one of them goes up in a third ------------------------------------------------------------
def register_distinctions() -> None:
    """Called once, when the app is ready."""
    register(Part(gettext_lazy("別の団体という記録"), (Distinction._meta.label,), _count, _move))


def _count(organization: Organization) -> int:
    return int(Distinction.objects.of(organization).count())


def _move(*, source: Organization, target: Organization, by: Any) -> None:
    """What is another body than the source is another body than the target too."""
    rows = Distinction.objects.of(source).select_related("one", "other", "application")
    for row in rows.select_for_update(of=("self",)).order_by("pk"):
        counterpart = row.counterpart_of(source)
        row.delete()
        became = counterpart.organization_id if isinstance(counterpart, Application) else counterpart.pk
        if became not in {source.pk, target.pk} and not _between(target, counterpart).exists():
            fields = {"application" if row.application else "other": counterpart}
            Distinction.objects.create(one=target, marked_at=row.marked_at, marked_by=row.marked_by, **fields)
            _record_marked(target, counterpart, by)
