"""Who may write a record. Twins: `check_can_x` raises with a reason, `can_x` answers yes or no."""

from typing import Any

from django.utils.translation import gettext as _

from meetings.models import Audience, Meeting, Minutes
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.publishing.states import State


def check_can_see_draft(user: Any, minutes: Minutes | None) -> None:
    """The record on the desk, whatever its state: what only the secretariat may read of it stays with them."""
    check_has(user, Permission.SEE_MEETINGS)
    if minutes is not None and minutes.named_audience == Audience.CLOSED:
        check_has(user, Permission.SEE_CLOSED_RECORDS)


def can_see_draft(user: Any, minutes: Minutes | None) -> bool:
    return passes(check_can_see_draft, user, minutes)


def check_can_edit_minutes(user: Any, minutes: Minutes) -> None:
    """Only a draft is written. What was published is changed by corrections, which stay to be seen."""
    check_has(user, Permission.EDIT_MEETINGS)
    if minutes.state == State.DRAFT:
        return
    if minutes.state == State.IN_REVIEW:
        raise Refused(_("この議事録は確認待ちなので、直せません。直すときは、先に下書きに戻してください。"))
    raise Refused(
        _("この議事録は、もう下書きではないので、直せません。公開したあとの直しは、訂正で行います。")
    )


def can_edit_minutes(user: Any, minutes: Minutes) -> bool:
    return passes(check_can_edit_minutes, user, minutes)


def check_can_import_minutes(user: Any, meeting: Meeting | None) -> None:
    """`meeting`: the one whose record it becomes; None for a file that brings its meeting with it."""
    check_has(user, Permission.EDIT_MEETINGS)
    minutes = Minutes.objects.filter(meeting=meeting).first() if meeting else None
    if minutes is not None:
        check_can_edit_minutes(user, minutes)


def can_import_minutes(user: Any, meeting: Meeting | None) -> bool:
    return passes(check_can_import_minutes, user, meeting)
