"""Errors that residents noticed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import permissions, services
from consultations.desk_filters import ReportFilter
from consultations.forms.desk import ResolutionForm
from consultations.models import ErrorReport
from platform_portal.access.checks import reason_against, requires
from platform_portal.access.roles import Permission
from platform_portal.desk import attempt, crumbs, paged


@requires(Permission.HANDLE_REPORTS)
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    reports = ErrorReport.objects.select_related("window", "handled_by").order_by("-reported_at", "-pk")
    found = ReportFilter(request.GET, queryset=reports)
    context = {
        "filter": found,
        "page": paged(request, found.qs if found.is_valid() else reports.waiting()),
        "kept_days": services.REPORTS_KEPT_DAYS,
        "crumbs": crumbs((_("誤りの知らせ"), "")),
    }
    return render(request, "consultations/desk/report_list.html", context)


@requires(Permission.HANDLE_REPORTS)
@require_http_methods(["GET", "HEAD", "POST"])
def report_handle(request: HttpRequest, pk: int) -> HttpResponse:
    report = get_object_or_404(ErrorReport.objects.select_related("window", "handled_by"), pk=pk)
    form = ResolutionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: services.handle_report(
                report=report, resolution=form.cleaned_data["resolution"], by=request.user
            ),
            _("「%(name)s」への知らせに対応したことを記録しました。") % {"name": report.window.name},
        )
        return redirect("desk:report-list")
    context = {
        "report": report,
        "form": form,
        "against": reason_against(permissions.check_can_handle_report, request.user, report),
        "crumbs": crumbs((_("誤りの知らせ"), reverse("desk:report-list")), (report.window.name, "")),
    }
    return render(request, "consultations/desk/report_handle.html", context)
