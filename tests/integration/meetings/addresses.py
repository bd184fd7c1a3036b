"""Where things of meetings are found."""

from django.urls import reverse

from meetings.models import Meeting


def at(meeting: Meeting, name: str = "desk-meeting", *args: str) -> str:
    """The page of the desk about `meeting`, or what `name` says of it."""
    return reverse(f"meetings:{name}", args=[meeting.public_id, *args])
