"""What an organisation says about itself: which change goes live at once, which waits, which only the desk makes.

Every field of the model stands in exactly one of the four lists; a test fails for one that does not.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Organization, OrganizationRevision
from platform_portal.audit import services as audit
from platform_portal.privacy import FieldClass, classification_of
from platform_portal.region.models import Municipality

# Whoever may write for the organisation changes these; nobody is harmed by a slip.
AT_ONCE = (
    "is_prefecture_wide",
    "activity_areas",
    "target_people",
    "strengths",
    "office_phone",
    "office_email",
)
# Who it is, where it is and how residents reach it: a second person looks first.
AFTER_REVIEW = (
    "name",
    "kana",
    "sector",
    "corporate_number",
    "municipality",
    "address",
    "address_visibility",
    "profile",
    "website",
    "public_phone",
    "public_email",
    "logo",
)
STAFF_ONLY = ("kind", "is_listed", "joined_on", "internal_note")
# Written by services alone.
BY_THE_PORTAL = (
    "public_id",
    "state",
    "left_on",
    "leaving_reason",
    "merged_into",
    "scrubbed_at",
    "search_text",
    "created_at",
    "updated_at",
)
BY_MEMBERS = (*AT_ONCE, *AFTER_REVIEW)
BY_STAFF = (*AFTER_REVIEW, *AT_ONCE, *STAFF_ONLY)


def describe(organization: Organization, names: Iterable[str] = BY_STAFF) -> dict[str, Any]:
    """The fields as JSON scalars: what the record and a revision hold. The logo is its place in the storage."""
    return audit.snapshot(organization, names)


def write(organization: Organization, values: Mapping[str, Any]) -> None:
    """Sets values of forms (instances, lists of instances, a place for the logo) and saves; checks everything."""
    many = {name for name in values if Organization._meta.get_field(name).many_to_many}
    for name, value in values.items():
        if name not in many:
            setattr(organization, name, value)
    organization.full_clean()
    organization.save()
    for name in many:
        getattr(organization, name).set(values[name])


def values_of(description: Mapping[str, Any]) -> dict[str, Any]:
    """The reverse of `describe`: what a form or `write` takes."""
    values: dict[str, Any] = {}
    for name, value in description.items():
        field = Organization._meta.get_field(name)
        if field.many_to_many:
            values[name] = list(_rows(field, value))
        elif isinstance(field, models.ForeignKey):
            values[name] = next(iter(_rows(field, [value] if value else [])), None)
        else:
            values[name] = value
    return values


def label_of(name: str) -> str:
    return str(Organization._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # own fields only


def reach_of(name: str) -> str:
    """How far a field may go, in words."""
    if name == "address":
        return _("「住所の公開」による")
    if name == "internal_note":
        return _("県・事務局だけ")
    words = {
        FieldClass.PUBLIC: _("公開"),
        FieldClass.INTERNAL: _("県・事務局と団体だけ"),
        FieldClass.PERSONAL: _("県・事務局と団体だけ"),
    }
    return words[classification_of(Organization)[name]]


class Words:
    """Values of descriptions in words. The names that keys stand for are fetched once."""

    def __init__(self) -> None:
        self._names: dict[str, dict[Any, str]] = {}

    def of(self, name: str, value: Any) -> str:
        field = Organization._meta.get_field(name)
        if value is None or value == "" or value == []:
            return _("なし")
        if field.many_to_many:
            return "・".join(self._name(field, key) for key in value)
        if isinstance(field, models.ForeignKey):
            return self._name(field, value)
        if isinstance(value, bool):
            return _("はい") if value else _("いいえ")
        if name == "logo":
            return _("あり")
        if isinstance(field, models.DateField):
            return date_format(dt.date.fromisoformat(value), "Y年n月j日")
        choices = dict(getattr(field, "flatchoices", None) or ())
        return str(choices.get(value, value))

    def _name(self, field: Any, key: Any) -> str:
        label = field.related_model._meta.label
        if label not in self._names:
            rows = field.related_model._default_manager.values_list("pk", "name")
            if field.related_model is Municipality:
                rows = Municipality.objects.own().values_list("pk", "name")
            self._names[label] = dict(rows)
        return self._names[label].get(key, str(key))


def changes_in_words(revision: OrganizationRevision, words: Words) -> list[tuple[str, str, str, str]]:
    """(field, label, before, proposed) for the side-by-side page, in the order of the form."""
    return [
        (
            name,
            label_of(name),
            words.of(name, revision.before.get(name)),
            words.of(name, revision.proposed[name]),
        )
        for name in BY_STAFF
        if name in revision.proposed
    ]


def _rows(field: Any, keys: Iterable[Any]) -> Iterable[Any]:
    model: type[models.Model] = field.related_model
    found = model._default_manager.in_bulk(list(keys))
    return [found[key] for key in keys if key in found]
