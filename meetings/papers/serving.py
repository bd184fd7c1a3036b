"""How a paper is handed out: as what it is, to nobody's harm, and kept by no cache when it is not for everybody."""

import re
from collections.abc import Iterator
from typing import Protocol

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from meetings.models import DocumentKind, DocumentVersion

_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES: dict[str, str] = {
    DocumentKind.PDF: "application/pdf",
    DocumentKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    DocumentKind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    DocumentKind.PPTX: f"{_OFFICE}.presentationml.presentation",
    DocumentKind.PNG: "image/png",
    DocumentKind.JPEG: "image/jpeg",
}
# Browsers show these themselves; everything else is only ever saved.
SHOWN_IN_PLACE = frozenset({DocumentKind.PDF, DocumentKind.PNG, DocumentKind.JPEG})
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


class KeptFile(Protocol):
    """What is known of a file that was checked by its content before it was stored."""

    @property
    def file(self) -> FieldFile: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


def file_response(
    request: HttpRequest, version: KeptFile, *, is_public: bool, is_newest: bool
) -> HttpResponseBase:
    """Raises Http404 when the file is gone from the storage."""
    headers = safe_headers(is_public=is_public, is_indexed=is_public and is_newest)
    headers["Accept-Ranges"] = "bytes"
    headers["ETag"] = etag = f'"{version.sha256}"'
    unchanged = get_conditional_response(request, etag=etag, response=HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code in {304, 412}:
        return unchanged
    as_attachment = version.kind not in SHOWN_IN_PLACE
    headers["Content-Disposition"] = content_disposition_header(as_attachment, version.name) or ""
    wanted = _range(request, version.size, etag)
    if wanted is None:
        return _whole(version.file, TYPES[version.kind], headers)
    return _part(version.file, wanted, version.size, TYPES[version.kind], headers)


def preview_response(request: HttpRequest, version: DocumentVersion, *, is_public: bool) -> HttpResponseBase:
    if not version.preview:
        raise Http404
    headers = safe_headers(is_public=is_public, is_indexed=False)
    headers["ETag"] = etag = f'"{version.sha256}-preview"'
    unchanged = get_conditional_response(request, etag=etag, response=HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code in {304, 412}:
        return unchanged
    headers["Content-Disposition"] = "inline"
    return _whole(version.preview, "image/png", headers)


def safe_headers(*, is_public: bool, is_indexed: bool) -> dict[str, str]:
    """Never `public`: the page cache keeps words, not files. A minute only, since a paper may be withdrawn."""
    headers = {
        "Cache-Control": "max-age=60" if is_public else "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    }
    if not is_indexed:
        headers["X-Robots-Tag"] = "noindex"
    return headers


def _whole(stored: FieldFile, kind: str, headers: dict[str, str]) -> StreamingHttpResponse:
    try:
        headers["Content-Length"] = str(stored.size)
    except FileNotFoundError as error:
        raise Http404 from error
    return StreamingHttpResponse(_pieces(stored), content_type=kind, headers=headers)


def _pieces(stored: FieldFile) -> Iterator[bytes]:
    """Opened only by whoever reads on: who asks for the headers alone leaves nothing open."""
    with stored.open("rb") as file:
        yield from file.chunks()


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """(first, last) of one range of bytes; several, or one of another version, are answered with the whole file."""
    found = _RANGE.match(request.headers.get("Range", ""))
    if found is None or request.method != "GET" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if first:
        return int(first), min(int(last), size - 1) if last else size - 1
    return (max(size - int(last), 0), size - 1) if last else None


def _part(
    stored: FieldFile, wanted: tuple[int, int], size: int, kind: str, headers: dict[str, str]
) -> HttpResponse:
    first, last = wanted
    if first > last or first >= size:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    try:
        with stored.open("rb") as file:
            file.seek(first)
            part = file.read(last - first + 1)
    except FileNotFoundError as error:
        raise Http404 from error
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return HttpResponse(part, status=206, content_type=kind, headers=headers)
