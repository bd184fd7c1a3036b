"""Meetings for calendars (RFC 5545).

The same meeting keeps its UID for ever; SEQUENCE grows with every change, so that calendars replace what they have.
A cancelled meeting stays, as CANCELLED: else it would stand in calendars that never heard of it again.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from meetings.models import Meeting, MeetingState

PRODUCT = "-//tsunagari-portal//meetings//JA"
# An hour or two is what a calendar shows where nobody wrote when it ends.
LENGTH = dt.timedelta(hours=2)
_BEGINNING = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def calendar_of(meetings: Iterable[Meeting], name: str, *, is_inside: bool = False) -> bytes:
    """`is_inside`: for somebody who takes part, with the online address. Touches no database."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", "Asia/Tokyo")
    calendar.add("refresh-interval", dt.timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for meeting in meetings:
        calendar.add_component(_event(meeting, is_inside=is_inside))
    return bytes(calendar.to_ical())


def _event(meeting: Meeting, *, is_inside: bool) -> Event:
    is_cancelled = meeting.state == MeetingState.CANCELLED
    event = Event()
    event.add("uid", f"{meeting.public_id}@meetings.tsunagari-portal")
    event.add("sequence", int((meeting.updated_at - _BEGINNING).total_seconds()))
    event.add("dtstamp", meeting.updated_at.astimezone(dt.UTC))
    event.add("dtstart", meeting.starts_at.astimezone(dt.UTC))
    event.add("dtend", (meeting.ends_at or meeting.starts_at + LENGTH).astimezone(dt.UTC))
    event.add("summary", _("【中止】%(title)s") % {"title": meeting.title} if is_cancelled else meeting.title)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    where = [meeting.place, meeting.online_url if is_inside else ""]
    if any(where):
        event.add("location", " ".join(each for each in where if each))
    page = "meetings:my-meeting" if is_inside else "meetings:meeting-detail"
    address = f"{settings.PORTAL_ORIGIN}{reverse(page, args=[meeting.public_id])}"
    reason = _("中止の理由：%(reason)s") % {"reason": meeting.cancelled_reason} if is_cancelled else ""
    online = (
        _("オンライン：%(url)s") % {"url": meeting.online_url} if is_inside and meeting.online_url else ""
    )
    event.add("description", "\n".join(each for each in (reason, meeting.summary, online, address) if each))
    event.add("url", address)
    event.add("categories", [meeting.body.name])
    return event
