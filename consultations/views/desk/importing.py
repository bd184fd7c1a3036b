"""Windows in and out: upload a file, see what it would do, agree; download."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations.desk_filters import DeskWindowFilter
from consultations.importing import exporting
from consultations.importing.uploads import intake
from consultations.models import ConsultationWindow
from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission
from platform_portal.desk import Crumbs, crumbs
from platform_portal.sheets.pages import ImportPages, download


def _steps() -> Crumbs:
    return crumbs((_("相談窓口"), reverse("desk:window-list")))


def _given_up() -> str:
    return _("ファイルを消しました。窓口は変わっていません。")


PAGES = ImportPages(
    intake=intake,
    start_name="desk:window-import",
    result_name="desk:window-import-result",
    start_template="consultations/desk/import.html",
    result_template="consultations/desk/import_result.html",
    steps=_steps,
    given_up=_given_up,
)


@requires(Permission.IMPORT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_import(request: HttpRequest) -> HttpResponse:
    return PAGES.start(request)


@requires(Permission.IMPORT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_import_result(request: HttpRequest, public_id: str) -> HttpResponse:
    return PAGES.result(request, public_id)


@requires(Permission.EDIT_WINDOWS)
@require_safe
def window_export(request: HttpRequest) -> HttpResponseBase:
    """The windows of the list, with the list's conditions; `format`: csv (default) or xlsx."""
    found = DeskWindowFilter(request.GET, queryset=ConsultationWindow.objects.all())
    windows = found.qs if found.is_valid() else found.queryset
    return download(
        exporting.table_rows(windows),
        name="windows",
        title=exporting.SHEET,
        as_workbook=request.GET.get("format") == "xlsx",
    )
