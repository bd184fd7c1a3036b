"""Blocks that fill themselves: `{{催し}}`, `{{新しい窓口}}`, `{{議事録}}`, each also with a number or a period.

They hold only what everybody may see, whoever reads the newsletter: a mail is passed on, and stays in a mailbox that
others look into. So a window that somebody who is watched may need is never put here, nor any window's address.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.models import ConsultationWindow
from meetings.models import Edition, Event, Minutes
from meetings.presenting.days import when_of
from meetings.presenting.events import host_words, place_words, when_of_event
from newsletters.composing.source import Block, Fill, Item, Items, Line, Paragraph, Run, tidy
from newsletters.models import Issue, Newsletter
from platform_portal.audit.models import AuditEvent
from platform_portal.region.models import PortalSettings

EVENTS, WINDOWS, RECORDS = "催し", "新しい窓口", "議事録"
NAMES = (EVENTS, WINDOWS, RECORDS)
_ALIASES = {"イベント": EVENTS, "窓口": WINDOWS, "新しい議事録": RECORDS}
USUAL_COUNT, MOST_ROWS = 10, 50
DAYS_AHEAD, DAYS_BACK = 60, 30
MOST_DAYS = 366
MOST_BLOCKS = 20
_COUNT = re.compile(r"(\d{1,3})件(?:まで)?")
_PERIOD = re.compile(r"(\d{1,3})(日|週間?|[かヶカケヵ箇]月)(?:間|分|以内|先まで|前から)?")
_DAYS = {"日": 1, "週": 7, "月": 31}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a block asks for. `days`: ahead for events, back for the others; None: as usual."""

    name: str
    count: int = USUAL_COUNT
    days: int | None = None
    month: str = ""  # 今月, 来月: of events


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of one block: the rows in it and those that had no room."""

    wish: Wish
    blocks: tuple[Block, ...]
    count: int
    more: int


def wish_of(words: str) -> Wish | None:
    """None for a block that nobody knows. Read in any width; names are not touched by this."""
    first, *rest = unicodedata.normalize("NFKC", words).split() or [""]
    found = _COUNT.search(first) or _PERIOD.search(first)
    if found and found.start():  # 催し5件, written together
        first, rest = first[: found.start()], [first[found.start() :], *rest]
    name = _ALIASES.get(first, first)
    if name not in NAMES:
        return None
    count, days, month = USUAL_COUNT, None, ""
    for word in rest:
        if found := _COUNT.fullmatch(word):
            count = int(found[1])
        elif found := _PERIOD.fullmatch(word):
            days = int(found[1]) * _DAYS[found[2][0] if found[2][0] in _DAYS else "月"]
        elif word in {"今月", "来月"} and name == EVENTS:
            month = word
        else:
            return None
    if not 1 <= count <= MOST_ROWS or (days is not None and not 1 <= days <= MOST_DAYS):
        return None
    return Wish(name, count, days, month)


class Filler:
    """For one issue: each distinct block is looked up once, with a constant number of queries."""

    def __init__(self, newsletter: Newsletter, portal: PortalSettings) -> None:
        self.portal = portal
        self.newsletter = newsletter
        self.now = timezone.now()
        self._known: dict[Wish, Filled] = {}
        self._last: dt.datetime | None = None

    def fill(self, block: Fill) -> Filled | None:
        """None: nobody knows it, or there are too many different ones."""
        wish = wish_of(block.words)
        if wish is None or (wish not in self._known and len(self._known) >= MOST_BLOCKS):
            return None
        if wish not in self._known:
            self._known[wish] = self._filled(wish)
        return self._known[wish]

    def _filled(self, wish: Wish) -> Filled:
        rows, total, nothing = {EVENTS: self._events, WINDOWS: self._windows, RECORDS: self._records}[
            wish.name
        ](wish)
        if not rows:
            return Filled(wish, (Paragraph(((Run(nothing),),)),), 0, 0)
        blocks: list[Block] = [Items(tuple(Item(None, row) for row in rows))]
        more = total - len(rows)
        if more > 0:
            words = _("ほかに%(count)s件あります。") % {"count": more}
            page = {EVENTS: "meetings:event-list", WINDOWS: "consultations:window-list"}
            address = _absolute(page.get(wish.name, "meetings:meeting-list"))
            blocks.append(Paragraph(((Run(words), Run(_("すべて見る"), address=address)),)))
        return Filled(wish, tuple(blocks), len(rows), max(0, more))

    # --- 催し -----------------------------------------------------------------------------------
    def _events(self, wish: Wish) -> tuple[list[list[Line]], int, str]:
        first, last = self._days_of(wish)
        coming = Event.objects.published().coming(self.now).filter(cancelled_at=None)
        found = coming.filter(pk__in=Event.objects.between(first, last).values("pk"))
        rows = [self._event(row) for row in found.for_list()[: wish.count]]
        return rows, found.count(), _("今回お知らせする催しはありません。")

    def _days_of(self, wish: Wish) -> tuple[dt.date, dt.date]:
        today = timezone.localdate(self.now)
        if not wish.month:
            return today, today + dt.timedelta(days=wish.days or DAYS_AHEAD)
        first = today.replace(day=1)
        if wish.month == "来月":
            first = (first + dt.timedelta(days=32)).replace(day=1)
        return first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)

    def _event(self, event: Event) -> list[Line]:
        return [
            (_link(event.title, "meetings:event-detail", event.public_id),),
            *_said(
                when_of_event(event),
                _("会場：%(place)s") % {"place": place_words(event)},
                _("主催：%(host)s") % {"host": host_words(event, self.portal)},
            ),
        ]

    # --- 新しい窓口 -----------------------------------------------------------------------------
    def _windows(self, wish: Wish) -> tuple[list[list[Line]], int, str]:
        """New ones first, then those whose public content changed."""
        since = self._since(wish)
        open_still = Q(valid_to=None) | Q(valid_to__gte=timezone.localdate(self.now))
        shown = (
            ConsultationWindow.objects.published().filter(open_still).exclude(categories__is_risk=True)
        ).select_related("organization")
        new = list(shown.filter(published_at__gte=since).order_by("-published_at", "pk"))
        changed = shown.filter(pk__in=_changed_windows(since)).exclude(published_at__gte=since)
        rows = [(row, "") for row in new] + [(row, _("（変更）")) for row in changed.order_by("kana", "pk")]
        lines = [
            [
                (_link(row.name + mark, "consultations:window-detail", row.public_id),),
                *_said(row.operator_name),
            ]
            for row, mark in rows[: wish.count]
        ]
        return lines, len(rows), _("今回お知らせする新しい窓口はありません。")

    # --- 議事録 ---------------------------------------------------------------------------------
    def _records(self, wish: Wish) -> tuple[list[list[Line]], int, str]:
        public = Minutes.objects.published(Edition.NAMED) | Minutes.objects.published(Edition.LABELS)
        found = public.filter(published_at__gte=self._since(wish)).order_by("-published_at", "pk")
        lines = [
            [
                (_link(row.meeting.title, "meetings:minutes", row.meeting.public_id),),
                *_said(when_of(row.meeting)),
            ]
            for row in found.select_related("meeting")[: wish.count]
        ]
        return lines, found.count(), _("今回お知らせする議事録はありません。")

    def _since(self, wish: Wish) -> dt.datetime:
        """When the last issue that was sent had been put together: what came after it was in none."""
        if wish.days is not None:
            return self.now - dt.timedelta(days=wish.days)
        if self._last is None:
            sent = Issue.objects.completed().filter(newsletter=self.newsletter).order_by("-completed_at")
            last: dt.datetime | None = sent.values_list("approved_at", flat=True).first()
            self._last = last or self.now - dt.timedelta(days=DAYS_BACK)
        return self._last


def _changed_windows(since: dt.datetime) -> set[int]:
    """Those of which something changed that everybody may see."""
    public = [*ConsultationWindow.Privacy.public, "channels", "exceptions"]
    events = AuditEvent.objects.filter(
        at__gte=since,
        type="consultations.window_changed",
        object_type=ConsultationWindow._meta.label_lower,
        new__has_any_keys=public,
    )
    return {int(key) for key in events.values_list("object_id", flat=True)}


def _link(words: str, name: str, *args: Any) -> Run:
    return Run(tidy(words).replace("\n", " "), is_bold=True, address=_absolute(name, *args))


def _said(*lines: str) -> Iterable[Line]:
    return [(Run(tidy(line).replace("\n", " ")),) for line in lines if line]


def _absolute(name: str, *args: Any) -> str:
    return f"{settings.PORTAL_ORIGIN}{reverse(name, args=args)}"
