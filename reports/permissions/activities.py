"""Who may write the year's record. Twins: `check_can_x` raises with a reason, `can_x` answers yes or no."""

from typing import Any

from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused, check_has, has, passes
from platform_portal.access.roles import Permission
from reports.models import Activity, AnnualReport, GrantScheme, ReportState


def check_year_is_open(scheme: GrantScheme) -> None:
    """What stands in a report that is looked at, or was approved, is not changed under it."""
    report = AnnualReport.objects.filter(scheme=scheme).first()
    if report is not None and report.state != ReportState.DRAFT:
        raise Refused(
            _("この年度の報告書は「%(state)s」です。事業を直すときは、先に報告書を下書きに戻してください。")
            % {"state": report.get_state_display()}
        )


def check_can_add_activity(user: Any, scheme: GrantScheme) -> None:
    check_has(user, Permission.EDIT_ACTIVITIES)
    check_year_is_open(scheme)


def can_add_activity(user: Any, scheme: GrantScheme) -> bool:
    return passes(check_can_add_activity, user, scheme)


def check_can_see_activity(user: Any, activity: Activity) -> None:
    check_has(user, Permission.EDIT_ACTIVITIES)
    if has(user, Permission.EDIT_REPORTS):
        return
    if not Activity.objects.visible_to(user).filter(pk=activity.pk).exists():
        raise Refused(_("ほかの課の事業は見られません。事務局に聞いてください。"))


def can_see_activity(user: Any, activity: Activity) -> bool:
    return passes(check_can_see_activity, user, activity)


def check_can_edit_activity(user: Any, activity: Activity) -> None:
    check_can_see_activity(user, activity)
    check_year_is_open(activity.scheme)


def can_edit_activity(user: Any, activity: Activity) -> bool:
    return passes(check_can_edit_activity, user, activity)


def check_can_put_in_order(user: Any, scheme: GrantScheme) -> None:
    """The order of the whole report is the secretariat's."""
    check_has(user, Permission.EDIT_REPORTS)
    check_year_is_open(scheme)


def can_put_in_order(user: Any, scheme: GrantScheme) -> bool:
    return passes(check_can_put_in_order, user, scheme)


def check_can_edit_projects(user: Any, scheme: GrantScheme) -> None:
    check_has(user, Permission.EDIT_REPORTS)
    check_year_is_open(scheme)


def can_edit_projects(user: Any, scheme: GrantScheme) -> bool:
    return passes(check_can_edit_projects, user, scheme)
