"""Events for the calendars and feed readers of residents: iCalendar and Atom. What is public, and nothing else."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as CalendarEntry

from meetings.models import Event
from meetings.presenting.atom import Entry, absolute
from meetings.presenting.events import host_words, place_words, when_of_event
from platform_portal.region.models import PortalSettings

PRODUCT = "-//tsunagari-portal//events//JA"


def calendar_of(events: Iterable[Event], *, name: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    portal = PortalSettings.load()
    for event in events:
        calendar.add_component(_entry(event, portal))
    return bytes(calendar.to_ical())


def _entry(event: Event, portal: PortalSettings) -> CalendarEntry:
    host = settings.PORTAL_ORIGIN.split("//", 1)[-1].split(":")[0]
    entry = CalendarEntry()
    entry.add("uid", f"event-{event.public_id}@{host}")
    entry.add("dtstamp", event.updated_at.astimezone(dt.UTC))
    entry.add("sequence", event.sequence)
    entry.add("summary", _title(event))
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    if event.is_all_day:
        first = timezone.localdate(event.starts_at)
        last = timezone.localdate(event.ends_at) if event.ends_at else first
        entry.add("dtstart", first)
        entry.add("dtend", last + dt.timedelta(days=1))
    else:
        entry.add("dtstart", event.starts_at.astimezone(dt.UTC))
        if event.ends_at is not None:
            entry.add("dtend", event.ends_at.astimezone(dt.UTC))
    entry.add("location", place_words(event))
    entry.add("url", address_of(event))
    entry.add("description", f"{host_words(event, portal)}\n{address_of(event)}")
    return entry


def _title(event: Event) -> str:
    return _("中止：%(title)s") % {"title": event.title} if event.is_cancelled else event.title


def address_of(event: Event) -> str:
    return absolute("meetings:event-detail", event.public_id)


def feed_entries(events: Iterable[Event]) -> list[Entry]:
    """`events`: published ones."""
    portal = PortalSettings.load()
    return [
        Entry(
            title=_title(event),
            address=address_of(event),
            unique=address_of(event),
            text=f"{when_of_event(event)}　{place_words(event)}　{host_words(event, portal)}",
            published_at=event.published_at or event.updated_at,
            updated_at=event.updated_at,
        )
        for event in events
    ]
