"""Work outside the request. Arguments are ids: nothing secret waits in Redis."""

from celery import shared_task
from django.core.management import call_command

from members import mails
from members.links import password_reset_link
from members.models import User


@shared_task(time_limit=120, soft_time_limit=100)
def clear_expired_sessions() -> None:
    """Forgets sessions that have ended."""
    call_command("clearsessions")


@shared_task(
    time_limit=60,
    soft_time_limit=50,
    autoretry_for=(OSError,),
    max_retries=5,
    retry_backoff=10,
    retry_backoff_max=600,
)
def send_password_reset(user_id: int) -> None:
    """Mails a link for a new password; the link is made here, so that it is in no queue."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        mails.send_password_reset(user, password_reset_link(user))
