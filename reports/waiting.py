"""What waits in the year's record for somebody of the desk: its first page."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.desk_jobs import Job
from platform_portal.japanese.calendar import format_fiscal_year
from reports.models import AnnualReport, GrantCategory, GrantScheme, ReportState
from reports.services.offers import count_offers

YEARS = 2
"""The year that runs, and the one before while its report is being written."""


def record_jobs(user: Any) -> Iterable[Job]:
    """Constant queries: one for the years, one for each kind of offer and year, one for the categories, one for reports."""
    if not has(user, Permission.EDIT_ACTIVITIES):
        return
    open_years = GrantScheme.objects.filter(Q(report=None) | Q(report__state=ReportState.DRAFT))
    schemes = list(open_years.order_by("-fiscal_year")[:YEARS])
    for scheme in schemes:
        yield Job(
            _("事業の候補（%(year)s）") % {"year": format_fiscal_year(scheme.fiscal_year)},
            _("開催済みの会議、終わった催し、送り終えたメルマガです。事業にするか、見送るかを決めます。"),
            count_offers(scheme, user),
            reverse("reports:desk-offer-list", args=[scheme.fiscal_year]),
        )
    if schemes and has(user, Permission.EDIT_REPORTS):
        yield _unconfirmed(schemes)
    if has(user, Permission.APPROVE_REPORTS):
        yield from _to_approve(user)


def _to_approve(user: Any) -> Iterable[Job]:
    """Reports that this person may approve; what they wrote or asked for themselves waits for somebody else."""
    rows = AnnualReport.objects.filter(state=ReportState.IN_REVIEW).order_by("-scheme__fiscal_year")
    years = list(
        rows.exclude(author=user).exclude(requested_by=user).values_list("scheme__fiscal_year", flat=True)
    )
    if years:
        yield Job(
            _("確認を待っている事業実施報告書"),
            _("ほかの人が書いた報告書です。読んで、承認します。"),
            len(years),
            reverse("reports:desk-report", args=[years[0]]),
        )


def _unconfirmed(schemes: list[GrantScheme]) -> Job:
    used = Q(activity_links__isnull=False) | Q(projects__isnull=False)
    rows = GrantCategory.objects.filter(used, scheme__in=schemes, confirmed_at=None).distinct()
    # With the key: categories of one year are still several.
    found = list(rows.order_by("-scheme__fiscal_year", "pk").values_list("scheme__fiscal_year", "pk"))
    year = found[0][0] if found else schemes[0].fiscal_year
    return Job(
        _("使っている未確認の区分"),
        _("交付要綱などを見て、言葉を確かめます。確かめるまで報告書は承認できません。"),
        len(found),
        reverse("reports:desk-scheme", args=[year]),
    )
