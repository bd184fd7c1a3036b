"""The list of windows, for everything and for one category."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.filters import Narrowed, narrow
from consultations.listing import OpenFirst
from consultations.models import Category, ConsultationWindow
from consultations.presenting import Clock, WindowCard, present_cards
from consultations.round_the_clock import last_resort
from platform_portal.page_cache import public_page

PER_PAGE = 20


@public_page(tells_time=True)
def window_list(request: HttpRequest) -> HttpResponse:
    clock = Clock()
    found = narrow(request.GET, ConsultationWindow.objects.published(), clock=clock)
    return render(request, "consultations/window_list.html", list_context(request, found, clock))


@public_page(tells_time=True)
def category(request: HttpRequest, public_id: str) -> HttpResponse:
    chosen = get_object_or_404(Category.objects.published(), public_id=public_id)
    clock = Clock()
    published = ConsultationWindow.objects.published()
    found = narrow(
        request.GET,
        published.in_category(chosen),
        clock=clock,
        wider=lambda: published.always_open(clock.open_at),
    )
    context = list_context(request, found, clock) | {
        "category": chosen,
        "crumbs": [(_("ホーム"), reverse("consultations:home")), (chosen.name, "")],
    }
    response = render(request, "consultations/category.html", context)
    if chosen.is_risk:
        response.headers["Cache-Control"] = "no-store"
    return response


def list_context(request: HttpRequest, found: Narrowed, clock: Clock) -> dict[str, Any]:
    kinds = found.filter.kinds
    paginator = Paginator(OpenFirst(found.windows.for_cards(), clock.open_at, kinds), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    windows = list(page.object_list)
    return {
        "found": found,
        "chosen": found.filter.chosen,
        "form": found.filter.form,
        "page": page,
        "cards": present_cards(windows, clock),
        "last_resort": last_resort(clock, apart_from=windows),
        "crumbs": [(_("ホーム"), reverse("consultations:home")), (_("相談窓口"), "")],
    }


__all__ = ["WindowCard", "category", "window_list"]
