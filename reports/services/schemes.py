"""The grant of a year and its categories."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from reports.models import GrantCategory, GrantScheme
from reports.permissions.annual import check_can_edit_scheme
from reports.services.locking import lock_scheme

FIELDS = ("official_name", "rate_numerator", "rate_denominator", "ceiling_yen", "source_url", "source_note")


@transaction.atomic
def begin_year(*, fiscal_year: int, values: Mapping[str, Any], by: Any) -> GrantScheme:
    """The scheme of a year that has none. The categories of the year before come along, all of them unconfirmed: the
    grant changes every year. Raises Refused, ValidationError."""
    check_can_edit_scheme(by)
    scheme = GrantScheme(fiscal_year=fiscal_year, **{name: values[name] for name in FIELDS if name in values})
    scheme.full_clean()
    scheme.save()
    before = GrantScheme.objects.filter(fiscal_year__lt=fiscal_year).order_by("-fiscal_year").first()
    if before is not None:
        GrantCategory.objects.bulk_create(
            GrantCategory(scheme=scheme, number=each.number, label=each.label)
            for each in before.categories.all()
        )
    audit.record(type="reports.scheme_begun", by=by, obj=scheme, new=audit.snapshot(scheme, FIELDS))
    return scheme


@transaction.atomic
def change_scheme(*, scheme: GrantScheme, values: Mapping[str, Any], by: Any) -> GrantScheme:
    """Raises Refused, ValidationError."""
    locked = lock_scheme(scheme.pk)
    check_can_edit_scheme(by, locked)
    before = audit.snapshot(locked, FIELDS)
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    locked.full_clean()
    locked.save()
    old, new = audit.difference(before, audit.snapshot(locked, FIELDS))
    if new:
        audit.record(type="reports.scheme_changed", by=by, obj=locked, old=old, new=new)
    return locked


@transaction.atomic
def write_category(*, scheme: GrantScheme, number: int, label: str, by: Any) -> GrantCategory:
    """Adds or rewords one. Words that changed are unconfirmed again. Raises Refused, ValidationError."""
    locked = lock_scheme(scheme.pk)
    check_can_edit_scheme(by, locked)
    category = GrantCategory.objects.filter(scheme=locked, number=number).first()
    category = category or GrantCategory(scheme=locked, number=number)
    old = category.label
    if category.pk and old == label.strip():
        return category
    category.label = label.strip()
    category.confirmed_at = category.confirmed_by = None
    category.full_clean()
    category.save()
    audit.record(
        type="reports.category_written",
        by=by,
        obj=category,
        old={"label": old},
        new={"label": category.label},
    )
    return category


@transaction.atomic
def confirm_category(*, category: GrantCategory, label: str, by: Any) -> GrantCategory:
    """Somebody has seen these very words in the papers of the grant. `label`: the words that they saw on the page.

    Raises Refused, ValidationError.
    """
    scheme = lock_scheme(category.scheme_id)
    check_can_edit_scheme(by, scheme)
    locked: GrantCategory = GrantCategory.objects.get(pk=category.pk)
    if locked.label != label:
        raise Refused(_("画面を開いてから、区分の言葉が変わりました。今の言葉を確かめてください。"))
    if locked.is_confirmed:
        return locked
    locked.confirmed_at, locked.confirmed_by = timezone.now(), by
    locked.full_clean()
    locked.save()
    audit.record(type="reports.category_confirmed", by=by, obj=locked, new={"label": locked.label})
    return locked


@transaction.atomic
def remove_category(*, category: GrantCategory, by: Any) -> None:
    """Only one that nothing uses. Raises Refused."""
    scheme = lock_scheme(category.scheme_id)
    check_can_edit_scheme(by, scheme)
    if category.activity_links.exists() or category.projects.exists():
        raise Refused(_("この区分を使っている事業があるので、消せません。先に事業の区分を変えてください。"))
    audit.record(
        type="reports.category_removed",
        by=by,
        obj=category,
        old={"number": category.number, "label": category.label},
    )
    category.delete()


def check_belong_to(scheme: GrantScheme, categories: list[GrantCategory], field: str = "categories") -> None:
    """Raises ValidationError for a category of another year."""
    if any(each.scheme_id != scheme.pk for each in categories):
        raise ValidationError({field: _("ほかの年度の区分は選べません。")})
