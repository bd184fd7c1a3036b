"""Keeps finished public pages in Redis, so that a spike costs one look-up per request.

Only responses that say `Cache-Control: public` are kept, for as long as they say. A version number
travels with each page; publishing a change raises it and makes every kept page stale at once.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import blake2b
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, get_max_age
from django.utils.crypto import get_random_string

logger = logging.getLogger(__name__)

VERSION_KEY = "public-pages-version"
MAX_URL_LENGTH = 300  # longer ones are not worth a place in memory
DROPPED_HEADERS = {"vary", "content-length"}


@dataclass(frozen=True, slots=True)
class KeptPage:
    version: str
    content: bytes
    headers: dict[str, str]
    kept_at: float  # seconds since the epoch


def forget_public_pages() -> None:
    """Makes every kept page stale. Call after the transaction that changed public content."""
    cache.set(VERSION_KEY, get_random_string(12), timeout=None)


def public_version() -> str:
    """Changes whenever public content does. Empty while Redis is away: then nothing may be kept."""
    version = cache.get(VERSION_KEY)
    if version is None:
        cache.add(VERSION_KEY, get_random_string(12), timeout=None)
        version = cache.get(VERSION_KEY, "")
    return str(version)


def _key(request: HttpRequest) -> str:
    url = f"{request.scheme}://{request.get_host()}{request.get_full_path()}"
    htmx = request.headers.get("HX-Request", "")
    return "page:" + blake2b(f"{url}|{htmx}".encode(), digest_size=16).hexdigest()


def _is_candidate(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"} and len(request.get_full_path()) <= MAX_URL_LENGTH


def _is_keepable(response: HttpResponseBase) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "public" in response.headers.get("Cache-Control", "")
        and bool(get_max_age(response))
    )


class PublicPageCacheMiddleware:
    """Answers public pages from Redis and keeps new ones there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not _is_candidate(request):
            return self.get_response(request)
        key = _key(request)
        found = cache.get_many([VERSION_KEY, key])
        version = found.get(VERSION_KEY) or public_version()
        page = found.get(key)
        if isinstance(page, KeptPage) and page.version == version:
            return _answer(request, page)
        request.public_version = version  # type: ignore[attr-defined]  # spares the view a look-up
        response = self.get_response(request)
        if _is_keepable(response):
            # Django's CSRF check looks at the session before it knows that the page is everybody's.
            response.headers.pop("Vary", None)
            if request.method == "GET":
                _keep(key, version, response)
        return response


def _answer(request: HttpRequest, page: KeptPage) -> HttpResponseBase:
    response = HttpResponse(page.content, headers=page.headers)
    # Without it a browser would count `max-age` anew and show "open" past closing time.
    response.headers["Age"] = str(max(0, int(time.time() - page.kept_at)))
    return _not_modified_or(request, response)


def _not_modified_or(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """304 when the browser already has these bytes."""
    return get_conditional_response(request, etag=response.headers.get("ETag"), response=response) or response


def _keep(key: str, version: str, response: HttpResponseBase) -> None:
    assert isinstance(response, HttpResponse)  # noqa: S101  narrowed by _is_keepable
    headers = {name: value for name, value in response.items() if name.lower() not in DROPPED_HEADERS}
    cache.set(key, KeptPage(version, response.content, headers, time.time()), timeout=get_max_age(response))


def seconds_to_next_minute() -> int:
    """How long words that count minutes stay true; at least 1."""
    return 60 - int(time.time()) % 60


def public_page(
    *, tells_time: bool = False
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """A page that anybody may see and any cache may keep, unless the view itself says `Cache-Control`.

    `tells_time`: its words depend on the clock, so it is kept to the next full minute only.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        @login_not_required
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            if "Cache-Control" in response.headers or response.status_code != 200:
                return response
            seconds = seconds_to_next_minute() if tells_time else 60
            response.headers["Cache-Control"] = f"public, max-age={seconds}"
            response.headers["ETag"] = f'"{blake2b(response.content, digest_size=12).hexdigest()}"'
            return _not_modified_or(request, response)

        return answer

    return decorate
