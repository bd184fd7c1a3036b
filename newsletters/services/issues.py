"""Writing an issue and its way to the readers, up to the moment at which sending begins."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.composing import Composed, compose_with_parts
from newsletters.content import to_json
from newsletters.lints import Finding, errors_in, lint
from newsletters.models import Duty, Issue, IssueState, Newsletter
from newsletters.permissions import check_can_edit_issue, check_can_move_issue
from newsletters.services.moving import lock_issue, move_issue
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit

WRITTEN = ("newsletter", "subject", "body", "max_resends")
# What was approved is bound to every one of these.
VOIDED_STATES = (IssueState.APPROVED, IssueState.SCHEDULED)
OPEN_DUTY = dt.timedelta(days=45)
FARTHEST = dt.timedelta(days=366)
_A_MOMENT = dt.timedelta(minutes=1)
NIGHT = (22, 7)  # from, until


class NotReady(Refused):
    """With every finding that has to be mended first."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(
            _("直すところが%(count)s件あります。") % {"count": len(findings)}
            + " ".join(each.words for each in findings)
        )
        self.findings = findings


class ChangedSince(Refused):
    """What would leave now is not what somebody looked at."""


@transaction.atomic
def create_issue(
    *, newsletter: Newsletter, values: Mapping[str, Any], by: Any, duty: Duty | None = None
) -> Issue:
    """`values`: subject, body, max_resends. Without a `duty` the next open turn of the newsletter is taken.

    Raises Refused, ValidationError.
    """
    check_has(by, Permission.EDIT_ISSUES)
    issue = Issue(newsletter=newsletter, author=by, **values)
    _check_is_issued(newsletter)
    issue.full_clean(exclude=["newsletter", "author"])
    issue.save()
    audit.record(
        type="newsletters.issue_created",
        by=by,
        obj=issue,
        new=audit.snapshot(issue, ("newsletter", "subject")),
    )
    _take_turn(issue, duty)
    return issue


@transaction.atomic
def edit_issue(*, issue: Issue, values: Mapping[str, Any], version: int | None, by: Any) -> Issue:
    """Any change of what was approved voids the approval: the issue is a draft again, in the same transaction.

    `version`: of the issue that the person saw. Raises Refused, ValidationError; then nothing was changed.
    """
    locked = lock_issue(issue)
    check_can_edit_issue(by, locked)
    before = audit.snapshot(locked, WRITTEN)
    for name, value in values.items():
        setattr(locked, name, value)
    old, new = audit.difference(before, audit.snapshot(locked, WRITTEN))
    if not new:
        return locked
    if version is not None and version != locked.version:
        raise Refused(
            _(
                "画面を開いてから、ほかの人がこの号を直しました。まだ保存していません。"
                "下の「いま保存されている内容」とくらべて直してから、もう一度保存してください。"
            )
        )
    void_approval(locked, by=by)
    if "newsletter" in new:
        _check_is_issued(locked.newsletter)
        locked.number = None  # each newsletter counts its own
    locked.full_clean(exclude=["newsletter", "author"])
    locked.author = by
    locked.version += 1
    locked.save(update_fields=[*values, "number", "author", "version", "updated_at"])
    audit.record(type="newsletters.issue_changed", by=by, obj=locked, old=old, new=new)
    return locked


def void_approval(locked: Issue, *, by: Any) -> None:
    """For every service that changes what leaves; inside its transaction, with the row locked."""
    if locked.state not in VOIDED_STATES:
        return
    moved = move_issue(issue=locked, to=IssueState.DRAFT, by=by, reason=_("内容を直したため"))
    names = (
        "state",
        "requested_at",
        "requested_by",
        "approved_at",
        "approved_by",
        "approved_sha256",
        "content",
    )
    for name in (*names, "send_at", "scheduled_at", "scheduled_by"):
        setattr(locked, name, getattr(moved, name))


@transaction.atomic
def request_review(*, issue: Issue, version: int | None, by: Any) -> Issue:
    """Raises Refused, NotReady."""
    locked = lock_issue(issue)
    check_can_move_issue(by, locked, IssueState.IN_REVIEW)
    _check_is_as_seen(locked, version)
    _check_is_ready(locked, compose_with_parts(locked))
    return move_issue(issue=locked, to=IssueState.IN_REVIEW, by=by)


def return_issue(*, issue: Issue, reason: str, by: Any) -> Issue:
    """Back to whoever writes it, with a reason. Raises Refused."""
    return move_issue(issue=issue, to=IssueState.DRAFT, by=by, reason=reason)


def reopen_issue(*, issue: Issue, by: Any) -> Issue:
    """Raises Refused."""
    return move_issue(issue=issue, to=IssueState.DRAFT, by=by)


def discard_issue(*, issue: Issue, reason: str, by: Any) -> Issue:
    """Not sent, and kept as it is. For issues that have no ledger yet. Raises Refused."""
    if issue.frozen_at is not None:
        raise Refused(_("送りはじめた号は、「送信のようす」から止めてください。"))
    return move_issue(issue=issue, to=IssueState.CANCELLED, by=by, reason=reason)


def proposal_of(issue: Issue) -> Composed:
    """What an approval would bind now, with the number that the issue would have."""
    return compose_with_parts(issue, number=_number_for(issue))


@transaction.atomic
def approve_issue(*, issue: Issue, seen_sha256: str, by: Any) -> Issue:
    """Binds what leaves: composed anew under lock, it has to be what the person looked at.

    Raises Refused, NotReady, ChangedSince; then nothing was changed.
    """
    # Numbers of one newsletter are given one after the other.
    Newsletter.objects.select_for_update(no_key=True).get(pk=issue.newsletter_id)
    locked = lock_issue(issue)
    check_can_move_issue(by, locked, IssueState.APPROVED)
    number = _number_for(locked)
    composed = compose_with_parts(locked, number=number)
    _check_is_ready(locked, composed)
    content = composed.content
    if content.sha256 != seen_sha256:
        raise ChangedSince(
            _(
                "確認しているあいだに、送る内容が変わりました。下の新しい内容を見て、もう一度承認してください。"
            )
        )
    return move_issue(
        issue=locked,
        to=IssueState.APPROVED,
        by=by,
        content=to_json(content),
        approved_at=composed.at,  # the next issue tells what came later
        approved_sha256=content.sha256,
        number=number,
    )


def schedule_issue(*, issue: Issue, send_at: dt.datetime | None, by: Any) -> Issue:
    """`send_at` None: at once. Raises Refused, ValidationError."""
    now = timezone.now()
    at = send_at or now
    if at < now - _A_MOMENT:
        raise ValidationError({"send_at": _("もう過ぎた時刻です。これからの時刻にしてください。")})
    if at > now + FARTHEST:
        raise ValidationError({"send_at": _("1年より先の時刻は決められません。")})
    return move_issue(issue=issue, to=IssueState.SCHEDULED, by=by, send_at=at)


def unschedule_issue(*, issue: Issue, by: Any) -> Issue:
    """Still approved, and not to be sent for now. Raises Refused."""
    return move_issue(issue=issue, to=IssueState.APPROVED, by=by)


def is_at_night(at: dt.datetime) -> bool:
    """When a telephone beside the bed would ring."""
    begin, end = NIGHT
    hour = timezone.localtime(at).hour
    return hour >= begin or hour < end


def _number_for(issue: Issue) -> int:
    """Once given it stays, also when the issue is approved again."""
    if issue.number is not None:
        return issue.number
    last = Issue.objects.filter(newsletter=issue.newsletter_id).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _check_is_ready(issue: Issue, composed: Composed) -> None:
    if errors := errors_in(lint(issue, composed)):
        raise NotReady(errors)


def _check_is_as_seen(issue: Issue, version: int | None) -> None:
    if version is not None and version != issue.version:
        raise Refused(_("画面を開いてから、ほかの人がこの号を直しました。読み直してから進めてください。"))


def _check_is_issued(newsletter: Newsletter) -> None:
    if not newsletter.is_active:
        raise ValidationError({"newsletter": _("このメルマガは、発行をやめています。")})


def _take_turn(issue: Issue, duty: Duty | None) -> None:
    """Joins the issue to the turn that it is written for; then nobody is reminded of it."""
    today = timezone.localdate()
    open_turns = Duty.objects.select_for_update(of=("self",)).filter(newsletter=issue.newsletter, issue=None)
    if duty is not None:
        chosen = open_turns.filter(pk=duty.pk).first()
    else:
        chosen = open_turns.filter(due_on__range=(today, today + OPEN_DUTY)).order_by("due_on").first()
    if chosen is not None:
        chosen.issue = issue
        chosen.save(update_fields=["issue"])
