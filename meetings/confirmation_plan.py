"""Who would be asked about which words, before anything is sent; and what those who are asked may read around them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from meetings.leaks.checking import known_of, without_names
from meetings.models import (
    AgendaItem,
    Attendance,
    Audience,
    Body,
    ConfirmationRequest,
    Edition,
    Minutes,
    Utterance,
    UtteranceKind,
)
from members.models import Membership, Organization
from platform_portal.japanese.text import normalize_width
from platform_portal.mail.models import OutgoingMail


@dataclass
class PlannedRequest:
    """`key` stays the same as long as it is about the same speaker.

    `guest_address`: what the attendance list has for somebody who is no member; a person looks at it before it is used.
    """

    key: str
    label: str
    organization: Organization | None
    contacts: list[Membership] = field(default_factory=list)
    utterances: list[Utterance] = field(default_factory=list)
    guest_address: str = ""

    @property
    def has_address(self) -> bool:
        return bool(self.contacts)


def plan_requests(minutes: Minutes) -> list[PlannedRequest]:
    """One for each organisation and each speaker without one, in the order in which they first spoke."""
    rows = minutes.utterances.standing().filter(kind=UtteranceKind.SPEECH).select_related("organization")
    planned: dict[str, PlannedRequest] = {}
    for utterance in rows.order_by("position", "pk"):
        organization = utterance.organization
        label = organization.name if organization else (utterance.named_label or utterance.label)
        if not label:
            continue
        words = f"o{organization.pk}" if organization else f"s{label}"
        key = blake2b(words.encode(), digest_size=6).hexdigest()
        request = planned.setdefault(key, PlannedRequest(key, label[:150], organization))
        request.utterances.append(utterance)
    contacts = contacts_of([each.organization for each in planned.values() if each.organization])
    guests = _guests_of(minutes) if any(each.organization is None for each in planned.values()) else []
    for request in planned.values():
        if request.organization is not None:
            request.contacts = contacts.get(request.organization.pk, [])
        else:
            request.guest_address = _address_among(guests, request.utterances[0])
    return list(planned.values())


def _guests_of(minutes: Minutes) -> list[Attendance]:
    """Those of the meeting who are no members and whose address takes our mail. Three queries."""
    rows = Attendance.objects.filter(meeting=minutes.meeting_id, organization=None, withdrawn_at=None)
    guests = list(rows.exclude(guest_email="").prefetch_related("attendees"))
    addresses = {each.guest_email.lower() for each in guests}
    dead = {row["address"] for row in OutgoingMail.objects.failing_addresses().filter(address__in=addresses)}
    return [each for each in guests if each.guest_email.lower() not in dead]


def _address_among(guests: Sequence[Attendance], words: Utterance) -> str:
    """By the organisation that is printed, else by the name; nothing where two addresses fit."""
    organization, speaker = _plain(words.organization_name), _plain(words.speaker)
    of_organization = [each for each in guests if organization and _plain(each.guest_name) == organization]
    of_name = [each for each in of_organization or guests if _is_called(each, speaker)]
    found = {each.guest_email for each in of_name} or {each.guest_email for each in of_organization}
    return found.pop() if len(found) == 1 else ""


def _is_called(guest: Attendance, speaker: str) -> bool:
    """Records print the family name, lists the whole name; somebody without an organisation is the guest."""
    names = [guest.guest_name, *(person.name for person in guest.attendees.all())]
    return len(speaker) > 1 and any(_plain(name).startswith(speaker) for name in names)


def _plain(text: str) -> str:
    return normalize_width(text).replace(" ", "")


def contacts_of(organizations: Sequence[Organization]) -> dict[int, list[Membership]]:
    """Contacts of today by organisation, but for those whose address does not take our mail. Two queries."""
    rows = Membership.objects.contacts().filter(organization__in=organizations).select_related("user")
    memberships = list(rows.order_by("pk"))
    addresses = {each.user.email.lower() for each in memberships}
    failing = OutgoingMail.objects.failing_addresses().filter(address__in=addresses)
    dead = {row["address"] for row in failing}
    found: dict[int, list[Membership]] = {}
    for each in memberships:
        if each.user.email.lower() not in dead:
            found.setdefault(each.organization_id, []).append(each)
    return found


# --- What stands around one's own words -------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Around:
    """A block before or after. Empty text: it may not be read by whoever is asked."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class InContext:
    utterance: Utterance
    before: Around | None
    after: Around | None


def edition_for(request: ConfirmationRequest) -> Edition | None:
    """Which edition whoever is asked may read once it is published; None when neither."""
    minutes = request.round.minutes
    reach = {Audience.PUBLIC}
    if request.organization_id and _is_inside(request):
        reach.add(Audience.MEMBERS)
    if minutes.named_audience in reach:
        return Edition.NAMED
    return Edition.LABELS if minutes.labels_audience in reach else None


def _is_inside(request: ConfirmationRequest) -> bool:
    meeting = request.round.minutes.meeting
    invited = Attendance.objects.invited().filter(meeting=meeting, organization=request.organization_id)
    seats = Body.objects.filter(pk=meeting.body_id, organizations=request.organization_id)
    return bool(invited.exists() or seats.exists())


def in_context(request: ConfirmationRequest, own: Iterable[Utterance]) -> list[InContext]:
    """Their own words, each with the block before and the one after, as far as they may read those. Constant queries."""
    minutes = request.round.minutes
    blocks = list(minutes.utterances.standing().order_by("position", "pk"))
    hidden = minutes.utterances.filter(agenda_items__in=AgendaItem.objects.hidden())
    closed = set(hidden.order_by().values_list("pk", flat=True))
    edition = edition_for(request)
    keys = {each.pk for each in own}
    places = {block.pk: place for place, block in enumerate(blocks)}
    known = known_of(minutes, blocks) if edition == Edition.LABELS else None

    def around(place: int) -> Around | None:
        if not 0 <= place < len(blocks):
            return None
        block = blocks[place]
        if block.pk in keys:
            return Around(block.named_label or block.label, block.text)
        if edition is None or block.pk in closed:
            return Around("", "")
        text = block.text_in(edition)
        # Nobody has checked this draft for names yet.
        return Around(block.label_in(edition), text if known is None else without_names(text, known))

    return [
        InContext(blocks[place], around(place - 1), around(place + 1))
        for place in sorted(places[key] for key in keys if key in places)
    ]
