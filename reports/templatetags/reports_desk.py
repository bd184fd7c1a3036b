"""The parts of one year on the desk, as every page about it lists them; and how its things are written."""

import datetime as dt
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from platform_portal.access.checks import has
from platform_portal.access.roles import Permission
from platform_portal.desk import Part, parts_at
from platform_portal.japanese.calendar import format_fiscal_year
from reports.forms.yen import write_yen
from reports.models import Activity, AnnualReport, GrantScheme, ImportDoubt
from reports.models.schemes import circled
from reports.months import months_words
from reports.snapshots import DoneActivity

register = template.Library()

# (URL name, words, permission); each takes the year.
PARTS = (
    ("desk-activity-list", _("事業"), Permission.EDIT_ACTIVITIES),
    ("desk-offer-list", _("事業の候補"), Permission.EDIT_ACTIVITIES),
    ("desk-activity-order", _("並び順"), Permission.EDIT_REPORTS),
    ("desk-project-list", _("試行事業と経費"), Permission.EDIT_REPORTS),
    ("desk-scheme", _("交付金と区分"), Permission.EDIT_REPORTS),
)


@register.simple_tag
def year_parts(user: Any, scheme: GrantScheme, path: str) -> list[Part]:
    """Those that `user` may open; the longest address that holds `path` is current."""
    found = [
        (str(words), _address_of(name, scheme)) for name, words, permission in PARTS if has(user, permission)
    ]
    if has(user, Permission.EDIT_REPORTS):
        if ImportDoubt.objects.filter(scheme=scheme).exists():
            found.append((gettext("取り込みで確かめること"), _address_of("desk-doubt-list", scheme)))
        found.append((gettext("事業実施報告書"), _address_of_report(scheme)))
    return parts_at(path, found)


def _address_of(name: str, scheme: GrantScheme) -> str:
    return reverse(f"reports:{name}", args=[scheme.fiscal_year])


def _address_of_report(scheme: GrantScheme) -> str:
    """Where it was begun its page, else that on which it is begun."""
    if AnnualReport.objects.filter(scheme=scheme).exists():
        return _address_of("desk-report", scheme)
    return reverse("reports:desk-report-list")


@register.filter
def year_words(year: int) -> str:
    return format_fiscal_year(year)


@register.filter
def yen(amount: int | None) -> str:
    """Empty while it is not known."""
    return "" if amount is None else write_yen(amount)


@register.filter
def months_of(activity: "Activity | DoneActivity") -> str:
    return months_words(activity.month_from, activity.month_to)


@register.filter
def sign(number: int) -> str:
    """Of a category."""
    return circled(number)


@register.filter
def month_words(month: dt.date) -> str:
    return months_words(month, None)
