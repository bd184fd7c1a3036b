"""All that the portal holds about one person: handed out, counted before an erasure, erased.

What belongs to a person follows from the declarations (`platform_portal.privacy`), and so does what is emptied. An app
says here only where that is not enough: a row that goes wholly, one that has to be closed first, what stands in the way.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from platform_portal.privacy import (
    Person,
    models_about_people,
    names_in,
    privacy_of,
    rows_about,
    words_about_people,
)

Rows = models.QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Handling:
    """How an erasure treats the rows of one model. `words` says it on the page that asks first."""

    words: Any
    erase: Callable[[Rows, Any], None] | None = None  # (rows, by); None: they stay as they are
    # (rows, person, by): where only a part of a row is this person's. Called before the others, while all still stands.
    erase_of: Callable[[Rows, Person, Any], None] | None = None

    @property
    def stays(self) -> bool:
        return self.erase is None and self.erase_of is None


_handlings: dict[str, Handling] = {}
_obstacles: list[Callable[[Person], Iterable[str]]] = []


def handle(label: str, handling: Handling) -> None:
    """Called in an app's `ready()`; `label` in lower case."""
    _handlings[label] = handling


def ask_before_erasing(obstacles: Callable[[Person], Iterable[str]]) -> None:
    """`obstacles(person)`: sentences that say what has to be settled first, and how."""
    _obstacles.append(obstacles)


# --- Handing out --------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Field:
    name: str
    label: str
    value: Any  # for JSON
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one model."""

    label: str
    title: str
    rows: list[list[Field]]


def collect(person: Person) -> list[Section]:
    """Everything about `person`, by model. What is withheld is left out."""
    sections = []
    for model in models_about_people():
        names = [f.name for f in model._meta.concrete_fields if f.is_relation and not _is_user(f)]
        rows = [
            list(_fields_of(row)) for row in rows_about(model, person).select_related(*names).iterator(500)
        ]
        if rows:
            sections.append(Section(model._meta.label_lower, str(model._meta.verbose_name_plural), rows))
    return sections


def _fields_of(row: models.Model) -> Iterator[Field]:
    withheld_of = getattr(privacy_of(type(row)), "withheld_of", None)
    withheld = names_in(type(row), "withheld") | (withheld_of(row) if withheld_of else set())
    for field in row._meta.concrete_fields:
        if field.primary_key or field.name in withheld:
            continue
        value = getattr(row, field.attname)
        if isinstance(field, models.FileField):
            value = str(value)
        words = _in_words(row, field, value)
        said = words if field.is_relation and not _is_user(field) else value
        yield Field(field.name, str(field.verbose_name), said, words)


def _in_words(row: models.Model, field: Any, value: Any) -> str:
    if value in (None, "", [], {}):
        return "-"
    if _is_user(field):  # whose name is nobody's business here
        return _("利用者 %(number)s") % {"number": value}
    if field.is_relation:
        return str(getattr(row, field.name))
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(value), "Y年n月j日 G:i")
    display = getattr(row, f"get_{field.name}_display", None)
    return str(display() if display else value)


def _is_user(field: Any) -> bool:
    return field.is_relation and field.related_model is get_user_model()


# --- Erasing ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Found:
    """The rows of one model that are about somebody, and what an erasure does with them."""

    model: type[models.Model]
    keys: list[Any]
    words: str
    stays: bool

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name_plural)


def find(person: Person) -> list[Found]:
    """Counted before it is asked, and again before it is done."""
    found = []
    for model in models_about_people():
        keys = list(rows_about(model, person).values_list("pk", flat=True))
        if keys:
            handling = _handling_of(model)
            found.append(Found(model, keys, str(handling.words), handling.stays))
    return found


def obstacles(person: Person) -> list[str]:
    return [sentence for obstacle in _obstacles for sentence in obstacle(person)]


def erase(found: list[Found], *, person: Person, by: Any) -> None:
    """Needs the transaction of its caller, who has asked for obstacles. Keys were read before: one row leads to another."""
    for entry in found:
        handling = _handling_of(entry.model)
        if handling.erase_of is not None:
            handling.erase_of(entry.model._base_manager.filter(pk__in=entry.keys), person, by)
    for entry in found:
        handling = _handling_of(entry.model)
        if handling.erase is not None:
            handling.erase(entry.model._base_manager.filter(pk__in=entry.keys), by)


def empty_values(model: type[models.Model]) -> dict[str, Any]:
    """What stands in each field that says something about a person, once that is gone."""
    return {name: _empty(field) for name, field in words_about_people(model).items()}


def scrub(rows: Rows, by: Any = None) -> None:
    """Empties in `rows` what says something about a person; the rows stay."""
    rows.update(**empty_values(rows.model))


def _empty(field: "models.Field[Any, Any]") -> Any:
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField):
        return ""
    if isinstance(field, models.JSONField):
        return field.get_default()
    raise TypeError(f"{field} cannot be emptied: platform_portal.personal_data.handle() must say how")


def _handling_of(model: type[models.Model]) -> Handling:
    known = _handlings.get(model._meta.label_lower)
    if known is not None:
        return known
    if words_about_people(model):
        return Handling(_("名前や連絡先など、個人の情報を空にします。"), scrub)
    return Handling(_("利用者の番号だけが残ります。名前は出ません。"))
