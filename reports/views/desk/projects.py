"""Projects tried out with the grant: their list with every sum, the form with a line for each payee, and the files."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from meetings.audit_labels.history import history_of
from platform_portal.access.checks import reason_against
from platform_portal.desk import attempt, paged, show_form
from platform_portal.sheets.values import neutralise
from platform_portal.sheets.writing import BYTE_ORDER_MARK, WORKBOOK_TYPE, workbook_bytes
from reports.budget import budget_table, sums_of
from reports.forms.activities import RemoveForm
from reports.forms.projects import (
    MORE_LINES,
    MOST_LINES,
    PREFIX,
    LineFormSet,
    ProjectForm,
    empty_lines,
    lines_of,
    typed_lines,
)
from reports.forms.typed import show_typed
from reports.models import GrantScheme, TrialProject
from reports.permissions.activities import check_can_edit_projects
from reports.services import projects as services
from reports.snapshots import Project
from reports.snapshotting import projects_of
from reports.views.desk.common import address_of, get_scheme, keeps, year_steps


@keeps
@require_safe
def project_list(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    rows = TrialProject.objects.filter(scheme=scheme).select_related("category")
    summed = rows.annotate(
        amount=Sum("lines__amount_yen"),
        line_count=Count("lines"),
        unknown=Count("lines", filter=Q(lines__amount_yen=None)),
    )
    context = {
        "scheme": scheme,
        "page": paged(request, summed.order_by("position", "pk")),
        "sums": sums_of(scheme),
        "against": reason_against(check_can_edit_projects, request.user, scheme),
        "crumbs": year_steps(scheme, (_("試行事業と経費"), "")),
    }
    return render(request, "reports/desk/project_list.html", context)


# --- One project ------------------------------------------------------------------------------------
@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def project_create(request: HttpRequest, year: int) -> HttpResponse:
    scheme = get_scheme(year)
    check_can_edit_projects(request.user, scheme)
    form, lines = _forms(request, scheme, None)
    if _is_fit(request, form, lines):
        values, rows = form.cleaned_data, lines.lines()
        if attempt(
            request,
            lambda: services.add_project(scheme=scheme, values=values, lines=rows, by=request.user),
            _("「%(name)s」を書きました。") % {"name": values["name"]},
            form,
        ):
            return redirect(address_of("desk-project-list", scheme))
    return _page(request, scheme, form, lines, _("試行事業を書く"))


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def project_edit(request: HttpRequest, public_id: str) -> HttpResponse:
    project = _project(public_id)
    scheme = project.scheme
    against = reason_against(check_can_edit_projects, request.user, scheme)
    if request.method == "POST":
        check_can_edit_projects(request.user, scheme)
    form, lines = _forms(request, scheme, project)
    is_newest = request.POST.get("version", str(project.version)) == str(project.version)
    if request.method == "POST" and not _is_redrawn(request) and not is_newest:
        return _conflict(request, project, form, lines)
    if _is_fit(request, form, lines):
        values, rows, version = form.cleaned_data, lines.lines(), project.version
        if attempt(
            request,
            lambda: services.change_project(
                project=project, values=values, lines=rows, by=request.user, version=version
            ),
            _("「%(name)s」を保存しました。") % {"name": values["name"]},
            form,
        ):
            return redirect(f"{address_of('desk-project-list', scheme)}#project-{project.public_id}")
    return _page(request, scheme, form, lines, project.name, project=project, against=against)


def _project(public_id: str) -> TrialProject:
    rows = TrialProject.objects.select_related("scheme", "category")
    found: TrialProject = get_object_or_404(rows, public_id=public_id)
    return found


def _is_redrawn(request: HttpRequest) -> bool:
    """A button that adds or takes away a line was pressed: nothing is saved, and nothing that was typed is lost."""
    return "more" in request.POST or "drop" in request.POST


def _forms(request: HttpRequest, scheme: GrantScheme, project: TrialProject | None) -> tuple[Any, Any]:
    options: dict[str, Any] = {"scheme": scheme}
    if project is not None:
        options["instance"] = project
    if request.method != "POST":
        lines = lines_of(project)
        lines += empty_lines(min(MORE_LINES if not lines else 1, MOST_LINES - len(lines)))
        return ProjectForm(**options), LineFormSet(initial=lines, prefix=PREFIX)
    if not _is_redrawn(request):
        return ProjectForm(request.POST, **options), LineFormSet(request.POST, prefix=PREFIX)
    form = ProjectForm(**options)
    show_typed(form, request.POST)
    rows = typed_lines(request.POST)
    if "more" in request.POST:
        rows += empty_lines(min(MORE_LINES, MOST_LINES - len(rows)))
    else:
        rows = [row for number, row in enumerate(rows) if str(number) != request.POST["drop"]]
    return form, LineFormSet(initial=rows, prefix=PREFIX)


def _is_fit(request: HttpRequest, form: Any, lines: Any) -> bool:
    if request.method != "POST" or _is_redrawn(request):
        return False
    # Both, so that everything that has to be put right is said at once.
    return all([form.is_valid(), lines.is_valid()])


def _conflict(request: HttpRequest, project: TrialProject, form: Any, lines: Any) -> HttpResponse:
    """Somebody saved meanwhile. What was typed stays in the form; saved again, it is saved."""
    return _page(
        request, project.scheme, form, lines, project.name, project=project, current=_current(project)
    )


def _current(project: TrialProject) -> Project:
    return next(iter(projects_of(TrialProject.objects.filter(pk=project.pk))))


def _page(
    request: HttpRequest,
    scheme: GrantScheme,
    form: Any,
    lines: Any,
    title: str,
    *,
    project: TrialProject | None = None,
    against: str = "",
    current: Project | None = None,
) -> HttpResponse:
    is_judged = form.is_bound and current is None
    has_errors = is_judged and not all([form.is_valid(), lines.is_valid()])
    context = {
        "scheme": scheme,
        "project": project,
        "form": form,
        "lines": lines,
        "is_judged": is_judged,
        "is_unsaved": request.method == "POST",
        "has_room": len(lines.forms) < MOST_LINES,
        "version": _seen_version(request, project),
        "current": current,
        "told": _current(project) if project is not None and against else None,
        "title": title,
        "against": against,
        "history": history_of(project) if project is not None else [],
        "back": address_of("desk-project-list", scheme),
        "crumbs": year_steps(
            scheme, (_("試行事業と経費"), address_of("desk-project-list", scheme)), (title, "")
        ),
    }
    status = 409 if current is not None else 422 if has_errors else 200
    return render(request, "reports/desk/project_page.html", context, status=status)


def _seen_version(request: HttpRequest, project: TrialProject | None) -> str:
    """Adding a line is not looking at what somebody else saved meanwhile."""
    if project is None:
        return ""
    current = str(project.version)
    return request.POST.get("version", current) if _is_redrawn(request) else current


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def project_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    project = _project(public_id)
    scheme = project.scheme
    check_can_edit_projects(request.user, scheme)
    form = RemoveForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(
            request,
            lambda: services.remove_project(project=project, reason=reason, by=request.user),
            _("「%(name)s」を消しました。") % {"name": project.name},
            form,
        ):
            return redirect(address_of("desk-project-list", scheme))
    at = reverse("reports:desk-project", args=[project.public_id])
    return show_form(
        request,
        form,
        title=_("「%(name)s」を消す") % {"name": project.name},
        text=_("試行事業と、その経費が消えます。書いてあったことは、変更の記録に残ります。"),
        button=_("消す"),
        is_danger=True,
        back=at,
        steps=year_steps(
            scheme,
            (_("試行事業と経費"), address_of("desk-project-list", scheme)),
            (project.name, at),
            (_("消す"), ""),
        ),
    )


# --- As a file --------------------------------------------------------------------------------------
@keeps
@require_safe
def project_workbook(request: HttpRequest, year: int) -> HttpResponse:
    data = workbook_bytes(_table(get_scheme(year)), _("試行事業と経費"))
    return _file(data, WORKBOOK_TYPE, f"projects-{year}.xlsx")


@keeps
@require_safe
def project_text(request: HttpRequest, year: int) -> HttpResponse:
    buffer = io.StringIO()
    writer = csv.writer(buffer, dialect="excel-tab")
    for row in _table(get_scheme(year)):
        writer.writerow([neutralise(cell) if isinstance(cell, str) else cell for cell in row])
    data = (BYTE_ORDER_MARK + buffer.getvalue()).encode()
    return _file(data, "text/tab-separated-values; charset=utf-8", f"projects-{year}.tsv")


def _table(scheme: GrantScheme) -> Iterable[list[str | int]]:
    return budget_table(projects_of(TrialProject.objects.filter(scheme=scheme)))


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
