"""Windows for a sentence: by their name, by their category, by what they say of themselves, in this order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from consultations.finding.categories import CategoryMatch
from consultations.finding.places import towns_named
from consultations.finding.words import query_words

if TYPE_CHECKING:
    from consultations.models.querysets import ConsultationWindowQuerySet

MOST_WINDOWS = 20
MOST_CATEGORIES = 3
# Only categories that the sentence may well mean bring windows: from so much share for the first, and for the others.
LEAST_FIRST, LEAST_SCORE = 0.1, 0.15
# A name match counts more than any category, a category more than any word in a description.
_NAME, _CATEGORY, _WORDS = 0.5, 0.4, 0.1


@dataclass(frozen=True, slots=True)
class WindowMatch:
    """`id` is the public id; `score` in (0, 1]."""

    id: str
    name: str
    score: float


class WindowIndex(Protocol):
    """Where windows are looked up."""

    def category_words(self) -> Mapping[str, Sequence[str]]:
        """Words that staff wrote down for a category, by slug."""
        ...

    def search(self, text: str, categories: Sequence[CategoryMatch]) -> list[WindowMatch]:
        """Windows for the text and for the categories found in it, best first."""
        ...


class DatabaseWindows:
    """The published windows. Three queries and at most one per category, whatever the number of windows.

    A town named in the text rules out what only other towns offer.
    """

    def category_words(self) -> dict[str, list[str]]:
        from consultations.models import Category

        return {category.slug: category.word_list for category in Category.objects.published()}

    def search(self, text: str, categories: Sequence[CategoryMatch]) -> list[WindowMatch]:
        from consultations.models import ConsultationWindow

        windows = ConsultationWindow.objects.published()
        towns = towns_named(text)
        if towns:
            windows = windows.serving(*towns)
        scores: dict[tuple[str, str], float] = {}
        for key, score in (
            *_by_words(windows, text, towns.values()),
            *_by_category(windows, _meant(categories)),
        ):
            scores[key] = scores.get(key, 0.0) + score
        # Equal scores keep the order in which they were found: nearest area first, then by name.
        ranked = sorted(scores.items(), key=lambda item: -item[1])[:MOST_WINDOWS]
        return [WindowMatch(public_id, name, round(score, 4)) for (public_id, name), score in ranked]


def _by_words(
    windows: "ConsultationWindowQuerySet", text: str, towns: Iterable[str]
) -> list[tuple[tuple[str, str], float]]:
    found = windows.matching(query_words(text, beside=towns))[:MOST_WINDOWS]
    return [
        (
            (window.public_id, window.name),
            (_NAME if window.name_rank == 0 else 0.0) + _WORDS * window.word_rank / (1 + window.word_rank),
        )
        for window in found
    ]


def _by_category(
    windows: "ConsultationWindowQuerySet", categories: Sequence[CategoryMatch]
) -> list[tuple[tuple[str, str], float]]:
    scores: dict[tuple[str, str], float] = {}
    for category in categories:
        about = windows.filter(categories__slug=category.slug).nearest_first()
        for key in about.values_list("public_id", "name")[:MOST_WINDOWS]:
            scores[key] = scores.get(key, 0.0) + _CATEGORY * category.score
    return list(scores.items())


def _meant(categories: Sequence[CategoryMatch]) -> list[CategoryMatch]:
    return [
        category
        for place, category in enumerate(categories[:MOST_CATEGORIES])
        if category.score >= (LEAST_SCORE if place else LEAST_FIRST)
    ]
