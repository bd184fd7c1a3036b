"""Files of a report: asked for with a click, watched while they are made, handed out to the desk."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from platform_portal.access.methods import post_only
from platform_portal.desk import attempt, crumbs
from platform_portal.japanese.calendar import format_fiscal_year
from reports.handing_out import file_response
from reports.models import AnnualReport, Rendering, RenderingKind, RenderingState
from reports.models.renderings import ENDED
from reports.services import renderings as services
from reports.views.desk.annual import edits, get_report


@edits
@post_only("reports:desk-report", "year")
def ask(request: HttpRequest, year: int) -> HttpResponse:
    """By POST: `kind`, and `edition` with its number; without that the report as it is written now."""
    report = get_report(year)
    kind = request.POST.get("kind", "")
    if kind not in RenderingKind.values:
        raise Http404
    number = request.POST.get("edition", "")
    edition = get_object_or_404(report.editions, number=_whole(number)) if number else None
    by: Any = request.user
    row = services.ask_for_file(report=report, kind=RenderingKind(kind), edition=edition, by=by)
    return redirect("reports:desk-report-file", year, row.public_id)


@edits
@require_safe
def progress(request: HttpRequest, year: int, public_id: str) -> HttpResponse:
    """The page looks again by itself until the file is there; without JavaScript a reload does the same."""
    row = _get_file(get_report(year), public_id)
    context = {
        "report": row.report,
        "file": row,
        "is_ended": row.state in ENDED,
        "stages": _stages(row),
        "crumbs": crumbs(
            (_("事業実施報告書"), reverse("reports:desk-report-list")),
            (format_fiscal_year(year), reverse("reports:desk-report", args=[year])),
            (_("ファイル"), ""),
        ),
    }
    response = render(request, "reports/desk/file.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@edits
@post_only("reports:desk-report-file", "year", "public_id")
def cancel(request: HttpRequest, year: int, public_id: str) -> HttpResponse:
    row = _get_file(get_report(year), public_id)
    by: Any = request.user
    attempt(request, lambda: services.cancel_file(rendering=row, by=by), _("ファイル作りをやめました。"))
    return redirect("reports:desk-report-file", year, public_id)


@edits
@require_safe
def download(request: HttpRequest, year: int, public_id: str) -> HttpResponseBase:
    row = _get_file(get_report(year), public_id)
    return file_response(request, row, is_public=False)


def _whole(number: str) -> int:
    """Raises Http404."""
    if not (number.isascii() and number.isdigit()):
        raise Http404
    return int(number[:9])


def _get_file(report: AnnualReport, public_id: str) -> Rendering:
    rows = Rendering.objects.select_related("report__scheme", "edition", "asked_by")
    found: Rendering = get_object_or_404(rows, report=report, public_id=public_id)
    return found


def _stages(row: Rendering) -> list[tuple[str, str]]:
    """(words, done | now | ahead) of every stage on the way."""
    way = [RenderingState.QUEUED, RenderingState.LAYING_OUT, RenderingState.WRITING, RenderingState.DONE]
    if row.state not in way:
        return []
    here = way.index(RenderingState(row.state))
    return [
        (str(state.label), "now" if place == here else "done" if place < here else "ahead")
        for place, state in enumerate(way)
    ]
