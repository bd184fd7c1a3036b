"""What staff see first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from platform_portal.access.checks import requires
from platform_portal.access.roles import Permission


@requires(Permission.USE_DESK)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/desk/home.html")
