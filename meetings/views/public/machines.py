"""For programs: published meetings as JSON, feeds of records and corrections, and the sitemap of meetings."""

import datetime as dt
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from meetings.models import Event, Meeting, Minutes
from meetings.presenting import machines
from meetings.presenting.atom import Entry, absolute, atom_response
from meetings.presenting.record import NAMED_FIRST
from platform_portal.page_cache import public_page
from platform_portal.sitemaps import sitemap_response


@public_page()
def meeting_json(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Meeting.objects.published().select_related("body")
    meeting = get_object_or_404(rows, public_id=public_id)
    data = machines.meeting_json(meeting, request.GET.get("edition", ""))
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@public_page()
def minutes_feed(request: HttpRequest) -> HttpResponse:
    return _feed("meetings:minutes-feed", _("議事録"), machines.newest_records())


@public_page()
def correction_feed(request: HttpRequest) -> HttpResponse:
    return _feed("meetings:correction-feed", _("議事録の訂正"), machines.newest_corrections())


def _feed(name: str, title: str, entries: list[Entry]) -> HttpResponse:
    address = absolute(name)
    page = absolute("meetings:meeting-list")
    return atom_response(entries, title=title, page=page, address=address, unique=address)


@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    return sitemap_response(_addresses())


def _addresses() -> Iterator[tuple[str, dt.datetime | None]]:
    """Not the addresses of single utterances: their words stand in the record."""
    for name in ("meeting-list", "event-list", "search"):
        yield reverse(f"meetings:{name}"), None
    for public_id, changed in Meeting.objects.published().values_list("public_id", "updated_at"):
        yield f"/meetings/{public_id}/", changed
    records: dict[str, dt.datetime] = {}
    for edition in NAMED_FIRST:
        records |= dict(Minutes.objects.published(edition).values_list("meeting__public_id", "updated_at"))
    for public_id, changed in records.items():
        yield f"/meetings/{public_id}/minutes/", changed
    for public_id, changed in Event.objects.published().values_list("public_id", "updated_at"):
        yield reverse("meetings:event-detail", args=[public_id]), changed
