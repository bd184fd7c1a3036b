"""「誤りを知らせる」: no name, no mail, no cookie."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consultations import services
from consultations.forms.public import ErrorReportForm
from consultations.models import ConsultationWindow
from consultations.views.public.detail import published_window
from platform_portal.public_forms import TOO_MANY, check_same_origin, is_limited

RATE = "5/h"


# There is no session to forge a request for; the form's signed token and the browser's own word on the
# sender take the place of Django's CSRF cookie.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def error_report(request: HttpRequest, public_id: str) -> HttpResponse:
    window = published_window(public_id)
    if request.method != "POST":
        return _page(request, window, ErrorReportForm())
    check_same_origin(request)
    form = ErrorReportForm(request.POST)
    if form.is_trapped:
        return redirect("consultations:error-report-thanks", public_id=public_id)
    if not form.is_valid():
        return _page(request, window, form, status=400)
    if is_limited(request, group="error-report", rate=RATE):
        form.add_error(None, TOO_MANY)
        return _page(request, window, form, status=429)
    services.report_error(window=window, kind=form.cleaned_data["kind"], text=form.cleaned_data["text"])
    return redirect("consultations:error-report-thanks", public_id=public_id)


@login_not_required
@require_http_methods(["GET", "HEAD"])
def error_report_thanks(request: HttpRequest, public_id: str) -> HttpResponse:
    window = published_window(public_id)
    return _noindex(render(request, "consultations/error_report_thanks.html", {"window": window}))


def _page(
    request: HttpRequest, window: ConsultationWindow, form: ErrorReportForm, status: int = 200
) -> HttpResponse:
    context = {"window": window, "form": form}
    return _noindex(render(request, "consultations/error_report.html", context, status=status))


def _noindex(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex"
    return response
