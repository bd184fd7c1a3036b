"""Public addresses as search engines read them (sitemaps.org); each app tells of its own."""

import datetime as dt
from collections.abc import Iterable
from itertools import islice

from django.conf import settings
from django.http import HttpResponse

MAX_ADDRESSES = 50_000  # the protocol's limit for one file


def sitemap_response(addresses: Iterable[tuple[str, dt.datetime | None]]) -> HttpResponse:
    """`addresses`: (path, when it changed last)."""
    body = "".join(_entry(path, changed) for path, changed in islice(addresses, MAX_ADDRESSES))
    xml = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}</urlset>\n'
    return HttpResponse(xml, content_type="application/xml; charset=utf-8")


def _entry(path: str, changed: dt.datetime | None) -> str:
    """Paths are made of our own ids: nothing in them needs escaping."""
    last = f"<lastmod>{changed:%Y-%m-%d}</lastmod>" if changed else ""
    return f"<url><loc>{settings.PORTAL_ORIGIN}{path}</loc>{last}</url>\n"
