"""What people do to an issue that is being sent. Buttons change rows only; senders find out with the next copy."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.models import Delivery, DeliveryState, Issue, IssueState
from newsletters.sending import steps
from newsletters.services.moving import lock_issue, move_issue
from newsletters.waking import wake_senders_after_commit
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit


def pause_issue(*, issue: Issue, by: Any) -> Issue:
    """Copies that are in the air are finished, one for each sender; no other is begun. Raises Refused."""
    return move_issue(issue=issue, to=IssueState.PAUSED, by=by)


@transaction.atomic
def resume_issue(*, issue: Issue, by: Any) -> Issue:
    """Goes on where it stopped. Raises Refused."""
    wake_senders_after_commit(issue.pk)
    return move_issue(issue=issue, to=IssueState.SENDING, by=by)


@transaction.atomic
def cancel_issue(*, issue: Issue, by: Any, reason: str) -> Issue:
    """What has not left stays here. One that is being sent is paused first. Raises Refused."""
    moved = move_issue(issue=issue, to=IssueState.CANCELLED, by=by, reason=reason)
    steps.cancel_what_waits()
    return moved


@transaction.atomic
def resend_unsent(*, issue: Issue, by: Any) -> int:
    """A completed issue goes once more to those whose server refused it, and to nobody else; to how many.

    Who has left since, or is stopped, is found out with each copy. Raises Refused.
    """
    locked = lock_issue(issue)
    if locked.state == IssueState.SENDING:
        raise Refused(_("もう送り直しています。"))
    unsent = Delivery.objects.filter(issue=issue).unsent()
    if not unsent.exists():
        raise Refused(_("送れなかったものは、もうありません。"))
    move_issue(issue=issue, to=IssueState.SENDING, by=by)
    wake_senders_after_commit(issue.pk)
    return int(unsent.update(state=DeliveryState.QUEUED, attempts=0, next_at=timezone.now()))


@transaction.atomic
def settle_doubt(*, delivery: Delivery, has_arrived: bool, by: Any) -> Delivery:
    """Somebody has looked into the record of the mail server. What has not arrived goes out once more,
    unless the issue was cancelled. Raises Refused."""
    check_has(by, Permission.SEND_ISSUES)
    issue = lock_issue(delivery.issue)
    row: Delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if row.state != DeliveryState.IN_DOUBT:
        raise Refused(
            _("この送達は、もう「届いたか分かりません」ではありません。画面を読み込み直してください。")
        )
    if has_arrived:
        row.state, row.accepted_at = DeliveryState.ACCEPTED, row.began_at or timezone.now()
    else:
        _send_once_more(issue, row, by)
    row.save(update_fields=["state", "accepted_at", "next_at"])
    audit.record(
        type="newsletters.delivery_settled",
        by=by,
        obj=row,
        old={"state": DeliveryState.IN_DOUBT.value},
        new={"state": str(row.state)},
    )
    return row


def _send_once_more(issue: Issue, row: Delivery, by: Any) -> None:
    if issue.state == IssueState.CANCELLED:
        row.state = DeliveryState.CANCELLED
        return
    if issue.state == IssueState.COMPLETED:
        move_issue(issue=issue, to=IssueState.SENDING, by=by)
    row.state, row.next_at = DeliveryState.QUEUED, timezone.now()
    wake_senders_after_commit(issue.pk)
