"""Where the link to leave leads in a mail that was sent on trial: nothing can be pressed here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from platform_portal.page_cache import public_page


@public_page()
def trial(request: HttpRequest) -> HttpResponse:
    return render(request, "newsletters/public/trial.html")
