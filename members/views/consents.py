"""Who has agreed to the charter in force and who has not, with a file to take away."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from members.filters import ConsentFilter
from members.models import Charter, CharterConsent, Organization
from members.views.organizations import organization_steps
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import paged
from platform_portal.sheets.pages import download

sees = requires(Permission.SEE_ORGANIZATIONS)


@sees
@require_safe
def consent_list(request: HttpRequest) -> HttpResponse:
    charter = Charter.objects.in_force()
    found, rows = _found(request, charter)
    organizations = Organization.objects.active()
    context = {
        "charter": charter,
        "filter": found,
        "has_garbage": not found.is_valid(),
        "page": paged(request, rows),
        "given": organizations.with_consent_to(charter).count() if charter else 0,
        "missing": organizations.without_consent_to(charter).count() if charter else 0,
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "crumbs": organization_steps(None, (_("設置要綱への同意"), "")),
    }
    return render(request, "members/desk/consent_list.html", context)


@sees
@require_safe
def consent_export(request: HttpRequest) -> HttpResponseBase:
    """The same rows as the list, as CSV that table programs read."""
    charter = Charter.objects.in_force()
    _filter, rows = _found(request, charter)
    title = _("設置要綱への同意")
    return download(_lines(rows, charter), name="charter-consents", title=title, as_workbook=False)


def _found(request: HttpRequest, charter: Charter | None) -> tuple[ConsentFilter, Any]:
    consents = CharterConsent.objects.filter(charter=charter)
    organizations = Organization.objects.active().prefetch_related(
        Prefetch("consents", consents, to_attr="consents_in_force")
    )
    found = ConsentFilter(request.GET, queryset=organizations)
    rows = found.qs if found.is_valid() else organizations
    answer = found.form.cleaned_data.get("answer") if found.is_valid() else ""
    if charter is not None and answer == "given":
        rows = rows.with_consent_to(charter)
    if charter is not None and answer == "missing":
        rows = rows.without_consent_to(charter)
    return found, rows


def _lines(rows: Any, charter: Charter | None) -> Iterator[list[str]]:
    yield [
        _("団体名"),
        _("区分"),
        _("版"),
        _("同意"),
        _("同意した人"),
        _("同意した時刻"),
        _("本文のハッシュ"),
    ]
    number = str(charter.number) if charter else ""
    for organization in rows:
        consent = next(iter(organization.consents_in_force), None)
        answer = [_("まだ"), "", "", ""]
        if consent is not None:
            at = timezone.localtime(consent.consented_at)
            answer = [_("同意"), consent.person_name, f"{at:%Y-%m-%d %H:%M}", consent.text_hash]
        yield [organization.name, str(organization.get_kind_display()), number, *answer]
