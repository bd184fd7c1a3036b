"""What stands in the archive: taking an issue out of it, and putting it back."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from newsletters.models import Issue
from newsletters.services.moving import lock_issue
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages


def check_can_withdraw_issue(user: Any, issue: Issue) -> None:
    check_has(user, Permission.SEND_ISSUES)
    if issue.completed_at is None or issue.is_withdrawn:
        raise Refused(_("公開していない号です。画面を読み込み直してください。"))


def can_withdraw_issue(user: Any, issue: Issue) -> bool:
    return passes(check_can_withdraw_issue, user, issue)


def check_can_restore_issue(user: Any, issue: Issue) -> None:
    check_has(user, Permission.SEND_ISSUES)
    if not issue.is_withdrawn:
        raise Refused(_("公開をやめた号ではありません。画面を読み込み直してください。"))


def can_restore_issue(user: Any, issue: Issue) -> bool:
    return passes(check_can_restore_issue, user, issue)


@transaction.atomic
def withdraw_issue(*, issue: Issue, reason: str, by: Any) -> Issue:
    """From the archive only: what was sent is sent. Raises Refused."""
    locked = lock_issue(issue)
    check_can_withdraw_issue(by, locked)
    if not reason.strip():
        raise Refused(_("理由を書いてください。"))
    return _set(locked, "newsletters.issue_withdrawn", is_withdrawn=True, by=by, note=reason.strip())


@transaction.atomic
def restore_issue(*, issue: Issue, by: Any) -> Issue:
    """Raises Refused."""
    locked = lock_issue(issue)
    check_can_restore_issue(by, locked)
    return _set(locked, "newsletters.issue_restored", is_withdrawn=False, by=by)


def _set(issue: Issue, kind: str, *, is_withdrawn: bool, by: Any, note: str = "") -> Issue:
    issue.is_withdrawn = is_withdrawn
    issue.save(update_fields=["is_withdrawn", "updated_at"])
    audit.record(
        type=kind,
        by=by,
        obj=issue,
        old={"is_withdrawn": not is_withdrawn},
        new={"is_withdrawn": is_withdrawn},
        note=note,
    )
    transaction.on_commit(forget_public_pages)
    return issue
