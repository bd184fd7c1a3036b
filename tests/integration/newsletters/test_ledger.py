"""Numbers that balance, and finding out what became of a copy."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletters.ledger import counts_of, stretch
from newsletters.models import HELD_STATES, Delivery, DeliveryState, Issue, SuppressionReason
from newsletters.services.exporting import export_ledger
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories.members import UserFactory
from tests.factories.newsletters import (
    DeliveryFactory,
    IssueFactory,
    SubscriberFactory,
    SubscriptionFactory,
    SuppressionFactory,
)

pytestmark = pytest.mark.django_db


def of_state(state: str) -> dict[str, Any]:
    """What the constraints ask of a row in that state."""
    if state == DeliveryState.ACCEPTED:
        return {"accepted_at": timezone.now()}
    if state in HELD_STATES:
        return {"token": uuid.uuid4(), "lease_until_at": timezone.now()}
    return {}


def an_issue(**values: Any) -> Issue:
    """With one copy in every state."""
    states = list(DeliveryState)
    issue: Issue = IssueFactory(sending=True, frozen_count=len(states), candidate_count=len(states), **values)
    for state in states:
        DeliveryFactory(issue=issue, state=state, **of_state(state))
    return issue


@pytest.fixture
def client(secretariat: Any) -> Client:
    return signed_in(secretariat)


def page(client: Client, name: str, *args: str, query: str = "") -> str:
    response = client.get(reverse(f"newsletters:{name}", args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


# --- Numbers --------------------------------------------------------------------------------------
def test_counts_balance_in_one_query(django_assert_num_queries: Any) -> None:
    issue = an_issue(frozen_at=timezone.now() - dt.timedelta(minutes=10))
    DeliveryFactory()  # of another issue
    with django_assert_num_queries(1):
        counts = counts_of(issue)
    assert counts.terms == [1, 4, 1, 1, 1, 1]
    assert sum(counts.terms) == counts.total == counts.frozen == 9
    assert counts.is_balanced
    assert (counts.settled, counts.waiting, counts.percent) == (5, 4, 55)
    assert counts.pace == 0.5  # one in the last two minutes
    assert counts.minutes_left == 8
    assert counts.next_at == issue.deliveries.get(state="deferred").next_at


def test_a_row_that_is_missing_is_not_hidden(client: Client) -> None:
    issue = an_issue()
    issue.deliveries.filter(state="failed").delete()
    assert not counts_of(issue).is_balanced
    assert "ポータルの管理者に知らせてください" in page(client, "desk-sending", issue.public_id)


def test_before_there_is_a_pace_the_allowed_one_counts(settings: Any) -> None:
    settings.PORTAL_NEWSLETTERS_PER_MINUTE = 1
    delivery = DeliveryFactory()
    DeliveryFactory(issue=delivery.issue)
    assert counts_of(delivery.issue).minutes_left == 2


def test_nothing_to_send_is_all_sent() -> None:
    counts = counts_of(IssueFactory(completed=True))
    assert (counts.percent, counts.minutes_left, counts.is_balanced) == (100, None, True)


# --- A piece of a long list -----------------------------------------------------------------------
def test_pieces_follow_each_other_without_gap() -> None:
    issue = IssueFactory(sending=True)
    keys = [DeliveryFactory(issue=issue).pk for _each in range(5)][::-1]
    rows = Delivery.objects.filter(issue=issue)
    first = stretch(rows, size=2)
    assert [row.pk for row in first.rows] == keys[:2]
    assert first.after is None
    second = stretch(rows, before=first.before, size=2)
    third = stretch(rows, before=second.before, size=2)
    assert [row.pk for row in [*second.rows, *third.rows]] == keys[2:]
    assert third.before is None
    back = stretch(rows, after=third.after, size=2)
    assert back == second
    assert stretch(rows, after=back.after, size=2).after is None
    assert stretch(rows, before=keys[-1], size=2).rows == []


# --- Pages ----------------------------------------------------------------------------------------
def test_sending_page_says_all_numbers(client: Client, django_assert_max_num_queries: Any) -> None:
    issue = an_issue()
    shown = page(client, "desk-sending", issue.public_id)
    for words in ("9通のうち 5通が終わりました", "あて先 <b>9</b>", "これから送ります <b>4</b>", "あと 1分"):
        assert words in shown
    doubtful = issue.deliveries.get(state="in_doubt")
    assert doubtful.message_id.strip("<>") in shown
    assert 'data-seconds="5"' in shown
    with django_assert_max_num_queries(8):
        page(client, "desk-sending", issue.public_id)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("scheduled", "に送りはじめます"),
        ("approved", "まだ送りはじめていません"),
        ("completed", "0通のうち 0通"),
    ],
)
def test_sending_page_of_other_states(client: Client, state: str, words: str) -> None:
    issue = IssueFactory(**{state: True})
    shown = page(client, "desk-sending", issue.public_id)
    assert words in shown
    assert "live.js" not in shown


def test_one_persons_copies_over_all_issues(client: Client) -> None:
    reader = SubscriberFactory(address="hanako@example.jp")
    one = DeliveryFactory(subscriber=reader, issue__subject="春の号")
    DeliveryFactory(subscriber=reader, issue__subject="夏の号", state="failed", reply="5.1.1 550")
    DeliveryFactory(issue__subject="ほかの人の号")
    assert "春の号" in page(client, "desk-ledger")  # among the issues

    for words in ("hanako@example.jp", " HANAKO@example.jp ", "anak"):
        answer = client.post(reverse("newsletters:desk-ledger-search"), {"words": words})
        assert answer.headers["Location"] == reverse("newsletters:desk-ledger")  # no address in any address
        shown = page(client, "desk-ledger")
        assert "春の号" in shown
        assert "夏の号" in shown
        assert "5.1.1 550" in shown
        assert "ほかの人の号" not in shown
    reader.delete()
    one.refresh_from_db()
    assert one in Delivery.objects.search("hanako@example.jp")
    assert not Delivery.objects.search("anak")
    assert "送った記録が見つかりません" in page(client, "desk-ledger")
    client.post(reverse("newsletters:desk-ledger-search"), {"words": "x" * 101})
    assert "100文字まで" in page(client, "desk-ledger")


def test_whoever_was_sent_nothing_is_told_of_all_the_same(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    stopped = SubscriptionFactory(subscriber__address="stopped@example.jp").subscriber
    SuppressionFactory(address=stopped.address, reason=SuppressionReason.HARD_BOUNCE)
    SubscriberFactory(address="waits@example.jp", state="unconfirmed", confirmed_at=None)
    SubscriberFactory(address="left@example.jp")
    SubscriptionFactory(subscriber__address="reads@example.jp", newsletter__name="県民だより")
    SuppressionFactory(address="never@example.jp", reason=SuppressionReason.STAFF)
    for words, told in (
        ("ＳＴＯＰＰＥＤ＠ｅｘａｍｐｌｅ．ｊｐ", "配信を止めています（あて先がない）"),
        ("waits", "確認のメールのリンクが、まだ押されていません"),
        ("left@", "いま届くメルマガはありません"),
        ("reads@", "届くのは「県民だより」です"),
        ("never@", "配信を止めています（職員が止めた）"),
    ):
        client.post(reverse("newsletters:desk-ledger-search"), {"words": words})
        with django_assert_max_num_queries(13):
            text = page(client, "desk-ledger")
        assert told in text, words
        assert "まだ1通も送っていません" in text
    client.post(reverse("newsletters:desk-ledger-search"), {"words": "example.jp"})
    SubscriberFactory(address="sixth@example.jp")
    assert "アドレスのいま" not in page(client, "desk-ledger")
    client.post(reverse("newsletters:desk-ledger-search"), {"words": "nobody@"})
    assert "つづりを確かめてください" in page(client, "desk-ledger")


def test_ledger_of_one_issue_by_state(client: Client) -> None:
    issue = an_issue()
    assert page(client, "desk-issue-ledger", issue.public_id).count("<code") == 9
    assert page(client, "desk-issue-ledger", issue.public_id, query="?state=failed").count("<code") == 1
    empty = IssueFactory(completed=True).public_id
    assert "この結果になったあて先はありません" in page(
        client, "desk-issue-ledger", empty, query="?state=failed"
    )
    assert "まだ送りはじめていません" in page(client, "desk-issue-ledger", IssueFactory().public_id)


@pytest.mark.parametrize(
    "query",
    ["?state=nothing", "?before=x&after=-1", "?before=99999999999999999999", "?after=%00", "?before=²"],
)
def test_garbage_in_the_address_is_ignored(client: Client, query: str) -> None:
    assert page(client, "desk-issue-ledger", an_issue().public_id, query=query).count("<code") == 9


def test_pages_follow_each_other(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretch, "__kwdefaults__", {**stretch.__kwdefaults__, "size": 4})
    issue = an_issue()
    first = page(client, "desk-issue-ledger", issue.public_id)
    assert first.count("<code") == 4
    older = issue.deliveries.order_by("-pk")[3].pk
    assert f"before={older}" in first
    second = page(client, "desk-issue-ledger", issue.public_id, query=f"?before={older}")
    assert 'rel="prev"' in second
    assert second.count("<code") == 4


def test_queries_do_not_grow_with_the_rows(client: Client, django_assert_max_num_queries: Any) -> None:
    issue = an_issue()
    for _each in range(20):
        DeliveryFactory(issue=issue, subscriber__address=f"many{_each}@example.jp")
    for address in (
        reverse("newsletters:desk-issue-ledger", args=[issue.public_id]),
        reverse("newsletters:desk-ledger"),
    ):
        with django_assert_max_num_queries(9):
            client.get(address)
    client.post(reverse("newsletters:desk-ledger-search"), {"words": "many"})
    with django_assert_max_num_queries(9):
        assert "many19@example.jp" in page(client, "desk-ledger")


def test_file_runs_nothing_and_is_on_record(client: Client, secretariat: Any) -> None:
    issue = an_issue()
    Delivery.objects.filter(issue=issue, state="failed").update(
        address="=cmd|' /C calc'!A0@example.jp", reply="+1+1", bounced_at=timezone.now()
    )
    address = reverse("newsletters:desk-ledger-file", args=[issue.public_id])
    response = client.get(address)
    text = b"".join(response.streaming_content).decode()
    assert text.count("\r\n") == 10
    assert "'=cmd|" in text
    assert "'+1+1" in text
    event = AuditEvent.objects.get(type="newsletters.ledger_exported")
    assert (event.actor_id, event.new) == (secretariat.pk, {"state": "", "count": 9})
    assert b"".join(client.get(f"{address}?state=failed").streaming_content).count(b"\r\n") == 2
    assert (
        client.get(reverse("newsletters:desk-ledger-file", args=[IssueFactory().public_id])).status_code
        == 302
    )


def test_nobody_else_takes_the_ledger_along() -> None:
    with pytest.raises(Refused):
        export_ledger(issue=IssueFactory(completed=True), state="", by=UserFactory(role="staff"))
    assert not AuditEvent.objects.filter(type="newsletters.ledger_exported").exists()
