"""The first page: answers before it asks."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consultations.forms.public import SearchForm
from consultations.models import Category, ChannelKind, ConsultationWindow
from consultations.models.kinds import LIVE_WRITTEN_KINDS
from consultations.opening import OpenAt
from consultations.presenting import Clock
from platform_portal.page_cache import public_page


@dataclass(frozen=True, slots=True)
class Doors:
    """How many windows stand open behind each of the three doors."""

    by_phone: int
    in_writing: int
    round_the_clock: int


def count_doors(moment: OpenAt) -> Doors:
    windows = ConsultationWindow.objects.published()
    return Doors(
        by_phone=windows.open_at(moment, [ChannelKind.PHONE]).count(),
        in_writing=windows.open_at(moment, LIVE_WRITTEN_KINDS).count(),
        round_the_clock=windows.always_open(moment).count(),
    )


@public_page(tells_time=True)
def home(request: HttpRequest) -> HttpResponse:
    clock = Clock.of(request)
    context = {
        "doors": clock.keep("doors", lambda: count_doors(clock.open_at)),
        "clock": clock,
        "categories": clock.keep("categories", lambda: list(Category.objects.published())),
        "search_form": SearchForm(),
    }
    return render(request, "consultations/home.html", context)
