"""Stopping, going on, giving up, sending the rest, and deciding about what nobody knows. All of it on record."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from members.models import User
from newsletters.models import Delivery, Issue
from newsletters.sending import pumping
from newsletters.services import controls
from newsletters.services.completing import complete_if_done
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.newsletters import DeliveryFactory, IssueFactory
from tests.integration.newsletters.sending.conftest import address, row_of, state_of
from tests.smtp_server import HANG_UP, SmtpServer

pytestmark = pytest.mark.django_db


def recorded(verb: str) -> AuditEvent:
    return AuditEvent.objects.get(type=f"newsletters.{verb}")


def test_pause_resume_and_cancel(
    server: SmtpServer, issue_to: Any, secretariat: User, django_capture_on_commit_callbacks: Any
) -> None:
    issue = issue_to("a", "b")
    pumping.tick()
    controls.pause_issue(issue=issue, by=secretariat)
    assert pumping.tick() == []
    assert pumping.pump(issue.pk).handled == 0
    with django_capture_on_commit_callbacks(execute=True):
        controls.resume_issue(issue=issue, by=secretariat)  # wakes the senders, too
    assert server.recipients == [address("a"), address("b")]
    issue.refresh_from_db()
    assert issue.state == "completed"
    assert {recorded(verb).actor_id for verb in ("issue_paused", "issue_resumed")} == {secretariat.pk}


def test_cancelled_is_what_had_not_left(server: SmtpServer, issue_to: Any, secretariat: User) -> None:
    issue = issue_to(*"abcd")
    pumping.tick()
    Delivery.objects.filter(address=address("a")).update(state="accepted", accepted_at=timezone.now())
    Delivery.objects.filter(address=address("b")).update(state="deferred", doubts=1)
    held = {"token": "00000000-0000-0000-0000-000000000001", "lease_until_at": timezone.now()}
    Delivery.objects.filter(address=address("c")).update(state="claimed", **held)
    with pytest.raises(Refused):
        controls.cancel_issue(issue=issue, by=secretariat, reason="誤り")
    controls.pause_issue(issue=issue, by=secretariat)
    controls.cancel_issue(issue=issue, by=secretariat, reason="日付の誤り")
    assert [state_of(name) for name in "abcd"] == ["accepted", "in_doubt", "claimed", "cancelled"]
    pumping.tick()
    assert state_of("c") == "cancelled", "what its sender had taken when it died"
    assert recorded("issue_cancelled").note == "日付の誤り"
    controls.settle_doubt(delivery=row_of("b"), has_arrived=False, by=secretariat)
    assert state_of("b") == "cancelled"


def test_once_more_to_those_who_were_refused(
    server: SmtpServer, issue_to: Any, secretariat: User, django_capture_on_commit_callbacks: Any
) -> None:
    policy, no_such_mailbox = 554, 550  # an address that does not exist is not asked again
    server.recipient_code = {address("b"): policy, address("c"): policy, address("d"): no_such_mailbox}
    issue = issue_to(*"abcd")
    pumping.tick()
    pumping.pump(issue.pk)
    server.recipient_code = {address("c"): policy}
    with django_capture_on_commit_callbacks(execute=True):
        assert controls.resend_unsent(issue=issue, by=secretariat) == 2
    assert [state_of(name) for name in "abcd"] == ["accepted", "accepted", "failed", "failed"]
    assert server.recipients == [address("a"), address("b")]
    issue.refresh_from_db()
    assert issue.state == "completed"
    assert recorded("issue_resent").actor_id == secretariat.pk


def test_an_issue_keeps_its_day_and_its_page_while_the_rest_is_sent(
    secretariat: User, django_capture_on_commit_callbacks: Any
) -> None:
    day = timezone.now() - dt.timedelta(days=40)
    issue: Issue = IssueFactory(completed=True, completed_at=day, frozen_count=1, candidate_count=1)
    row = DeliveryFactory(issue=issue, state="failed")
    controls.resend_unsent(issue=issue, by=secretariat)
    assert list(Issue.objects.published()) == [issue]
    with pytest.raises(Refused, match="もう送り直しています"):  # the second of two clicks
        controls.resend_unsent(issue=issue, by=secretariat)
    controls.pause_issue(issue=issue, by=secretariat)
    controls.resume_issue(issue=issue, by=secretariat)
    Delivery.objects.filter(pk=row.pk).update(state="accepted", accepted_at=timezone.now())
    assert complete_if_done(issue)
    issue.refresh_from_db()
    assert (issue.state, issue.completed_at) == ("completed", day)


def test_nothing_to_send_once_more(secretariat: User) -> None:
    issue = IssueFactory(completed=True)
    with pytest.raises(Refused, match="もうありません"):
        controls.resend_unsent(issue=issue, by=secretariat)


@pytest.mark.parametrize("has_arrived", [True, False])
def test_somebody_has_looked_into_the_record_of_the_server(
    server: SmtpServer,
    issue_to: Any,
    secretariat: User,
    has_arrived: bool,
    django_capture_on_commit_callbacks: Any,
) -> None:
    server.message_code = {address("b"): HANG_UP}
    issue = issue_to("a", "b", max_resends=0)
    pumping.tick()
    pumping.pump(issue.pk)
    issue.refresh_from_db()
    assert (state_of("b"), issue.state) == ("in_doubt", "completed")
    server.message_code = {}
    with django_capture_on_commit_callbacks(execute=True):
        controls.settle_doubt(delivery=row_of("b"), has_arrived=has_arrived, by=secretariat)
    assert state_of("b") == "accepted"
    assert server.copies()[row_of("b").message_id] == (1 if has_arrived else 2)
    issue.refresh_from_db()
    assert issue.state == "completed"
    assert recorded("delivery_settled").actor_id == secretariat.pk
    with pytest.raises(Refused, match="読み込み直して"):
        controls.settle_doubt(delivery=row_of("b"), has_arrived=True, by=secretariat)


def test_settled_while_the_issue_is_paused(secretariat: User) -> None:
    issue: Issue = IssueFactory(sending=True)
    row = DeliveryFactory(issue=issue, state="in_doubt", doubts=1)
    controls.pause_issue(issue=issue, by=secretariat)
    controls.settle_doubt(delivery=row, has_arrived=False, by=secretariat)
    row.refresh_from_db()
    issue.refresh_from_db()
    assert (row.state, issue.state) == ("queued", "paused")


def test_not_everybody_may(owner: User) -> None:
    row = DeliveryFactory(state="in_doubt", doubts=1)
    for action in (
        lambda: controls.pause_issue(issue=row.issue, by=owner),
        lambda: controls.settle_doubt(delivery=row, has_arrived=True, by=owner),
    ):
        with pytest.raises(Refused):
            action()
