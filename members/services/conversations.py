"""What two organisations say to each other about an offer. The record says that they did, never what."""

import datetime as dt
import re
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from members import board_mails
from members import board_permissions as permissions
from members.models import (
    BoardMessage,
    BoardReport,
    Conversation,
    ConversationParty,
    Offer,
    Organization,
)
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit

MESSAGES_PER_HOUR = 30
CONVERSATIONS_PER_DAY = 10
"""Of one organisation: more is not talk but advertising."""
MAIL_AGAIN_AFTER = dt.timedelta(hours=1)
# What could turn the words of a message around on the screen, or hide some of them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@transaction.atomic
def ask_about_offer(
    *, offer: Offer, organization: Organization, text: str, by: Any, form_id: uuid.UUID | None = None
) -> Conversation:
    """「話を聞きたい」: begins a conversation in the name of `organization`. The same form sent twice begins one.

    Raises Refused, ValidationError.
    """
    asker = _lock_organization(organization)
    offer = Offer.objects.select_related("organization").get(pk=offer.pk)
    permissions.check_can_ask(by, offer, asker)
    known = Conversation.objects.open().filter(offer=offer, asker=asker).first()
    if known is not None:
        if _is_sent(known, form_id):
            return known
        raise Refused(_("この掲示についてのやりとりは、もう始まっています。そちらに書いてください。"))
    since = timezone.now() - dt.timedelta(days=1)
    begun = Conversation.objects.filter(asker=asker, matched_offer=None, begun_at__gt=since)
    if begun.count() >= CONVERSATIONS_PER_DAY:
        raise Refused(
            _("「話を聞きたい」は、1つの団体で1日に%(most)s件までです。明日、もう一度試してください。")
            % {"most": CONVERSATIONS_PER_DAY}
        )
    conversation = _begin(offer=offer, asker=asker, by=by)
    _write(conversation, asker, text, by=by, form_id=form_id)
    return conversation


@transaction.atomic
def introduce(*, first: Offer, second: Offer, text: str, by: Any) -> Conversation:
    """「引き合わせる」: the secretariat begins a conversation between the organisations of two offers.

    Raises Refused, also when they talk already; ValidationError.
    """
    rows = Offer.objects.select_related("organization").in_bulk([first.pk, second.pk])
    first, second = rows[first.pk], rows[second.pk]
    permissions.check_can_introduce(by, first, second)
    asker = _lock_organization(second.organization)
    about_first, about_second = Q(offer=first, asker=asker), Q(offer=second, asker=first.organization)
    if Conversation.objects.open().filter(about_first | about_second).exists():
        raise Refused(_("この2つの団体は、この掲示について、もうやりとりをしています。"))
    conversation = _begin(offer=first, asker=asker, by=by, matched_offer=second)
    _write(conversation, None, text, by=by, form_id=None)
    return conversation


@transaction.atomic
def write_message(
    *,
    conversation: Conversation,
    organization: Organization,
    text: str,
    by: Any,
    form_id: uuid.UUID | None = None,
) -> BoardMessage:
    """The same form sent twice makes one message. Raises Refused, ValidationError."""
    # The organisation first, as everywhere here: two at once wait for each other, and never crosswise.
    sender = _lock_organization(organization)
    locked = _lock(conversation)
    permissions.check_can_write_message(by, locked, sender)
    sent = locked.messages.filter(form_id=form_id).first() if form_id else None
    if sent is not None:
        return sent
    since = timezone.now() - dt.timedelta(hours=1)
    if BoardMessage.objects.filter(organization=sender, written_at__gt=since).count() >= MESSAGES_PER_HOUR:
        raise Refused(
            _("メッセージは、1つの団体で1時間に%(most)s通までです。少し待って、もう一度送ってください。")
            % {"most": MESSAGES_PER_HOUR}
        )
    return _write(locked, sender, text, by=by, form_id=form_id)


@transaction.atomic
def close_conversation(*, conversation: Conversation, organization: Organization, by: Any) -> Conversation:
    """Either of the two may end it. Raises Refused."""
    locked = _lock(conversation)
    permissions.check_can_close_conversation(by, locked, organization)
    locked.closed_at, locked.closed_by = timezone.now(), by
    locked.save(update_fields=["closed_at", "closed_by"])
    audit.record(
        type="members.conversation_closed", by=by, obj=locked, new={"organization": organization.name}
    )
    return locked


@transaction.atomic
def mark_read(*, conversation: Conversation, up_to: dt.datetime, by: Any) -> None:
    """For every organisation of the two that `by` writes for: what one has read, colleagues need not."""
    for party in conversation.parties.filter(read_at__lt=up_to).select_related("organization"):
        if permissions.can_write_offers(by, party.organization):
            conversation.parties.filter(pk=party.pk, read_at__lt=up_to).update(read_at=up_to)


@transaction.atomic
def report_conversation(
    *, conversation: Conversation, organization: Organization, reason: str, by: Any
) -> BoardReport:
    """「事務局に知らせる」: from now on until it is dealt with staff may read it. Raises Refused, ValidationError."""
    locked = _lock(conversation)
    permissions.check_can_report_conversation(by, locked, organization)
    report = BoardReport(
        conversation=locked, organization=organization, reason=_plain(reason), reported_by=by
    )
    report.full_clean()
    report.save()
    audit.record(
        type="members.conversation_reported", by=by, obj=locked, new={"organization": organization.name}
    )
    return report


@transaction.atomic
def read_reported(*, report: BoardReport, by: Any) -> list[BoardMessage]:
    """What was written, for staff; that they read it stays in the record. Raises Refused."""
    locked = BoardReport.objects.select_for_update(no_key=True).get(pk=report.pk)
    permissions.check_can_read_reported(by, locked)
    audit.record(type="members.conversation_read_by_staff", by=by, obj=locked.conversation)
    return list(locked.conversation.messages.select_related("organization", "author"))


@transaction.atomic
def handle_report(*, report: BoardReport, resolution: str, by: Any) -> BoardReport:
    """Closes the conversation to staff again. Raises Refused, ValidationError."""
    locked = BoardReport.objects.select_for_update(no_key=True).get(pk=report.pk)
    permissions.check_can_handle_report(by, locked)
    locked.resolution = _plain(resolution)
    if not locked.resolution:
        raise ValidationError({"resolution": _("対応したことを書いてください。")})
    locked.handled_at, locked.handled_by = timezone.now(), by
    locked.full_clean()
    locked.save()
    audit.record(type="members.conversation_report_handled", by=by, obj=locked.conversation)
    return locked


# --- The portal itself --------------------------------------------------------------------------
def tell_of_waiting_messages() -> int:
    """Mails that were held back because one had left within the hour; returns how many organisations were told."""
    before = timezone.now() - MAIL_AGAIN_AFTER
    keys = ConversationParty.objects.to_tell(before).values_list("pk", flat=True)
    return sum(_tell_one(key, before) for key in list(keys))


@transaction.atomic
def _tell_one(key: int, before: dt.datetime) -> bool:
    rows = ConversationParty.objects.to_tell(before).select_for_update(
        of=("self",), no_key=True, skip_locked=True
    )
    party = rows.filter(pk=key).first()
    return party is not None and _tell(party)


def _begin(*, offer: Offer, asker: Organization, by: Any, matched_offer: Offer | None = None) -> Conversation:
    conversation = Conversation(offer=offer, asker=asker, begun_by=by, matched_offer=matched_offer)
    conversation.full_clean()
    conversation.save()
    for organization in conversation.organizations:
        # A moment before: the first message is news to whoever did not write it.
        ConversationParty.objects.create(
            conversation=conversation,
            organization=organization,
            read_at=conversation.begun_at - dt.timedelta(seconds=1),
        )
    about = {"offer": offer.title, "organization": asker.name}
    if matched_offer is None:
        audit.record(type="members.conversation_begun", by=by, obj=conversation, new=about)
    else:
        audit.record(type="members.conversation_introduced", by=by, obj=conversation, new=about)
    return conversation


def _write(
    conversation: Conversation,
    organization: Organization | None,
    text: str,
    *,
    by: Any,
    form_id: uuid.UUID | None,
) -> BoardMessage:
    message = BoardMessage(conversation=conversation, organization=organization, author=by, text=_plain(text))
    if form_id is not None:
        message.form_id = form_id
    message.full_clean()
    message.save()
    Conversation.objects.filter(pk=conversation.pk).update(last_message_at=message.written_at)
    for party in conversation.parties.exclude(organization=organization).select_related("organization"):
        if party.mailed_at is None or party.mailed_at <= message.written_at - MAIL_AGAIN_AFTER:
            _tell(party)
    audit.record(
        type="members.message_written",
        by=by,
        obj=conversation,
        new={"organization": organization.name if organization else ""},
    )
    return message


def _tell(party: ConversationParty) -> bool:
    """At most one mail for each conversation, organisation and hour; what comes in between the task tells."""
    board_mails.send_message_waits(party.conversation, party.organization)
    ConversationParty.objects.filter(pk=party.pk).update(mailed_at=timezone.now())
    return True


def _plain(text: str) -> str:
    """Text only: one kind of line end, nothing that hides or turns words around."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _is_sent(conversation: Conversation, form_id: uuid.UUID | None) -> bool:
    return form_id is not None and conversation.messages.filter(form_id=form_id).exists()


def _lock_organization(organization: Organization) -> Organization:
    # Rows that speak of it may still be added meanwhile: without `no_key` two who ask each other would lock up.
    return Organization.objects.select_for_update(of=("self",), no_key=True).get(pk=organization.pk)


def _lock(conversation: Conversation) -> Conversation:
    rows = Conversation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "offer__organization", "asker"
    )
    return rows.get(pk=conversation.pk)
