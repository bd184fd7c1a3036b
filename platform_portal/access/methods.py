"""Which methods a view answers, where Django's own decorators would show somebody an empty page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

View = Callable[..., HttpResponseBase]


def post_only(back: str, *keys: str) -> Callable[[View], View]:
    """POST runs the view. Whoever comes otherwise (typed, reloaded, after signing in) goes to the page `back`.

    `keys`: arguments of the view that belong to that page's address.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            if request.method in {"GET", "HEAD"}:
                return HttpResponseRedirect(reverse(back, kwargs={key: kwargs[key] for key in keys}))
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])

        return answer

    return decorate
