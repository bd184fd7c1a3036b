"""What waits in the newsletters for somebody of the desk: its first page."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.models import Issue, IssueState
from newsletters.services.duties import waiting_for
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.desk_jobs import Job


def issue_jobs(user: Any) -> Iterable[Job]:
    """One query for the turns, one for each kind of work at issues."""
    if has(user, Permission.APPROVE_ISSUES):
        rows = (
            Issue.objects.filter(state=IssueState.IN_REVIEW).exclude(author=user).exclude(requested_by=user)
        )
        yield from _of(
            rows.order_by("requested_at"),
            _("確認を待っているメルマガの号"),
            _("ほかの人が書いた号です。届くメールを見て、承認するか、戻します。"),
            "desk-issue-approve",
        )
    if has(user, Permission.SEND_ISSUES):
        yield from _of(
            Issue.objects.filter(state=IssueState.APPROVED).order_by("approved_at"),
            _("送る時刻の決まっていない号"),
            _("承認が済んでいます。送る時刻を決めます。"),
            "desk-issue-schedule",
        )
    if has(user, Permission.EDIT_ISSUES):
        turns = list(waiting_for(user, _end_of_month(timezone.localdate())))
        if turns:
            yield Job(
                _("今月の編集の当番"),
                _("メルマガの号を書いて、確認に出します。"),
                len(turns),
                reverse("newsletters:desk-duty-list"),
            )


def _of(rows: Any, words: str, hint: str, page: str) -> Iterable[Job]:
    keys = list(rows.values_list("public_id", flat=True))
    if keys:
        yield Job(words, hint, len(keys), reverse(f"newsletters:{page}", args=[keys[0]]))


def _end_of_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
