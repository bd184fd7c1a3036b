"""Links that lead out of the portal: asked in the background, told to whoever writes and approves, keeping nobody back."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.links.fetching import Answer
from newsletters import tasks
from newsletters.composing import compose_with_parts
from newsletters.lints import errors_in, lint
from newsletters.models import Issue, LinkAnswer
from newsletters.outside import MOST_LINKS, ask_links, leads_out
from tests.factories.newsletters import IssueFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db

OK, GONE = Answer(True, "200"), Answer(False, "404")
A, B = "https://www.a.example/page", "https://www.b.example/"


@pytest.fixture(autouse=True)
def portal(settings: Any) -> None:
    settings.PORTAL_CHECK_LINKS = True
    PortalSettingsFactory(secretariat_address="高松市番町四丁目1番10号")


def run(answer: Answer = OK) -> list[str]:
    """The links that were asked, in order."""
    asked: list[str] = []

    def asker(url: str, *, allowed: Any) -> Answer:
        asked.append(url)
        return answer

    assert ask_links(asker=asker, pause=0) == len(asked)
    return asked


def findings(issue: Issue) -> dict[str, str]:
    found = lint(issue, compose_with_parts(issue))
    assert errors_in(found) == []
    return {finding.code: finding.words for finding in found}


def test_from_unknown_to_gone_to_well_again() -> None:
    issue = IssueFactory(body=f"[窓口]({A})と {A} を見てください。\n\nhttp://testserver/")
    assert "まだ確かめていません" in findings(issue)["unchecked_link"]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert run(GONE) == [A]
        assert "つながりませんでした（404）" in findings(issue)["dead_link"]
        assert run() == [], "has just been asked"
        clock.shift(dt.timedelta(hours=1))
        assert run() == [A]
        assert findings(issue) == {}
        clock.shift(dt.timedelta(hours=20))
        assert run() == []
        clock.shift(dt.timedelta(hours=5))
        assert run(Answer(False, "no such host")) == [A]
    assert "その名前のサーバーがありません" in findings(issue)["dead_link"]
    LinkAnswer.objects.update(status="ConnectionResetError")
    assert "（つながりません）" in findings(issue)["dead_link"]


def test_what_is_asked_and_what_is_not(settings: Any) -> None:
    IssueFactory(body=f"{A} http://10.0.0.1/ http://intranet/ mailto:a@example.jp [電話](tel:0120279338)")
    IssueFactory(body=B, scheduled=True)
    IssueFactory(body="https://sent.example/", completed=True)
    old = IssueFactory(body="https://old.example/")
    Issue.objects.filter(pk=old.pk).update(updated_at=timezone.now() - dt.timedelta(days=40))
    LinkAnswer.objects.create(
        url="https://x.example/", is_ok=True, asked_at=timezone.now() - dt.timedelta(days=100)
    )
    assert not leads_out("https://[::1")
    assert not leads_out("https://www.a.example/" + "a" * 500)
    settings.PORTAL_CHECK_LINKS = False
    assert run() == []
    tasks.ask_links()
    draft = IssueFactory(body="https://new.example/")
    assert findings(draft) == {}, "nobody will ask"
    draft.delete()
    settings.PORTAL_CHECK_LINKS = True
    assert sorted(run()) == [A, B]
    assert set(LinkAnswer.objects.values_list("url", flat=True)) == {A, B}


def test_a_preview_does_not_wait_for_anybody() -> None:
    issue = IssueFactory()
    assert findings(Issue(newsletter=issue.newsletter, subject="題", body=A)) == {}


def test_bounded_and_in_few_queries() -> None:
    body = "\n\n".join(f"https://www.{number}.example/" for number in range(MOST_LINKS + 5))
    issue = IssueFactory(body=body)
    first = run()
    assert len(first) == MOST_LINKS
    assert len({*first, *run()}) == MOST_LINKS + 5
    composed = compose_with_parts(issue)
    with CaptureQueriesContext(connection) as queries:
        lint(issue, composed)
    assert sum("linkanswer" in query["sql"] for query in queries) == 1
