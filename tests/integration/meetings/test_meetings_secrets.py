"""A word of its own in every hidden place, looked for in every answer that somebody outside the desk can get.

The walk goes over the URLconf: a page that is added later is asked as well, and one whose address nobody here knows
how to build fails.
"""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import (
    Attendance,
    CaseStudy,
    Document,
    DocumentVersion,
    Event,
    Meeting,
    Utterance,
)
from tests.addresses import PAGES, Page
from tests.integration.meetings.hidden_places import BAIT, World, hide_everywhere

pytestmark = pytest.mark.django_db
WHO = ("anonymous", "outsider", "insider")
# Mailed links carry their own secret; tests of each of them say what their holder sees.
FOR_HOLDERS_OF_A_LINK = {
    "meetings:answer",
    "meetings:answer-calendar",
    "meetings:confirm-utterance-change",
    "meetings:confirm-utterances",
    "meetings:event-application",
}
BESIDES = ("consultations:home", "consultations:sitemap", "consultations:robots", "my:home")


@pytest.fixture(scope="module")
def world(shared_database: None) -> World:
    return hide_everywhere()


def _ids(model: Any) -> list[str]:
    return list(model.objects.values_list("public_id", flat=True))


def _values_of(page: Page, world: World, who: str) -> dict[str, list[Any]]:
    """What each part of the address of `page` may be."""
    about = {
        "my/meetings/cases/": CaseStudy,
        "u/": Utterance,
        "my/u/": Utterance,
        "events/": Event,
        "my/events/": Event,
    }
    kind = next((model for start, model in about.items() if page.pattern.startswith(start)), Meeting)
    makers: dict[str, Any] = {
        "public_id": lambda: _ids(kind),
        "paper_id": lambda: _ids(Document),
        "version_id": lambda: _ids(DocumentVersion),
        "attendance_id": lambda: _ids(Attendance),
        "application_id": lambda: _ids(Event),  # none of its own: asks for what is not there
        "to": lambda: ["in_review"],
        "year": lambda: [timezone.localdate().year],
        "month": lambda: range(1, 13),
        "token": lambda: [world.tokens[who]] if who in world.tokens else [],
    }
    names = re.findall(r"<(?:\w+:)?(\w+)>", page.pattern)
    unknown = set(names) - set(makers)
    assert not unknown, f"{page.name}: say above what {unknown} may be"
    return {name: list(makers[name]()) for name in names}


def _addresses(world: World, who: str) -> Iterator[str]:
    for page in PAGES:
        if page.name in BESIDES:
            yield reverse(page.name)
        if not page.name.startswith("meetings:") or page.name.startswith("meetings:desk"):
            continue
        if page.name in FOR_HOLDERS_OF_A_LINK or (who == "anonymous" and not page.is_public):
            continue  # that everything else asks for a sign-in holds tests/test_urls.py
        values = _values_of(page, world, who)
        for chosen in product(*values.values()):
            arguments = dict(zip(values, chosen, strict=True))
            if "version_id" not in arguments or _belong_together(**arguments):
                yield reverse(page.name, kwargs=arguments)
    for body in {meeting.body.public_id for meeting in Meeting.objects.select_related("body")}:
        yield reverse("meetings:meeting-list") + f"?body={body}"
        yield reverse("meetings:meeting-feed") + f"?body={body}"


def _words_of(response: Any) -> str:
    body = response.getvalue()
    if body.startswith(b"%PDF"):
        pages = pypdfium2.PdfDocument(body)
        text = "".join(page.get_textpage().get_text_range() for page in pages)
        body = text.replace("\r", "").replace("\n", "").encode()
    return f"{dict(response.headers)}\n{body.decode(errors='replace')}"


def _answers(client: Client, addresses: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Where there is something to read, both editions are asked for by name."""
    for address in addresses:
        response = client.get(address)
        yield address, _words_of(response)
        if response.status_code in {200, 410} and re.search(r"minutes(\.pdf)?/?$|/u/|\.json$", address):
            for edition in ("named", "labels"):
                yield f"{address}?edition={edition}", _words_of(client.get(address, {"edition": edition}))


def _belong_together(paper_id: str, version_id: str) -> bool:
    return DocumentVersion.objects.filter(public_id=version_id, document__public_id=paper_id).exists()


def _searches(world: World, who: str, secrets: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The bait in every year and body, then each secret itself, which must be found in no place."""
    client, address = world.clients[who], reverse("meetings:search")
    asked = [{"words": BAIT, "page": n} for n in (1, 2, 3)] + [{"speaker": "委員"}, {"speaker": "課長"}]
    for fields in asked:
        yield f"search for {fields}", _words_of(client.post(address, fields))
    for place, word in secrets.items():
        for name in ("words", "speaker"):
            # The part that is swapped in: of the page around it nothing is read here.
            answer = client.post(address, {name: word}, headers={"HX-Request": "true"}).context["answer"]
            found = [*answer.hits, *answer.papers]
            yield f"search for what is at: {place}", word if found else ""


@pytest.mark.parametrize("who", WHO)
def test_no_secret_reaches_whom_it_is_not_for(world: World, who: str) -> None:
    client, secrets = world.clients[who], world.secrets
    forbidden, seen, leaks = secrets.that_must_not_reach(who), "", []
    for where, words in (*_answers(client, _addresses(world, who)), *_searches(world, who, forbidden)):
        leaks += [f"{place} at {where}" for place, word in forbidden.items() if word in words]
        seen += words
    assert leaks == []
    # What is there to be seen was seen: else the walk would prove nothing.
    wanted = secrets.for_everybody | (secrets.inside if who == "insider" else {})
    assert [place for place, word in wanted.items() if word not in seen] == []


def test_every_hidden_place_has_a_word_of_its_own(world: World) -> None:
    words = [
        *world.secrets.hidden.values(),
        *world.secrets.inside.values(),
        *world.secrets.for_everybody.values(),
    ]
    assert len(words) == len(set(words))
    assert len(world.secrets.hidden) >= 60
    assert len(world.secrets.inside) >= 20
