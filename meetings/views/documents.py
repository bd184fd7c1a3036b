"""Papers: a page with every version, the files themselves, and a look at page one.

For whoever may not open a paper there is none: 404, signed in or not, so that nobody learns that it exists. One that
everybody could open until it was withdrawn is known already: 410, with when and why, and without its title.
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from meetings.models import Document, DocumentVersion
from meetings.papers.serving import file_response, preview_response, safe_headers
from platform_portal.page_cache import public_page


class WithdrawnError(Exception):
    """Everybody could open it once."""

    def __init__(self, document: Document) -> None:
        super().__init__(document.pk)
        self.document = document


@public_page()
def document_page(request: HttpRequest, paper_id: str) -> HttpResponse:
    rows = Document.objects.select_related("meeting__body")
    try:
        document, is_public = _found(request, rows, public_id=paper_id)
    except WithdrawnError as error:
        return _withdrawn(request, error.document)
    versions = list(document.versions.defer("text", "search_vector"))
    context = {
        "document": document,
        "meeting": document.meeting,
        "newest": versions[0] if versions else None,
        "older": versions[1:],
        "items": list(document.agenda_items.all()),
        "is_public": is_public,
        "crumbs": [
            (_("ホーム"), reverse("consultations:home")),
            (_("会議"), reverse("meetings:meeting-list")),
            (document.meeting.title, reverse("meetings:meeting-detail", args=[document.meeting.public_id])),
            (str(document), ""),
        ],
    }
    response = render(request, "meetings/public/document.html", context)
    if not is_public:
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = safe_headers(is_public=False, is_indexed=False)["X-Robots-Tag"]
    return response


@login_not_required
@require_safe
def document_file(request: HttpRequest, paper_id: str, version_id: str) -> HttpResponseBase:
    try:
        document, is_public = _found(request, Document.objects.all(), public_id=paper_id)
    except WithdrawnError as error:
        return _withdrawn(request, error.document)
    version = _version(document, version_id)
    is_newest = not document.versions.filter(number__gt=version.number).exists()
    return file_response(request, version, is_public=is_public, is_newest=is_newest)


@login_not_required
@require_safe
def document_preview(request: HttpRequest, paper_id: str, version_id: str) -> HttpResponseBase:
    try:
        document, is_public = _found(request, Document.objects.all(), public_id=paper_id)
    except WithdrawnError as error:
        return _withdrawn(request, error.document)
    return preview_response(request, _version(document, version_id), is_public=is_public)


def _found(request: HttpRequest, rows: Any, **wanted: str) -> tuple[Document, bool]:
    """The paper, and whether everybody may open it. Who asks is only looked at when not. Raises Http404,
    WithdrawnError."""
    document = rows.published().filter(**wanted).first()
    if document is not None:
        return document, True
    if request.user.is_authenticated:
        document = rows.visible_to(request.user).filter(**wanted).first()
        if document is not None:
            return document, False
    gone = Document.objects.withdrawn_from_public().select_related("meeting").filter(**wanted).first()
    if gone is not None:
        raise WithdrawnError(gone)
    raise Http404


def _withdrawn(request: HttpRequest, document: Document) -> HttpResponse:
    context = {
        "document": document,
        "meeting": document.meeting,
        "crumbs": [
            (_("ホーム"), reverse("consultations:home")),
            (_("会議"), reverse("meetings:meeting-list")),
            (document.meeting.title, reverse("meetings:meeting-detail", args=[document.meeting.public_id])),
            (document.label or _("資料"), ""),
        ],
    }
    response = render(request, "meetings/public/document_withdrawn.html", context, status=410)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _version(document: Document, version_id: str) -> DocumentVersion:
    version: DocumentVersion | None = (
        document.versions.defer("text", "search_vector").filter(public_id=version_id).first()
    )
    if version is None:
        raise Http404
    return version
