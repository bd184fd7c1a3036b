"""Who may change the newsletters themselves and the roster. Twins: `check_can_x` raises with a reason."""

from typing import Any

from platform_portal.access.checks import check_has, passes
from platform_portal.access.roles import Permission


def check_can_edit_newsletters(user: Any) -> None:
    check_has(user, Permission.EDIT_NEWSLETTERS)


def can_edit_newsletters(user: Any) -> bool:
    return passes(check_can_edit_newsletters, user)


def check_can_plan_duties(user: Any) -> None:
    """Editors arrange among themselves whose turn it is."""
    check_has(user, Permission.EDIT_ISSUES)


def can_plan_duties(user: Any) -> bool:
    return passes(check_can_plan_duties, user)
