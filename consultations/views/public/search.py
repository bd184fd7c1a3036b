"""Own words: asked by POST, answered on the spot, kept nowhere."""

import re
from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consultations import finding
from consultations.finding.reading import MAX_SENTENCE
from consultations.finding.services import record_zero_hits
from consultations.forms.public import SearchForm
from consultations.listing import CHILDRENS_TROUBLES, VIOLENCE, gentle
from consultations.models import Category, ChannelKind, ConsultationWindow
from consultations.presenting import Clock, WindowCard, present_cards
from consultations.round_the_clock import last_resort
from platform_portal.public_forms import is_limited, is_same_origin

MAX_CATEGORIES = 4
MAX_WINDOWS = 10
MAX_LINES = 3
# Scores of words that mean nothing in particular (ざざざ) stay below these; a guess would mislead.
SURE_OF_SUBJECT = 0.2
SURE_OF_WINDOW = 0.08
_KANA = re.compile("[\u3041-\u30ff\uff66-\uff9f]")
_LATIN = re.compile("[ -~\u2018\u2019\u201c\u201d\u2026\\s]*[A-Za-z][ -~\u2018\u2019\u201c\u201d\u2026\\s]*")
RATE = "60/m"  # a whole school behind one address may search at once; beyond that words are not counted


@dataclass(slots=True)
class Answer:
    """`danger`: what the words say of it; `lines`, `shelters`: round-the-clock telephone lines shown first then.

    `lines` for who thinks of dying, `shelters` for who is threatened. `is_abroad`: perhaps no reader of Japanese;
    `is_cut`: only the beginning of a long text was read for its subject.
    """

    categories: list[Category] = field(default_factory=list)
    cards: list[WindowCard] = field(default_factory=list)
    danger: finding.Danger = field(default_factory=finding.Danger)
    lines: list[WindowCard] = field(default_factory=list)
    shelters: list[WindowCard] = field(default_factory=list)
    is_abroad: bool = False
    is_cut: bool = False

    @property
    def has_found(self) -> bool:
        return bool(self.categories or self.cards)

    @property
    def is_empty(self) -> bool:
        """Nothing to show: who cries for help is answered, also where nothing was found."""
        return not self.has_found and not self.danger


# Nothing is written for the sender and there is no session: no CSRF cookie is needed.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    clock = Clock.of(request)
    form = SearchForm(request.POST if request.method == "POST" else None)
    answer = answer_words(form.cleaned_data["words"], clock) if form.is_bound and form.is_valid() else None
    if (
        answer
        and answer.is_empty
        and is_same_origin(request)
        and not is_limited(request, group="search", rate=RATE)
    ):
        record_zero_hits(form.cleaned_data["words"])
    is_swap = request.headers.get("HX-Request") == "true"
    has_categories_below = is_swap and request.POST.get("at") == "home"
    wants_categories = (not answer or not answer.has_found) and not has_categories_below
    context = {
        "search_form": form,
        "answer": answer,
        "categories": Category.objects.published() if wants_categories else None,
        "last_resort": last_resort(clock, apart_from=()),
    }
    template = "consultations/_search_answer.html" if is_swap else "consultations/search.html"
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def answer_words(words: str, clock: Clock) -> Answer:
    result = finding.find(words)
    is_sure = any(match.score >= SURE_OF_SUBJECT for match in result.categories)
    slugs = [match.slug for match in result.categories if is_sure]
    windows = [match.id for match in result.windows if match.score >= SURE_OF_WINDOW]
    is_gentle = bool(slugs) and slugs[0] in CHILDRENS_TROUBLES and VIOLENCE not in slugs
    lines = _lines("mental", clock) if result.danger.from_self else []
    shelters = _lines("violence", clock) if result.danger.from_others else []
    above = {line.public_id for line in (*lines, *shelters)}
    is_found = bool(slugs or windows)
    return Answer(
        categories=_categories(slugs[:MAX_CATEGORIES]),
        cards=_cards(
            [public_id for public_id in windows if public_id not in above][:MAX_WINDOWS], clock, is_gentle
        ),
        danger=result.danger,
        lines=[line for line in lines if line not in shelters],
        shelters=shelters,
        is_abroad=bool(result.danger.language) or _is_abroad(words, result.danger, is_found=is_found),
        is_cut=len(words) > MAX_SENTENCE,
    )


def _is_abroad(words: str, danger: finding.Danger, *, is_found: bool) -> bool:
    """Found words were understood; but who cries in English must not find Japanese alone."""
    if danger and _LATIN.fullmatch(words):
        return True
    return not (is_found or _is_japanese(words))


def _is_japanese(words: str) -> bool:
    """True for anything with kana, and for what has no letters at all."""
    return bool(_KANA.search(words)) or not any(map(str.isalpha, words))


def _categories(slugs: list[str]) -> list[Category]:
    found = {category.slug: category for category in Category.objects.published().filter(slug__in=slugs)}
    return [found[slug] for slug in slugs if slug in found]


def _cards(public_ids: list[str], clock: Clock, is_gentle: bool) -> list[WindowCard]:
    """In the order found, but those that are open come first.

    `is_gentle`: a child speaks of other things than violence; what is for victims of violence comes later.
    """
    windows = ConsultationWindow.objects.published().filter(public_id__in=public_ids).for_cards()
    found = {window.public_id: window for window in windows}
    cards = present_cards([found[public_id] for public_id in public_ids if public_id in found], clock)
    violent = set(windows.exclude(gentle()).values_list("public_id", flat=True)) if is_gentle else set()
    return sorted(cards, key=lambda card: (not card.state.is_open, card.public_id in violent))


def _lines(slug: str, clock: Clock) -> list[WindowCard]:
    """Nationwide telephone lines of a category that never close."""
    windows = ConsultationWindow.objects.published().filter(categories__slug=slug, area_scope="national")
    lines = (
        windows.always_open(clock.open_at, [ChannelKind.PHONE]).order_by("kana", "pk").for_cards()[:MAX_LINES]
    )
    return present_cards(lines, clock)
