"""States of anything the public may see, and the one table of ways between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class State(models.TextChoices):
    DRAFT = "draft", _("下書き")
    IN_REVIEW = "in_review", _("確認待ち")
    PUBLISHED = "published", _("公開中")
    SUSPENDED = "suspended", _("公開停止中")
    ARCHIVED = "archived", _("保管済み")


@dataclass(frozen=True, slots=True)
class Way:
    """One permitted step. `verb` ends the audit type, e.g. consultations.window_<verb>.

    `permission` None: it does not hang on a role; whoever offers the step has its own check.
    """

    verb: str
    label: "str | _StrPromise"
    permission: Permission | None
    needs_other_person: bool = False
    needs_reason: bool = False

    @property
    def remark(self) -> str:
        return "other person" if self.needs_other_person else ""


class Step(Protocol):
    """What the diagram needs to know of a way."""

    @property
    def verb(self) -> str: ...

    @property
    def remark(self) -> str: ...


Ways = dict[tuple[State, State], Way]


def diagram(ways: Mapping[tuple[Any, Any], Step], start: str = State.DRAFT) -> str:
    """The table as a Mermaid state diagram; `docs/` holds a copy and a test compares the two."""
    lines = ["stateDiagram-v2", f"    [*] --> {start}"]
    for (before, after), way in sorted(ways.items(), key=lambda item: (item[0][0].value, item[0][1].value)):
        remark = f" ({way.remark})" if way.remark else ""
        lines.append(f"    {before.value} --> {after.value}: {way.verb}{remark}")
    return "\n".join(lines) + "\n"
