from celery import shared_task

from meetings.services import confirmation


@shared_task(time_limit=300, soft_time_limit=280)
def tend_rounds() -> None:
    """Reminds those who have not confirmed their words, and ends rounds whose due date has passed."""
    confirmation.tend_rounds()
