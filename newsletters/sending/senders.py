"""A sender: one connection to the mail server, one copy in the air, until the issue, the time or the server ends it."""

import datetime as dt
import logging
import smtplib
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from newsletters.links import bounce_address
from newsletters.mime import Letter
from newsletters.models import Delivery, Issue
from newsletters.sending import pacing, steps
from newsletters.sending.steps import Copy
from newsletters.services.bounces import note_refusal
from platform_portal.mail.handing import hand_over
from platform_portal.mail.sending import delivery_connection
from platform_portal.mail.verdicts import Verdict, code_of, enhanced_status_of, is_turned_away, judge

logger = logging.getLogger(__name__)

BATCH = 20  # rows claimed at once
MOST_HANGUPS = 3  # of the server in a row, before it is left alone
# Between attempts to write what the server has answered, while the database is away.
DATABASE_PAUSES = (0.2, 0.5, 1, 2, 4, 8, 16)
LONGEST_NAP = 1.0  # seconds; so soon a sender that waits for its turn notices that it shall stop

_T = TypeVar("_T")


class _End(Enum):
    TAKEN = auto()  # by the server; not written down yet
    WRITTEN = auto()  # refused, put off or in doubt, and marked so
    PUT_BACK = auto()  # the server took nothing from anybody
    LEFT = auto()  # its reader, before it was begun


@dataclass(slots=True)
class Tally:
    """What became of the copies."""

    accepted: int = 0
    deferred: int = 0
    failed: int = 0
    suppressed: int = 0
    doubtful: int = 0
    is_server_away: bool = False

    @property
    def handled(self) -> int:
        return self.accepted + self.deferred + self.failed + self.suppressed + self.doubtful

    def add(self, other: "Tally") -> None:
        self.accepted += other.accepted
        self.deferred += other.deferred
        self.failed += other.failed
        self.suppressed += other.suppressed
        self.doubtful += other.doubtful
        self.is_server_away |= other.is_server_away


@dataclass(frozen=True, slots=True)
class Bounds:
    """No copy is begun after `until`, nor when `stop` is set, nor more than `most`.

    `stop` is whoever's asked for the sending; `abandoned` is set when the sending itself has come to grief.
    """

    until: dt.datetime
    most: int
    stop: threading.Event = field(default_factory=threading.Event)
    abandoned: threading.Event = field(default_factory=threading.Event)

    @property
    def are_reached(self) -> bool:
        return self.stop.is_set() or self.abandoned.is_set() or timezone.now() >= self.until


class Sender:
    def __init__(self, issue: Issue, letter: Letter, bounds: Bounds) -> None:
        self.token = uuid.uuid4()
        self.tally = Tally()
        self._issue_id = issue.pk
        self._letter = letter
        self._bounds = bounds
        self._beginning = steps.Beginning(issue.newsletter, self.token)
        self._connection: Any = None
        self._hangups = 0
        self._is_known_well = False

    def run(self) -> Tally:
        steps.announce(self.token)
        try:
            while not self._is_over():
                if not self._run_batch():
                    break
        finally:
            self._hang_up()
            with suppress(OperationalError, InterfaceError):  # a database that is gone has let go of it
                steps.take_leave(self.token)
        return self.tally

    def _is_over(self) -> bool:
        return (
            self._bounds.are_reached or self.tally.is_server_away or self.tally.handled >= self._bounds.most
        )

    # --- A batch ------------------------------------------------------------------------------
    def _run_batch(self) -> bool:
        """False: there is nothing to do."""
        allowance = pacing.take(min(BATCH, self._bounds.most - self.tally.handled))
        if allowance.is_resting:
            self.tally.is_server_away = True
            return False
        if not allowance.mails:
            self._bounds.stop.wait(min(allowance.wait, LONGEST_NAP))
            return True
        copies = steps.claim(self._issue_id, self.token, allowance.mails)
        before = self.tally.handled
        try:
            if copies:
                self._send(copies)
        finally:
            pacing.give_back(allowance.mails - (self.tally.handled - before))
        return bool(copies)

    def _send(self, copies: list[Copy]) -> None:
        """Hands over one after the other. What it does not come to goes back."""
        waiting = list(copies)
        accepted: Copy | None = None
        try:
            while waiting and not self._is_over() and self._is_connected():
                copy = waiting[0]
                marked, begun = self._beginning.begin(copy, accepted)
                if accepted and not marked:
                    steps.accept_late(accepted)
                accepted = None
                if not begun and not steps.suppress(copy, self.token):
                    return
                waiting.pop(0)  # from here on it is in the air
                end = self._hand_over(copy) if begun else _End.LEFT
                self.tally.suppressed += end is _End.LEFT
                accepted = copy if end is _End.TAKEN else None
                if end is _End.PUT_BACK:
                    waiting.insert(0, copy)
                    return
        except (OperationalError, InterfaceError) as error:
            logger.warning("the database is away in the middle of sending: %s", type(error).__name__)
            connection.close()
            self._persist(lambda: steps.announce(self.token))
        finally:
            if accepted:
                self._mark_accepted(accepted)
            if waiting:
                self._persist(lambda: steps.release(waiting, self.token))

    def _mark_accepted(self, copy: Copy) -> None:
        if not self._persist(lambda: steps.accept(copy, self.token)):
            self._persist(lambda: steps.accept_late(copy))

    # --- One copy -----------------------------------------------------------------------------
    def _hand_over(self, copy: Copy) -> "_End":
        """That it was taken has still to be written down, and what is put back to be released."""
        try:
            message = self._letter.copy_for(copy)
            hand_over(
                self._connection,
                sender=bounce_address(copy.id),
                recipient=copy.address,
                message=message,
            )
        except (OSError, ValueError) as error:
            return self._settle(copy, error)
        self.tally.accepted += 1
        self._note_well()
        return _End.TAKEN

    def _settle(self, copy: Copy, error: Exception) -> "_End":
        verdict, words = judge(error)
        code = code_of(error) or None
        logger.warning("delivery %s was not accepted: %s", copy.id, words)
        if verdict is Verdict.REFUSED:
            self._persist(lambda: self._fail(copy, error, code, words))
            self.tally.failed += 1
        elif verdict is Verdict.IN_DOUBT:
            self._persist(lambda: steps.doubt(copy, self.token, words))
            self.tally.doubtful += 1
        elif not is_turned_away(error):
            self._persist(lambda: steps.defer(copy, self.token, code, words))
            self.tally.deferred += 1
        if verdict in {Verdict.SERVER_AWAY, Verdict.IN_DOUBT}:
            self._note_hangup(words)
        return _End.PUT_BACK if is_turned_away(error) else _End.WRITTEN

    @transaction.atomic
    def _fail(self, copy: Copy, error: Exception, code: int | None, words: str) -> None:
        """An address that the server refuses says the same as a notice that comes back."""
        if steps.fail(copy, self.token, code, words) and isinstance(error, smtplib.SMTPRecipientsRefused):
            note_refusal(Delivery.objects.get(pk=copy.id), code or 0, enhanced_status_of(error))

    # --- The server ---------------------------------------------------------------------------
    def _is_connected(self) -> bool:
        """Opens the connection when there is none. False: the server cannot be reached."""
        if self._connection is not None and getattr(self._connection, "is_connected", True):
            return True
        fresh = delivery_connection()
        try:
            fresh.open()
        except OSError as error:
            self._note_away(judge(error)[1])
            return False
        self._connection = fresh
        return True

    def _note_well(self) -> None:
        self._hangups = 0
        if not self._is_known_well:
            self._is_known_well = True
            pacing.is_well()

    def _note_hangup(self, words: str) -> None:
        """Some servers hang up after so many mails: the next connection tells whether this one is away."""
        self._hang_up()
        self._hangups += 1
        if not self._is_known_well or self._hangups >= MOST_HANGUPS:
            self._note_away(words)

    def _note_away(self, words: str) -> None:
        self.tally.is_server_away = True
        pacing.rest(words)

    def _hang_up(self) -> None:
        # Everything is marked; a server that does not say goodbye changes nothing.
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
        self._connection = None

    # --- The database -------------------------------------------------------------------------
    def _persist(self, step: Callable[[], _T]) -> _T:
        """Takes a step that may not be lost, through a database that is away for a while."""
        for pause in DATABASE_PAUSES:
            try:
                return step()
            except (OperationalError, InterfaceError):
                connection.close()
                threading.Event().wait(pause)
        return step()
