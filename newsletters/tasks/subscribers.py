"""Work about subscribers outside the request. Arguments are ids: nothing about people waits in Redis."""

from celery import shared_task

from newsletters.services import subscribing
from newsletters.services.forgetting import forget_addresses
from newsletters.services.reading_notices import read_mailbox


@shared_task(time_limit=280, soft_time_limit=260)
def read_bounces() -> None:
    """Counts the notices of undelivered newsletters that wait in the mailbox; a batch each time."""
    read_mailbox()


@shared_task(time_limit=120, soft_time_limit=100)
def erase_unconfirmed_subscribers() -> None:
    """Erases what nobody confirmed in time; a batch a day."""
    subscribing.erase_unconfirmed()


@shared_task(time_limit=300, soft_time_limit=280)
def forget_delivery_addresses() -> None:
    """Erases to whom old issues went; a batch a day."""
    forget_addresses()
