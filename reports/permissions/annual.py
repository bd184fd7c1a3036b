"""Who may write, look at and approve the annual report, and keep the grant's data. Twins as everywhere."""

from typing import Any

from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from reports.models import AnnualReport, GrantScheme, ReportState
from reports.permissions.activities import check_year_is_open
from reports.workflow import REPORT_WAYS


def check_can_edit_scheme(user: Any, scheme: GrantScheme | None = None) -> None:
    """`scheme` None: the one of a year that has none yet."""
    check_has(user, Permission.EDIT_REPORTS)
    if scheme is not None:
        check_year_is_open(scheme)


def can_edit_scheme(user: Any, scheme: GrantScheme | None = None) -> bool:
    return passes(check_can_edit_scheme, user, scheme)


def check_can_see_report(user: Any) -> None:
    check_has(user, Permission.EDIT_REPORTS)


def can_see_report(user: Any) -> bool:
    return passes(check_can_see_report, user)


def check_can_write_report(user: Any, report: AnnualReport) -> None:
    check_has(user, Permission.EDIT_REPORTS)
    if report.state != ReportState.DRAFT:
        raise Refused(
            _("この報告書は「%(state)s」なので、直せません。直すときは、先に下書きに戻してください。")
            % {"state": report.get_state_display()}
        )


def can_write_report(user: Any, report: AnnualReport) -> bool:
    return passes(check_can_write_report, user, report)


def check_can_comment(user: Any, report: AnnualReport) -> None:
    check_has(user, Permission.EDIT_REPORTS)
    if report.state not in {ReportState.DRAFT, ReportState.IN_REVIEW}:
        raise Refused(_("承認が済んだ報告書に、意見は書けません。"))


def can_comment(user: Any, report: AnnualReport) -> bool:
    return passes(check_can_comment, user, report)


def check_can_move_report(user: Any, report: AnnualReport, to: ReportState) -> None:
    """By the table; whether the report is ready for it is seen by the service."""
    way = REPORT_WAYS.get((ReportState(report.state), to))
    if way is None:
        raise Refused(
            _("「%(before)s」から「%(after)s」へは進めません。")
            % {"before": report.get_state_display(), "after": to.label}
        )
    if way.permission is not None:
        check_has(user, way.permission)
    if way.needs_other_person and user.pk in {report.author_id, report.requested_by_id}:
        raise Refused(_("自分が書いた報告書を、自分で承認することはできません。ほかの人に頼んでください。"))


def can_move_report(user: Any, report: AnnualReport, to: ReportState) -> bool:
    return passes(check_can_move_report, user, report, to)
