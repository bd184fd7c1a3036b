"""Ways between the states of a consultation window and of a change of it. The only place that knows them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from platform_portal.access.roles import Permission
from platform_portal.publishing.revisions import RevisionState
from platform_portal.publishing.states import State, Way, Ways

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# What the portal does by itself, without a person: see services.asking.
PORTAL_WAYS: Ways = {
    (State.PUBLISHED, State.SUSPENDED): Way("suspended", _("公開を止める"), None, needs_reason=True),
}
WINDOW_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("確認を頼む"), Permission.EDIT_WINDOWS),
    (State.IN_REVIEW, State.PUBLISHED): Way(
        "published", _("認めて公開する"), Permission.APPROVE_WINDOWS, needs_other_person=True
    ),
    (State.IN_REVIEW, State.DRAFT): Way(
        "returned", _("下書きに戻す"), Permission.EDIT_WINDOWS, needs_reason=True
    ),
    # Stopping is one person's decision: a wrong number must go at once.
    (State.PUBLISHED, State.SUSPENDED): Way(
        "suspended", _("公開を止める"), Permission.EDIT_WINDOWS, needs_reason=True
    ),
    (State.SUSPENDED, State.IN_REVIEW): Way("resubmitted", _("もう一度確認を頼む"), Permission.EDIT_WINDOWS),
    (State.DRAFT, State.ARCHIVED): Way("archived", _("保管する"), Permission.EDIT_WINDOWS, needs_reason=True),
    (State.SUSPENDED, State.ARCHIVED): Way(
        "archived", _("保管する"), Permission.EDIT_WINDOWS, needs_reason=True
    ),
    (State.ARCHIVED, State.DRAFT): Way("restored", _("下書きとして戻す"), Permission.EDIT_WINDOWS),
}
EVENTS_OF_MOVES = frozenset(f"consultations.window_{way.verb}" for way in WINDOW_WAYS.values())
RETURNED = f"consultations.window_{WINDOW_WAYS[State.IN_REVIEW, State.DRAFT].verb}"

# What a member may do with a window of its own that was not published yet; permissions.py asks for the membership.
MEMBER_WAYS: Ways = {
    (State.DRAFT, State.IN_REVIEW): Way("submitted", _("確認を頼む"), None),
    (State.IN_REVIEW, State.DRAFT): Way("withdrawn", _("頼んだのを取り下げる"), None),
}


class Who(StrEnum):
    """Who takes a step with a pending change."""

    REVIEWER = "other person"
    AUTHOR = "author"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class RevisionWay:
    """One permitted step. `verb` ends the audit type: consultations.revision_<verb>."""

    verb: str
    label: "str | _StrPromise"
    who: Who
    needs_reason: bool = False

    @property
    def remark(self) -> str:
        return str(self.who)


PENDING, OVERTAKEN = RevisionState.PENDING, RevisionState.OVERTAKEN
REVISION_WAYS: dict[tuple[RevisionState, RevisionState], RevisionWay] = {
    (PENDING, PENDING): RevisionWay("replaced", _("申し出た変更を直した"), Who.AUTHOR),
    (PENDING, RevisionState.APPROVED): RevisionWay("approved", _("認めて公開する"), Who.REVIEWER),
    (PENDING, RevisionState.RETURNED): RevisionWay(
        "returned", _("差し戻す"), Who.REVIEWER, needs_reason=True
    ),
    (PENDING, RevisionState.WITHDRAWN): RevisionWay("withdrawn", _("取り下げる"), Who.AUTHOR),
    # Somebody changed the same fields of the live window: nothing is overwritten until a person has looked.
    (PENDING, OVERTAKEN): RevisionWay("overtaken", _("先に別の変更があった"), Who.PORTAL),
    (OVERTAKEN, PENDING): RevisionWay("replaced", _("申し出た変更を直した"), Who.AUTHOR),
    (OVERTAKEN, RevisionState.RETURNED): RevisionWay(
        "returned", _("差し戻す"), Who.REVIEWER, needs_reason=True
    ),
    (OVERTAKEN, RevisionState.WITHDRAWN): RevisionWay("withdrawn", _("取り下げる"), Who.AUTHOR),
}
