"""Tasks by subject, imported here so that Celery finds them."""

from meetings.tasks.confirmation import tend_rounds
from meetings.tasks.events import forget_event_applications

__all__ = ["forget_event_applications", "tend_rounds"]
