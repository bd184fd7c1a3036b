"""Submitted reports for everybody: the list, each as a page from its snapshot, the PDF, and what names its edition."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from platform_portal.desk import Crumbs, paged
from platform_portal.japanese.calendar import format_fiscal_year
from platform_portal.page_cache import public_page
from reports.handing_out import file_response
from reports.models import Rendering, RenderingKind, RenderingState, ReportEdition
from reports.presenting import present
from reports.snapshots import from_json


@public_page()
def report_list(request: HttpRequest) -> HttpResponse:
    rows = ReportEdition.objects.published().select_related("report__scheme").defer("snapshot")
    context = {
        "page": paged(request, rows.order_by("-report__scheme__fiscal_year")),
        "crumbs": [(_("ホーム"), reverse("consultations:home")), (_("事業実施報告書"), "")],
    }
    return render(request, "reports/public/report_list.html", context)


@public_page()
def report(request: HttpRequest, year: int) -> HttpResponse:
    edition = _published(year)
    context = {
        "edition": edition,
        "report": present(from_json(edition.snapshot)),
        "pdf": _pdf_of(edition),
        "crumbs": _crumbs(year),
    }
    return render(request, "reports/public/report.html", context)


@login_not_required
@require_safe
def report_pdf(request: HttpRequest, year: int) -> HttpResponseBase:
    pdf = _pdf_of(_published(year))
    if pdf is None:
        raise Http404
    return file_response(request, pdf, is_public=True)


@public_page()
def report_json(request: HttpRequest, year: int) -> HttpResponse:
    """The snapshot itself, of which all else is made."""
    edition = _published(year)
    return JsonResponse(
        {"sha256": edition.sha256, "report": edition.snapshot}, json_dumps_params={"ensure_ascii": False}
    )


def _published(year: int) -> ReportEdition:
    """Raises Http404."""
    rows = ReportEdition.objects.published().select_related("report__scheme")
    edition: ReportEdition | None = rows.filter(report__scheme__fiscal_year=year).first()
    if edition is None:
        raise Http404
    return edition


def _pdf_of(edition: ReportEdition) -> Rendering | None:
    rows = Rendering.objects.filter(edition=edition, kind=RenderingKind.PDF, state=RenderingState.DONE)
    found: Rendering | None = (
        rows.select_related("report__scheme", "edition").order_by("-rendered_at").first()
    )
    return found


def _crumbs(year: int) -> Crumbs:
    return [
        (_("ホーム"), reverse("consultations:home")),
        (_("事業実施報告書"), reverse("reports:report-list")),
        (format_fiscal_year(year), ""),
    ]
