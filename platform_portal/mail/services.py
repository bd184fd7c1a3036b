"""What people and other apps do with mails that are stored already."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_portal.audit import services as audit
from platform_portal.mail import permissions
from platform_portal.mail.models import OPEN_STATES, MailState, OutgoingMail
from platform_portal.mail.waking import wake_sender
from platform_portal.personal_data import empty_values
from platform_portal.privacy import Person, rows_about

BATCH = 5_000  # rows that one run touches at most


@transaction.atomic
def resend_mail(*, mail: OutgoingMail, by: Any) -> OutgoingMail:
    """Gives a mail that failed a full new round of attempts, beginning now. Raises Refused."""
    locked = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    permissions.check_can_resend_mail(by, locked)
    old = audit.snapshot(locked, ("state",))
    locked.state, locked.next_attempt_at = MailState.WAITING, timezone.now()
    locked.attempts = locked.doubts = 0
    locked.save(update_fields=["state", "next_attempt_at", "attempts", "doubts"])
    audit.record(type="mail.mail_resent", by=by, obj=locked, old=old, new=audit.snapshot(locked, ("state",)))
    transaction.on_commit(wake_sender)
    return locked


@transaction.atomic
def cancel_mail(*, mail: OutgoingMail, by: Any) -> OutgoingMail:
    """Raises Refused, also when a sender has just taken the mail."""
    locked = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    permissions.check_can_cancel_mail(by, locked)
    old = audit.snapshot(locked, ("state",))
    _cancel(OutgoingMail.objects.filter(pk=locked.pk))
    locked.refresh_from_db()
    audit.record(
        type="mail.mail_cancelled", by=by, obj=locked, old=old, new=audit.snapshot(locked, ("state",))
    )
    return locked


def cancel_mails_about(obj: models.Model) -> int:
    """For whoever has just made the links in them dead; that act has its own audit event. Returns how many.

    A mail that is being sent at this moment cannot be called back.
    """
    return _cancel(OutgoingMail.objects.about(obj))


def forget_bodies() -> int:
    """Erases what settled mails said once PORTAL_MAIL_BODY_DAYS are over. Returns how many."""
    now = timezone.now()
    old = OutgoingMail.objects.with_body_older_than(now - dt.timedelta(days=settings.PORTAL_MAIL_BODY_DAYS))
    return old.update(text="", html="", erased_at=now)


def forget_addresses() -> int:
    """Erases to whom settled mails went once PORTAL_MAIL_ADDRESS_DAYS are over. Returns how many, at most a batch."""
    limit = timezone.now() - dt.timedelta(days=settings.PORTAL_MAIL_ADDRESS_DAYS)
    old = OutgoingMail.objects.with_address_older_than(limit).values_list("pk", flat=True)
    return _forget_people(OutgoingMail.objects.filter(pk__in=list(old[:BATCH])))


def erase_mails(rows: Any, by: Any) -> None:
    """What is left of a person's mails: that there was one, when, and what became of it."""
    _cancel(rows)
    _forget_people(rows)


def mails_on_their_way(person: Person) -> list[str]:
    if not rows_about(OutgoingMail, person).filter(state=MailState.SENDING).exists():
        return []
    return [_("いま、この人へのメールを送っています。15分ほど待ってから、もう一度試してください。")]


def _forget_people(mails: Any) -> int:
    now = timezone.now()
    return int(mails.update(**empty_values(OutgoingMail), erased_at=Coalesce("erased_at", now)))


def _cancel(mails: Any) -> int:
    """Confidential bodies go at once: the constraint demands it. The others are kept for their time."""
    now = timezone.now()
    waiting = mails.filter(state__in=OPEN_STATES)
    values = {"state": MailState.CANCELLED, "next_attempt_at": None}
    secret = waiting.filter(is_confidential=True).update(**values, text="", html="", erased_at=now)
    return int(secret + waiting.filter(is_confidential=False).update(**values))
