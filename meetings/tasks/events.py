from celery import shared_task

from meetings.services import event_applications


@shared_task(time_limit=300, soft_time_limit=280)
def forget_event_applications() -> None:
    """Deletes applications to events that have been over for some weeks; a batch a day."""
    event_applications.forget_applications()
