"""From "scheduled" to "sending": who gets a copy is written down, all of it in one transaction or none of it."""

import logging
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletters.attached import ChangedFileError, approved_content_of, read_attached
from newsletters.content import Content
from newsletters.models import Issue, IssueState, Subscriber, Subscription
from newsletters.services.moving import lock_issue, move_issue

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counts:
    """candidates = excluded + frozen."""

    candidates: int
    excluded: int
    frozen: int


@transaction.atomic
def freeze_issue(issue: Issue) -> Counts | None:
    """Writes a row for every reader of today and lets the issue be sent; without readers it is completed at once.

    None: it is not due, or it is not what was approved. The latter goes back to be written and approved again.
    Idempotent. Raises OSError when the stored files cannot be reached.
    """
    locked = lock_issue(issue)
    now = timezone.now()
    if locked.state != IssueState.SCHEDULED or not locked.send_at or locked.send_at > now:
        return None
    problem = what_changed(locked)
    if problem:
        logger.error("issue %s is not what was approved and goes back", locked.public_id)
        move_issue(issue=locked, to=IssueState.DRAFT, reason=problem)
        return None
    counts = _write_rows(locked)
    sending = move_issue(
        issue=locked,
        to=IssueState.SENDING,
        frozen_at=now,
        candidate_count=counts.candidates,
        excluded_count=counts.excluded,
        frozen_count=counts.frozen,
    )
    if not counts.frozen:
        move_issue(issue=sending, to=IssueState.COMPLETED)
    return counts


def what_changed(issue: Issue) -> str:
    """In words, what is not as it was approved; empty when nothing is. For an approved or scheduled issue."""
    content = approved_content_of(issue)
    newsletter = issue.newsletter
    if content.sha256 != issue.approved_sha256:
        return _("承認した内容と、いまの内容が違います。もう一度、確認と承認を受けてください。")
    if (content.newsletter, content.readership) != (newsletter.public_id, newsletter.readership):
        return _("承認のあとに、だれに届けるかが変わりました。もう一度、確認と承認を受けてください。")
    if not newsletter.is_active:
        return _("このメルマガは、いま発行していません。")
    return _what_changed_of_the_files(issue, content)


def _what_changed_of_the_files(issue: Issue, content: Content) -> str:
    try:
        read_attached(issue, content)
    except ChangedFileError as error:
        return _("添付ファイル「%(name)s」が、承認したものと違います。付け直して、承認を受けてください。") % {
            "name": error
        }
    return ""


# One statement, so that both counts and the rows speak of the same moment.
_FREEZE = """
WITH candidates AS ({candidates}),
frozen AS (
    INSERT INTO newsletters_delivery
        (issue_id, subscriber_id, address, message_id, state, attempts, doubts, next_at, created_at, reply)
    SELECT %s, reader.id, reader.address,
           '<' || %s || '.' || lpad(to_hex(reader.id), 8, '0') || '.' || left(md5(random()::text), 12)
               || '@' || %s || '>',
           'queued', 0, 0, %s, %s, ''
    FROM newsletters_subscriber reader WHERE reader.id IN ({readers})
    ORDER BY reader.id
    RETURNING 1
)
SELECT (SELECT count(*) FROM candidates), (SELECT count(*) FROM frozen)
"""


def _write_rows(issue: Issue) -> Counts:
    now = timezone.now()
    candidates = Subscription.objects.current().filter(newsletter=issue.newsletter).values("subscriber_id")
    readers = Subscriber.objects.reading(issue.newsletter).values("pk")
    candidates_sql, candidates_values = _sql_of(candidates)
    readers_sql, readers_values = _sql_of(readers)
    domain = approved_content_of(issue).sender_address.rpartition("@")[2]
    values: list[Any] = [issue.pk, issue.public_id, domain, now, now]
    with connection.cursor() as cursor:
        cursor.execute(
            _FREEZE.format(candidates=candidates_sql, readers=readers_sql),
            [*candidates_values, *values, *readers_values],
        )
        candidate_count, frozen_count = cursor.fetchone()
    return Counts(candidate_count, candidate_count - frozen_count, frozen_count)


def _sql_of(rows: Any) -> tuple[str, tuple[Any, ...]]:
    sql, values = rows.order_by().query.sql_with_params()
    return sql, values
