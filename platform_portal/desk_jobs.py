"""What waits for somebody of the desk: its first page.

Apps tell what waits in them without being imported by the page: each registers a provider when it starts.
A provider answers with a constant number of queries, and only with what the person may do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """One kind of work: what it is, how much of it there is, and where it is done."""

    words: str
    hint: str
    count: int
    address: str


Provider = Callable[[Any], Iterable[Job]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Called in an app's `ready()`; twice is once. What is registered first stands first."""
    if provider not in _providers:
        _providers.append(provider)


def registered_jobs(user: Any) -> list[Job]:
    return [job for provider in _providers for job in provider(user)]
