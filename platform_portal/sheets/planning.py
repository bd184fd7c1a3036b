"""What a file would do, row by row, before anything is done."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

Content = dict[str, Any]


class Outcome(StrEnum):
    REFUSED = "refused"
    CREATED = "created"
    PROPOSED = "proposed"  # kept until a second person has looked
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Problem:
    column: str
    value: str
    reason: str


@dataclass
class PlannedRow:
    """One row of the file. `changes` are (header, old, new); a refused row says why in `problems`."""

    number: int
    outcome: Outcome = Outcome.UNCHANGED
    public_id: str = ""
    title: str = ""
    target: Any = None  # what is there already
    before: Content = field(default_factory=dict)
    after: Content = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    is_proposal: bool = False

    def settle(self) -> None:
        """Says what becomes of the row, once changes and problems are known."""
        if self.problems:
            self.outcome = Outcome.REFUSED
        elif self.target is None:
            self.outcome = Outcome.CREATED
        elif self.changes:
            self.outcome = Outcome.PROPOSED if self.is_proposal else Outcome.CHANGED


P = TypeVar("P", bound=PlannedRow)


@dataclass
class Plan(Generic[P]):
    rows: Sequence[P]
    kind: str

    @property
    def counts(self) -> dict[Outcome, int]:
        found = Counter(row.outcome for row in self.rows)
        return {outcome: found[outcome] for outcome in Outcome}

    @property
    def plain_counts(self) -> dict[str, int]:
        return {str(outcome): count for outcome, count in self.counts.items()}

    @property
    def is_refused(self) -> bool:
        return any(row.problems for row in self.rows)

    @property
    def touched(self) -> list[P]:
        return [row for row in self.rows if row.outcome in {Outcome.CREATED, Outcome.CHANGED}]

    @property
    def proposed(self) -> list[P]:
        return [row for row in self.rows if row.outcome == Outcome.PROPOSED]

    @property
    def digest(self) -> str:
        """The same for the same effect: a plan made again is compared with the one that was shown."""
        facts = [
            [row.number, row.outcome, row.target.pk if row.target else None, row.changes] for row in self.rows
        ]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()

    def check(self, shown: str | None) -> None:
        """Raises PlanOutdatedError unless it does what `shown` (a digest) did, PlanRefusedError when rows are refused."""
        if shown is not None and self.digest != shown:
            raise PlanOutdatedError(self)
        if self.is_refused:
            raise PlanRefusedError(self)


class PlanRefusedError(Exception):
    """Some rows cannot be taken; nothing was changed. `plan` says which and why."""

    def __init__(self, plan: Plan[Any]) -> None:
        super().__init__("refused")
        self.plan = plan


class PlanOutdatedError(PlanRefusedError):
    """The data changed after the plan was shown; nothing was changed. `plan` is the new one."""


def summary(plan: Plan[Any]) -> str:
    """2件作成、1件変更、60件は同じ"""
    counts = plan.counts
    text = _("%(created)s件作成、%(changed)s件変更、%(unchanged)s件は同じ") % {
        "created": counts[Outcome.CREATED],
        "changed": counts[Outcome.CHANGED],
        "unchanged": counts[Outcome.UNCHANGED],
    }
    if counts[Outcome.PROPOSED]:
        text += _("、%s件は確認待ち") % counts[Outcome.PROPOSED]
    if counts[Outcome.REFUSED]:
        text += _("、%s件は取り込めません") % counts[Outcome.REFUSED]
    return text
