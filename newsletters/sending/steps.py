"""The steps of a copy through the ledger. Each is one statement, whole or not at all, and says whether it happened.

`token` is the sender's: a row that has been given to another meanwhile is left alone.
"""

import datetime as dt
import logging
import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from newsletters.models import Newsletter, Subscriber

logger = logging.getLogger(__name__)

# Longer than any answer of a server may take (senders.py): whoever holds a row after that is dead, or as good as dead.
LEASE = dt.timedelta(minutes=15)
# Pauses after each temporary failure; when they are used up, within 48 hours, the copy has failed.
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 720, 1200)]
# A server that took a copy and did not answer may still be at it; it gets this long before the copy goes once more.
DOUBT_PAUSE = dt.timedelta(minutes=15)
IN_DOUBT = "InDoubt"  # in `reply`, where nobody answered

_dice = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Copy:
    """A row that a sender holds; `attempts` before this one."""

    id: int
    address: str
    message_id: str
    attempts: int
    doubts: int


# --- Who lives --------------------------------------------------------------------------------
# A sender keeps a lock of its session for as long as it lives; PostgreSQL drops it when the process dies. This needs
# a connection of its own to PostgreSQL: none through a pooler that shares sessions (transaction mode).
def announce(token: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_key(token)])


def take_leave(token: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_key(token)])


def _key(token: uuid.UUID) -> int:
    return int.from_bytes(token.bytes[:8], signed=True)


# --- Steps of a copy --------------------------------------------------------------------------
_CLAIM = """
WITH mine AS (
    SELECT d.id FROM newsletters_delivery d JOIN newsletters_issue i ON i.id = d.issue_id
    WHERE d.issue_id = %s AND i.state = 'sending' AND d.state IN ('queued', 'deferred') AND d.next_at <= %s
    ORDER BY d.next_at, d.id LIMIT %s
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE newsletters_delivery d SET state = 'claimed', token = %s, lease_until_at = %s
FROM mine WHERE d.id = mine.id
RETURNING d.id, d.address, d.message_id, d.attempts, d.doubts
"""


def claim(issue_id: int, token: uuid.UUID, count: int) -> list[Copy]:
    """Rows that another sender is just taking are passed over, not waited for."""
    now = timezone.now()
    rows = _rows(_CLAIM, [issue_id, now, count, token, now + LEASE])
    return sorted((Copy(*row) for row in rows), key=lambda copy: copy.id)


class Beginning:
    """BEGIN, and ACCEPTED of the copy before in the same statement: one commit for each copy, not two.

    Who still reads the newsletter is asked here once more, by the same rule as at the freeze: somebody who left in the
    middle of the sending gets nothing.
    """

    _ACCEPTED = """
    accepted AS (
        UPDATE newsletters_delivery SET state = 'accepted', smtp_code = 250, reply = '', accepted_at = %s,
            token = NULL, lease_until_at = NULL
        WHERE id = %s AND token = %s AND state = 'sending'
        RETURNING id
    )"""
    _BEGUN = """
    begun AS (
        UPDATE newsletters_delivery d SET state = 'sending', attempts = attempts + 1, began_at = %s,
            lease_until_at = %s
        WHERE d.id = %s AND d.token = %s AND d.state = 'claimed'
            AND EXISTS (SELECT 1 FROM newsletters_issue i WHERE i.id = d.issue_id AND i.state = 'sending')
            AND EXISTS (
                SELECT 1 FROM ({readers}) reader WHERE reader.id = d.subscriber_id AND reader.address = d.address
            )
        RETURNING id
    )"""

    def __init__(self, newsletter: Newsletter, token: uuid.UUID) -> None:
        readers, self._values = (
            Subscriber.objects.reading(newsletter).order_by().values("id", "address").query.sql_with_params()
        )
        begun = self._BEGUN.format(readers=readers)
        count = "(SELECT count(*) FROM {})".format
        self._begin = f"WITH {begun} SELECT 1, {count('begun')}"
        self._both = f"WITH {self._ACCEPTED}, {begun} SELECT {count('accepted')}, {count('begun')}"
        self._token = token

    def begin(self, copy: Copy, accepted: Copy | None = None) -> tuple[bool, bool]:
        """(whether `accepted` was ours to mark, whether `copy` may be sent). False: do not send."""
        now = timezone.now()
        values = [now, now + LEASE, copy.id, self._token, *self._values]
        if accepted is None:
            [(_one, begun)] = _rows(self._begin, values)
            return True, bool(begun)
        [(marked, begun)] = _rows(self._both, [now, accepted.id, self._token, *values])
        return bool(marked), bool(begun)


def accept(copy: Copy, token: uuid.UUID) -> bool:
    return _change(
        "state = 'accepted', smtp_code = 250, reply = '', accepted_at = %s",
        [timezone.now()],
        "id = %s AND token = %s AND state = 'sending'",
        [copy.id, token],
    )


def accept_late(copy: Copy) -> bool:
    """We were slower than the lease. It has arrived all the same: nobody need send it again, if nobody does just now."""
    was_late = _change(
        "state = 'accepted', smtp_code = 250, reply = '', accepted_at = %s",
        [timezone.now()],
        "id = %s AND state NOT IN ('sending', 'accepted')",
        [copy.id],
    )
    if was_late:
        logger.warning("late_accept of delivery %s", copy.id)
    return was_late


def suppress(copy: Copy, token: uuid.UUID) -> bool:
    """For a copy that could not be begun. False: not because of its reader; the issue was stopped, or the row is gone."""
    return _change(
        "state = 'suppressed'",
        [],
        "id = %s AND token = %s AND state = 'claimed' AND EXISTS "
        "(SELECT 1 FROM newsletters_issue i WHERE i.id = issue_id AND i.state = 'sending')",
        [copy.id, token],
    )


def fail(copy: Copy, token: uuid.UUID, code: int | None, words: str) -> bool:
    return _change(
        "state = 'failed', smtp_code = %s, reply = %s",
        [code, words],
        "id = %s AND token = %s AND state = 'sending'",
        [copy.id, token],
    )


def defer(copy: Copy, token: uuid.UUID, code: int | None, words: str) -> bool:
    """Not taken this time. After the last pause it has failed."""
    if copy.attempts >= len(PAUSES):
        return fail(copy, token, code, words)
    # Spread a little, so that copies which failed together do not come back together.
    next_at = timezone.now() + PAUSES[copy.attempts] * _dice.uniform(0.9, 1.0)
    return _change(
        "state = 'deferred', next_at = %s, smtp_code = %s, reply = %s",
        [next_at, code, words],
        "id = %s AND token = %s AND state = 'sending'",
        [copy.id, token],
    )


def doubt(copy: Copy, token: uuid.UUID, words: str) -> bool:
    """Handed over, and no answer (RFC 1047)."""
    return _change(
        "doubts = doubts + 1, next_at = %s, smtp_code = NULL, reply = %s, state = CASE WHEN doubts < "
        "(SELECT max_resends FROM newsletters_issue i WHERE i.id = issue_id) THEN 'deferred' ELSE 'in_doubt' END",
        [timezone.now() + DOUBT_PAUSE, words],
        "id = %s AND token = %s AND state = 'sending'",
        [copy.id, token],
    )


# How a row stands that was taken and not handed over: as if it had never been taken.
_UNTAKEN = (
    "CASE WHEN d.attempts - (d.state = 'sending')::int + d.doubts > 0 THEN 'deferred' ELSE 'queued' END"
)


_RELEASE = f"""
UPDATE newsletters_delivery d SET state = {_UNTAKEN}, attempts = attempts - (state = 'sending')::int,
    token = NULL, lease_until_at = NULL
WHERE id = ANY(%s) AND token = %s AND state IN ('claimed', 'sending')
"""  # noqa: S608  no word of anybody else's


def release(copies: Iterable[Copy], token: uuid.UUID) -> None:
    """Puts back what was not handed over: their turn stays, and no attempt is counted."""
    _run(_RELEASE, [[copy.id for copy in copies], token])


# --- After the dead ---------------------------------------------------------------------------
_REAP = f"""
UPDATE newsletters_delivery d SET
    doubts = d.doubts + (d.state = 'sending')::int,
    reply = CASE WHEN d.state = 'sending' THEN %s ELSE d.reply END,
    next_at = CASE WHEN d.state = 'sending' THEN %s ELSE d.next_at END,
    state = CASE WHEN d.state = 'claimed' THEN {_UNTAKEN}
                 WHEN d.doubts < i.max_resends AND i.state <> 'cancelled' THEN 'deferred'
                 ELSE 'in_doubt' END,
    token = NULL, lease_until_at = NULL
FROM newsletters_issue i
WHERE i.id = d.issue_id AND d.state IN ('claimed', 'sending') AND {{held}}
RETURNING d.id
"""  # noqa: S608  no word of anybody else's


def reap() -> int:
    """Takes back what dead senders held; a copy that was in the air counts as doubtful. Returns how many rows."""
    now = timezone.now()
    taken = len(_rows(_REAP.format(held="d.lease_until_at < %s"), [IN_DOUBT, now, now]))
    tokens = _rows(
        "SELECT DISTINCT token FROM newsletters_delivery WHERE state IN ('claimed', 'sending')", []
    )
    for (token,) in tokens:
        taken += _reap_if_dead(token, now)
    if taken:
        logger.warning("%s copies were left behind by a sender", taken)
    return taken


def _reap_if_dead(token: uuid.UUID, now: dt.datetime) -> int:
    [(is_dead,)] = _rows("SELECT pg_try_advisory_lock(%s)", [_key(token)])
    if not is_dead:
        return 0
    try:
        return len(_rows(_REAP.format(held="d.token = %s"), [IN_DOUBT, now, token]))
    finally:
        take_leave(token)


def cancel_what_waits() -> None:
    """Of cancelled issues; also what a sender gave back afterwards. What may have arrived before stays in doubt."""
    _run(
        "UPDATE newsletters_delivery d SET state = CASE WHEN d.doubts > 0 THEN 'in_doubt' ELSE 'cancelled' END "
        "FROM newsletters_issue i "
        "WHERE i.id = d.issue_id AND i.state = 'cancelled' AND d.state IN ('queued', 'deferred')",
        [],
    )


# --- SQL --------------------------------------------------------------------------------------
def _change(what: str, values: list[Any], where: str, which: list[Any]) -> bool:
    """Changes one row that is not held any more afterwards."""
    sql = f"UPDATE newsletters_delivery SET {what}, token = NULL, lease_until_at = NULL WHERE {where}"  # noqa: S608  our own words
    return _run(sql, [*values, *which]) == 1


def _run(sql: str, values: Sequence[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
