"""The sender. Any number of them may run at once, by Celery, by `send_mails`, or both.

| what happens | lost | sent twice |
|---|---|---|
| worker killed, machine without power | 0 | at most the one mail that each sender was just handing over |
| server takes a mail and dies before it answers | 0 | at most that one |
| server away, broker away, two senders at once | 0 | 0 |

A row is claimed and marked in short transactions; the mail leaves between them, so a crash right then leaves a
mail of which nobody knows whether it arrived. It goes out once more with the same Message-ID. When that ends in
doubt too it is given up and shown on the desk: nobody gets more than two copies unless a person asks for it.
"""

import datetime as dt
import logging
import random
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from platform_portal.mail.files import part_of
from platform_portal.mail.models import EXPIRED, IN_DOUBT, OPEN_STATES, UNWRITABLE, MailState, OutgoingMail
from platform_portal.mail.verdicts import Verdict, judge

logger = logging.getLogger(__name__)

# Of one run. A container that is stopped has 30 seconds; cut off, a run leaves the mail in the air in doubt.
RUN_SECONDS = 20
BATCH = 20  # one connection to the server for each
# Longer than any run and any reply of a server may take: whoever holds a row after that is dead.
LEASE = dt.timedelta(minutes=15)
MOST_DOUBTS = 1
# Pauses after each failure; when they are used up, after some three days, the mail is given up.
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440, 1440)]

RELEASED: dict[str, Any] = {"claim": None, "claimed_at": None, "began_at": None}
_dice = random.SystemRandom()


@dataclass(slots=True)
class Tally:
    """What one run did."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0
    is_server_away: bool = False

    @property
    def tried(self) -> int:
        return self.sent + self.failed + self.given_up


def run_once() -> Tally:
    """One run within the bounds that the settings give; what is left is for the next one."""
    until = timezone.now() + dt.timedelta(seconds=RUN_SECONDS)
    return send_waiting(limit=settings.PORTAL_MAILS_PER_RUN, until=until)


def send_waiting(*, limit: int, until: dt.datetime) -> Tally:
    """Sends what is due: at most `limit` mails, none begun after `until`. To be called outside transactions."""
    tally = Tally()
    give_up_expired()
    reclaim_abandoned()
    while tally.tried < limit and timezone.now() < until and not tally.is_server_away:
        claim = uuid.uuid4()
        mails = _claim(claim, min(BATCH, limit - tally.tried))
        if not mails:
            break
        try:
            _send_batch(mails, claim, tally, until)
        finally:
            _release(claim)
    return tally


def delivery_connection() -> Any:
    """The way out of the house: SMTP, or files for a trial."""
    return get_connection(settings.PORTAL_MAIL_BACKEND)


def give_up_expired() -> None:
    """Links that are dead are not sent; after weeks without a sender there may be many."""
    now = timezone.now()
    OutgoingMail.objects.expired(now).update(
        state=MailState.GIVEN_UP, next_attempt_at=None, last_error=EXPIRED, text="", html="", erased_at=now
    )


def reclaim_abandoned() -> None:
    """Takes back what a dead sender held. A mail that it had begun to hand over counts as doubtful."""
    now = timezone.now()
    abandoned = OutgoingMail.objects.abandoned(before=now - LEASE)
    _put_back(abandoned)
    abandoned.filter(doubts__gte=MOST_DOUBTS).update(
        state=MailState.GIVEN_UP,
        next_attempt_at=None,
        doubts=F("doubts") + 1,
        last_error=IN_DOUBT,
        **RELEASED,
    )
    taken = abandoned.update(
        state=MailState.FAILED,
        doubts=F("doubts") + 1,
        last_error=IN_DOUBT,
        next_attempt_at=now,
        **RELEASED,
    )
    if taken:
        logger.warning("%s mails were left behind by a sender and go out again", taken)


def _claim(claim: uuid.UUID, count: int) -> Sequence[OutgoingMail]:
    """Rows that another sender is just taking are passed over, not waited for."""
    now = timezone.now()
    with transaction.atomic():
        rows = OutgoingMail.objects.due(now).select_for_update(skip_locked=True)
        keys = list(rows.values_list("pk", flat=True)[:count])
        mine = OutgoingMail.objects.filter(pk__in=keys)
        mine.update(state=MailState.SENDING, claim=claim, claimed_at=now)
        return list(mine.order_by("pk"))


def _release(claim: uuid.UUID) -> None:
    """Puts back what this run did not come to."""
    _put_back(OutgoingMail.objects.filter(claim=claim, state=MailState.SENDING))


def _put_back(mails: Any) -> None:
    """Those not begun, as if they had never been taken: their turn stays, so that one sees how long they wait."""
    state = Case(When(attempts=0, then=Value(MailState.WAITING)), default=Value(MailState.FAILED))
    mails.filter(began_at=None).update(state=state, **RELEASED)


def _send_batch(mails: Sequence[OutgoingMail], claim: uuid.UUID, tally: Tally, until: dt.datetime) -> None:
    connection = delivery_connection()
    try:
        connection.open()
    except OSError as error:
        _note_server_away(error, tally)
        return
    try:
        for mail in mails:
            if tally.is_server_away or timezone.now() >= until:
                return
            if _begin(mail, claim):
                _send_one(connection, mail, claim, tally)
    finally:
        # Everything is marked; a server that does not say goodbye changes nothing.
        with suppress(OSError):
            connection.close()


def _begin(mail: OutgoingMail, claim: uuid.UUID) -> bool:
    """Committed before the server hears of the mail. False: the row is not ours any more, keep off."""
    now = timezone.now()
    mine = OutgoingMail.objects.filter(pk=mail.pk, claim=claim, state=MailState.SENDING, began_at=None)
    return mine.update(began_at=now, claimed_at=now, attempts=F("attempts") + 1) == 1


def _send_one(connection: Any, mail: OutgoingMail, claim: uuid.UUID, tally: Tally) -> None:
    try:
        message = _written(mail)
    except OSError as error:
        logger.warning("mail %s waits, a file of it cannot be read: %s", mail.public_id, type(error).__name__)
        _mark_failed(mail, claim, Verdict.TRY_AGAIN, type(error).__name__, tally)
        return
    if message is None:
        _mark_failed(mail, claim, Verdict.REFUSED, UNWRITABLE, tally)
        return
    try:
        connection.send_messages([message])
    except (OSError, ValueError) as error:
        verdict, words = judge(error)
        logger.warning("mail %s was not sent: %s", mail.public_id, words)
        if verdict in {Verdict.SERVER_AWAY, Verdict.IN_DOUBT}:
            _note_server_away(error, tally)
        _mark_failed(mail, claim, verdict, words, tally)
    else:
        _mark_sent(mail, claim)
        tally.sent += 1


def _written(mail: OutgoingMail) -> EmailMultiAlternatives | None:
    """The message, or None when it cannot be written: a broken address, a key or a file that is gone. Raises OSError
    when the storage is away."""
    try:
        message = message_of(mail)
        message.message()
        for address in (mail.from_address, mail.to):
            sanitize_address(address, "utf-8")  # for the envelope
    except (
        Exception
    ) as error:  # Python's parser of addresses raises what it likes; the others must still leave
        if isinstance(error, OSError) and not isinstance(error, FileNotFoundError):
            raise
        logger.warning("mail %s cannot be written: %s", mail.public_id, type(error).__name__)
        return None
    return message


def message_of(mail: OutgoingMail) -> EmailMultiAlternatives:
    """What leaves, the same whenever it is asked for."""
    text, html = mail.bodies()
    message = EmailMultiAlternatives(
        mail.subject,
        text,
        mail.from_address,
        [mail.to],
        headers={**mail.headers, "Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    if html:
        message.attach_alternative(html, "text/html")
    for file in mail.files:
        message.attach(part_of(file))
    return message


def _mark_sent(mail: OutgoingMail, claim: uuid.UUID) -> None:
    now = timezone.now()
    values: dict[str, Any] = {
        "state": MailState.SENT,
        "sent_at": now,
        "next_attempt_at": None,
        "last_error": "",
        **RELEASED,
    }
    if mail.is_confidential:
        values |= {"text": "", "html": "", "erased_at": now}
    row = OutgoingMail.objects.filter(pk=mail.pk)
    if not row.filter(claim=claim).update(**values):
        # We were slower than the lease. It has arrived all the same: nobody need send it again.
        logger.warning("mail %s was sent after its lease", mail.public_id)
        row.filter(state__in=OPEN_STATES).update(**values)


def _mark_failed(mail: OutgoingMail, claim: uuid.UUID, verdict: Verdict, words: str, tally: Tally) -> None:
    attempts = mail.attempts + 1
    doubts = mail.doubts + (verdict is Verdict.IN_DOUBT)
    is_final = verdict is Verdict.REFUSED or attempts > len(PAUSES) or doubts > MOST_DOUBTS
    values: dict[str, Any] = {"doubts": doubts, "last_error": words, **RELEASED}
    if is_final:
        tally.given_up += 1
        values |= {"state": MailState.GIVEN_UP, "next_attempt_at": None}
    else:
        tally.failed += 1
        values |= {"state": MailState.FAILED, "next_attempt_at": timezone.now() + _pause(attempts)}
    OutgoingMail.objects.filter(pk=mail.pk, claim=claim).update(**values)


def _pause(attempts: int) -> dt.timedelta:
    """Spread a little, so that mails which failed together do not come back together."""
    return PAUSES[attempts - 1] * _dice.uniform(0.9, 1.2)


def _note_server_away(error: Exception, tally: Tally) -> None:
    tally.is_server_away = True
    logger.warning("mails wait, the mail server is away: %s", judge(error)[1])
