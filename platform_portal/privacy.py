"""How far each field may go: shown to everybody, kept among those who work with it, or about a person.

A model says so field by field in an inner class `Privacy` with `public`, `internal` and `personal`. What is personal
is what an export of somebody's data holds and what an erasure removes.
"""

from enum import StrEnum

from django.db import models


class FieldClass(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"


def classification_of(model: type[models.Model]) -> dict[str, FieldClass]:
    """{field name: its class}, many-to-many fields included. Raises ValueError for a field declared twice."""
    declared: dict[str, FieldClass] = {}
    for field_class in FieldClass:
        for name in getattr(model.Privacy, field_class.value):  # type: ignore[attr-defined]  # an inner class of ours
            if name in declared:
                raise ValueError(f"{model.__name__}.{name} is declared twice")
            declared[name] = field_class
    return declared


def stored_fields(model: type[models.Model]) -> set[str]:
    """Names of all fields of `model` that hold a value of its own, the row's number aside."""
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return {field.name for field in fields if not field.primary_key}
