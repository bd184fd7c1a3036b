"""How far each field may go: shown to everybody, kept among those who work with it, or about a person.

A model says so field by field in an inner class `Privacy`; what third parties store is declared by `declare()`.

| name               | holds                                                                                    |
|--------------------|------------------------------------------------------------------------------------------|
| `public`           | anybody may see it                                                                       |
| `internal`         | those who work with the row                                                              |
| `personal`         | about a person: handed to that person, gone with an erasure, never in the audit record   |
| `free_text`        | of the fields above: free words that may speak of people; treated as personal            |
| `withheld`         | of the fields above: never handed out (secrets, remarks of staff, words about others)    |
| `about`            | paths to the key of the user a row is about                                              |
| `known_by`         | paths to the mail address of the person a row is about                                   |
| `also_about`       | static method: Person -> Q, for a row that leads to its person in another way            |
| `leads_to_nobody`  | why no user and no address leads to what is personal here                                |

Keys of users and mail addresses among the personal fields are paths by themselves; only others are named.
Export (`platform_portal.personal_data`), erasure and the audit record all read this.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q


class FieldClass(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose data: somebody with an account, or somebody of whom only an address is known. Addresses in lower case."""

    user_id: int | None
    addresses: frozenset[str]
    names: frozenset[str] = frozenset()


_declared_elsewhere: dict[str, type] = {}
_free_of_people: dict[str, str] = {}


def declare(label: str, declaration: type) -> None:
    """`declaration` is what the inner class would be; `label` names a third party's model, in lower case."""
    _declared_elsewhere[label] = declaration


def declare_free_of_people(label: str, *, because: str) -> None:
    _free_of_people[label] = because


def is_free_of_people(model: type[models.Model]) -> bool:
    """A third party's model of which somebody has said that it never holds anything about people."""
    return bool(_free_of_people.get(model._meta.label_lower))


def privacy_of(model: type[models.Model]) -> Any:
    """The declaration of `model`, or None."""
    return getattr(model, "Privacy", None) or _declared_elsewhere.get(model._meta.label_lower)


def classification_of(model: type[models.Model]) -> dict[str, FieldClass]:
    """{field name: its class}, many-to-many fields included. Raises ValueError for a field declared twice."""
    declared: dict[str, FieldClass] = {}
    for field_class in FieldClass:
        for name in getattr(privacy_of(model), field_class.value):
            if name in declared:
                raise ValueError(f"{model.__name__}.{name} is declared twice")
            declared[name] = field_class
    return declared


def stored_fields(model: type[models.Model]) -> set[str]:
    """Names of all fields of `model` that hold a value of its own, the row's number aside."""
    fields = (*model._meta.concrete_fields, *model._meta.many_to_many)
    return {field.name for field in fields if not field.primary_key}


def names_in(model: type[models.Model], *kinds: str) -> set[str]:
    """What `model` names under `kinds`: "personal", "free_text", "withheld"."""
    privacy = privacy_of(model)
    return {name for kind in kinds for name in getattr(privacy, kind, ())}


def words_about_people(model: type[models.Model]) -> dict[str, "models.Field[Any, Any]"]:
    """Fields whose own value says something about a person, by name; keys of other rows do not."""
    names = names_in(model, "personal", "free_text")
    return {
        field.name: field
        for field in model._meta.concrete_fields
        if field.name in names and not field.is_relation and not field.primary_key
    }


def paths_to_users(model: type[models.Model]) -> list[str]:
    """Look-ups that answer the key of the user whom a row is about."""
    paths = list(getattr(privacy_of(model), "about", ()))
    for field in _personal_fields(model):
        if not field.is_relation or field.related_model is None:
            continue
        if field.related_model is get_user_model():
            paths.append(field.name)
        elif privacy_of(field.related_model) is not None and field.related_model is not model:
            paths += [f"{field.name}__{path}" for path in paths_to_users(field.related_model)]
    return paths


def paths_to_addresses(model: type[models.Model]) -> list[str]:
    """Look-ups that answer a mail address of the person whom a row is about."""
    paths = list(getattr(privacy_of(model), "known_by", ()))
    return paths + [field.name for field in _personal_fields(model) if isinstance(field, models.EmailField)]


def models_about_people() -> Iterator[type[models.Model]]:
    """Every model from whose rows a person can be found."""
    for model in apps.get_models():
        if privacy_of(model) is not None and (paths_to_users(model) or paths_to_addresses(model)):
            yield model


def rows_about(model: type[models.Model], person: Person) -> "models.QuerySet[Any]":
    """The rows of `model` that speak of `person`, oldest first."""
    about = Q(pk__in=[])
    if person.user_id is not None:
        for path in paths_to_users(model):
            about |= Q(**{path: person.user_id})
    for path in paths_to_addresses(model):
        for address in person.addresses:
            about |= Q(**{f"{path}__iexact": address})
    also_about = getattr(privacy_of(model), "also_about", None)
    if also_about is not None:
        about |= also_about(person)
    rows = model._base_manager
    # By keys: a path through other rows must not repeat a row.
    return rows.filter(pk__in=rows.filter(about).values("pk")).order_by("pk")


def _personal_fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    names = names_in(model, "personal")
    return [field for field in model._meta.concrete_fields if field.name in names]
