"""Windows in and out: upload a file, see what it would do, agree; download."""

from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consultations.desk_filters import DeskWindowFilter
from consultations.forms.upload import UploadForm
from consultations.importing import exporting, uploads
from consultations.importing.files import UnreadableFileError
from consultations.importing.planning import Outcome
from consultations.models import ConsultationWindow, WindowImport
from consultations.views.desk.common import crumbs, paged
from platform_portal.access.checks import Refused, requires
from platform_portal.access.roles import Permission

ROWS_PER_PAGE = 100
RECENT = 10
R = TypeVar("R", bound=HttpResponseBase)
OUTCOME_WORDS = {
    Outcome.REFUSED: (gettext_lazy("取り込めません"), "bad"),
    Outcome.CREATED: (gettext_lazy("新しく作ります"), "good"),
    Outcome.CHANGED: (gettext_lazy("変えます"), "soon"),
    Outcome.UNCHANGED: (gettext_lazy("同じです"), "closed"),
}


@requires(Permission.IMPORT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_import(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        upload = _kept(request, form)
        if upload is not None:
            return redirect("desk:window-import-result", upload.public_id)
    context = {
        "form": form,
        "recent": WindowImport.objects.filter(uploaded_by_id=request.user.pk).defer("content")[:RECENT],
        "crumbs": crumbs((_("相談窓口"), reverse("desk:window-list")), (_("ファイルから取り込む"), "")),
    }
    status = 422 if form.errors else 200
    return render(request, "consultations/desk/import.html", context, status=status)


def _kept(request: HttpRequest, form: UploadForm) -> WindowImport | None:
    file = form.cleaned_data["file"]
    try:
        return uploads.keep_upload(content=file.read(), file_name=file.name, by=request.user)
    except UnreadableFileError as error:
        form.add_error("file", error.message)
        return None


@requires(Permission.IMPORT_WINDOWS)
@require_http_methods(["GET", "HEAD", "POST"])
def window_import_result(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the file would do; by POST: agree (`agree`) or throw it away (`give_up`)."""
    uploads_of_person = WindowImport.objects.filter(uploaded_by_id=request.user.pk).defer("content")
    upload = get_object_or_404(uploads_of_person, public_id=public_id)
    if request.method == "POST":
        return _answer(request, upload)
    rows = upload.rows.all()
    outcome = request.GET.get("outcome", "")
    if outcome in set(Outcome):
        rows = rows.filter(outcome=outcome)
    context = {
        "upload": upload,
        "outcome": outcome,
        "tallies": [
            (each.value, words, kind, upload.counts.get(each.value, 0))
            for each, (words, kind) in OUTCOME_WORDS.items()
        ],
        "page": paged(request, rows, ROWS_PER_PAGE),
        "refused": upload.counts.get(Outcome.REFUSED, 0),
        "effective": sum(upload.counts.get(each, 0) for each in (Outcome.CREATED, Outcome.CHANGED)),
        "crumbs": crumbs(
            (_("相談窓口"), reverse("desk:window-list")),
            (_("ファイルから取り込む"), reverse("desk:window-import")),
            (upload.file_name, ""),
        ),
    }
    return render(request, "consultations/desk/import_result.html", context)


def _answer(request: HttpRequest, upload: WindowImport) -> HttpResponse:
    here = redirect("desk:window-import-result", upload.public_id)
    try:
        if "give_up" in request.POST:
            uploads.give_up(upload=upload, by=request.user)
            messages.success(request, _("ファイルを消しました。窓口は変わっていません。"))
            return redirect("desk:window-import")
        if "agree" in request.POST:
            uploads.agree(upload=upload, by=request.user)
    except Refused as refused:
        messages.error(request, refused.reason)
    return here


@requires(Permission.EDIT_WINDOWS)
@require_safe
def window_export(request: HttpRequest) -> HttpResponseBase:
    """The windows of the list, with the list's conditions; `format`: csv (default) or xlsx."""
    found = DeskWindowFilter(request.GET, queryset=ConsultationWindow.objects.all())
    windows = found.qs if found.is_valid() else found.queryset
    day = timezone.localdate().isoformat()
    if request.GET.get("format") == "xlsx":
        return _attached(
            HttpResponse(
                exporting.workbook_bytes(windows),
                content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            f"windows-{day}.xlsx",
        )
    return _attached(
        StreamingHttpResponse(exporting.csv_lines(windows), content_type="text/csv; charset=utf-8"),
        f"windows-{day}.csv",
    )


def _attached(response: R, name: str) -> R:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
