"""Tasks by subject, imported here so that Celery finds them."""

from meetings.tasks.attendance import forget_attendance, remind_of_meetings, write_letters
from meetings.tasks.confirmation import tend_rounds
from meetings.tasks.documents import read_document_version, read_waiting_papers, sweep_files
from meetings.tasks.events import forget_event_applications
from meetings.tasks.imports import read_import
from meetings.tasks.renderings import print_waiting_minutes

__all__ = [
    "forget_attendance",
    "forget_event_applications",
    "print_waiting_minutes",
    "read_document_version",
    "read_import",
    "read_waiting_papers",
    "remind_of_meetings",
    "sweep_files",
    "tend_rounds",
    "write_letters",
]
