"""Finds what was said, among all records that somebody may read.

Every record is looked through in the edition that this reader sees: in the other one not even the fact that a word
occurs may show. Newest meetings come first. A rare word is fetched whole and put in order here; a word of a thousand
places is looked for from the newest meetings backwards, as nobody reads to the end.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Lower, Replace

from meetings.models import (
    AgendaItem,
    Body,
    Document,
    DocumentVersion,
    Edition,
    Meeting,
    MeetingState,
    Minutes,
)
from meetings.words import Spellings, speaker_query, spellings_of, terms_of, text_query
from platform_portal.japanese.vectors import holds, query_literal

MOST_COUNTED = 500
PER_PAGE = 20
MOST_PAPERS = 20
MOST_ITEMS = 20
_DOT = "・"
# Meetings asked at once for a common word: each next step asks as many as seem to be missing, within these bounds.
_LEAST_STEP, _STEP_GROWS = 2, 4
# So many times more than are counted is still little enough to be fetched at once.
_FEW = 1.5
# From so many of the newest records is guessed how long they are, from so many words how rare they are together.
_NEWEST, _MOST_WEIGHED = 20, 12
_VECTOR = {Edition.NAMED: "named_vector", Edition.LABELS: "labels_vector"}
# By hand: for most words Django needs longer to write this statement than PostgreSQL to run it.
_BLOCKS = """
    SELECT id, minutes_id, position FROM meetings_utterance AS block
    WHERE removed_at IS NULL AND ({matching}) AND NOT EXISTS (
        SELECT FROM meetings_utterance_agenda_items AS link
        WHERE link.utterance_id = block.id AND link.agendaitem_id IN ({hidden})
    )
    LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """`words` and `speaker` as typed; without both nothing is found."""

    words: str = ""
    speaker: str = ""
    body: Body | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """`keys`: of the page asked for, newest meeting first. `edition_of`: by key of the record."""

    keys: list[int] = field(default_factory=list)
    count: int = 0
    has_more_than_counted: bool = False
    edition_of: dict[int, Edition] = field(default_factory=dict)


def find_utterances(asked: Asked, user: Any, *, page: int = 1) -> Found:
    """Three queries, and one more for each further step of a common word."""
    query = _query_of(asked)
    edition_of = readable_minutes(user, body=asked.body, year=asked.year) if query else {}
    if not edition_of:
        return Found()
    keys = _newest_first(query, [*spellings_of(asked.words), *spellings_of(asked.speaker)], edition_of)
    first = (page - 1) * PER_PAGE
    return Found(
        keys[:MOST_COUNTED][first : first + PER_PAGE],
        min(len(keys), MOST_COUNTED),
        has_more_than_counted=len(keys) > MOST_COUNTED,
        edition_of=edition_of,
    )


def _query_of(asked: Asked) -> str:
    """tsquery, empty where nothing is asked, or where one of the two carries no word that could be looked for."""
    parts = []
    for typed, build in ((asked.words, text_query), (asked.speaker, speaker_query)):
        part = build(typed)
        if typed.strip() and not part:
            return ""
        parts.append(part)
    return " & ".join(f"({part})" for part in parts if part)


def readable_minutes(user: Any, *, body: Body | None = None, year: int | None = None) -> dict[int, Edition]:
    """The best edition of each record that `user` may read, by key of the record; newest meeting first. One query."""
    rows: Any = Minutes.objects.with_best_edition(user)
    if body is not None:
        rows = rows.filter(meeting__body=body)
    if year is not None:
        rows = rows.filter(meeting__fiscal_year=year)
    newest = rows.order_by("-meeting__starts_at", "-pk").values_list("pk", "best_edition")
    return {key: Edition(edition) for key, edition in newest}


def _newest_first(query: str, terms: Sequence[Spellings], edition_of: dict[int, Edition]) -> list[int]:
    """Keys of the blocks, those of the newest meeting first; not many more than are counted."""
    records = list(edition_of)
    order = {key: place for place, key in enumerate(records)}

    def sorted_keys(rows: Iterable[tuple[int, int, int]]) -> list[int]:
        return [
            key for _order, _place, key in sorted((order[record], place, key) for key, record, place in rows)
        ]

    few = int(_FEW * MOST_COUNTED)
    expected = _expected(terms, records, _VECTOR[edition_of[records[0]]])
    if expected <= few:
        rows = _matching(query, edition_of, records, most=few + 1)
        if len(rows) <= few:
            return sorted_keys(rows)
        # More than was expected: as many, then, in every record as in those that these came from.
        expected = len(rows) * len(records) // len({record for _key, record, _place in rows})
    found: list[int] = []
    start, step = 0, math.ceil(few * len(records) / expected)
    while start < len(records) and len(found) <= MOST_COUNTED:
        found += sorted_keys(_matching(query, edition_of, records[start : start + step]))
        start += step
        needed = math.ceil((few - len(found)) * start / max(1, len(found)))  # as seldom as so far
        step = min(max(_LEAST_STEP, needed), step * _STEP_GROWS)
    return found


def _expected(terms: Sequence[Spellings], records: Sequence[int], vector: str) -> int:
    """How many blocks of these records PostgreSQL's planner expects. If it is wrong, the search takes longer and finds
    the same.

    Each word is asked about by itself. The parts of a compound stand together, so the rarest says how often it is;
    the planner, which multiplies, would expect next to none.
    """
    words = list(dict.fromkeys(word for spellings in terms for word in chain(*spellings)))[:_MOST_WEIGHED]
    newest = list(records[:_NEWEST])
    scans = {"every": "", "newest": "WHERE minutes_id = ANY(%s)"}
    scans |= {f"word_{n}": f"WHERE {vector} @@ %s::tsquery" for n in range(len(words))}
    statement = " UNION ALL ".join(
        f"SELECT FROM meetings_utterance AS {name} {where}" for name, where in scans.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (FORMAT json) {statement}", [newest, *(query_literal([word]) for word in words)]
        )
        plan = cursor.fetchone()[0]
    rows = _planned_rows(plan[0]["Plan"])
    share_of = {word: min(1.0, rows[f"word_{n}"] / rows["every"]) for n, word in enumerate(words)}
    share = math.prod(
        max(
            min((share_of[word] for word in spelling if word in share_of), default=0.0)
            for spelling in spellings
        )
        for spellings in terms
    )
    return max(1, int(share * rows["newest"] / len(newest) * len(records)))


def _planned_rows(plan: dict[str, Any]) -> dict[str, int]:
    """By the alias of each scan; none expects fewer than one."""
    found = {plan["Alias"]: max(1, int(plan["Plan Rows"]))} if "Alias" in plan else {}
    for part in plan.get("Plans", ()):
        found |= _planned_rows(part)
    return found


def _matching(
    query: str, edition_of: dict[int, Edition], among: Sequence[int], *, most: int | None = None
) -> list[tuple[int, int, int]]:
    """(key, record, position) in no order, each record by the words of its edition.

    Blocks under closed items have no words to be found by; should any have kept them, they stay unfound.
    """
    conditions: list[str] = []
    values: list[Any] = []
    for edition, vector in _VECTOR.items():
        keys = [key for key in among if edition_of[key] == edition]
        if keys:
            conditions.append(f"({vector} @@ %s::tsquery AND minutes_id = ANY(%s))")
            values += [query, keys]
    hidden, hidden_values = _hidden_items()
    statement = _BLOCKS.format(matching=" OR ".join(conditions), hidden=hidden)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, *hidden_values, most])
        rows: list[tuple[int, int, int]] = cursor.fetchall()
    return rows


@cache
def _hidden_items() -> tuple[str, tuple[Any, ...]]:
    """The rule of the model as SQL: it is always the same, and is written once."""
    statement, values = AgendaItem.objects.hidden().order_by().values("pk").query.sql_with_params()
    return statement, tuple(values)


def find_papers(asked: Asked, user: Any) -> list[DocumentVersion]:
    """The newest files whose text has the words, of papers that `user` may open; newest meeting first."""
    query = text_query(asked.words)
    if not query or asked.speaker.strip():
        return []
    papers = (
        Document.objects.visible_to(user).filter(withdrawn_at=None).exclude(meeting__state=MeetingState.DRAFT)
    )
    papers = papers.exclude(agenda_items__in=AgendaItem.objects.hidden())
    if asked.body is not None:
        papers = papers.filter(meeting__body=asked.body)
    if asked.year is not None:
        papers = papers.filter(meeting__fiscal_year=asked.year)
    found = DocumentVersion.objects.filter(holds("search_vector", query), document__in=papers)
    newer = DocumentVersion.objects.filter(document=OuterRef("document"), number__gt=OuterRef("number"))
    rows = found.filter(~Exists(newer)).select_related("document__meeting__body")
    return list(rows.order_by("-document__meeting__starts_at", "document__position", "pk")[:MOST_PAPERS])


def find_items(asked: Asked, user: Any) -> list[AgendaItem]:
    """Items of agendas that are called so, of meetings that `user` may know of; newest meeting first.

    What was on the agenda is often said nowhere in so many words. Titles are short and few: no index is needed.
    """
    if not text_query(asked.words) or asked.speaker.strip():
        return []
    meetings = Meeting.objects.visible_to(user)
    if asked.body is not None:
        meetings = meetings.filter(body=asked.body)
    if asked.year is not None:
        meetings = meetings.filter(fiscal_year=asked.year)
    rows: Any = AgendaItem.objects.filter(meeting__in=meetings).exclude(pk__in=AgendaItem.objects.hidden())
    rows = rows.annotate(plain=Replace(Lower("title"), Value(_DOT), Value("")))
    for term in terms_of(asked.words):
        rows = rows.filter(plain__contains=term.lower().replace(_DOT, ""))
    rows = rows.select_related("meeting__body")
    return list(rows.order_by("-meeting__starts_at", "meeting", "position", "pk")[:MOST_ITEMS])
