"""What other parts of the portal keep for an organisation, as its page on the desk lists it.

Apps above this one register a provider when they start, as for `members.waiting`. Constant queries each.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from members.models import Organization


@dataclass(frozen=True, slots=True)
class Belonging:
    """One thing: what it is called, how it stands, where it is seen."""

    words: str
    state: str
    address: str


@dataclass(frozen=True, slots=True)
class Belongings:
    """Things of one kind. `left`: what has to be done about them when the organisation has left."""

    title: str
    rows: list[Belonging]
    left: str = ""


Provider = Callable[[Organization], Belongings]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called in an app's `ready()`; twice is once."""
    if provider not in _providers:
        _providers.append(provider)


def belongings_of(organization: Organization) -> Iterable[Belongings]:
    return [provider(organization) for provider in _providers]
