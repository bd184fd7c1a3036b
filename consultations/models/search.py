"""Windows by words: the database side of `consultations.finding`."""

from typing import Any, Self

from django.contrib.postgres.search import SearchRank
from django.db import models
from django.db.models import Case, F, IntegerField, Value, When

from consultations.finding.categories import find_categories
from consultations.finding.words import Query, category_word, query_words
from platform_portal.japanese.vectors import as_query, holds, query_literal

# What a word counts in places, categories, descriptions, names: {D, C, B, A} of PostgreSQL.
_RANK_WEIGHTS = [0.02, 0.1, 0.4, 1.0]
_NAME, _CATEGORY, _OTHER = 0, 1, 2
# A category less sure than this would fill the list with windows that are not meant.
_LEAST_CATEGORY_SCORE = 0.25


class SearchQuerySet(models.QuerySet[Any]):
    def search(self, words: str) -> Self:
        """Windows for what somebody typed: name matches first, then the category it means, then other words.

        Nothing matches nothing: an empty search is `none()`. For whole sentences use `consultations.finding.find`.
        """
        slugs = [match.slug for match in find_categories(words) if match.score >= _LEAST_CATEGORY_SCORE]
        return self.matching(query_words(words), slugs)

    def matching(self, query: Query, slugs: "list[str] | tuple[str, ...]" = ()) -> Self:
        """Annotates `name_rank` (0 name, 1 category, 2 other words) and `word_rank`; best first."""
        topics = [category_word(slug) for slug in slugs]
        everything = query_literal([*query.words, *topics], prefixes=query.prefixes)
        if not everything:
            return self.none()
        found = self.filter(holds("search_vector", everything)).annotate(
            name_rank=_name_rank(query, topics),
            word_rank=SearchRank(F("search_vector"), as_query(everything), weights=_RANK_WEIGHTS),
        )
        return found.order_by("name_rank", "-word_rank", "area_rank", "kana", "name", "pk")


def _name_rank(query: Query, topics: list[str]) -> Case:
    tiers = (
        (query_literal(query.words, prefixes=query.prefixes, weights="A"), _NAME),
        (query_literal(topics), _CATEGORY),
    )
    whens = [When(holds("search_vector", literal), then=Value(tier)) for literal, tier in tiers if literal]
    return Case(*whens, default=Value(_OTHER), output_field=IntegerField())
