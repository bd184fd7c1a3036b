"""Work about subscribers outside the request. Arguments are ids: nothing about people waits in Redis."""

from celery import shared_task

from newsletters.importing.uploads import intake
from newsletters.models import SubscriberImport
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


@shared_task(time_limit=600, soft_time_limit=580)
def plan_subscriber_import(pk: int) -> None:
    """Reads an uploaded file and plans what it would do. A second run plans anew."""
    intake.plan_upload(upload=SubscriberImport.objects.get(pk=pk))


@shared_task(time_limit=600, soft_time_limit=580)
def apply_subscriber_import(pk: int) -> None:
    """Carries out the plan that a person agreed to. A second run finds nothing to do."""
    intake.apply_upload(upload=SubscriberImport.objects.get(pk=pk))


@shared_task(time_limit=120, soft_time_limit=100)
def forget_old_subscriber_imports() -> None:
    """Deletes uploaded files whose time to be kept is over."""
    intake.forget_old_imports()
