"""Papers: a page with every version, the files themselves, and a look at page one.

For whoever may not open a paper there is none: 404, signed in or not, so that nobody learns that it exists.
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


@public_page()
def document_page(request: HttpRequest, paper_id: str) -> HttpResponse:
    rows = Document.objects.select_related("meeting__body")
    document, is_public = _found(request, rows, public_id=paper_id)
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
    document, is_public = _found(request, Document.objects.all(), public_id=paper_id)
    version = _version(document, version_id)
    is_newest = not document.versions.filter(number__gt=version.number).exists()
    return file_response(request, version, is_public=is_public, is_newest=is_newest)


@login_not_required
@require_safe
def document_preview(request: HttpRequest, paper_id: str, version_id: str) -> HttpResponseBase:
    document, is_public = _found(request, Document.objects.all(), public_id=paper_id)
    return preview_response(request, _version(document, version_id), is_public=is_public)


def _found(request: HttpRequest, rows: Any, **wanted: str) -> tuple[Document, bool]:
    """The paper, and whether everybody may open it. Who asks is only looked at when not. Raises Http404."""
    document = rows.published().filter(**wanted).first()
    if document is not None:
        return document, True
    if request.user.is_authenticated:
        document = rows.visible_to(request.user).filter(**wanted).first()
        if document is not None:
            return document, False
    raise Http404


def _version(document: Document, version_id: str) -> DocumentVersion:
    version: DocumentVersion | None = (
        document.versions.defer("text", "search_vector").filter(public_id=version_id).first()
    )
    if version is None:
        raise Http404
    return version
