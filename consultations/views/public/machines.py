"""For programs: robots.txt and the sitemap."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from consultations.models import Category, ConsultationWindow
from members.models import Organization
from platform_portal.page_cache import public_page

TEXTS = (
    "consultations:home",
    "consultations:window-list",
    "consultations:organization-list",
    "consultations:search",
    "consultations:around",
    "consultations:languages",
    "consultations:safety",
    "consultations:privacy",
    "consultations:accessibility",
    "consultations:about",
    "meetings:meeting-list",
    "members:join",
)
MAX_ADDRESSES = 50_000  # the protocol's limit for one file

ROBOTS = """\
User-agent: *
Disallow: /desk/
Disallow: /my/
Disallow: /accounts/
Disallow: /w/*/card/
Disallow: /w/*/report/
Disallow: /meetings/calendar/
Disallow: /events/*/apply/
Disallow: /events/application/
Allow: /

Sitemap: {origin}{sitemap}
Sitemap: {origin}{meetings}
"""


@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    text = ROBOTS.format(
        origin=settings.PORTAL_ORIGIN,
        sitemap=reverse("consultations:sitemap"),
        meetings=reverse("meetings:sitemap"),
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    entries = list(_addresses())[:MAX_ADDRESSES]
    body = "".join(_entry(path, changed) for path, changed in entries)
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>\n'
    return HttpResponse(xml, content_type="application/xml; charset=utf-8")


def _addresses() -> Iterator[tuple[str, dt.datetime | None]]:
    for name in TEXTS:
        yield reverse(name), None
    for public_id, changed in Category.objects.published().values_list("public_id", "updated_at"):
        yield reverse("consultations:category", args=[public_id]), changed
    for public_id, changed in Organization.objects.public().values_list("public_id", "updated_at"):
        yield reverse("consultations:organization-detail", args=[public_id]), changed
    windows = ConsultationWindow.objects.published().order_by("pk").values_list("public_id", "updated_at")
    for public_id, changed in windows:
        yield f"/w/{public_id}/", changed


def _entry(path: str, changed: dt.datetime | None) -> str:
    """Paths are made of our own ids: nothing in them needs escaping."""
    last = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
    return f"<url><loc>{settings.PORTAL_ORIGIN}{path}</loc>{last}</url>\n"
