"""How a file that went with an issue is handed out from the archive: just the one that was approved and sent."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from meetings.papers.serving import safe_headers
from newsletters.models import Issue

SHOWN_IN_PLACE = frozenset({"application/pdf", "image/png", "image/jpeg"})


def attachment_response(
    request: HttpRequest, issue: Issue, public_id: str, *, is_public: bool
) -> HttpResponseBase:
    """Raises Http404, also when the file is gone from the storage."""
    kept = _sent_with(issue, public_id)
    row = get_object_or_404(issue.attachments, public_id=public_id, sha256=kept["sha256"])
    headers = safe_headers(is_public=is_public, is_indexed=False)
    headers["ETag"] = etag = f'"{row.sha256}"'
    unchanged = get_conditional_response(request, etag=etag, response=HttpResponse(headers=headers))
    if unchanged is not None and unchanged.status_code in {304, 412}:
        return unchanged
    as_attachment = row.content_type not in SHOWN_IN_PLACE
    headers["Content-Disposition"] = content_disposition_header(as_attachment, row.name) or ""
    try:
        with row.file.open("rb") as file:
            data = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(data, content_type=row.content_type, headers=headers)


def _sent_with(issue: Issue, public_id: str) -> dict[str, Any]:
    for kept in (issue.content or {}).get("attachments", ()):
        if kept["public_id"] == public_id:
            return dict(kept)
    raise Http404
