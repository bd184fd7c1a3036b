"""Finds what was said, among all records that somebody may read.

Every record is looked through in the edition that this reader sees: in the other one not even the fact that a word
occurs may show. Newest meetings come first. A rare word is fetched whole and put in order here; a word of a thousand
places is looked for from the newest meetings backwards, as nobody reads to the end.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Lower, Replace

from meetings.indexing import hidden_blocks
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

MOST_COUNTED = 1_000
PER_PAGE = 20
MOST_PAPERS = 20
MOST_ITEMS = 20
_DOT = "・"
# Meetings asked at once for a common word; each next step asks four times as many.
_LEAST_STEP, _STEP_GROWS = 2, 4
# So many times more than are counted is still little enough to be fetched at once.
_FEW = 1.5
_VECTOR = {Edition.NAMED: "named_vector", Edition.LABELS: "labels_vector"}


@dataclass(frozen=True, slots=True)
class Asked:
    """`words` and `speaker` as typed; without both nothing is found."""

    words: str = ""
    speaker: str = ""
    body: Body | None = None
    year: int | None = None

    @property
    def query(self) -> str:
        parts = (text_query(self.words), speaker_query(self.speaker))
        return " & ".join(f"({part})" for part in parts if part)

    @property
    def is_understood(self) -> bool:
        """False where one of the two carries no word that could be looked for."""
        return bool(self.query) and all(
            query
            for asked, query in (
                (self.words, text_query(self.words)),
                (self.speaker, speaker_query(self.speaker)),
            )
            if asked.strip()
        )


@dataclass(frozen=True, slots=True)
class Found:
    """`keys`: of the page asked for, newest meeting first. `edition_of`: by key of the record."""

    keys: list[int] = field(default_factory=list)
    count: int = 0
    has_more_than_counted: bool = False
    edition_of: dict[int, Edition] = field(default_factory=dict)


def find_utterances(asked: Asked, user: Any, *, page: int = 1) -> Found:
    query = asked.query
    if not query or not asked.is_understood:
        return Found()
    edition_of = readable_minutes(user, body=asked.body, year=asked.year)
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


def readable_minutes(user: Any, *, body: Body | None = None, year: int | None = None) -> dict[int, Edition]:
    """The best edition of each record that `user` may read, by key of the record; newest meeting first. Two queries."""
    condition = Q()
    if body is not None:
        condition &= Q(meeting__body=body)
    if year is not None:
        condition &= Q(meeting__fiscal_year=year)
    found: dict[int, tuple[Any, Edition]] = {}
    for edition in (Edition.LABELS, Edition.NAMED):  # the later one stays
        rows = Minutes.objects.visible_to(user, edition).filter(condition)
        for key, starts_at in rows.order_by().values_list("pk", "meeting__starts_at"):
            found[key] = (starts_at, edition)
    newest = sorted(found.items(), key=lambda item: (item[1][0], item[0]), reverse=True)
    return {key: edition for key, (_starts_at, edition) in newest}


def _newest_first(query: str, edition_of: dict[int, Edition]) -> list[int]:
    """Keys of the blocks, those of the newest meeting first; not many more than are counted."""
    records, hidden = list(edition_of), hidden_blocks()
    order = {key: place for place, key in enumerate(records)}
    found: list[int] = []
    start, step = 0, _first_step(query, edition_of)
    while start < len(records) and len(found) <= MOST_COUNTED:
        matches = _matching(query, edition_of, records[start : start + step])
        rows = sorted((order[minutes], place, key) for key, minutes, place in matches if key not in hidden)
        found += [key for _order, _place, key in rows]
        start, step = start + step, step * _STEP_GROWS
    return found


def _first_step(query: str, edition_of: dict[int, Edition]) -> int:
    """In how many records to look at once: in all for a rare word, in as many as are likely to be enough for a common
    one. What is likely says PostgreSQL's planner; if it is wrong, the search takes longer and finds the same."""
    plan = json.loads(_matching(query, edition_of, list(edition_of)).explain(format="json"))
    expected = max(1, plan[0]["Plan"]["Plan Rows"])
    if expected <= _FEW * MOST_COUNTED:
        return len(edition_of)
    return max(_LEAST_STEP, int(_FEW * MOST_COUNTED * len(edition_of) / expected))


def _matching(query: str, edition_of: dict[int, Edition], among: Sequence[int]) -> Any:
    """(key, record, position) in no order, each record by the words of its edition."""
    condition = Q(pk__in=[])
    for edition, vector in _VECTOR.items():
        keys = [key for key in among if edition_of[key] == edition]
        if len(keys) == len(among):
            condition = Q(holds(vector, query), minutes__in=keys)
        elif keys:
            condition |= Q(holds(vector, query), minutes__in=keys)
    rows = Utterance.objects.standing().filter(condition).order_by()
    return rows.values_list("pk", "minutes_id", "position")


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
