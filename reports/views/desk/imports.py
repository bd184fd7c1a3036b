"""Reports and tables of years gone by, on the desk: read and shown first, taken in at a second press."""

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from platform_portal.access.checks import Refused
from platform_portal.access.methods import post_only
from platform_portal.desk import crumbs, reason_of, tell
from platform_portal.japanese.calendar import format_fiscal_year
from reports.forms.imports import ImportForm
from reports.importing import keeping
from reports.importing.previewing import preview
from reports.importing.reading import ReadFile, UnreadableFileError, read_report_file
from reports.models import GrantScheme, ImportDoubt
from reports.permissions.annual import check_can_edit_scheme
from reports.services.imports import check_overwrites_nothing, import_report
from reports.views.desk.common import keeps


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """POST reads the file and shows what would be written; nothing is stored yet."""
    check_can_edit_scheme(request.user)
    form = ImportForm(request.POST or None, request.FILES or None)
    read = _read(form) if form.is_valid() else None
    if read is not None and _is_fit(form, read, request.user):
        return _preview(request, form, read)
    context = {"form": form, "crumbs": _steps()}
    status = 422 if form.errors else 200
    return render(request, "reports/desk/import.html", context, status=status)


def _read(form: ImportForm) -> ReadFile | None:
    values = form.cleaned_data
    try:
        return read_report_file(
            file=values["file"], file_name=values["file"].name, fiscal_year=values["fiscal_year"]
        )
    except UnreadableFileError as error:
        form.add_error("file", error.message)
        return None


def _is_fit(form: ImportForm, file: ReadFile, user: Any) -> bool:
    """Everything that would keep it from being taken in is said now."""
    read = file.report
    if read.fiscal_year is None:
        form.add_error("fiscal_year", _("ファイルに年度が書いてありません。年度を選んでください。"))
        return False
    there = GrantScheme.objects.filter(fiscal_year=read.fiscal_year).first()
    if there is None and not (read.official_name or form.cleaned_data["official_name"]):
        form.add_error(
            "official_name", _("交付金の正式な名前が、ファイルにありません。ここに書いてください。")
        )
    try:
        if there is not None:
            check_can_edit_scheme(user, there)
        check_overwrites_nothing(read)
    except Refused as refused:
        tell(form, refused)
    return not form.errors


def _preview(request: HttpRequest, form: ImportForm, file: ReadFile) -> HttpResponse:
    values = form.cleaned_data
    values["file"].seek(0)
    kept = keeping.Kept(file.name, values["file"].read(), values["fiscal_year"], values["official_name"])
    context = {
        "read": file.report,
        "name": file.name,
        "official_name": file.report.official_name or values["official_name"],
        "snapshot": preview(file.report),
        "token": keeping.keep(kept, user=request.user),
        "back": reverse("reports:desk-import"),
        "crumbs": _steps(_("取り込む前に見る")),
    }
    return render(request, "reports/desk/import_preview.html", context)


@keeps
@post_only("reports:desk-import")
def import_accept(request: HttpRequest) -> HttpResponse:
    token = request.POST.get("token", "")
    kept = keeping.find(token, user=request.user)
    if kept is None:
        messages.error(request, _("読み取ってから時間がたちました。もう一度ファイルを選んでください。"))
        return redirect("reports:desk-import")
    if kept.done is None:
        try:
            file = read_report_file(
                file=io.BytesIO(kept.data), file_name=kept.name, fiscal_year=kept.fiscal_year
            )
            done = import_report(file=file, by=request.user, official_name=kept.official_name)
        except (Refused, ValidationError) as error:
            return _not_done(request, token, error)
        year = done.scheme.fiscal_year
        keeping.mark_done(token, kept, year, user=request.user)
    else:
        year = kept.done
    words = _("%(year)sに取り込みました。区分の言葉は未確認です。") % {"year": format_fiscal_year(year)}
    if doubts := ImportDoubt.objects.filter(scheme__fiscal_year=year).waiting().count():
        link = _("確かめてほしいところが%(count)s件あります") % {"count": doubts}
        at = reverse("reports:desk-doubt-list", args=[year])
        words = format_html('{} <a href="{}">{}</a>', words, at, link)
    messages.success(request, words)
    return redirect("reports:desk-activity-list", year)


def _not_done(request: HttpRequest, token: str, error: Refused | ValidationError) -> HttpResponse:
    """A press at the same time may have been faster; then it is done, and nothing went wrong."""
    kept = keeping.find(token, user=request.user)
    if kept is not None and kept.done is not None:
        return redirect("reports:desk-activity-list", kept.done)
    messages.error(request, _("取り込めません。何も変わっていません。") + reason_of(error))
    return redirect("reports:desk-import")


def _steps(last: str = "") -> Any:
    at = reverse("reports:desk-import")
    steps = [(_("前の年度を取り込む"), at if last else "")]
    if last:
        steps.append((last, ""))
    return crumbs(
        (_("事業の記録"), reverse("reports:desk-record")),
        (_("年度の一覧"), reverse("reports:desk-scheme-list")),
        *steps,
    )
