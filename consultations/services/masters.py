"""Categories, corrections of the calendar, and words for which nothing was found."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consultations import permissions
from consultations.models import CalendarOverride, Category, ZeroHitWord
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

CATEGORY_FIELDS = ("name", "description", "intro", "words", "icon", "is_risk", "position", "is_active")
OVERRIDE_FIELDS = ("on", "is_holiday", "name")


@transaction.atomic
def save_category(*, category: Category, values: Mapping[str, Any], by: Any) -> Category:
    """Changes texts, words, icon, order, risk flag or use of a category. The slug never changes."""
    locked = Category.objects.select_for_update().get(pk=category.pk)
    permissions.check_can_edit_categories(by)
    if locked.is_active and not values.get("is_active", True):
        permissions.check_can_deactivate_category(by, locked)
    before = audit.snapshot(locked, CATEGORY_FIELDS)
    for name, value in values.items():
        setattr(locked, name, value)
    locked.full_clean()
    locked.save()
    _record_change("consultations.category_changed", locked, before, CATEGORY_FIELDS, by)
    return locked


@transaction.atomic
def save_override(*, override: CalendarOverride, values: Mapping[str, Any], by: Any) -> CalendarOverride:
    """Adds or changes a correction to the public holidays, for every window."""
    permissions.check_can_edit_calendar(by)
    is_new = override._state.adding
    before: dict[str, Any] = {}
    if not is_new:
        override = CalendarOverride.objects.select_for_update().get(pk=override.pk)
        before = audit.snapshot(override, OVERRIDE_FIELDS)
    for name, value in values.items():
        setattr(override, name, value)
    override.full_clean()
    override.save()
    verb = "added" if is_new else "changed"
    _record_change(f"consultations.override_{verb}", override, before, OVERRIDE_FIELDS, by)
    return override


@transaction.atomic
def delete_override(*, override: CalendarOverride, by: Any) -> None:
    permissions.check_can_edit_calendar(by)
    old = audit.snapshot(override, OVERRIDE_FIELDS)
    audit.record(type="consultations.override_deleted", by=by, obj=override, old=old)
    override.delete()
    transaction.on_commit(forget_public_pages)


@transaction.atomic
def forget_word(*, word: ZeroHitWord, by: Any) -> None:
    permissions.check_can_forget_words(by)
    audit.record(type="consultations.word_forgotten", by=by, old={"word": word.word, "count": word.count})
    word.delete()


@transaction.atomic
def adopt_word(*, word: ZeroHitWord, category: Category, by: Any) -> Category:
    """The word leads to `category` from now on, and is no longer counted as not found."""
    permissions.check_can_edit_categories(by)
    if not category.is_active:
        raise Refused(_("使っていない分野には加えられません。"))
    words = Category.objects.select_for_update().get(pk=category.pk).word_list
    if word.word not in words:
        category = save_category(category=category, values={"words": "\n".join([*words, word.word])}, by=by)
    word.delete()
    return category


def _record_change(type_: str, obj: Any, before: dict[str, Any], fields: tuple[str, ...], by: Any) -> None:
    old, new = audit.difference(before, audit.snapshot(obj, fields))
    if new:
        audit.record(type=type_, by=by, obj=obj, old=old if before else {}, new=new)
        transaction.on_commit(forget_public_pages)
