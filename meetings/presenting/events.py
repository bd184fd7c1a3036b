"""Events in words, the same on every page, in mails and in calendars."""

import datetime as dt
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.models import Event
from meetings.permissions.events import can_apply
from platform_portal.region.models import PortalSettings


def day_words(day: dt.date) -> str:
    """2026年12月5日（土）."""
    return _("%(day)s（%(weekday)s）") % {
        "day": date_format(day, "Y年n月j日"),
        "weekday": date_format(day, "D"),
    }


def clock_words(moment: dt.datetime) -> str:
    return date_format(timezone.localtime(moment), "G:i")


def when_words(starts_at: dt.datetime, ends_at: dt.datetime | None, *, is_all_day: bool) -> str:
    """2026年12月5日（土）13:30〜15:30; days alone where there is no time."""
    first = timezone.localtime(starts_at)
    last = timezone.localtime(ends_at) if ends_at else None
    words = day_words(first.date())
    if is_all_day:
        return words if last is None or last.date() == first.date() else f"{words}〜{day_words(last.date())}"
    words += clock_words(first)
    if last is None:
        return f"{words}〜"
    if last.date() == first.date():
        return f"{words}〜{clock_words(last)}"
    return f"{words}〜{day_words(last.date())}{clock_words(last)}"


def when_of_event(event: Event) -> str:
    return when_words(event.starts_at, event.ends_at, is_all_day=event.is_all_day)


def host_words(event: Event, portal: PortalSettings | None = None) -> str:
    """Who holds it. A member that does not want to be listed is not named by us; it may name itself in the text.

    `portal`: the settings, where there are many events.
    """
    if event.organization is None:
        return (portal or PortalSettings.load()).secretariat_name or _("県")
    if event.organization.is_listed:
        return str(event.organization.name)
    return _("会員団体")


def place_words(event: Event) -> str:
    """In one line: where, and whether one may also take part from home."""
    parts = [event.place]
    if event.municipality is not None and event.municipality.name not in event.address + event.place:
        parts.append(event.municipality.name)
    if event.address:
        parts.append(event.address)
    words = "　".join(part for part in parts if part)
    if not event.is_online:
        return words
    return _("%(place)s（オンラインでも参加できます）") % {"place": words} if words else _("オンライン")


class Seats(Enum):
    """What somebody who wants to come can have."""

    UNASKED = auto()  # this portal takes no applications, or nothing is to come
    CLOSED = auto()
    FREE = auto()
    WAITING = auto()  # a place on the waiting list
    FULL = auto()  # neither a seat nor a place on the waiting list

    @property
    def words(self) -> str:
        return {
            Seats.UNASKED: "",
            Seats.CLOSED: _("申込の受付は終わりました"),
            Seats.FREE: _("申込を受け付けています"),
            Seats.WAITING: _("定員に達しました。キャンセル待ちを受け付けています"),
            Seats.FULL: _("定員に達しました"),
        }[self]


def seats_of(event: Event) -> Seats:
    """Two queries at most, where there is a capacity."""
    if not event.accepts_applications or event.is_cancelled or event.is_over:
        return Seats.UNASKED
    if not can_apply(event):
        return Seats.CLOSED
    if event.capacity is None or (event.free_seats() and not event.somebody_waits()):
        return Seats.FREE
    return Seats.WAITING if event.has_waiting_list else Seats.FULL


def capacity_words(event: Event) -> str:
    if event.capacity is None:
        return ""
    return ngettext("%(count)d人", "%(count)d人", event.capacity) % {"count": event.capacity}


# --- What has changed ---------------------------------------------------------------------------
def changes_in_words(event: Event, before: Mapping[str, Any], names: list[str]) -> list[str]:
    """Sentences for those who have applied: what was, and what is now. The link is in their page, never in a mail."""
    lines = []
    if not {"starts_at", "ends_at", "is_all_day"}.isdisjoint(names):
        lines.append(
            _("日時：%(old)s → %(new)s") % {"old": when_of_description(before), "new": when_of_event(event)}
        )
    if not {"place", "address", "is_online"}.isdisjoint(names):
        old = _place_of_description(before)
        lines.append(_("場所：%(old)s → %(new)s") % {"old": old, "new": place_words(event)})
    if "online_url" in names:
        lines.append(_("オンラインの参加先が変わりました。下のページで確かめてください。"))
    return lines


def when_of_description(before: Mapping[str, Any]) -> str:
    ends = before.get("ends_at")
    return when_words(
        dt.datetime.fromisoformat(before["starts_at"]),
        dt.datetime.fromisoformat(ends) if ends else None,
        is_all_day=bool(before.get("is_all_day")),
    )


def _place_of_description(before: Mapping[str, Any]) -> str:
    words = "　".join(part for part in (before.get("place"), before.get("address")) if part)
    if not before.get("is_online"):
        return words
    return _("%(place)s（オンラインでも参加できます）") % {"place": words} if words else _("オンライン")
