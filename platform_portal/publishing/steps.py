"""The steps that lead on from the state of something, as the buttons of its page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from platform_portal.access.checks import reason_against
from platform_portal.publishing.models import Publishable
from platform_portal.publishing.states import State, Ways

FORWARD = frozenset({State.IN_REVIEW, State.PUBLISHED})
"""What others are asked to look at must be ready for them."""
WAYS_OUT = frozenset({State.SUSPENDED, State.ARCHIVED})


@dataclass(frozen=True, slots=True)
class NextStep:
    """A button of the workflow; `against` says why it cannot be pressed, or is empty."""

    to: str
    label: str
    against: str

    @property
    def is_way_out(self) -> bool:
        return self.to in WAYS_OUT

    @property
    def is_main(self) -> bool:
        """What the thing waits for, if this person may do it: the one primary button of the page."""
        return not self.against and self.to in FORWARD


def steps_from(state: str, ways: Ways, against: Callable[[State], str]) -> list[NextStep]:
    """Every way that leads on, also those that this person may not take. `against`: see reason_against_step()."""
    return [
        NextStep(to.value, str(way.label), against(to))
        for (before, to), way in ways.items()
        if before == state
    ]


def reason_against_step(
    user: Any,
    obj: Publishable,
    to: State,
    *,
    may_move: Callable[[Any, Any, State], None],
    is_ready: Callable[[Any], None],
) -> str:
    """Why `user` may not move `obj` now, or it is not ready for that; empty when nothing is against it."""
    against = reason_against(may_move, user, obj, to)
    if against or to not in FORWARD:
        return against
    return reason_against(is_ready, obj)
