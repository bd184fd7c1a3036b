from celery import shared_task

from consultations import services


@shared_task(time_limit=120, soft_time_limit=100)
def forget_old_reports() -> None:
    """Deletes handled error reports whose time to be kept is over."""
    services.forget_old_reports()
