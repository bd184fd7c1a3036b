"""Who may look at what an import left in doubt, and put it aside. Twins as everywhere."""

from typing import Any

from platform_portal.access.checks import check_has, passes
from platform_portal.access.roles import Permission


def check_can_resolve_doubts(user: Any) -> None:
    """In every state of the report: it changes nothing of what the report says."""
    check_has(user, Permission.EDIT_REPORTS)


def can_resolve_doubts(user: Any) -> bool:
    return passes(check_can_resolve_doubts, user)
