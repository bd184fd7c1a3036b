"""Feeds for feed readers (Atom, RFC 4287): every feed of the app is made here."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from platform_portal.region.models import PortalSettings

MOST_IN_FEED = 50
_BEGINNING = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed tells of one thing. `unique` never changes, whatever becomes of the thing and of its address."""

    title: str
    address: str
    unique: str
    text: str  # plain, not HTML; its lines stay lines
    published_at: dt.datetime
    updated_at: dt.datetime
    categories: tuple[str, ...] = ()


class _Feed(Atom1Feed):
    def latest_post_date(self) -> dt.datetime:
        """An empty feed must not claim to be new with every look."""
        return super().latest_post_date() if self.items else _BEGINNING


def absolute(name: str, *args: str) -> str:
    """The whole address behind the name of a URL."""
    return f"{settings.PORTAL_ORIGIN}{reverse(name, args=args)}"


def atom_response(
    entries: Iterable[Entry], *, title: str, page: str, address: str, unique: str
) -> HttpResponse:
    """`title`: without the portal's name. `page`: what it tells of; `address`: its own; `unique`: what it is known by."""
    portal = PortalSettings.load()
    feed = _Feed(
        title=f"{title} | {portal.portal_name}",
        link=page,
        description="",
        language="ja",
        feed_url=address,
        feed_guid=unique,
        author_name=portal.secretariat_name or portal.portal_name,
    )
    for entry in entries:
        feed.add_item(
            title=entry.title,
            link=entry.address,
            unique_id=entry.unique,
            description=linebreaksbr(escape(entry.text)),  # Atom takes a summary for HTML
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
            categories=entry.categories,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
