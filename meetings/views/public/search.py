"""What was said, by words: asked by POST, answered on the spot, kept nowhere.

Who is signed in finds what they may read; for everybody else only what is public.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from meetings.forms.search import MinutesSearchForm
from meetings.models import AgendaItem, DocumentVersion, Edition, Meeting, Utterance
from meetings.presenting.hits import Piece, excerpt
from meetings.searching import PER_PAGE, Asked, Found, find_items, find_papers, find_utterances
from meetings.words import speaker_query, terms_of, text_query


@dataclass(frozen=True, slots=True)
class Hit:
    address: str
    label: str
    meeting: Meeting
    edition: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class PaperHit:
    version: DocumentVersion
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class ItemHit:
    item: AgendaItem
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Answer:
    hits: list[Hit]
    items: list[ItemHit]
    papers: list[PaperHit]
    count: int
    has_more_than_counted: bool
    page: int
    asked: Asked

    @property
    def last_page(self) -> int:
        return max(1, -(-self.count // PER_PAGE))

    @property
    def is_empty(self) -> bool:
        return not self.hits and not self.items and not self.papers

    @property
    def is_understood(self) -> bool:
        """False where one of the two fields carries nothing that could be looked for."""
        return not (
            (self.asked.words and not text_query(self.asked.words))
            or (self.asked.speaker and not speaker_query(self.asked.speaker))
        )

    @property
    def has_single_letter(self) -> bool:
        return any(len(term) == 1 for term in terms_of(self.asked.words))


# Nothing is written and nothing hangs on the session but what may be read: no CSRF cookie is needed.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    user = request.user
    meetings = Meeting.objects.visible_to(user)
    form = MinutesSearchForm(request.POST if request.method == "POST" else None, meetings=meetings)
    answer = answer_words(form.asked, form.asked_page, user) if form.is_bound and form.is_valid() else None
    context = {
        "form": form,
        "answer": answer,
        "crumbs": [
            (_("ホーム"), reverse("consultations:home")),
            (_("会議"), reverse("meetings:meeting-list")),
            (_("発言をさがす"), ""),
        ],
    }
    is_swap = request.headers.get("HX-Request") == "true"
    template = "meetings/public/_search_answer.html" if is_swap else "meetings/public/search.html"
    response = render(request, template, context)
    # A page that may be kept lives on in the browser's memory with what was found in place, so that going back from a
    # record brings it back. It came without words; one that came with them, or for somebody signed in, is kept nowhere.
    is_kept = request.method != "POST" and not user.is_authenticated
    response.headers["Cache-Control"] = "private, no-cache" if is_kept else "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def answer_words(asked: Asked, page: int, user: Any) -> Answer:
    found = find_utterances(asked, user, page=page)
    return Answer(
        hits=_hits(found, asked, "meetings:my-utterance" if user.is_authenticated else "meetings:utterance"),
        items=_items(asked, user) if page == 1 else [],
        papers=_papers(asked, user) if page == 1 else [],
        count=found.count,
        has_more_than_counted=found.has_more_than_counted,
        page=page,
        asked=asked,
    )


def _hits(found: Found, asked: Asked, name: str) -> list[Hit]:
    rows = Utterance.objects.select_related("minutes__meeting__body").defer("named_vector", "labels_vector")
    by_key = rows.in_bulk(found.keys)
    hits = []
    for block in (by_key[key] for key in found.keys):
        edition = found.edition_of[block.minutes_id]
        hits.append(
            Hit(
                # The block itself: the two before it would fill the first screen of a phone.
                f"{reverse(name, args=[block.public_id])}#u-{block.public_id}",
                block.label_in(edition),
                block.minutes.meeting,
                str(Edition(edition).label),
                excerpt(block.text_in(edition), asked.words),
            )
        )
    return hits


def _papers(asked: Asked, user: Any) -> list[PaperHit]:
    return [PaperHit(version, excerpt(version.text, asked.words)) for version in find_papers(asked, user)]


def _items(asked: Asked, user: Any) -> list[ItemHit]:
    return [ItemHit(item, excerpt(item.title, asked.words)) for item in find_items(asked, user)]
