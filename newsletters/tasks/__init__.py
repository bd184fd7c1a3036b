"""Tasks by subject, imported here so that Celery finds them."""

from newsletters.tasks.sending import pump, tick

__all__ = ["pump", "tick"]
