"""What the desk's pages about one year share: finding it, and where one is."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, Step, crumbs
from platform_portal.japanese.calendar import fiscal_year, format_fiscal_year
from reports.models import GrantScheme

writes = requires(Permission.EDIT_ACTIVITIES)
keeps = requires(Permission.EDIT_REPORTS)


def get_scheme(year: int) -> GrantScheme:
    found: GrantScheme = get_object_or_404(GrantScheme, fiscal_year=year)
    return found


def year_not_begun() -> str:
    """The year that runs, in words, while nobody has begun it: what is done now would be written under another."""
    now = fiscal_year(timezone.localdate())
    is_begun = GrantScheme.objects.filter(fiscal_year=now).exists()
    return "" if is_begun else format_fiscal_year(now)


def address_of(name: str, scheme: GrantScheme, *more: object) -> str:
    """Of a page of the year."""
    return reverse(f"reports:{name}", args=[scheme.fiscal_year, *more])


def year_steps(scheme: GrantScheme, *more: Step) -> Crumbs:
    """From the record's first page down; the last step has no address."""
    year = format_fiscal_year(scheme.fiscal_year)
    at = address_of("desk-activity-list", scheme) if more else ""
    return crumbs((_("事業の記録"), reverse("reports:desk-record")), (year, at), *more)
