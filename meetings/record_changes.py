"""What follows when what the public reads of a record changes."""

from meetings.indexing import refresh_minutes
from meetings.models import Minutes
from meetings.services.renderings import ask_for_pdfs_after_commit


def follow_up(minutes: Minutes) -> None:
    """After `minutes` was published, suspended, resumed or corrected; in the same transaction."""
    refresh_minutes(minutes)
    ask_for_pdfs_after_commit(minutes)
