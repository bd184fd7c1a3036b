"""The annual report on the desk: its years, the hub of one year, its sections, remarks, and the way to the ministry."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from platform_portal.access.checks import Refused, reason_against, requires
from platform_portal.access.methods import post_only
from platform_portal.access.roles import Permission
from platform_portal.charts import BarChart, bar_chart
from platform_portal.desk import Crumbs, attempt, crumbs, paged
from platform_portal.japanese.calendar import format_fiscal_year
from reports.doubtful import findings_of_import
from reports.figures import KNOWN, figures_of
from reports.forms.annual import CommentForm, HeadingForm, SectionForm, StepForm
from reports.lints import Finding, Place, lint
from reports.models import (
    Activity,
    AnnualReport,
    GrantScheme,
    ImportDoubt,
    Rendering,
    ReportComment,
    ReportSection,
    ReportState,
    SectionKind,
    TrialProject,
)
from reports.permissions import annual as permissions
from reports.services import annual as services
from reports.snapshots import Figure
from reports.snapshotting import take_snapshot
from reports.workflow import REPORT_WAYS

edits = requires(Permission.EDIT_REPORTS)
FORWARD = (ReportState.IN_REVIEW, ReportState.APPROVED, ReportState.SUBMITTED)
MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A button of the workflow; `against` says why it cannot be pressed, or is empty."""

    to: str
    label: str
    against: str
    needs_reason: bool
    is_main: bool


@edits
@require_safe
def report_list(request: HttpRequest) -> HttpResponse:
    page = paged(request, GrantScheme.objects.order_by("-fiscal_year"))
    reports = {row.scheme_id: row for row in AnnualReport.objects.filter(scheme__in=list(page.object_list))}
    page.object_list = [(scheme, reports.get(scheme.pk)) for scheme in page.object_list]
    context = {"page": page, "crumbs": crumbs((_("事業実施報告書"), ""))}
    return render(request, "reports/desk/report_list.html", context)


@edits
@post_only("reports:desk-report-list")
def report_begin(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_object_or_404(GrantScheme, fiscal_year=year)
    by: Any = request.user
    attempt(
        request,
        lambda: services.begin_report(scheme=scheme, by=by),
        _("報告書を始めました。下の部分を1つずつ書いてください。"),
    )
    return redirect("reports:desk-report", year)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, year: int) -> HttpResponse:
    """By POST: `to` (a step, with its reason) or `heading`."""
    found = get_report(year)
    form = HeadingForm(
        request.POST if "heading" in request.POST else None, initial={"heading": found.heading}
    )
    step_form = _step_form(request, found)
    if request.method == "POST":
        is_done = _move(request, found, step_form) if step_form else _write_heading(request, found, form)
        if is_done:
            return redirect("reports:desk-report", year)
        found = get_report(year)
    findings = lint(take_snapshot(found))
    sections = _sections_with_comments(found)
    history = history_of(found)
    context = {
        "report": found,
        "title": str(found),
        "form": form,
        "step_form": step_form,
        "asked_for": request.POST.get("to", ""),
        "no_writing": reason_against(permissions.check_can_write_report, request.user, found),
        "sections": sections,
        "findings": [*_addressed(findings, found), *findings_of_import(found.scheme)],
        "has_doubts": ImportDoubt.objects.filter(scheme=found.scheme).exists(),
        "error_count": sum(each.is_error for each in findings),
        "steps": _steps_of(request.user, found, findings, sum(waiting for _section, waiting in sections)),
        "editions": found.editions.select_related("approved_by", "submitted_by").order_by("-number"),
        "files": Rendering.objects.filter(report=found).select_related("edition", "asked_by")[:MOST_FILES],
        "charts": _charts_of(figures_of(year)),
        "history": history,
        "returned": next((line for line in history if line.note), None)
        if found.state == ReportState.DRAFT
        else None,
        "crumbs": _crumbs(found),
    }
    return render(request, "reports/desk/report.html", context)


@edits
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    found = get_report(year)
    row = get_section(found, kind)
    form = SectionForm(request.POST or None, initial={"body": row.body, "version": row.version})
    if request.method == "POST" and form.is_valid() and _write_section(request, row, form):
        return redirect("reports:desk-report-section", year, kind)
    context = {
        "report": found,
        "section": row,
        "form": form,
        "comment_form": CommentForm(auto_id="comment_%s"),
        "no_writing": reason_against(permissions.check_can_write_report, request.user, found),
        "no_comments": reason_against(permissions.check_can_comment, request.user, found),
        "comments": row.comments.select_related("written_by", "settled_by"),
        "categories": list(found.scheme.categories.all()),
        "figures": [(known, figure) for known, figure in zip(KNOWN, figures_of(year), strict=True)],
        "before": _of_last_year(row),
        "crumbs": _crumbs(found, (str(row), "")),
    }
    return render(request, "reports/desk/section.html", context)


@edits
@post_only("reports:desk-report-section", "year", "kind")
def comment(request: HttpRequest, year: int, kind: str) -> HttpResponse:
    row = get_section(get_report(year), kind)
    form = CommentForm(request.POST, auto_id="comment_%s")
    by: Any = request.user
    if form.is_valid():
        text = form.cleaned_data["text"]
        attempt(
            request,
            lambda: services.comment_on(section=row, text=text, by=by),
            _("意見を書きました。"),
        )
    else:
        attempt(request, lambda: _refuse(form), "")
    return redirect(f"{reverse('reports:desk-report-section', args=[year, kind])}#comments")


@edits
@post_only("reports:desk-report-section", "year", "kind")
def comment_settle(request: HttpRequest, year: int, kind: str, public_id: str) -> HttpResponse:
    row = get_section(get_report(year), kind)
    found = get_object_or_404(ReportComment, section=row, public_id=public_id)
    by: Any = request.user
    attempt(request, lambda: services.settle_comment(comment=found, by=by), _("意見を済みにしました。"))
    return redirect(f"{reverse('reports:desk-report-section', args=[year, kind])}#comments")


def get_report(year: int) -> AnnualReport:
    """Raises Http404."""
    rows = AnnualReport.objects.select_related("scheme", "author", "requested_by", "approved_by")
    found: AnnualReport = get_object_or_404(rows, scheme__fiscal_year=year)
    return found


def get_section(report: AnnualReport, kind: str) -> ReportSection:
    """Raises Http404."""
    if kind not in SectionKind.values:
        raise Http404
    rows = ReportSection.objects.select_related("report__scheme")
    found: ReportSection = get_object_or_404(rows, report=report, kind=kind)
    return found


# --- Parts -----------------------------------------------------------------------------------------
def _refuse(form: CommentForm) -> None:
    raise Refused(" ".join(str(text) for texts in form.errors.values() for text in texts))


def _crumbs(report: AnnualReport, *more: tuple[str, str]) -> Crumbs:
    year = report.scheme.fiscal_year
    own = reverse("reports:desk-report", args=[year]) if more else ""
    return crumbs(
        (_("事業実施報告書"), reverse("reports:desk-report-list")), (format_fiscal_year(year), own), *more
    )


def _step_form(request: HttpRequest, report: AnnualReport) -> StepForm | None:
    to = request.POST.get("to", "")
    if not to:
        return None
    if to not in ReportState.values:
        raise Http404
    way = REPORT_WAYS.get((ReportState(report.state), ReportState(to)))
    return StepForm(request.POST, needs_reason=bool(way and way.needs_reason))


def _move(request: HttpRequest, report: AnnualReport, form: StepForm) -> bool:
    if not form.is_valid():
        return False
    to, by = ReportState(request.POST["to"]), request.user
    return attempt(
        request,
        lambda: services.move_report(
            report=report,
            to=to,
            by=by,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        ),
        _("報告書を「%(state)s」にしました。") % {"state": to.label},
    )


def _write_heading(request: HttpRequest, report: AnnualReport, form: HeadingForm) -> bool:
    by: Any = request.user
    return form.is_valid() and attempt(
        request,
        lambda: services.write_heading(report=report, heading=form.cleaned_data["heading"], by=by),
        _("事業名を保存しました。"),
        form,
    )


def _write_section(request: HttpRequest, row: ReportSection, form: SectionForm) -> bool:
    """What was typed stays on the page when it is refused."""
    values, by = form.cleaned_data, request.user
    is_done = attempt(
        request,
        lambda: services.write_section(section=row, body=values["body"], version=values["version"], by=by),
        _("「%(title)s」を保存しました。") % {"title": row},
        form,
    )
    if not is_done:
        row.refresh_from_db()
    return is_done


def _sections_with_comments(report: AnnualReport) -> list[tuple[ReportSection, int]]:
    """In the order of the form, with the number of remarks that are not settled. Two queries."""
    rows = {row.kind: row for row in ReportSection.objects.filter(report=report)}
    waiting = ReportComment.objects.filter(section__report=report, settled_at=None)
    counts: dict[int, int] = {}
    for key in waiting.values_list("section_id", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return [(rows[kind], counts.get(rows[kind].pk, 0)) for kind in SectionKind if kind in rows]


def _steps_of(user: Any, report: AnnualReport, findings: list[Finding], open_comments: int) -> list[Step]:
    """Every way that leads on from here, also those that this person may not take; the main one first."""
    steps = []
    for (before, to), way in REPORT_WAYS.items():
        if before != report.state:
            continue
        against = reason_against(permissions.check_can_move_report, user, report, to)
        errors = sum(each.is_error for each in findings)
        if not against and to in services.NEEDS_READINESS and errors:
            against = _(
                "必ず直すものが%(count)s件あります。先に、上の「直すところ」で「必ず直す」の印があるものを直してください。"
            ) % {"count": errors}
        elif not against and to == ReportState.APPROVED and open_comments:
            against = _("済んでいない意見が%(count)s件あります。先に、済みにしてください。") % {
                "count": open_comments
            }
        steps.append(Step(to.value, str(way.label), against, way.needs_reason, to in FORWARD))
    return sorted(steps, key=lambda step: not step.is_main)


def _addressed(findings: list[Finding], report: AnnualReport) -> list[tuple[Finding, str]]:
    """Each with the page on which it is mended. Two queries, however many."""
    year = report.scheme.fiscal_year
    activities = Activity.objects.filter(scheme=report.scheme).in_order()
    projects = TrialProject.objects.filter(scheme=report.scheme).order_by("position", "pk")
    pages: dict[Place, list[str]] = {
        Place.ACTIVITY: [
            reverse("reports:desk-activity", args=[key])
            for key in activities.values_list("public_id", flat=True)
        ],
        Place.PROJECT: [
            reverse("reports:desk-project", args=[key])
            for key in projects.values_list("public_id", flat=True)
        ],
        Place.SECTION: [
            reverse("reports:desk-report-section", args=[year, kind.value]) for kind in SectionKind
        ],
    }
    elsewhere = {
        Place.CATEGORY: reverse("reports:desk-scheme", args=[year]),
        Place.REPORT: reverse("reports:desk-activity-list", args=[year]),
    }
    return [
        (each, elsewhere[each.place] if each.place in elsewhere else pages[each.place][each.number])
        for each in findings
    ]


def _of_last_year(row: ReportSection) -> ReportSection | None:
    """The same section of the newest report before this one."""
    year = row.report.scheme.fiscal_year
    rows = ReportSection.objects.filter(kind=row.kind, report__scheme__fiscal_year__lt=year).exclude(body="")
    found: ReportSection | None = (
        rows.select_related("report__scheme").order_by("-report__scheme__fiscal_year").first()
    )
    return found


def _charts_of(figures: list[Figure]) -> list[BarChart]:
    """年次比較: one for each figure of which more than one year is known."""
    return [
        bar_chart(
            key=f"figure-{number}",
            title=f"{figure.label}（{figure.unit}）",
            heading=figure.label,
            series=[figure.unit],
            rows=[(format_fiscal_year(year), [count], "") for year, count in figure.values],
        )
        for number, figure in enumerate(figures)
    ]
