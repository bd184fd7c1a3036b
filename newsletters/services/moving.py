"""The one way to change the state of an issue."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.models import Issue, IssueState
from newsletters.permissions import check_can_move_issue
from newsletters.workflow import ISSUE_WAYS, PORTAL_TOO
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit

# What the way to a state leaves behind, beside the state itself.
_UNBOUND: dict[str, Any] = {
    "approved_at": None,
    "approved_by": None,
    "approved_sha256": "",
    "content": None,
    "send_at": None,
    "scheduled_at": None,
    "scheduled_by": None,
}


def lock_issue(issue: Issue) -> Issue:
    locked: Issue = (
        Issue.objects.select_for_update(of=("self",)).select_related("newsletter").get(pk=issue.pk)
    )
    return locked


@transaction.atomic
def move_issue(*, issue: Issue, to: IssueState, by: Any = None, reason: str = "", **values: Any) -> Issue:
    """Locks the row, checks table, permission and second person, writes state, stamps and `values`, audits.

    `by` None: the portal itself, on the ways that are its own. Raises Refused; then nothing was changed.
    """
    locked = lock_issue(issue)
    before = IssueState(locked.state)
    if by is None:
        _check_is_ours(before, to)
    else:
        check_can_move_issue(by, locked, to)
    way = ISSUE_WAYS[before, to]
    if way.needs_reason and not reason.strip():
        raise Refused(_("理由を書いてください。"))
    changed = {"state": to, **_stamps(locked, to, by), **values}
    for name, value in changed.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*changed, "updated_at"])
    audit.record(
        type=f"newsletters.issue_{way.verb}",
        by=by,
        obj=locked,
        old={"state": before.value},
        new={"state": to.value},
        note=reason.strip(),
    )
    return locked


def _check_is_ours(before: IssueState, to: IssueState) -> None:
    way = ISSUE_WAYS.get((before, to))
    if way is None or (way.permission is not None and (before, to) not in PORTAL_TOO):
        raise Refused(_("この号の状態が変わりました。画面を読み込み直してください。"))


def _stamps(locked: Issue, to: IssueState, by: Any) -> dict[str, Any]:
    """`x_at` and `x_by` that belong to the new state; those of states that are left behind go."""
    now = timezone.now()
    if to == IssueState.DRAFT:
        return {**_UNBOUND, "requested_at": None, "requested_by": None}
    if to == IssueState.IN_REVIEW:
        return {"requested_at": now, "requested_by": by}
    if to == IssueState.APPROVED and locked.state == IssueState.SCHEDULED:
        return {"send_at": None, "scheduled_at": None, "scheduled_by": None}
    if to == IssueState.APPROVED:
        return {"approved_at": now, "approved_by": by}
    if to == IssueState.SCHEDULED:
        return {"scheduled_at": now, "scheduled_by": by}
    if to == IssueState.PAUSED:
        return {"paused_at": now, "paused_by": by}
    if to == IssueState.SENDING:
        return {"paused_at": None, "paused_by": None}
    if to == IssueState.COMPLETED:
        # The day of an issue is the day on which it went out, whatever was sent once more since.
        return {"completed_at": locked.completed_at or now}
    return {"cancelled_at": now, "cancelled_by": by, "paused_at": None, "paused_by": None}
