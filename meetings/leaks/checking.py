"""The leak check of one record: who took part, where they are named, and what somebody said to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db.models import Q

from meetings.leaks.finding import Found, Known, LeakKind, find, rewritten
from meetings.models import (
    Attendee,
    Audience,
    Edition,
    LeakDecision,
    Minutes,
    SpeakerAlias,
    Utterance,
)
from members.models import Membership, Organization

AROUND = 30  # characters of context on each side
# How far each audience reaches.
REACH = {Audience.CLOSED: 0, Audience.MEMBERS: 1, Audience.PUBLIC: 2}


def labels_go_further(minutes: Minutes) -> bool:
    """Whether people read the edition without names who may not read the one with them."""
    return REACH[Audience(minutes.labels_audience)] > REACH[Audience(minutes.named_audience)]


@dataclass(frozen=True, slots=True)
class Hit:
    """One place of one block. `is_label`: in the words before the text, which the editor of the record changes."""

    utterance: Utterance
    found: Found
    text: str
    text_sha256: str
    decision: LeakDecision | None = None
    is_label: bool = False

    @property
    def key(self) -> str:
        return f"{self.utterance.public_id}-{self.text_sha256[:12]}-{self.found.start}-{self.found.end}"

    @property
    def words(self) -> str:
        return self.text[self.found.start : self.found.end]

    @property
    def before(self) -> str:
        start = max(0, self.found.start - AROUND)
        return ("…" if start else "") + self.text[start : self.found.start]

    @property
    def after(self) -> str:
        end = self.found.end + AROUND
        return self.text[self.found.end : end] + ("…" if end < len(self.text) else "")

    @property
    def kind_label(self) -> str:
        return str(LeakKind(self.found.kind).label)


@dataclass(frozen=True)
class Block:
    """A block of the record with what was found in it."""

    utterance: Utterance
    hits: list[Hit]
    known: Known

    @property
    def open_hits(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.decision is None]

    @cached_property
    def proposal(self) -> str:
        """What the edition without names might read instead."""
        text = self.utterance.text_in(Edition.LABELS)
        return rewritten(text, [hit.found for hit in self.open_hits if not hit.is_label], self.known)


def known_of(minutes: Minutes, utterances: Iterable[Utterance]) -> Known:
    """Everybody whom the text might name. Four queries, however long the record."""
    known = Known()
    meeting = minutes.meeting
    for utterance in utterances:
        if utterance.speaker:
            known.add_person(utterance.speaker, utterance.role or utterance.organization_name)
        known.add_organization(utterance.organization_name)
    for alias in SpeakerAlias.objects.filter(body=meeting.body_id).exclude(speaker=""):
        known.add_person(alias.speaker, alias.role)
    for name, role in Attendee.objects.filter(attendance__meeting=meeting).values_list("name", "role"):
        known.add_person(name, role)
    seats = Q(bodies=meeting.body_id) | Q(attendances__meeting=meeting) | Q(utterances__minutes=minutes)
    organizations = Organization.objects.filter(seats).order_by().distinct()
    for name in organizations.values_list("name", flat=True):
        known.add_organization(name)
    people = Membership.objects.current().filter(organization__in=organizations.values("pk"))
    for name in people.order_by().values_list("user__name", flat=True).distinct():
        known.add_person(name)
    return known.index()


def blocks_of(minutes: Minutes) -> list[Block]:
    """Blocks in which something was found, in their order. Constant queries, linear in the text."""
    utterances = list(minutes.utterances.standing().order_by("position", "pk"))
    known = known_of(minutes, utterances)
    decided = {
        (each.utterance_id, each.text_sha256, each.start, each.length): each
        for each in LeakDecision.objects.filter(utterance__minutes=minutes).select_related("decided_by")
    }
    blocks = []
    for utterance in utterances:
        hits = [*_hits(utterance, known, decided, is_label=True), *_hits(utterance, known, decided)]
        if hits:
            blocks.append(Block(utterance, hits, known))
    return blocks


def _hits(
    utterance: Utterance, known: Known, decided: dict[Any, Any], *, is_label: bool = False
) -> list[Hit]:
    text = utterance.role_label if is_label else utterance.text_in(Edition.LABELS)
    found = find(text, known)
    if is_label:  # a role names its organisation as often as not
        found = [each for each in found if each.kind not in {LeakKind.ORGANIZATION, LeakKind.UNKNOWN}]
    if not found:
        return []
    digest = digest_of(text, is_label=is_label)
    return [
        Hit(
            utterance,
            each,
            text,
            digest,
            decided.get((utterance.pk, digest, each.start, each.end - each.start)),
            is_label,
        )
        for each in found
    ]


def digest_of(text: str, *, is_label: bool = False) -> str:
    """By what a decision knows its text."""
    return sha256(f"{'label' if is_label else 'text'}\n{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Around:
    """Words that readers of either edition see beside the record, with the names in them."""

    page: str  # URL name of where they are written
    words: str
    names: list[str]


def names_around(minutes: Minutes) -> list[Around]:
    """In the agenda and in titles of papers. They tell of the meeting, where somebody may be named on purpose: whoever
    publishes is told and decides.
    """
    known = known_of(minutes, minutes.utterances.standing())
    agenda = minutes.meeting.agenda
    items = agenda.exclude(pk__in=agenda.hidden())
    papers = (
        minutes.meeting.documents.filter(withdrawn_at=None).exclude(audience=Audience.CLOSED).order_by("pk")
    )
    lines = [("desk-agenda", f"{item} {item.performer}".strip()) for item in items]
    lines += [("desk-documents", str(paper)) for paper in papers]
    found = [Around(page, words, names_in(words, known)) for page, words in lines]
    return [each for each in found if each.names]


def open_hits(minutes: Minutes) -> list[Hit]:
    return [hit for block in blocks_of(minutes) for hit in block.open_hits]


def names_in(text: str, known: Known) -> list[str]:
    """Words of `text` that say who somebody is; organisations are not counted."""
    found = find(text, known)
    return [text[each.start : each.end] for each in found if each.kind != LeakKind.ORGANIZATION]


def without_names(text: str, known: Known) -> str:
    """For whoever reads around their own words in a draft that nobody has checked yet."""
    return rewritten(text, find(text, known), known)
