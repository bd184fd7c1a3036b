"""Who hears that somebody begins or ceases to act for an organisation. Apps above this one register when they start."""

from collections.abc import Callable

from members.models import Membership

Listener = Callable[[Membership], None]
_of_beginnings: list[Listener] = []
_of_endings: list[Listener] = []


def register(*, began: Listener, ended: Listener) -> None:
    """Called in an app's `ready()`; twice is once. Both run inside the transaction, after the row was written.

    An erasure tells nobody: what belongs to the person is erased app by app.
    """
    if began not in _of_beginnings:
        _of_beginnings.append(began)
        _of_endings.append(ended)


def tell_began(membership: Membership) -> None:
    for listener in _of_beginnings:
        listener(membership)


def tell_ended(membership: Membership) -> None:
    for listener in _of_endings:
        listener(membership)
