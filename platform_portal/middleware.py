"""Headers that every answer of the portal carries, and what happens to somebody who is not signed in."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from platform_portal.kept_forms import answer_with_fields, can_be_kept


class HeadMiddleware:
    """HEAD: the headers of the page without its body, which Django leaves to servers and gunicorn complains about."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method == "HEAD" and isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class PrivacyHeadersMiddleware:
    """Permissions-Policy on everything; `no-store` unless a view has said otherwise.

    Default deny for caches too: a desk page or a search result must not stay on a shared computer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """To the sign-in page; a form, which a redirect would empty, is answered with what was written in it."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        return answer_with_fields(request) if refusal is not None and can_be_kept(request) else refusal
