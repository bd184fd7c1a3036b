"""Hints to the sender. No task carries a mail or an address: everything is in the rows."""

from celery import shared_task

from platform_portal.mail import sending, services


@shared_task(time_limit=180, soft_time_limit=150)
def send_waiting_mails() -> None:
    """Sends what is due; bounded in number and time. The next minute's run goes on."""
    sending.run_once()


@shared_task(time_limit=120, soft_time_limit=100)
def forget_mail_bodies() -> None:
    """Erases what mails said, and later to whom they went, once their time to be kept is over."""
    services.forget_bodies()
    services.forget_addresses()
