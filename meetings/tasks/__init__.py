"""Tasks by subject, imported here so that Celery finds them."""

from meetings.tasks.confirmation import tend_rounds

__all__ = ["tend_rounds"]
