"""What waits for a member: the top of `/my/`.

Apps above this one tell what waits in them without being imported here: each registers a provider when it starts.
A provider answers with a constant number of queries, however many organisations somebody acts for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from members.models import Membership, User


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work: what it is, how much of it there is, and where it is done."""

    words: str
    hint: str
    count: int
    address: str


# `memberships`: those of the user that hold today, each with its organisation.
Provider = Callable[[User, Sequence[Membership]], Iterable[Waiting]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called in an app's `ready()`; twice is once. What is registered first stands first."""
    if provider not in _providers:
        _providers.append(provider)


def waiting_for(user: User, memberships: Sequence[Membership]) -> list[Waiting]:
    """Only what there is: a member is not told of nothing."""
    return [item for provider in _providers for item in provider(user, memberships) if item.count]
