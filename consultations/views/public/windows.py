"""The list of windows, for everything and for one category."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from consultations.filters import PARAMETERS, Narrowed, narrow, read_options
from consultations.listing import CHILDRENS_TROUBLES, OpenFirst, gentle
from consultations.models import Category, ConsultationWindow
from consultations.presenting import Clock, rendered_cards
from consultations.presenting.languages import SpokenLanguage, spoken_language
from consultations.round_the_clock import general_lines, last_resort
from platform_portal.page_cache import public_page

PER_PAGE = 20
MAX_KEPT_QUERY = 200  # characters; longer ones are somebody's game and not worth memory


@dataclass(frozen=True, slots=True)
class Question:
    """What of a request the list depends on. Named as in HttpRequest, for templates that take one."""

    path: str
    GET: QueryDict


@dataclass(frozen=True, slots=True)
class Listing:
    """A finished list: form, choices, cards, pages. The rest is for the headings around it."""

    html: SafeString
    chosen: dict[str, Any]
    number: int
    language: SpokenLanguage | None


@public_page(tells_time=True)
def window_list(request: HttpRequest) -> HttpResponse:
    windows = ConsultationWindow.objects.published()
    listing = listing_of(request, windows, Clock.of(request), is_general=True)
    crumbs = [(_("ホーム"), reverse("consultations:home")), (_("相談窓口"), "")]
    return render(request, "consultations/window_list.html", {"listing": listing, "crumbs": crumbs})


@public_page(tells_time=True)
def category(request: HttpRequest, public_id: str) -> HttpResponse:
    chosen = get_object_or_404(Category.objects.published(), public_id=public_id)
    clock = Clock.of(request)
    published = ConsultationWindow.objects.published()
    listing = listing_of(
        request,
        published.in_category(chosen),
        clock,
        wider=lambda: published.always_open(clock.open_at),
        first=[gentle()] if chosen.slug in CHILDRENS_TROUBLES else [],
    )
    crumbs = [(_("ホーム"), reverse("consultations:home")), (chosen.name, "")]
    context = {"category": chosen, "listing": listing, "crumbs": crumbs}
    response = render(request, "consultations/category.html", context)
    if chosen.is_risk:
        response.headers["Cache-Control"] = "no-store"
    return response


def listing_of(
    request: HttpRequest,
    windows: Any,
    clock: Clock,
    *,
    wider: Callable[[], Any] | None = None,
    first: Sequence[Q] = (),
    is_general: bool = False,
) -> Listing:
    """The list that `request` asks for. Parameters nobody knows do not make it another list.

    `first`: see OpenFirst; `is_general`: of every kind of trouble.
    """
    data = request.GET.copy()
    for name in set(data) - PARAMETERS:
        del data[name]
    query = data.urlencode()
    question = Question(request.path, data)

    def build() -> Listing:
        found = narrow(question.GET, windows, clock=clock, wider=wider)
        asked = [Q(askers__contains=[found.seeker.asker])] if found.seeker.asker else []
        general = [Q(pk__in=general_lines(clock))] if is_general or found.is_wider else []
        return _build(question, found, clock, [*asked, *general, *first])

    if len(query) > MAX_KEPT_QUERY:
        return build()
    listing: Listing = clock.keep(("listing", request.path, query), build)
    return listing


def _build(question: Question, found: Narrowed, clock: Clock, first: Sequence[Q]) -> Listing:
    light = found.windows.only("pk", "public_id", "updated_at")
    windows_in_order = OpenFirst(
        light,
        clock.open_at,
        found.kinds,
        language=found.seeker.language,
        first=first,
        count=found.count,
    )
    paginator = Paginator(windows_in_order, PER_PAGE)
    language = spoken_language(found.seeker.language) if found.seeker.language else None
    # A number that answers now, even if only in Japanese: nobody is left at the end of closed lines.
    is_unheard = language is not None and not windows_in_order.open_count
    page = paginator.get_page(question.GET.get("page"))
    shown = list(page.object_list)
    context = {
        "request": question,
        "found": found,
        "filter_form": filter_form(question.path, found.chosen, clock),
        "page": page,
        "cards": rendered_cards(shown, clock, found.seeker),
        "language": language,
        "is_unheard": is_unheard,
        "last_resort": last_resort(clock, apart_from=() if is_unheard else shown),
    }
    html = render_to_string("consultations/_results.html", context)
    # A heading must not promise "now" above windows for which that choice was given up.
    return Listing(html, {} if found.given_up else found.chosen, page.number, language)


def filter_form(action: str, chosen: dict[str, Any], clock: Clock) -> SafeString:
    """The form with the choices in force; the same for everybody who chose the same."""

    def render_form() -> SafeString:
        context = {"action": action, "chosen": chosen, "options": clock.keep("options", read_options)}
        return render_to_string("consultations/_filter_form.html", context)

    form: SafeString = clock.keep(("filter form", action, repr(sorted(chosen.items()))), render_form)
    return form
