"""What waits in the newsletters for somebody of the desk: its first page."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.models import Issue, IssueState
from newsletters.services.duties import waiting_for
from newsletters.troubles import STILL, troubled_issues
from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.desk_jobs import Job


def issue_jobs(user: Any) -> Iterable[Job]:
    """At most three queries: what stands in the way of sending, whose step is next, whose turn it is."""
    if has(user, Permission.SEND_ISSUES):
        yield from _troubles()
    if has(user, Permission.EDIT_ISSUES):
        yield from _steps(user)
        turns = list(waiting_for(user, _end_of_month(timezone.localdate())))
        if turns:
            yield Job(
                _("今月の編集の当番"),
                _("メルマガの号を書いて、確認に出します。"),
                len(turns),
                reverse("newsletters:desk-duty-list"),
            )


def _troubles() -> Iterable[Job]:
    """The worst first. Each leads to the issue that waits longest."""
    found: list[Any] = list(troubled_issues().defer("content", "body"))
    kinds: tuple[tuple[str, str, Callable[[Any], int]], ...] = (
        (
            _("数の合わない送信"),
            _(
                "あて先の数と、記録の数が違います。このままでは送り終えません。ポータルの管理者に知らせてください。"
            ),
            lambda issue: issue.is_unbalanced,
        ),
        (
            _("送信が進んでいない号"),
            _("%(minutes)s分より長く、1通も渡していません。ポータルの管理者に知らせてください。")
            % {"minutes": STILL // dt.timedelta(minutes=1)},
            lambda issue: issue.is_still,
        ),
        (
            _("届いたか分からないメール"),
            _("メールを中継するサーバーの記録を調べて、届いていたかどうかを決めます。"),
            lambda issue: issue.doubts,
        ),
        (
            _("一時停止中の号"),
            _("続きを送るか、残りを送らずにやめるかを決めます。"),
            lambda issue: issue.state == IssueState.PAUSED,
        ),
    )
    for words, hint, many_of in kinds:
        issues = [issue for issue in found if many_of(issue)]
        if issues:
            address = reverse("newsletters:desk-sending", args=[issues[0].public_id])
            yield Job(words, hint, sum(map(many_of, issues)), address)


def _steps(user: Any) -> Iterable[Job]:
    """Each leads to the issue that waits longest."""
    returned = AuditEvent.objects.filter(
        type="newsletters.issue_returned",
        object_type=Issue._meta.label_lower,
        object_id=Cast(OuterRef("pk"), CharField()),
    )
    rows: Any = Issue.objects.filter(
        Q(state__in=[IssueState.IN_REVIEW, IssueState.APPROVED])
        | Q(state=IssueState.DRAFT, number__isnull=False)  # had been approved
        | Q(Exists(returned), state=IssueState.DRAFT)
    ).defer("content", "body")
    found: list[Any] = list(rows.order_by(Coalesce("approved_at", "requested_at", "updated_at"), "pk"))
    kinds: tuple[tuple[Callable[[Any], bool], Permission, str, str, str], ...] = (
        (
            lambda issue: issue.state == IssueState.IN_REVIEW and not _is_own(user, issue),
            Permission.APPROVE_ISSUES,
            _("確認を待っているメルマガの号"),
            _("ほかの人が書いた号です。届くメールを見て、承認するか、戻します。"),
            "desk-issue-approve",
        ),
        (
            lambda issue: issue.state == IssueState.APPROVED,
            Permission.SEND_ISSUES,
            _("送る時刻の決まっていない号"),
            _("承認が済んでいます。送る時刻を決めます。"),
            "desk-issue-schedule",
        ),
        (
            lambda issue: issue.state == IssueState.DRAFT and issue.number is not None,
            Permission.EDIT_ISSUES,
            _("承認が取り消された号"),
            _("下書きに戻っていて、このままでは送られません。直して、もう一度確認に出します。"),
            "desk-issue",
        ),
        (
            lambda issue: issue.state == IssueState.DRAFT and issue.number is None,
            Permission.EDIT_ISSUES,
            _("理由を付けて戻された号"),
            _("確認した人が理由を書いています。直して、もう一度確認に出します。"),
            "desk-issue",
        ),
    )
    for is_of_kind, permission, words, hint, page in kinds:
        issues = [issue for issue in found if is_of_kind(issue)]
        if issues and has(user, permission):
            address = reverse(f"newsletters:{page}", args=[issues[0].public_id])
            yield Job(words, hint, len(issues), address)


def _is_own(user: Any, issue: Issue) -> bool:
    """Somebody else looks through what one has written."""
    return user.pk in {issue.author_id, issue.requested_by_id}


def _end_of_month(day: dt.date) -> dt.date:
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
