"""Who may do what with consultation windows. Twins: check_… says why not, can_… says whether."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.models import Category, ConsultationWindow, ErrorReport
from consultations.workflow import WINDOW_WAYS
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.services import check_can_transition
from platform_portal.publishing.states import State

# A slip is noticed at once; after a day a date that others have relied on stays.
TIME_TO_TAKE_BACK = dt.timedelta(hours=24)


def check_can_edit_window(user: Any, window: ConsultationWindow | None = None) -> None:
    """Without a window: whether the person may write any, and so begin a new one."""
    check_has(user, Permission.EDIT_WINDOWS)
    if window is not None and window.state == State.ARCHIVED:
        raise Refused(_("保管してある窓口です。直すには、先に「下書きとして戻す」を押してください。"))


def can_edit_window(user: Any, window: ConsultationWindow | None = None) -> bool:
    return passes(check_can_edit_window, user, window)


def check_can_move_window(user: Any, window: ConsultationWindow, to: State) -> None:
    check_can_transition(user, window, to, WINDOW_WAYS)


def can_move_window(user: Any, window: ConsultationWindow, to: State) -> bool:
    return passes(check_can_move_window, user, window, to)


def check_can_verify_window(user: Any, window: ConsultationWindow) -> None:
    check_has(user, Permission.VERIFY_WINDOWS)
    if window.state == State.ARCHIVED:
        raise Refused(_("保管してある窓口です。確かめた日は書けません。"))


def can_verify_window(user: Any, window: ConsultationWindow) -> bool:
    return passes(check_can_verify_window, user, window)


def check_can_take_back_verification(user: Any, window: ConsultationWindow) -> None:
    """One's own slip, as long as nothing else has happened to the window."""
    check_can_verify_window(user, window)
    last = AuditEvent.objects.about(window).first()
    # Events of old do not say who had verified before.
    if last is None or last.type != "consultations.window_verified" or "verified_by" not in last.old:
        raise Refused(
            _("そのあとに窓口が変わったので、取り消せません。確かめた日は、窓口を直す画面で直せます。")
        )
    if last.actor_id != user.pk:
        raise Refused(_("ほかの人が確かめたものは、取り消せません。"))
    if timezone.now() - last.at > TIME_TO_TAKE_BACK:
        raise Refused(_("24時間を過ぎたので、取り消せません。確かめた日は、窓口を直す画面で直せます。"))


def can_take_back_verification(user: Any, window: ConsultationWindow) -> bool:
    return passes(check_can_take_back_verification, user, window)


def check_can_import_windows(user: Any) -> None:
    check_has(user, Permission.IMPORT_WINDOWS)


def can_import_windows(user: Any) -> bool:
    return passes(check_can_import_windows, user)


def check_can_handle_report(user: Any, report: ErrorReport | None = None) -> None:
    check_has(user, Permission.HANDLE_REPORTS)
    if report is not None and report.handled_at is not None:
        raise Refused(_("この知らせには、すでに対応しています。"))


def can_handle_report(user: Any, report: ErrorReport | None = None) -> bool:
    return passes(check_can_handle_report, user, report)


def check_can_edit_categories(user: Any) -> None:
    check_has(user, Permission.EDIT_CATEGORIES)


def can_edit_categories(user: Any) -> bool:
    return passes(check_can_edit_categories, user)


def check_can_deactivate_category(user: Any, category: Category) -> None:
    """Residents must not lose a published window because the only category that led to it is gone."""
    check_has(user, Permission.EDIT_CATEGORIES)
    alone = category.windows_depending_on_it().count()
    if alone:
        raise Refused(
            ngettext(
                "この分野だけに入っている公開中の窓口が%(count)d件あります。先に、ほかの分野にも入れてください。",
                "この分野だけに入っている公開中の窓口が%(count)d件あります。先に、ほかの分野にも入れてください。",
                alone,
            )
            % {"count": alone}
        )


def can_deactivate_category(user: Any, category: Category) -> bool:
    return passes(check_can_deactivate_category, user, category)


def check_can_edit_calendar(user: Any) -> None:
    check_has(user, Permission.EDIT_CALENDAR)


def can_edit_calendar(user: Any) -> bool:
    return passes(check_can_edit_calendar, user)


def check_can_forget_words(user: Any) -> None:
    check_has(user, Permission.SEE_ZERO_HIT_WORDS)


def can_forget_words(user: Any) -> bool:
    return passes(check_can_forget_words, user)
