from celery import shared_task

from newsletters import outside
from newsletters.services import attachments, duties


@shared_task(time_limit=300, soft_time_limit=280)
def remind_of_duties() -> None:
    """Tells editors of their turn, some days before and on the day. Safe twice a day."""
    duties.remind_of_duties()


@shared_task(time_limit=180, soft_time_limit=160)
def ask_links() -> None:
    """Asks some of the pages that issues lead to, before they leave; the next run goes on."""
    outside.ask_links()


@shared_task(time_limit=300, soft_time_limit=280)
def sweep_attachments() -> None:
    """Files of issues that no row refers to: the transaction that would have written it failed. A batch a day."""
    attachments.sweep_attachments()
