"""Who may write, approve and send issues. Twins: `check_can_x` raises with a reason, `can_x` answers yes or no."""

from typing import Any

from django.utils.translation import gettext as _

from newsletters.models import EDITABLE_STATES, Issue, IssueState
from newsletters.workflow import ISSUE_WAYS
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission


def check_can_edit_issue(user: Any, issue: Issue) -> None:
    check_has(user, Permission.EDIT_ISSUES)
    if issue.state not in EDITABLE_STATES:
        raise Refused(
            _("この号は「%(state)s」なので、もう直せません。") % {"state": issue.get_state_display()}
        )


def can_edit_issue(user: Any, issue: Issue) -> bool:
    return passes(check_can_edit_issue, user, issue)


def check_can_move_issue(user: Any, issue: Issue, to: IssueState) -> None:
    """For the steps of people; those of the portal itself are refused to everybody."""
    way = ISSUE_WAYS.get((IssueState(issue.state), to))
    if way is None or way.permission is None:
        raise Refused(
            _("「%(before)s」から「%(after)s」へは進めません。画面を読み込み直してください。")
            % {"before": issue.get_state_display(), "after": to.label}
        )
    check_has(user, way.permission)
    if way.needs_other_person and user.pk in {issue.author_id, issue.requested_by_id}:
        raise Refused(_("自分が書いたものを、自分で認めることはできません。ほかの人に確認を頼んでください。"))


def can_move_issue(user: Any, issue: Issue, to: IssueState) -> bool:
    return passes(check_can_move_issue, user, issue, to)
