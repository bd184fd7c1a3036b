"""Who may read what was written for members. Twins: `check_can_x` raises with a reason, `can_x` answers yes or no."""

from typing import Any

from django.utils.translation import gettext as _

from members.models import Organization
from platform_portal.access.checks import Refused, has, passes
from platform_portal.access.roles import Permission


def check_can_read_for_members(user: Any) -> None:
    """People of an organisation that belongs to the platform today, and those who write the newsletters."""
    if has(user, Permission.EDIT_ISSUES):
        return
    if not user.is_authenticated or not Organization.objects.acted_for_by(user).exists():
        raise Refused(_("会員団体の担当の方だけが読めます。"))


def can_read_for_members(user: Any) -> bool:
    return passes(check_can_read_for_members, user)
