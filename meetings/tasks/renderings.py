from celery import shared_task

from meetings.services import renderings


@shared_task(time_limit=240, soft_time_limit=200)
def print_waiting_minutes() -> None:
    """Makes PDFs of records that wait. Safe to run twice at a time."""
    renderings.print_waiting()
