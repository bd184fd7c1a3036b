"""Tasks by subject, imported here so that Celery finds them."""

from meetings.tasks.confirmation import tend_rounds
from meetings.tasks.events import forget_event_applications
from meetings.tasks.renderings import print_waiting_minutes

__all__ = ["forget_event_applications", "print_waiting_minutes", "tend_rounds"]
