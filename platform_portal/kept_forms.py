"""What somebody wrote outlives their session.

A sign-in that ended while a form lay open is noticed only when the form is sent. The answer then carries every field
back, unsaved, and a button that sends them again. Nothing is stored here, and nothing is done before that button is
pressed on a page of ours, by somebody signed in, with a token of the new session: the guard against forged posts
stands as it was.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

KEPT_UNDER = ("/desk/", "/my/")  # never /accounts/: passwords are not sent back


def can_be_kept(request: HttpRequest) -> bool:
    """A form of ours, as the browser itself says; without its word nothing is kept."""
    return (
        request.method == "POST" and request.path.startswith(KEPT_UNDER) and _browser_says_it_is_ours(request)
    )


def _browser_says_it_is_ours(request: HttpRequest) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    if origin is not None and origin not in ours:
        return False
    return site == "same-origin" or (site is None and origin is not None)


def answer_with_fields(request: HttpRequest) -> HttpResponse:
    """403 with all that was posted, except files, which no page can put back, and anything secret."""
    context = {
        "fields": [
            (name, value)
            for name, values in request.POST.lists()
            if name != "csrfmiddlewaretoken" and "password" not in name.lower()
            for value in values
        ],
        "lacks_files": bool(request.FILES),
        "encoding": request.content_type,
        "address": request.get_full_path(),
    }
    return render(request, "errors/form_kept.html", context, status=403)
