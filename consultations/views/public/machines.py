"""For programs: robots.txt and the sitemap."""

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from consultations.models import Category, ConsultationWindow
from members.models import Organization
from platform_portal.page_cache import public_page
from platform_portal.sitemaps import sitemap_response

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
Sitemap: {origin}{newsletters}
"""


@public_page()
def robots(request: HttpRequest) -> HttpResponse:
    text = ROBOTS.format(
        origin=settings.PORTAL_ORIGIN,
        sitemap=reverse("consultations:sitemap"),
        meetings=reverse("meetings:sitemap"),
        newsletters=reverse("newsletters:sitemap"),
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@public_page()
def sitemap(request: HttpRequest) -> HttpResponse:
    return sitemap_response(_addresses())


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
