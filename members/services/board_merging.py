"""What becomes of the board when two entries of one organisation become one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from members.merging import Part, register
from members.models import (
    BoardMessage,
    BoardReport,
    Conversation,
    ConversationParty,
    Offer,
    Organization,
)
from platform_portal.audit import services as audit


def register_board() -> None:
    """Called once, when the app is ready."""
    models = (Offer, Conversation, ConversationParty, BoardMessage, BoardReport)
    labels = tuple(model._meta.label for model in models)
    register(Part(gettext_lazy("掲示板（掲示とやりとり）"), labels, _count, _move))


def _count(organization: Organization) -> int:
    offers = Offer.objects.of([organization.pk]).count()
    return int(offers + ConversationParty.objects.filter(organization=organization).count())


def _move(*, source: Organization, target: Organization, by: Any) -> None:
    for party in ConversationParty.objects.filter(organization=source).select_related("conversation__offer"):
        _move_conversation(party, source, target, by)
    for offer in Offer.objects.of([source.pk]).select_for_update(of=("self",), no_key=True):
        offer.organization = target
        offer.save(update_fields=["organization", "updated_at"])
        _record(type="members.offer_moved", obj=offer, source=source, target=target, by=by)


def _move_conversation(party: ConversationParty, source: Organization, target: Organization, by: Any) -> None:
    """One that the two had with each other ends: nobody talks to oneself. What was written can still be read."""
    row = party.conversation
    if row.parties.filter(organization=target).exists():
        _close(row, by)
        party.delete()
        return
    if row.asker_id == source.pk:
        # Both have asked about the same offer: the target's own conversation goes on.
        if Conversation.objects.open().filter(offer=row.offer_id, asker=target).exists():
            _close(row, by)
        row.asker = target
        row.save(update_fields=["asker"])
    party.organization = target
    party.save(update_fields=["organization"])
    row.messages.filter(organization=source).update(organization=target)
    row.reports.filter(organization=source).update(organization=target)
    _record(type="members.conversation_moved", obj=row, source=source, target=target, by=by)


def _close(row: Conversation, by: Any) -> None:
    if row.is_open:
        row.closed_at, row.closed_by = timezone.now(), by
        row.save(update_fields=["closed_at", "closed_by"])
        audit.record(type="members.conversation_closed", by=by, obj=row)


def _record(*, type: str, obj: Any, source: Organization, target: Organization, by: Any) -> None:
    audit.record(
        type=type, by=by, obj=obj, old={"organization": source.name}, new={"organization": target.name}
    )
