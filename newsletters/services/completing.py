"""An issue is completed when every copy has come to an end, and as many as were frozen."""

import logging

from django.db import transaction

from newsletters.ledger import counts_of
from newsletters.models import ENDED_STATES, Delivery, Issue, IssueState
from newsletters.services.moving import lock_issue, move_issue
from platform_portal.page_cache import forget_public_pages

logger = logging.getLogger(__name__)


@transaction.atomic
def complete_if_done(issue: Issue) -> bool:
    """Whether it is completed now. Copies that are missing are an alarm: then it stays as it is, for people to see."""
    if Delivery.objects.filter(issue=issue).exclude(state__in=ENDED_STATES).exists():
        return False
    locked = lock_issue(issue)
    counts = counts_of(locked)
    if locked.state != IssueState.SENDING or counts.waiting:
        return False
    if not counts.is_balanced:
        logger.error(
            "issue %s does not balance: %s frozen, %s in the ledger",
            locked.public_id,
            counts.frozen,
            counts.total,
        )
        return False
    move_issue(issue=locked, to=IssueState.COMPLETED)
    transaction.on_commit(forget_public_pages)  # it stands in the archive now
    return True
