"""Hints to the sender. No task carries a mail or an address: everything is in the rows."""

import datetime as dt

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from platform_portal.mail import sending, services
from platform_portal.mail.waking import RUN_SECONDS


@shared_task(time_limit=180, soft_time_limit=150)
def send_waiting_mails() -> None:
    """Sends what is due; bounded in number and time. The next minute's run goes on."""
    until = timezone.now() + dt.timedelta(seconds=RUN_SECONDS)
    sending.send_waiting(limit=settings.PORTAL_MAILS_PER_RUN, until=until)


@shared_task(time_limit=120, soft_time_limit=100)
def forget_mail_bodies() -> None:
    """Erases what mails said once their time to be kept is over."""
    services.forget_bodies()
