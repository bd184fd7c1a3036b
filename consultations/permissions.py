"""Who may do what with consultation windows. Twins: check_… says why not, can_… says whether."""

from typing import Any

from consultations.models import ConsultationWindow
from consultations.workflow import WINDOW_WAYS
from platform_portal.access.checks import check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.publishing.services import check_can_transition
from platform_portal.publishing.states import State


def check_can_edit_window(user: Any, window: ConsultationWindow | None = None) -> None:
    check_has(user, Permission.EDIT_WINDOWS)


def can_edit_window(user: Any, window: ConsultationWindow | None = None) -> bool:
    return passes(check_can_edit_window, user, window)


def check_can_move_window(user: Any, window: ConsultationWindow, to: State) -> None:
    check_can_transition(user, window, to, WINDOW_WAYS)


def can_move_window(user: Any, window: ConsultationWindow, to: State) -> bool:
    return passes(check_can_move_window, user, window, to)


def check_can_verify_window(user: Any, window: ConsultationWindow) -> None:
    check_has(user, Permission.VERIFY_WINDOWS)


def can_verify_window(user: Any, window: ConsultationWindow) -> bool:
    return passes(check_can_verify_window, user, window)


def check_can_handle_reports(user: Any) -> None:
    check_has(user, Permission.HANDLE_REPORTS)


def can_handle_reports(user: Any) -> bool:
    return passes(check_can_handle_reports, user)
