"""Events for the calendars and feed readers of residents: iCalendar and Atom. What is public, and nothing else."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from meetings.models import Event
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


def _entry(event: Event, portal: PortalSettings) -> Entry:
    host = settings.PORTAL_ORIGIN.split("//", 1)[-1].split(":")[0]
    entry = Entry()
    entry.add("uid", f"event-{event.public_id}@{host}")
    entry.add("dtstamp", event.updated_at.astimezone(dt.UTC))
    entry.add("sequence", event.sequence)
    entry.add("summary", _("中止：%(title)s") % {"title": event.title} if event.is_cancelled else event.title)
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


def address_of(event: Event) -> str:
    return f"{settings.PORTAL_ORIGIN}{reverse('meetings:event-detail', args=[event.public_id])}"


def feed_of(events: Iterable[Event], *, updated_at: dt.datetime | None) -> bytes:
    portal = PortalSettings.load()
    feed = Atom1Feed(
        title=_("催し | %(portal)s") % {"portal": portal.portal_name},
        link=f"{settings.PORTAL_ORIGIN}{reverse('meetings:event-list')}",
        description="",
        language="ja",
        feed_url=f"{settings.PORTAL_ORIGIN}{reverse('meetings:event-feed')}",
        author_name=portal.secretariat_name or portal.portal_name,
    )
    for event in events:
        title = _("中止：%(title)s") % {"title": event.title} if event.is_cancelled else event.title
        feed.add_item(
            title=title,
            link=address_of(event),
            unique_id=address_of(event),
            description=f"{when_of_event(event)}　{place_words(event)}　{host_words(event, portal)}",
            pubdate=event.published_at,
            updateddate=event.updated_at,
        )
    # An empty feed must not claim to be new with every look.
    feed.latest_post_date = lambda: updated_at or dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # type: ignore[method-assign]
    return feed.writeString("utf-8").encode()
