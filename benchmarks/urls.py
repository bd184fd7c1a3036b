"""The portal's addresses, plus a view that answers fixed bytes and does nothing else."""

import os
from functools import cache
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@cache
def fixed_bytes() -> bytes:
    return Path(os.environ["BENCH_BYTES"]).read_bytes()


@login_not_required
def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(fixed_bytes())


urlpatterns = [path("bare/", bare), path("", include("platform_portal.urls"))]
handler404 = "platform_portal.views.page_not_found"
