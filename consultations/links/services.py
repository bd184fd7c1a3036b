"""One run of the link checker: bounded in number and time, one request at a time, a pause before a host is asked again."""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from consultations.links.fetching import Answer, ask
from consultations.models import Channel, ConsultationWindow, LinkCheck
from consultations.models.kinds import LINK_KINDS
from platform_portal.publishing.states import State

A_WEEK = dt.timedelta(days=7)
SECOND_LOOK = dt.timedelta(hours=20)  # after a failure: another run, another hour of the day
PAUSE = 1.0  # seconds between two requests to one host
MOST_LINKS = 100  # in one run
MOST_SECONDS = 240  # of one run: mails wait behind it


@dataclass(frozen=True, slots=True)
class Run:
    checked: int = 0
    failed: int = 0


def check_links(
    *,
    limit: int = MOST_LINKS,
    seconds: float = MOST_SECONDS,
    asker: Callable[..., Answer] = ask,
    pause: float = PAUSE,
) -> Run:
    """Asks the links that are due. Does nothing while PORTAL_CHECK_LINKS is off."""
    if not settings.PORTAL_CHECK_LINKS:
        return Run()
    keep_to_links_in_use()
    links = {link.url: link for link in due_links()[:limit]}
    checked = failed = 0
    for url, answer in ask_in_turn(list(links), seconds=seconds, asker=asker, pause=pause):
        note_answer(links[url], answer)
        checked += 1
        failed += not answer.is_ok
    return Run(checked, failed)


def ask_in_turn(
    urls: Sequence[str], *, seconds: float, asker: Callable[..., Answer], pause: float
) -> Iterator[tuple[str, Answer]]:
    """One after the other, a pause before a host is asked again, until the time is over."""
    until = time.monotonic() + seconds
    last_asked: dict[str, float] = {}
    for url in urls:
        host = urlsplit(url).netloc.lower()
        wait = last_asked.get(host, 0.0) + pause - time.monotonic() if host in last_asked else 0.0
        if time.monotonic() + max(wait, 0.0) >= until:
            return
        if wait > 0:
            time.sleep(wait)
        answer = asker(url, allowed=settings.PORTAL_LINK_CHECK_ALLOWED)
        last_asked[host] = time.monotonic()
        yield url, answer


def due_links() -> "list[LinkCheck]":
    """Never asked first, then the longest not asked; each once a week, sooner after a failure."""
    now = timezone.now()
    due = Q(checked_at=None) | Q(checked_at__lt=now - A_WEEK)
    doubtful = Q(failures__gt=0, checked_at__lt=now - SECOND_LOOK)
    return list(
        LinkCheck.objects.filter(due | doubtful).order_by(F("checked_at").asc(nulls_first=True), "pk")
    )


def note_answer(link: LinkCheck, answer: Answer) -> None:
    """By one UPDATE, so that a run at the same time loses nothing."""
    now = timezone.now()
    values = {"checked_at": now, "last_status": answer.status[:60]}
    row = LinkCheck.objects.filter(pk=link.pk)
    if answer.is_ok:
        row.update(**values, last_ok_at=now, failures=0)
    else:
        row.update(**values, failures=F("failures") + 1)


def keep_to_links_in_use() -> None:
    """A row for every link that residents are shown, none for others."""
    used = links_in_use()
    LinkCheck.objects.exclude(url__in=used).delete()
    LinkCheck.objects.bulk_create(
        (LinkCheck(url=url) for url in sorted(used)), batch_size=500, ignore_conflicts=True
    )


def links_in_use() -> set[str]:
    websites = ConsultationWindow.objects.published().exclude(website="").values_list("website", flat=True)
    channels = Channel.objects.filter(window__state=State.PUBLISHED, kind__in=LINK_KINDS).exclude(value="")
    return set(websites) | set(channels.values_list("value", flat=True))


def windows_of_links(urls: "list[str]") -> dict[str, list[ConsultationWindow]]:
    """Published windows that name each link. Two queries."""
    windows = ConsultationWindow.objects.published().only("pk", "public_id", "name", "website")
    found: dict[str, dict[int, ConsultationWindow]] = {url: {} for url in urls}
    for window in windows.filter(website__in=urls):
        found[window.website][window.pk] = window
    channels = Channel.objects.filter(window__state=State.PUBLISHED, kind__in=LINK_KINDS, value__in=urls)
    for channel in channels.select_related("window"):
        found[channel.value][channel.window_id] = channel.window
    return {url: list(named.values()) for url, named in found.items()}
