"""Buttons that change the state of a sending, pressed on the page; what they do to the rows is the services' matter."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from newsletters.models import Delivery, Issue, IssueState
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories.newsletters import DeliveryFactory, IssueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(secretariat: Any) -> Client:
    return signed_in(secretariat)


def press(client: Client, issue: Issue, name: str, *args: Any, **values: str) -> str:
    """What the page says then."""
    address = reverse(f"newsletters:{name}", args=[issue.public_id, *args])
    return client.post(address, values, follow=True).content.decode()


def test_pause_resume_and_cancel(client: Client) -> None:
    issue = DeliveryFactory().issue
    Issue.objects.filter(pk=issue.pk).update(frozen_count=1, candidate_count=1)
    text = press(client, issue, "desk-sending-pause")
    assert "一時停止しました" in text
    assert "再開する" in text
    assert "号の送信を一時停止した" in text  # in the log
    assert "再開しました" in press(client, issue, "desk-sending-resume")
    assert "進めません" in press(client, issue, "desk-sending-resume")  # somebody was faster

    press(client, issue, "desk-sending-pause")
    ask = reverse("newsletters:desk-sending-cancel", args=[issue.public_id])
    assert "残りを送るのをやめますか" in client.get(ask).content.decode()
    assert client.post(ask, {"reason": ""}).status_code == 422
    text = press(client, issue, "desk-sending-cancel", reason="内容の誤り")
    assert "残りを送るのをやめました" in text
    assert "内容の誤り" in text
    assert Delivery.objects.get().state == "cancelled"
    assert client.post(ask, {"reason": "もう一度"}).status_code == 422


def test_sending_the_rest(client: Client) -> None:
    issue = IssueFactory(completed=True, frozen_count=2, candidate_count=2)
    failed = DeliveryFactory(issue=issue, state="failed")
    doubtful = DeliveryFactory(issue=issue, state="in_doubt")
    ask = reverse("newsletters:desk-sending-rest", args=[issue.public_id])
    assert ask in client.get(reverse("newsletters:desk-sending", args=[issue.public_id])).content.decode()
    assert "送れなかった 1通を" in client.get(ask).content.decode()
    assert "もう一度送ります" in press(client, issue, "desk-sending-rest")
    failed.refresh_from_db()
    doubtful.refresh_from_db()
    assert (failed.state, doubtful.state) == ("queued", "in_doubt")
    assert Issue.objects.get(pk=issue.pk).state == IssueState.SENDING
    assert "送れなかったものは、もうありません" in press(
        client, IssueFactory(completed=True), "desk-sending-rest"
    )


@pytest.mark.parametrize(("answer", "state"), [("arrived", "accepted"), ("lost", "queued")])
def test_settling_a_doubt(client: Client, answer: str, state: str) -> None:
    issue = IssueFactory(completed=True, frozen_count=1, candidate_count=1)
    row = DeliveryFactory(issue=issue, state="in_doubt")
    text = client.get(reverse("newsletters:desk-sending", args=[issue.public_id])).content.decode()
    assert reverse("newsletters:desk-doubt-settle", args=[issue.public_id, row.pk]) in text
    press(client, issue, "desk-doubt-settle", row.pk, answer=answer)
    row.refresh_from_db()
    assert row.state == state
    assert AuditEvent.objects.filter(type="newsletters.delivery_settled").exists()
    assert "もう「届いたか分かりません」ではありません" in press(
        client, issue, "desk-doubt-settle", row.pk, answer=answer
    )


def test_garbage_settles_nothing(client: Client) -> None:
    row = DeliveryFactory(state="in_doubt")
    for pk, issue, answer in (
        (row.pk, row.issue, "perhaps"),
        (row.pk, IssueFactory(completed=True), "arrived"),
        (10**25, row.issue, "arrived"),
    ):
        address = reverse("newsletters:desk-doubt-settle", args=[issue.public_id, pk])
        assert client.post(address, {"answer": answer}).status_code == 404
    row.refresh_from_db()
    assert row.state == "in_doubt"


def test_many_doubts_are_in_the_ledger(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletters.views.desk.sending.MOST_DOUBTS", 1)
    issue = DeliveryFactory(state="in_doubt").issue
    DeliveryFactory(issue=issue, state="in_doubt")
    text = client.get(reverse("newsletters:desk-sending", args=[issue.public_id])).content.decode()
    assert text.count("sending/doubts/") == 1
    assert "すべて見る" in text


def test_buttons_are_not_for_everybody(owner_client: Client) -> None:
    issue = IssueFactory(sending=True)
    for name in ("pause", "resume", "cancel", "rest"):
        address = reverse(f"newsletters:desk-sending-{name}", args=[issue.public_id])
        assert owner_client.post(address, {"reason": "x"}).status_code == 403
