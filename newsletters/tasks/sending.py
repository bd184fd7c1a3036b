"""Hints to the senders. No task carries a copy or an address: everything is in the rows."""

from celery import shared_task

from newsletters.sending import pumping
from newsletters.waking import wake_senders


@shared_task(time_limit=180, soft_time_limit=150)
def pump(issue_id: int) -> None:
    """Sends a piece of an issue; bounded in number and time. The next one goes on."""
    tally = pumping.pump(issue_id)
    if tally.handled and not tally.is_server_away and pumping.has_more(issue_id):
        wake_senders(issue_id)


@shared_task(time_limit=180, soft_time_limit=150)
def tick() -> None:
    """Looks after all issues that are not finished, and wakes their senders."""
    for issue_id in pumping.tick():
        wake_senders(issue_id)
