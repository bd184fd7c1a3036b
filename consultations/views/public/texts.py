"""Pages of plain text."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consultations.models import Category, Channel, ConsultationWindow
from consultations.presenting import Clock
from consultations.presenting.languages import LANGUAGES
from consultations.round_the_clock import last_resort
from platform_portal.page_cache import public_page


@public_page(tells_time=True)
def languages(request: HttpRequest) -> HttpResponse:
    """For people who do not read Japanese well: English, easy Japanese, and the way to every language spoken."""
    clock = Clock.of(request)
    context = {"languages": clock.keep("languages", spoken_languages), "last_resort": last_resort(clock)}
    return render(request, "consultations/languages.html", context)


def spoken_languages() -> list[tuple[str, str, int]]:
    """(code, its speakers' name for it, number of windows that have a channel for it) of every language but Japanese, most windows first."""
    channels = Channel.objects.filter(window__in=ConsultationWindow.objects.published())
    spoken = {
        (window, code)
        for window, own, of_window in channels.values_list("window", "languages", "window__languages")
        for code in own or of_window
    }
    counts = Counter(code for _pk, code in spoken)
    return [
        (code, LANGUAGES[code][1], count)
        for code, count in counts.most_common()
        if code in LANGUAGES and code not in {"ja", "jsl"}
    ]


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
