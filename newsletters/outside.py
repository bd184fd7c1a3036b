"""Links of issues that lead out of the portal: which they are, and what the pages there have answered.

Asked in the background by the checker that the windows have, which never reaches what is not public. What it says is a
hint for whoever approves: a page that does not answer a program today may be there for readers tomorrow.
"""

import datetime as dt
import ipaddress
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from consultations.links.fetching import Answer, ask
from consultations.links.services import PAUSE, ask_in_turn
from newsletters.composing.source import Block, is_address, lines_of, parse
from newsletters.models import EDITABLE_STATES, LONGEST_ADDRESS, Issue, LinkAnswer

MOST_LINKS = 30  # in one run
MOST_SECONDS = 60
A_DAY = dt.timedelta(days=1)
SECOND_LOOK = dt.timedelta(minutes=30)  # after a page that did not answer
WORKED_ON = dt.timedelta(days=30)  # a draft that nobody has touched for so long leaves nowhere
KEPT = dt.timedelta(days=90)


def addresses_in(blocks: Iterable[Block]) -> list[str]:
    """Every address in the words, once, in their order."""
    runs = (run for block in blocks for line in lines_of(block) for run in line)
    return list(dict.fromkeys(run.address for run in runs if run.address))


def leads_out(address: str) -> bool:
    """To a page of the web that is not ours, and that readers could reach."""
    if not address.startswith("http") or not is_address(address) or len(address) > LONGEST_ADDRESS:
        return False
    return not is_own(address) and not is_within(urlsplit(address).hostname or "")


def is_own(address: str) -> bool:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" == settings.PORTAL_ORIGIN


def is_within(host: str) -> bool:
    """Whether only machines beside ours could open it, by its name alone."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal", ".test"))


def answers_of(addresses: Iterable[str]) -> dict[str, LinkAnswer]:
    """At most one query. Those that nobody has asked yet are missing."""
    wanted = [address for address in addresses if leads_out(address)]
    if not wanted:
        return {}
    return {answer.url: answer for answer in LinkAnswer.objects.filter(url__in=wanted)}


def ask_links(*, asker: Callable[..., Answer] = ask, pause: float = PAUSE) -> int:
    """Asks the links of issues that are being written or wait to leave. Does nothing while PORTAL_CHECK_LINKS is off.
    Returns how many; the next run goes on."""
    if not settings.PORTAL_CHECK_LINKS:
        return 0
    LinkAnswer.objects.filter(asked_at__lt=timezone.now() - KEPT).delete()
    asked = 0
    for url, answer in ask_in_turn(due_links()[:MOST_LINKS], seconds=MOST_SECONDS, asker=asker, pause=pause):
        LinkAnswer.objects.update_or_create(
            url=url,
            defaults={"asked_at": timezone.now(), "is_ok": answer.is_ok, "status": answer.status[:60]},
        )
        asked += 1
    return asked


def due_links() -> list[str]:
    """Never asked first, then the longest not asked. Two queries."""
    now = timezone.now()
    issues = Issue.objects.filter(state__in=EDITABLE_STATES, updated_at__gte=now - WORKED_ON)
    used = {
        address
        for body in issues.values_list("body", flat=True)
        for address in addresses_in(parse(body))
        if leads_out(address)
    }
    known = answers_of(used)
    asked_at = {
        url: answer.asked_at for url, answer in known.items() if now - answer.asked_at < _rest(answer)
    }
    due = used - asked_at.keys()
    return sorted(due, key=lambda url: (url in known, known[url].asked_at if url in known else now, url))


def _rest(answer: LinkAnswer) -> dt.timedelta:
    return A_DAY if answer.is_ok else SECOND_LOOK
