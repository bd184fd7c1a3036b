"""Work outside the request. Arguments are ids: nothing secret waits in Redis."""

from celery import shared_task
from django.core.management import call_command

from members import services


@shared_task(time_limit=120, soft_time_limit=100)
def clear_expired_sessions() -> None:
    """Forgets sessions that have ended."""
    call_command("clearsessions")


@shared_task(time_limit=120, soft_time_limit=100)
def erase_unconfirmed_applications() -> None:
    """Erases applications whose mail address nobody confirmed in time."""
    services.erase_unconfirmed()
