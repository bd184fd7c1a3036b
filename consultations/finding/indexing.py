"""Keeps each window's search vector as its words are."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchVectorField
from django.db import connection
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from consultations.finding.words import document_words
from platform_portal.japanese.vectors import vector_literal

if TYPE_CHECKING:
    from consultations.models import ConsultationWindow

BATCH = 500


def search_vector_of(window: "ConsultationWindow") -> str:
    """The text of the window's tsvector. Nothing that the public may not see goes in: no address, no internal note."""
    return vector_literal(
        document_words(
            name=window.name,
            kana=window.kana,
            slugs=[category.slug for category in window.categories.all()],
            about=[window.description, window.operator_name, window.eligibility],
            places=[place.name for place in window.municipalities.all()],
        )
    )


def refresh_search_vector(window: "ConsultationWindow") -> None:
    """Call inside the transaction that changed the window's name, words, categories or municipalities."""
    type(window).objects.filter(pk=window.pk).update(search_vector=_vector(search_vector_of(window)))


def rebuild_search_vectors() -> int:
    """Builds all vectors anew (after a change of the dictionary or of the tokens); returns how many."""
    from consultations.models import ConsultationWindow

    windows = ConsultationWindow.objects.prefetch_related("categories", "municipalities").order_by("pk")
    return refresh_search_vectors(windows.iterator(chunk_size=BATCH))


def refresh_search_vectors(windows: Iterable["ConsultationWindow"]) -> int:
    """Like refresh_search_vector() for many, whose categories and municipalities have been fetched; returns how many."""
    from consultations.models import ConsultationWindow

    count = 0
    for batch in _batches(windows):
        with connection.cursor() as cursor:
            # One statement: bulk_update() would build thousands of CASE branches. As JSON, because the driver writes
            # arrays of such long and often quoted texts piece by piece. Only the name of our own table is pasted in.
            cursor.execute(
                f"UPDATE {ConsultationWindow._meta.db_table} AS w SET search_vector = v.words::tsvector"  # noqa: S608  our own table
                " FROM json_to_recordset(%s::json) AS v (id bigint, words text) WHERE w.id = v.id",
                [json.dumps([{"id": window.pk, "words": search_vector_of(window)} for window in batch])],
            )
        count += len(batch)
    return count


def _vector(literal: str) -> Cast:
    return Cast(Value(literal, output_field=TextField()), SearchVectorField())


def _batches(windows: Iterable["ConsultationWindow"]) -> Iterator[list["ConsultationWindow"]]:
    remaining = iter(windows)
    while batch := list(islice(remaining, BATCH)):
        yield batch
