"""The pages of every import: upload a file, see what it would do, agree; and the answer that carries a download."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.access.checks import Refused
from platform_portal.desk import Step, paged
from platform_portal.sheets.files import UnreadableFileError
from platform_portal.sheets.forms import UploadForm
from platform_portal.sheets.intake import Intake
from platform_portal.sheets.models import SheetUpload
from platform_portal.sheets.planning import Outcome
from platform_portal.sheets.progress import percent
from platform_portal.sheets.writing import WORKBOOK_TYPE, csv_lines, workbook_bytes

ROWS_PER_PAGE = 100
RECENT = 10
R = TypeVar("R", bound=HttpResponseBase)
OUTCOME_WORDS = {
    Outcome.REFUSED: (gettext_lazy("取り込めません"), "bad"),
    Outcome.CREATED: (gettext_lazy("新しく作ります"), "good"),
    Outcome.PROPOSED: (gettext_lazy("確認待ちになります"), "warn"),
    Outcome.CHANGED: (gettext_lazy("変えます"), "soon"),
    Outcome.UNCHANGED: (gettext_lazy("同じです"), "closed"),
}


@dataclass(frozen=True, slots=True)
class ImportPages:
    """`start` and `result` are URL names and templates by the same rule: one pair for each sort of file."""

    intake: Intake
    start_name: str
    result_name: str
    start_template: str
    result_template: str
    steps: Callable[[], Sequence[Step]]  # breadcrumbs down to the list
    given_up: Callable[[], str]

    def start(self, request: HttpRequest, **context: Any) -> HttpResponse:
        """The form, and what the person has uploaded of late."""
        given = (request.POST, request.FILES) if request.method == "POST" else ()
        reader = self.intake.reader
        form = UploadForm(*given, max_rows=reader.max_rows, max_bytes=reader.max_bytes)
        if request.method == "POST" and form.is_valid():
            upload = self._kept(request, form)
            if upload is not None:
                return redirect(self.result_name, upload.public_id)
        context |= {
            "form": form,
            "result_name": self.result_name,
            "recent": self._uploads_of(request)[:RECENT],
            "crumbs": [*self.steps(), (_("ファイルから取り込む"), "")],
        }
        return render(request, self.start_template, context, status=422 if form.errors else 200)

    def result(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """What the file would do; by POST: agree (`agree`) or throw it away (`give_up`)."""
        upload = get_object_or_404(self._uploads_of(request), public_id=public_id)
        if request.method == "POST":
            return self._answer(request, upload)
        rows = upload.rows.all()
        outcome = request.GET.get("outcome", "")
        if outcome in set(Outcome):
            rows = rows.filter(outcome=outcome)
        context = {
            "upload": upload,
            "percent": percent(upload.progress_key) if upload.is_working else None,
            "here": reverse(self.result_name, args=[upload.public_id]),
            "outcome": outcome,
            "tallies": [
                (each.value, words, kind, upload.counts.get(each.value, 0))
                for each, (words, kind) in OUTCOME_WORDS.items()
                # Only windows wait for a second person.
                if each != Outcome.PROPOSED or upload.counts.get(each.value)
            ],
            "page": paged(request, rows, ROWS_PER_PAGE),
            "refused": upload.counts.get(Outcome.REFUSED, 0),
            "effective": sum(
                upload.counts.get(each, 0) for each in (Outcome.CREATED, Outcome.CHANGED, Outcome.PROPOSED)
            ),
            "crumbs": [
                *self.steps(),
                (_("ファイルから取り込む"), reverse(self.start_name)),
                (upload.file_name, ""),
            ],
        }
        return render(request, self.result_template, context)

    def _uploads_of(self, request: HttpRequest) -> Any:
        """Nobody sees what another has uploaded."""
        uploads = self.intake.upload_model._default_manager
        return uploads.filter(uploaded_by_id=request.user.pk).defer("content")

    def _kept(self, request: HttpRequest, form: UploadForm) -> SheetUpload | None:
        file = form.cleaned_data["file"]
        try:
            return self.intake.keep_upload(content=file.read(), file_name=file.name, by=request.user)
        except UnreadableFileError as error:
            form.add_error("file", error.message)
            return None

    def _answer(self, request: HttpRequest, upload: SheetUpload) -> HttpResponse:
        here = redirect(self.result_name, upload.public_id)
        try:
            if "give_up" in request.POST:
                self.intake.give_up(upload=upload, by=request.user)
                messages.success(request, self.given_up())
                return redirect(self.start_name)
            if "agree" in request.POST:
                self.intake.agree(upload=upload, by=request.user)
        except Refused as refused:
            messages.error(request, refused.reason)
        return here


def download(rows: Iterable[Sequence[str]], *, name: str, title: str, as_workbook: bool) -> HttpResponseBase:
    """The rows as a file called after `name` and the day."""
    day = timezone.localdate().isoformat()
    if as_workbook:
        book = HttpResponse(workbook_bytes(rows, title), content_type=WORKBOOK_TYPE)
        return _attached(book, f"{name}-{day}.xlsx")
    lines = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    return _attached(lines, f"{name}-{day}.csv")


def _attached(response: R, name: str) -> R:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
