"""What belongs to an organisation and goes along when it is merged into another. Apps register what they keep."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from members.models import Organization

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Move(Protocol):
    def __call__(self, *, source: Organization, target: Organization, by: Any) -> None:
        """Inside the transaction of the merge, both rows locked. Writes its own audit events."""


@dataclass(frozen=True, slots=True)
class Part:
    """`models`: labels of the models whose rows point to an organisation and are seen to here."""

    label: "str | _StrPromise"
    models: tuple[str, ...]
    count: Callable[[Organization], int]
    move: Move


_parts: list[Part] = []


def register(part: Part) -> None:
    if part.models not in [each.models for each in _parts]:
        _parts.append(part)


def parts() -> tuple[Part, ...]:
    return tuple(_parts)
