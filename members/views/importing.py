"""Organisations in and out: upload a file, see what it would do, agree; download."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from members import permissions
from members.filters import OrganizationFilter
from members.importing.columns import COLUMNS, ONLY_SHOWN, PERSONAL
from members.importing.exporting import SHEET, record_export, table_rows
from members.importing.uploads import intake
from members.models import Organization
from members.views.organizations import SEARCH
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, crumbs
from platform_portal.sheets.pages import ImportPages, download


def _steps() -> Crumbs:
    return crumbs()


def _given_up() -> str:
    return _("ファイルを消しました。団体は変わっていません。")


PAGES = ImportPages(
    intake=intake,
    start_name="members:organization-import",
    result_name="members:organization-import-result",
    start_template="members/desk/organization_import.html",
    result_template="members/desk/organization_import_result.html",
    steps=_steps,
    given_up=_given_up,
)


@requires(Permission.IMPORT_ORGANIZATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_import(request: HttpRequest) -> HttpResponse:
    return PAGES.start(
        request,
        headers=[column.header for column in COLUMNS if column.field not in ONLY_SHOWN],
        personal_headers=[column.header for column in COLUMNS if column.field in PERSONAL],
        may_merge=permissions.can_merge_organizations(request.user),
        takes_contacts=permissions.can_export_organizations(request.user, with_contacts=True),
    )


@requires(Permission.IMPORT_ORGANIZATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def organization_import_result(request: HttpRequest, public_id: str) -> HttpResponse:
    return PAGES.result(request, public_id)


@requires(Permission.SEE_ORGANIZATIONS)
@require_safe
def organization_export(request: HttpRequest) -> HttpResponseBase:
    """The organisations of the list, with the list's conditions; `format`: csv (default) or xlsx; `contacts=1`."""
    words = SEARCH.of(request)
    found = OrganizationFilter(request.GET, queryset=Organization.objects.search(words).order_by("pk"))
    organizations = found.qs
    conditions = {name: request.GET[name] for name, value in found.form.cleaned_data.items() if value}
    with_contacts = request.GET.get("contacts") == "1"
    record_export(
        count=organizations.count(), with_contacts=with_contacts, conditions=conditions, by=request.user
    )
    return download(
        table_rows(organizations, with_contacts=with_contacts),
        name="organizations",
        title=SHEET,
        as_workbook=request.GET.get("format") == "xlsx",
    )
