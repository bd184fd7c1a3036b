"""Work outside the request, by subject. Arguments are ids; Celery finds the tasks through these imports."""

from meetings.tasks.events import forget_event_applications

__all__ = ["forget_event_applications"]
