"""Work outside the request. Arguments are ids: nothing secret waits in Redis."""

from celery import shared_task
from django.core.management import call_command


@shared_task(time_limit=120, soft_time_limit=100)
def clear_expired_sessions() -> None:
    """Forgets sessions that have ended."""
    call_command("clearsessions")
