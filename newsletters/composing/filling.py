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
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Max, Q
from django.db.models.fields.json import KeyTextTransform
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from consultations.models import ChannelKind, ConsultationWindow
from meetings.models import Edition, Event, Minutes
from meetings.presenting.days import when_of
from meetings.presenting.events import host_words, place_words, when_of_event
from newsletters.composing.source import (
    Block,
    Fill,
    Item,
    Items,
    Line,
    Paragraph,
    Run,
    fills_in,
    parse,
    tidy,
)
from newsletters.models import BOUND_STATES, Issue
from platform_portal.audit.models import AuditEvent
from platform_portal.region.models import PortalSettings

EVENTS, WINDOWS, RECORDS = "催し", "新しい窓口", "議事録"
NAMES = (EVENTS, WINDOWS, RECORDS)
_ALIASES = {"イベント": EVENTS, "窓口": WINDOWS, "新しい議事録": RECORDS}
USUAL_COUNT, MOST_ROWS = 10, 50
DAYS_AHEAD, DAYS_BACK = 60, 30
MOST_DAYS = 366
MOST_ISSUES = 12  # before this one that are looked into
# What was being published while the last issue was put together may not stand in it: so far back is looked once more.
OVERLAP = dt.timedelta(hours=1)
MOST_BLOCKS = 20
_COUNT = re.compile(r"(\d{1,3})件(?:まで)?")
_PERIOD = re.compile(r"(\d{1,3})(日|週間?|[かヶカケヵ箇]月)(?:間|分|以内|先まで|前から)?")
_ADDRESS = re.compile(r"https?://[!-~]+")
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

    def __init__(self, issue: Issue, portal: PortalSettings) -> None:
        self.portal = portal
        self.now = timezone.now()
        self._told = Told(issue, self.now)
        self._known: dict[Wish, Filled] = {}

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
            ConsultationWindow.objects.published()
            .filter(open_still)
            .exclude(categories__is_risk=True)
            .select_related("organization")
            .prefetch_related("channels")
        )
        page = "consultations:window-detail"

        def is_told(row: Any, at: Any) -> bool:
            return self._is_told(wish, page, row.public_id, at)

        since_then = shown.filter(published_at__gte=since).order_by("-published_at", "pk")
        new = [row for row in since_then if not is_told(row, row.published_at)]
        changes = _changed_windows(since)
        known = shown.filter(pk__in=changes).exclude(pk__in=[row.pk for row in new]).order_by("kana", "pk")
        rows = [(row, "") for row in new]
        rows += [(row, _("（変更）")) for row in known if not is_told(row, changes[row.pk])]
        lines = [
            [(_link(row.name + mark, page, row.public_id),), *_said(row.operator_name, _telephone(row))]
            for row, mark in rows[: wish.count]
        ]
        return lines, len(rows), _("今回お知らせする新しい窓口はありません。")

    # --- 議事録 ---------------------------------------------------------------------------------
    def _records(self, wish: Wish) -> tuple[list[list[Line]], int, str]:
        public = Minutes.objects.published(Edition.NAMED) | Minutes.objects.published(Edition.LABELS)
        since = public.filter(published_at__gte=self._since(wish)).order_by("-published_at", "pk")
        page = "meetings:minutes"
        found = [
            row
            for row in since.select_related("meeting")
            if not self._is_told(wish, page, row.meeting.public_id, row.published_at)
        ]
        lines = [
            [(_link(row.meeting.title, page, row.meeting.public_id),), *_said(when_of(row.meeting))]
            for row in found[: wish.count]
        ]
        return lines, len(found), _("今回お知らせする議事録はありません。")

    def _since(self, wish: Wish) -> dt.datetime:
        if wish.days is not None:
            return self.now - dt.timedelta(days=wish.days)
        return self._told.until(wish.name) - OVERLAP

    def _is_told(self, wish: Wish, page: str, public_id: str, at: Any) -> bool:
        """Whoever asks for so many days gets them, told or not."""
        return wish.days is None and self._told.holds(reverse(page, args=[public_id]), at)


class Told:
    """What the issues before this one hold: those that have left, and those that were approved to leave. One query."""

    def __init__(self, issue: Issue, now: dt.datetime) -> None:
        self._issue = issue
        self._now = now

    @cached_property
    def _rows(self) -> list[tuple[int, dt.datetime, str, set[str]]]:
        """(number, when it was put together, its body, paths of the addresses in it) of each, the newest first."""
        rows: Any = Issue.objects.filter(newsletter=self._issue.newsletter, state__in=BOUND_STATES)
        rows = rows.exclude(pk=self._issue.pk).exclude(number=self._issue.number).order_by("-approved_at")
        values = rows.values_list("number", "approved_at", "body", KeyTextTransform("text", "content"))
        return [
            (number, at, body, {urlsplit(address).path for address in _ADDRESS.findall(text)})
            for number, at, body, text in values[:MOST_ISSUES]
        ]

    def until(self, name: str) -> dt.datetime:
        """When the last issue that tells of such things was put together. One that is approved anew keeps its number:
        it tells what it would have told."""
        own = self._issue.number
        for number, at, body, _paths in self._rows:
            if (own is None or number < own) and _tells_of(body, name):
                return at
        return self._now - dt.timedelta(days=DAYS_BACK)

    def holds(self, path: str, at: dt.datetime) -> bool:
        """`at`: when the thing became what it is; what has changed since is told once more."""
        return any(put_together >= at and path in paths for _no, put_together, _body, paths in self._rows)


def _tells_of(body: str, name: str) -> bool:
    """By a block that tells all that is new, not what so many days have brought."""
    wishes = [wish_of(block.words) for block in fills_in(parse(body))]
    return any(wish is not None and wish.name == name and wish.days is None for wish in wishes)


def _changed_windows(since: dt.datetime) -> dict[int, dt.datetime]:
    """Those of which something changed that everybody may see, and when it did last."""
    public = [*ConsultationWindow.Privacy.public, "channels", "exceptions"]
    events = AuditEvent.objects.filter(
        at__gte=since,
        type="consultations.window_changed",
        object_type=ConsultationWindow._meta.label_lower,
        new__has_any_keys=public,
    )
    last = events.order_by().values("object_id").annotate(last=Max("at"))
    return {int(key): at for key, at in last.values_list("object_id", "last")}


def _telephone(window: ConsultationWindow) -> str:
    """The first number: whoever reads a mail on the telephone need not open a page to ring."""
    numbers = [each.value for each in window.channels.all() if each.kind == ChannelKind.PHONE and each.value]
    return _("電話 %s") % numbers[0] if numbers else ""


def _link(words: str, name: str, *args: Any) -> Run:
    return Run(tidy(words).replace("\n", " "), is_bold=True, address=_absolute(name, *args))


def _said(*lines: str) -> Iterable[Line]:
    return [(Run(tidy(line).replace("\n", " ")),) for line in lines if line]


def _absolute(name: str, *args: Any) -> str:
    return f"{settings.PORTAL_ORIGIN}{reverse(name, args=args)}"
