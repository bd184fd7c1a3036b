"""Who may do what with consultation windows. Twins: check_… says why not, can_… says whether."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.models import (
    Category,
    ConsultationWindow,
    ErrorReport,
    RevisionState,
    VerificationRequest,
    WindowRevision,
)
from consultations.workflow import MEMBER_WAYS, WINDOW_WAYS
from members.permissions import check_can_write_as_member, require_membership
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.revisions import check_is_another_person, check_is_open
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


def check_can_edit_own_window(user: Any, window: ConsultationWindow) -> None:
    """As a member: a new window of one's organisation, a draft of it, or a change of a published one."""
    check_can_write_as_member(user, window.organization)
    if window.state == State.IN_REVIEW:
        raise Refused(_("いま確認を待っています。直すには、先に「頼んだのを取り下げる」を押してください。"))
    if window.state == State.ARCHIVED:
        raise Refused(_("使わなくなった窓口です。また使うときは、事務局に知らせてください。"))


def can_edit_own_window(user: Any, window: ConsultationWindow) -> bool:
    return passes(check_can_edit_own_window, user, window)


def check_can_move_own_window(user: Any, window: ConsultationWindow, to: State) -> None:
    """As a member: asking for the first review, and taking that back."""
    check_can_write_as_member(user, window.organization)
    check_can_transition(user, window, to, MEMBER_WAYS)


def can_move_own_window(user: Any, window: ConsultationWindow, to: State) -> bool:
    return passes(check_can_move_own_window, user, window, to)


def check_can_approve_revision(user: Any, revision: WindowRevision) -> None:
    _check_can_decide(user, revision)
    if revision.state == RevisionState.OVERTAKEN:
        raise Refused(
            _(
                "同じ項目が先に変わったので、このままでは公開できません。差し戻して、今の内容から書き直してもらってください。"
            )
        )


def can_approve_revision(user: Any, revision: WindowRevision) -> bool:
    return passes(check_can_approve_revision, user, revision)


def check_can_return_revision(user: Any, revision: WindowRevision) -> None:
    _check_can_decide(user, revision)


def can_return_revision(user: Any, revision: WindowRevision) -> bool:
    return passes(check_can_return_revision, user, revision)


def _check_can_decide(user: Any, revision: WindowRevision) -> None:
    check_has(user, Permission.APPROVE_WINDOWS)
    check_is_open(revision)
    check_is_another_person(user, revision)


def check_can_withdraw_revision(user: Any, revision: WindowRevision) -> None:
    if not user.is_authenticated or not user.is_active or revision.proposed_by_id != user.pk:
        raise Refused(_("取り下げられるのは、この変更を書いた人だけです。"))
    check_is_open(revision)


def can_withdraw_revision(user: Any, revision: WindowRevision) -> bool:
    return passes(check_can_withdraw_revision, user, revision)


def check_can_verify_window(user: Any, window: ConsultationWindow) -> None:
    check_has(user, Permission.VERIFY_WINDOWS)
    if window.state == State.ARCHIVED:
        raise Refused(_("保管してある窓口です。確かめた日は書けません。"))


def can_verify_window(user: Any, window: ConsultationWindow) -> bool:
    return passes(check_can_verify_window, user, window)


def check_can_confirm_own_window(user: Any, window: ConsultationWindow) -> None:
    """As a member that operates the window: managers and editors."""
    if window.organization is None:
        raise Refused(_("運営する団体が決まっていない窓口です。事務局に知らせてください。"))
    if not require_membership(user, window.organization).may_edit:
        raise Refused(
            _("「閲覧のみ」の担当なので、確かめたことを記録できません。団体の管理担当に頼んでください。")
        )
    if not window.is_published:
        raise Refused(_("いま公開していない窓口です。確かめた日は書けません。"))


def can_confirm_own_window(user: Any, window: ConsultationWindow) -> bool:
    return passes(check_can_confirm_own_window, user, window)


def check_can_record_call(user: Any, request: VerificationRequest) -> None:
    check_has(user, Permission.VERIFY_WINDOWS)
    if not request.is_open:
        raise Refused(
            _("この窓口は、もう確かめ終わっています（%(how)s）。") % {"how": request.get_state_display()}
        )


def can_record_call(user: Any, request: VerificationRequest) -> bool:
    return passes(check_can_record_call, user, request)


def check_can_edit_verification_rules(user: Any) -> None:
    check_has(user, Permission.EDIT_PORTAL_SETTINGS)


def can_edit_verification_rules(user: Any) -> bool:
    return passes(check_can_edit_verification_rules, user)


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
