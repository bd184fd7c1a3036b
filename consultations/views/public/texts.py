"""Pages of plain text."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consultations.models import Category, ConsultationWindow
from consultations.presenting import Clock
from consultations.round_the_clock import last_resort
from platform_portal.page_cache import public_page


@public_page()
def safety(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/safety.html")


@public_page(tells_time=True)
def around(request: HttpRequest) -> HttpResponse:
    """For family, friends and neighbours of a person in trouble."""
    context = {"categories": Category.objects.published(), "last_resort": last_resort(Clock.of(request))}
    return render(request, "consultations/around.html", context)


@public_page()
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/privacy.html")


@public_page()
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "consultations/accessibility.html")


@public_page()
def about(request: HttpRequest) -> HttpResponse:
    context = {"window_count": ConsultationWindow.objects.published().count()}
    return render(request, "consultations/about.html", context)
