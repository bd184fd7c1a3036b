"""Who may be speaking: names to choose from while one writes, out of what is known of a meeting and its body."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from meetings.models import Attendee, Meeting, SpeakerAlias, Utterance
from platform_portal.japanese.text import normalize_width

MOST = 300
_BRACKETS = str.maketrans(dict.fromkeys("()（）【】[]［］〔〕〈〉<>「」『』○◯●◎◆■□：:", ""))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`words` is what one chooses by; the other fields are what is filled in."""

    words: str
    organization_name: str
    speaker: str
    role: str
    organization_id: int | None = None
    member_name: str = ""


def alias_key(label: str) -> str:
    """How a printed name is compared: width, spaces and brackets differ between files."""
    return normalize_width(label.translate(_BRACKETS)).replace(" ", "")[:100]


def suggestions_for(meeting: Meeting) -> list[Suggestion]:
    """From this record and earlier ones of the body, from what imports have learnt, from who was there. Three queries."""
    names = ("organization_name", "speaker", "role", "organization_id", "organization__name")
    spoken = Utterance.objects.filter(minutes__meeting__body=meeting.body_id).order_by()
    spoken = spoken.exclude(organization_name="", speaker="", role="")
    # Who spoke last first: a body of ten years has had more people than a list can hold.
    rows = spoken.values_list(*names).annotate(last=Max("pk")).order_by("-last")[:MOST]
    found = [_suggestion(*row[:5]) for row in rows]
    aliases = SpeakerAlias._default_manager.filter(body=meeting.body_id)
    found += [
        _suggestion(name or "", speaker, role, key, name)
        for speaker, role, key, name in aliases.values_list(
            "speaker", "role", "organization_id", "organization__name"
        )[:MOST]
    ]
    people = Attendee._default_manager.filter(attendance__meeting=meeting)
    found += [
        _suggestion(name or guest, person.split()[0] if person.split() else "", role, key, name)
        for person, role, guest, key, name in people.values_list(
            "name",
            "role",
            "attendance__guest_name",
            "attendance__organization_id",
            "attendance__organization__name",
        )[:MOST]
    ]
    return _once(found)


def _suggestion(
    organization_name: str, speaker: str, role: str, organization_id: int | None, member_name: str | None
) -> Suggestion:
    words = "・".join(part for part in (organization_name, f"{speaker}{role}") if part)
    return Suggestion(words, organization_name, speaker, role, organization_id, member_name or "")


def _once(found: Iterable[Suggestion]) -> list[Suggestion]:
    """The first of each: what was said last comes before what is older."""
    known: dict[str, Suggestion] = {}
    for each in found:
        if each.words:
            known.setdefault(each.words, each)
    return sorted(known.values(), key=lambda each: each.words)
