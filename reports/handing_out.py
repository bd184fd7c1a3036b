"""How a file of a report is handed out: to nobody's harm, and kept by no cache when it is not for everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from meetings.models import DocumentKind
from meetings.papers.serving import TYPES, safe_headers
from reports.models import Rendering, RenderingKind, RenderingState

_TYPES = {
    RenderingKind.PDF: TYPES[DocumentKind.PDF],
    RenderingKind.FILING: TYPES[DocumentKind.PDF],
    RenderingKind.DOCX: TYPES[DocumentKind.DOCX],
}


def file_name(row: Rendering) -> str:
    """令和6年度事業実施報告書（第1版）.pdf"""
    edition = f"（第{row.edition.number}版）" if row.edition else "（下書き）"
    filing = "（保存用）" if row.kind == RenderingKind.FILING else ""
    ending = "docx" if row.kind == RenderingKind.DOCX else "pdf"
    return f"{row.report}{edition}{filing}.{ending}".replace(" ", "")


def file_response(request: HttpRequest, row: Rendering, *, is_public: bool) -> HttpResponseBase:
    """Raises Http404 for one that is not done, and when the file is gone from the storage."""
    if row.state != RenderingState.DONE:
        raise Http404
    headers = safe_headers(is_public=is_public, is_indexed=is_public)
    headers["ETag"] = etag = f'"{row.sha256}"'
    unchanged = get_conditional_response(request, etag=etag, response=HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code in {304, 412}:
        return unchanged
    is_attachment = row.kind == RenderingKind.DOCX
    headers["Content-Disposition"] = content_disposition_header(is_attachment, file_name(row)) or ""
    try:
        with row.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(data, content_type=_TYPES[RenderingKind(row.kind)], headers=headers)
