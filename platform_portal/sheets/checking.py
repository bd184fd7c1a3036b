"""The models' own rules, asked for many rows without asking the database for each."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from platform_portal.sheets.planning import Problem
from platform_portal.sheets.reading import Row


def _as_text(_name: str, value: Any) -> str:
    return str(value)


class Constraints:
    """Remembers what was asked: a thousand rows with the same values cost one question.

    `matters(field, value)`: as much of a value as a constraint looks at.
    """

    def __init__(self, matters: Callable[[str, Any], str] = _as_text) -> None:
        self._matters = matters
        self._answers: dict[Any, str] = {}

    def broken_by(self, instance: models.Model, known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """(field to show it at, reason). Only constraints that speak of nothing but `known` fields."""
        for constraint, names in _constraints_about(type(instance), known):
            key = (constraint.name, *(self._matters(name, getattr(instance, name)) for name in names))
            if key not in self._answers:
                self._answers[key] = _why_broken(constraint, instance)
            if self._answers[key]:
                yield names[0], self._answers[key]


def field_problems(
    instance: models.Model, names: tuple[str, ...], header: Callable[[str], str]
) -> Iterator[Problem]:
    """What the fields `names` themselves refuse; `header` tells where each stands in the file."""
    try:
        instance.clean_fields(exclude=_others(type(instance), names))
    except ValidationError as error:
        messages: Mapping[str, list[str]] = error.message_dict
        for name, reasons in messages.items():
            yield Problem(header(name), str(getattr(instance, name) or ""), " ".join(reasons))


def stray_cells(row: Row, named: Collection[int]) -> Iterator[Problem]:
    """Text in columns without a header; `named`: indices of those that have one."""
    for index, cell in enumerate(row.cells):
        if index not in named and cell.strip():
            column, reason = (
                _("%s列目") % (index + 1),
                _("見出しのない列に文字があります。列がずれていませんか。"),
            )
            yield Problem(column, cell[:60], reason)


@cache
def _constraints_about(
    model: type[models.Model], known: tuple[str, ...]
) -> list[tuple[models.CheckConstraint, list[str]]]:
    """(constraint, names of its fields) of those that speak of nothing but `known` fields."""
    found = []
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            names = sorted(cast(models.Q, constraint.condition).referenced_base_fields)
            if set(names) <= set(known):
                found.append((constraint, names))
    return found


@cache
def _others(model: type[models.Model], names: tuple[str, ...]) -> set[str]:
    return {each.name for each in model._meta.get_fields()} - set(names)


def _why_broken(constraint: models.CheckConstraint, instance: models.Model) -> str:
    try:
        constraint.validate(type(instance), instance)
    except ValidationError as error:
        if constraint.violation_error_message == constraint.default_violation_error_message:
            return _("ほかの欄と合わない値です。この欄と、種類や区分の欄を確かめてください。")
        return " ".join(error.messages)
    return ""
