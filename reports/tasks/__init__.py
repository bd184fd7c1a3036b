"""Tasks of the reports, all of them in the queue of those that take memory and seconds."""

from celery import shared_task

from reports.services import renderings, sweeping


@shared_task(time_limit=240, soft_time_limit=200)
def make_waiting_files() -> None:
    """Makes files of reports that wait. Safe to run twice at a time."""
    renderings.make_waiting()


@shared_task(time_limit=300, soft_time_limit=280)
def sweep_report_files() -> None:
    """Files of evidence and of reports that no row refers to. A batch of each a day."""
    sweeping.sweep_files()
