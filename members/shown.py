"""What other parts of the portal show on the public page of an organisation.

Apps above this one register a provider when they start, as for `members.belongings`. Constant queries each.
"""

from collections.abc import Callable
from dataclasses import dataclass

from members.models import Organization


@dataclass(frozen=True, slots=True)
class Shown:
    """One line: what it is called, what to know about it, where it is."""

    words: str
    note: str
    address: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """Lines of one kind under a heading. Without lines nothing is shown. `more`: (words, address) of all there is."""

    title: str
    rows: list[Shown]
    more: tuple[str, str]


Provider = Callable[[Organization], ShownPart]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called in an app's `ready()`; twice is once."""
    if provider not in _providers:
        _providers.append(provider)


def shown_of(organization: Organization) -> list[ShownPart]:
    return [part for part in (provider(organization) for provider in _providers) if part.rows]
