"""When a meeting takes place, as Japanese offices write it."""

import datetime as dt

from django.utils import timezone

from meetings.models import Meeting
from platform_portal.japanese.calendar import format_wareki


def when_of(meeting: Meeting) -> str:
    """令和7年2月12日（水）13:30〜15:30."""
    starts = timezone.localtime(meeting.starts_at)
    words = f"{format_wareki(starts.date(), with_weekday=True)}{_clock(starts)}"
    if meeting.ends_at is None:
        return f"{words}〜"
    ends = timezone.localtime(meeting.ends_at)
    if ends.date() == starts.date():
        return f"{words}〜{_clock(ends)}"
    return f"{words}〜{format_wareki(ends.date(), with_weekday=True)}{_clock(ends)}"


def _clock(at: dt.datetime) -> str:
    return f"{at.hour}:{at.minute:02}"
