"""Keeps what is derived from records and papers as they are: the words by which each edition is found, and the PDFs."""

import json
from collections.abc import Collection, Iterable
from itertools import islice

from django.db import connection, transaction

from meetings.models import AgendaItem, DocumentVersion, Edition, Minutes, Utterance
from meetings.services.renderings import ask_for_pdfs_after_commit
from meetings.words import SPEAKER, TEXT, speaker_words, words_of
from platform_portal.japanese.vectors import vector_literal
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.states import State

BATCH = 500


def refresh_minutes(minutes: Minutes) -> None:
    """Call inside the transaction that published the record, corrected it, or closed one of its agenda items."""
    write_vectors(Utterance.objects.filter(minutes=minutes), apart_from=hidden_blocks())
    ask_for_pdfs_after_commit(minutes)
    transaction.on_commit(forget_public_pages)


def rebuild_vectors() -> tuple[int, int]:
    """Builds all vectors anew (after a change of the dictionary or of the words); returns how many blocks and papers."""
    blocks = Utterance.objects.filter(minutes__state=State.PUBLISHED).order_by("pk")
    papers = DocumentVersion.objects.select_related("document").order_by("pk").iterator(chunk_size=20)
    count = 0
    for version in papers:
        refresh_paper(version)
        count += 1
    return write_vectors(blocks.iterator(chunk_size=BATCH), apart_from=hidden_blocks()), count


def refresh_paper(version: DocumentVersion) -> None:
    """Call after the text of a paper was read, or its title changed."""
    names = words_of(f"{version.document.label} {version.document.title}")
    _write(
        DocumentVersion._meta.db_table,
        ["search_vector"],
        [{"id": version.pk, "search_vector": _vector(names, words_of(version.text))}],
    )


def vectors_of(utterance: Utterance) -> dict[Edition, str]:
    """The text of both tsvectors of a block: each has nothing that its edition does not show."""
    words = words_of(utterance.text)
    labels_words = words_of(utterance.labels_text) if utterance.labels_text else words
    names = [utterance.organization_name, utterance.speaker, utterance.role, utterance.named_label]
    return {
        Edition.NAMED: _vector(speaker_words(*names), words),
        Edition.LABELS: _vector(speaker_words(utterance.role_label), labels_words),
    }


def _vector(names: Iterable[str], words: Iterable[str]) -> str:
    return vector_literal([*((name, SPEAKER) for name in names), *((word, TEXT) for word in words)])


def hidden_blocks() -> set[int]:
    """Keys of the blocks under closed agenda items: nobody reads them outside the desk."""
    under = Utterance.agenda_items.through._default_manager.filter(agendaitem__in=AgendaItem.objects.hidden())
    return set(under.values_list("utterance_id", flat=True))


def write_vectors(utterances: Iterable[Utterance], *, apart_from: Collection[int]) -> int:
    """Returns how many. What nobody may read is found by nobody."""
    count, remaining = 0, iter(utterances)
    while batch := list(islice(remaining, BATCH)):
        rows = [_row(each, is_shown=not each.removed_at and each.pk not in apart_from) for each in batch]
        _write(Utterance._meta.db_table, ["named_vector", "labels_vector"], rows)
        count += len(batch)
    return count


def _row(utterance: Utterance, *, is_shown: bool) -> dict[str, int | str | None]:
    vectors = vectors_of(utterance) if is_shown else {}
    return {
        "id": utterance.pk,
        "named_vector": vectors.get(Edition.NAMED),
        "labels_vector": vectors.get(Edition.LABELS),
    }


def _write(table: str, columns: list[str], rows: list[dict[str, int | str | None]]) -> None:
    """One statement: bulk_update() would build hundreds of CASE branches. Only names of our own tables are pasted in."""
    sets = ", ".join(f"{column} = v.{column}::tsvector" for column in columns)
    types = ", ".join(f"{column} text" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS t SET {sets} FROM json_to_recordset(%s::json) AS v (id bigint, {types})"  # noqa: S608  our own tables
            " WHERE t.id = v.id",
            [json.dumps(rows)],
        )
