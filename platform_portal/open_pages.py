"""Pages on which somebody writes without signing in, most of them behind a link in a mail.

There is no session to forge a request for: the signed token of the form or of the link, and the browser's own word on
the sender, take the place of Django's CSRF cookie.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from platform_portal.public_forms import check_same_origin

BROKEN = "broken"
"""The problem of a link that was cut off, or is not of our making."""

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


class UnusableLinkError(Exception):
    """A link opens nothing. `problem`: BROKEN, or why one that was good once is so no more; `told`: what else is said."""

    def __init__(self, problem: str, **told: Any) -> None:
        super().__init__(problem)
        self.problem = problem
        self.told = told


def open_page(*, unusable: str) -> Callable[[Page[P]], Page[P]]:
    """A page without sign-in and without cookie, kept by nobody and found by no search engine.

    `unusable`: the template that says in plain words what to do when the view raises UnusableLinkError; answered with
    404 for a link that never was good, 410 for one that was. Raises Refused for what another site sent.
    """

    def decorate(view: Page[P]) -> Page[P]:
        @csrf_exempt
        @sensitive_post_parameters()
        @login_not_required
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if request.method == "POST":
                check_same_origin(request)
            try:
                response = view(request, *args, **kwargs)
            except UnusableLinkError as error:
                status = 404 if error.problem == BROKEN else 410
                context = {"problem": error.problem, **error.told}
                response = render(request, unusable, context, status=status)
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return answer

    return decorate
