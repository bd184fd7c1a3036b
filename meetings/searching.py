"""Finds what was said, among all records that somebody may read.

Every record is looked through in the edition that this reader sees: in the other one not even the fact that a word
occurs may show. Newest meetings come first. A rare word is fetched whole and put in order here; a word of a thousand
places is looked for from the newest meetings backwards, as nobody reads to the end.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, Exists, F, Func, OuterRef, Q, Value
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
    Utterance,
)
from meetings.words import speaker_query, terms_of, text_query
from platform_portal.japanese.vectors import holds

MOST_COUNTED = 500
PER_PAGE = 20
MOST_PAPERS = 20
MOST_ITEMS = 20
_DOT = "・"
# Meetings asked at once for a common word; each next step asks four times as many.
_LEAST_STEP, _STEP_GROWS = 2, 4
# So many times more than are counted is still little enough to be fetched at once.
_FEW = 1.3
_VECTOR = {Edition.NAMED: "named_vector", Edition.LABELS: "labels_vector"}


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
    keys = _newest_first(query, edition_of)
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


def _newest_first(query: str, edition_of: dict[int, Edition]) -> list[int]:
    """Keys of the blocks, those of the newest meeting first; not many more than are counted."""
    records = list(edition_of)
    order = {key: place for place, key in enumerate(records)}

    def sorted_keys(rows: Iterable[tuple[int, int, int]]) -> list[int]:
        return [
            key for _order, _place, key in sorted((order[record], place, key) for key, record, place in rows)
        ]

    everywhere, few = _matching(query, edition_of, records), int(_FEW * MOST_COUNTED)
    expected = _expected(everywhere)
    if expected <= few:
        rows = list(_shown(everywhere)[: few + 1])
        if len(rows) <= few:
            return sorted_keys(rows)
        # More than was expected: as many, then, in every record as in those that these came from.
        expected = len(rows) * len(records) // len({record for _key, record, _place in rows})
    found: list[int] = []
    start, step = 0, max(_LEAST_STEP, few * len(records) // expected)
    while start < len(records) and len(found) <= MOST_COUNTED:
        found += sorted_keys(_shown(_matching(query, edition_of, records[start : start + step])))
        start, step = start + step, step * _STEP_GROWS
    return found


def _expected(rows: Any) -> int:
    """How many of them PostgreSQL's planner expects. If it is wrong, the search takes longer and finds the same."""
    plan = json.loads(rows.explain(format="json"))
    return max(1, int(plan[0]["Plan"]["Plan Rows"]))


def _matching(query: str, edition_of: dict[int, Edition], among: Sequence[int]) -> Any:
    """(key, record, position) in no order, each record by the words of its edition."""
    parts = []
    for edition, vector in _VECTOR.items():
        keys = [key for key in among if edition_of[key] == edition]
        if keys:
            parts.append(Q(holds(vector, query), _is_one_of("minutes", keys)))
    rows = Utterance.objects.standing().filter(reduce(or_, parts)).order_by()
    return rows.values_list("pk", "minutes_id", "position")


def _shown(rows: Any) -> Any:
    """Blocks under closed items have no words to be found by; should any have kept them, they stay unfound."""
    return rows.exclude(agenda_items__in=AgendaItem.objects.hidden())


def _is_one_of(field: str, keys: list[int]) -> Func:
    """As one parameter: with hundreds of them, writing the statement takes longer than running it."""
    return Func(
        F(field),
        Value(keys, output_field=ArrayField(BigIntegerField())),
        template="(%(expressions)s))",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


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
