from celery import shared_task

from meetings.services.attendance import forgetting, letters, reminding


@shared_task(time_limit=600, soft_time_limit=580)
def remind_of_meetings() -> None:
    """Asks again those who have not answered, some days before the due date and on it. Safe twice a day."""
    reminding.remind_of_meetings()


@shared_task(time_limit=600, soft_time_limit=580)
def write_letters() -> None:
    """Mails to many at once, which the request left to a worker. A second run at a time takes others."""
    letters.write_waiting()


@shared_task(time_limit=120, soft_time_limit=100)
def forget_attendance() -> None:
    """Empties what says something about people where the time to keep it is over; a batch a day."""
    forgetting.forget_attendance()
