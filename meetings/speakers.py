"""Who may be speaking: names to choose from while one writes, out of what is known of a meeting and its body."""

from collections.abc import Iterable
from dataclasses import dataclass

from meetings.models import Attendee, Meeting, SpeakerAlias, Utterance
from members.models import Organization
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
    organization: Organization | None = None


def alias_key(label: str) -> str:
    """How a printed name is compared: width, spaces and brackets differ between files."""
    return normalize_width(label.translate(_BRACKETS)).replace(" ", "")[:100]


def suggestions_for(meeting: Meeting) -> list[Suggestion]:
    """From this record and earlier ones of the body, from what imports have learnt, from who was there. Three queries."""
    spoken = Utterance.objects.filter(minutes__meeting__body=meeting.body_id)
    rows = spoken.select_related("organization").exclude(organization_name="", speaker="", role="")
    names = ("organization_name", "speaker", "role", "organization_id")
    found = [
        _suggestion(each.organization_name, each.speaker, each.role, each.organization)
        for each in rows.order_by(*names, "-pk").distinct(*names)[:MOST]
    ]
    aliases = SpeakerAlias._default_manager.filter(body=meeting.body_id).select_related("organization")
    found += [
        _suggestion(
            each.organization.name if each.organization else "", each.speaker, each.role, each.organization
        )
        for each in aliases[:MOST]
    ]
    people = Attendee._default_manager.filter(attendance__meeting=meeting)
    found += [
        _suggestion(
            each.attendance.name,
            each.name.split()[0] if each.name else "",
            each.role,
            each.attendance.organization,
        )
        for each in people.select_related("attendance__organization")[:MOST]
    ]
    return _once(found)


def _suggestion(
    organization_name: str, speaker: str, role: str, organization: Organization | None
) -> Suggestion:
    words = "・".join(part for part in (organization_name, f"{speaker}{role}") if part)
    return Suggestion(words, organization_name, speaker, role, organization)


def _once(found: Iterable[Suggestion]) -> list[Suggestion]:
    return sorted({each.words: each for each in found if each.words}.values(), key=lambda each: each.words)
