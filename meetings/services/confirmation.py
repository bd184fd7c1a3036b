"""Sending a record around to those who spoke: open, remind, send again, close."""

import datetime as dt
import logging
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.confirmation_plan import PlannedRequest, contacts_of, plan_requests
from meetings.mails import confirmation as mails
from meetings.models import (
    ConfirmationAnswer,
    ConfirmationRequest,
    ConfirmationRound,
    Minutes,
)
from meetings.permissions import approval as permissions
from meetings.services.records import check_is_as_seen, lock_minutes
from members.models import Membership, User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.records_language import in_records_language

REMIND_DAYS = 3  # before the due date
logger = logging.getLogger(__name__)


@transaction.atomic
def open_round(
    *,
    minutes: Minutes,
    due_on: dt.date,
    message: str,
    addresses: Mapping[str, str],
    by: User,
    version: int | None = None,
) -> ConfirmationRound:
    """Asks everybody who can be reached about their own words.

    `addresses`: by key of the plan, for whom to ask; empty for the contacts of an organisation. Keys that are not
    named are not asked. `version`: of the record that the preview showed.
    Raises Refused, ChangedMeanwhile, ValidationError; then nothing was sent.
    """
    locked = lock_minutes(minutes)
    permissions.check_can_open_round(by, locked)
    check_is_as_seen(version, locked.version)
    if due_on <= timezone.localdate():
        raise ValidationError({"due_on": _("返事の期限は、明日から後の日にしてください。")})
    planned = [each for each in plan_requests(locked) if each.key in addresses]
    chosen = [(each, addresses[each.key].strip()) for each in planned]
    reachable = [(each, address) for each, address in chosen if address or each.has_address]
    if not reachable:
        raise Refused(_("確認を頼める相手がいません。送り先のメールアドレスを書いてください。"))
    round = ConfirmationRound(minutes=locked, due_on=due_on, message=message.strip(), opened_by=by)
    round.full_clean()
    round.save()
    for each, address in reachable:
        _ask(round, each, address)
    audit.record(
        type="meetings.confirmation_opened",
        by=by,
        obj=locked,
        new={"due_on": due_on, "requests": len(reachable), "left_out": len(planned) - len(reachable)},
    )
    return round


def _ask(round: ConfirmationRound, planned: PlannedRequest, address: str) -> None:
    if address:
        validate_email(address)
    request = ConfirmationRequest(
        round=round, organization=planned.organization, label=planned.label, email=address
    )
    request.full_clean()
    request.sent_at = timezone.now()
    request.save()
    request.utterances.set(planned.utterances)
    mails.send_request(request, recipients_of(request))


def recipients_of(request: ConfirmationRequest) -> list[Membership]:
    """Contacts of today; none for a request with an address of its own."""
    if request.email or request.organization is None:
        return []
    return contacts_of([request.organization]).get(request.organization.pk, [])


def lock_request(request: ConfirmationRequest) -> ConfirmationRequest:
    """Its record and its round first: so answers, reminders and the end of a round come one after the other."""
    minutes = lock_minutes(request.round.minutes)
    round = ConfirmationRound.objects.select_for_update(of=("self",)).get(pk=request.round_id)
    locked = (
        ConfirmationRequest.objects.select_for_update(of=("self",))
        .select_related("organization")
        .get(pk=request.pk)
    )
    round.minutes = minutes
    locked.round = round
    return locked


@transaction.atomic
def send_request_again(*, request: ConfirmationRequest, address: str = "", by: User) -> ConfirmationRequest:
    """A new link; the ones sent before open nothing any more. `address`: another one. Raises Refused, ValidationError."""
    locked = lock_request(request)
    permissions.check_can_tend_round(by, locked.round)
    if address.strip():
        locked.email = address.strip()
    locked.full_clean()
    recipients = recipients_of(locked)
    if not locked.email and not recipients:
        raise Refused(_("送り先がありません。メールアドレスを書いてください。"))
    locked.link_version += 1
    locked.sent_at = timezone.now()
    locked.save(update_fields=["email", "link_version", "sent_at"])
    mails.send_request(locked, recipients)
    audit.record(type="meetings.confirmation_sent_again", by=by, obj=locked.round.minutes)
    return locked


@transaction.atomic
def withdraw_link(*, request: ConfirmationRequest, by: User) -> ConfirmationRequest:
    """The mail went to the wrong person: what it leads to closes at once. Raises Refused."""
    locked = lock_request(request)
    permissions.check_can_tend_round(by, locked.round)
    locked.link_version += 1
    locked.save(update_fields=["link_version"])
    audit.record(type="meetings.confirmation_link_withdrawn", by=by, obj=locked.round.minutes)
    return locked


@transaction.atomic
def close_round(*, round: ConfirmationRound, by: User | None) -> ConfirmationRound:
    """Whoever has not answered is recorded as silent. `by` None: the portal, after the due date. Raises Refused."""
    minutes = lock_minutes(round.minutes)
    locked = ConfirmationRound.objects.select_for_update(of=("self",)).get(pk=round.pk)
    if by is not None:
        permissions.check_can_tend_round(by, locked)
    elif locked.closed_at is not None:
        return locked
    now = timezone.now()
    waiting = locked.requests.filter(answer=ConfirmationAnswer.WAITING)
    silent = waiting.update(answer=ConfirmationAnswer.SILENT, answered_at=now)
    locked.closed_at, locked.closed_as = now, by
    locked.save(update_fields=["closed_at", "closed_as"])
    audit.record(type="meetings.confirmation_closed", by=by, obj=minutes, new={"silent": silent})
    return locked


def forget_address(rows: "QuerySet[ConfirmationRequest]", by: object) -> None:
    """For an erasure: the links that went to the person open nothing any more. What they answered is on record."""
    with in_records_language():
        erased = _("（消しました）")
    rows.update(email="", label=erased, link_version=F("link_version") + 1)


# --- What the portal does by itself ---------------------------------------------------------------
def tend_rounds() -> tuple[int, int]:
    """Reminds where the due date is near and closes where it has passed; (reminders, rounds closed). Safe twice."""
    today = timezone.localdate()
    running = ConfirmationRound.objects.filter(closed_at=None).select_related("minutes")
    reminded = closed = 0
    for round in running.filter(due_on__gte=today, due_on__lte=today + dt.timedelta(days=REMIND_DAYS)):
        reminded += sum(_remind(request) for request in _to_remind(round))
    for round in running.filter(due_on__lt=today):
        close_round(round=round, by=None)
        closed += 1
    return reminded, closed


def _to_remind(round: ConfirmationRound) -> list[ConfirmationRequest]:
    waiting = round.requests.filter(answer=ConfirmationAnswer.WAITING, reminded_at=None)
    # Whoever was asked today needs no reminder today.
    asked_before = timezone.now() - dt.timedelta(hours=12)
    return list(waiting.filter(sent_at__lt=asked_before).select_related("round__minutes"))


@transaction.atomic
def _remind(request: ConfirmationRequest) -> bool:
    locked = lock_request(request)
    if locked.answer != ConfirmationAnswer.WAITING or locked.reminded_at or locked.round.closed_at:
        return False
    recipients = recipients_of(locked)
    if not locked.email and not recipients:
        return False
    locked.reminded_at = timezone.now()
    locked.save(update_fields=["reminded_at"])
    mails.send_reminder(locked, recipients)
    return True


@transaction.atomic
def remind(*, request: ConfirmationRequest, by: User) -> ConfirmationRequest:
    """Now, by a person; also a second time. Raises Refused."""
    locked = lock_request(request)
    permissions.check_can_tend_round(by, locked.round)
    if locked.answer != ConfirmationAnswer.WAITING:
        raise Refused(_("もう返事が届いています。"))
    recipients = recipients_of(locked)
    if not locked.email and not recipients:
        raise Refused(_("送り先がありません。メールアドレスを書いてください。"))
    locked.reminded_at = timezone.now()
    locked.save(update_fields=["reminded_at"])
    mails.send_reminder(locked, recipients)
    audit.record(type="meetings.confirmation_reminded", by=by, obj=locked.round.minutes)
    return locked
