"""Who gets a copy is decided once, from what is true at that moment, and only for what was approved."""

import datetime as dt
import hashlib

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from members.models import OrganizationState
from newsletters.content import AttachedFile, to_json
from newsletters.models import (
    Delivery,
    Issue,
    IssueAttachment,
    IssueState,
    Readership,
    SubscriberState,
)
from newsletters.services.freezing import Counts, freeze_issue
from platform_portal.audit.models import AuditEvent
from tests.factories.members import OrganizationFactory
from tests.factories.newsletters import (
    IssueFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
    SuppressionFactory,
    content_of,
)

pytestmark = pytest.mark.django_db


def with_file(issue: Issue, data: bytes, approved: bytes) -> None:
    attachment = IssueAttachment.objects.create(
        issue=issue,
        file=ContentFile(data, name="chirashi.pdf"),
        name="ちらし.pdf",
        content_type="application/pdf",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        added_by=issue.author,
    )
    file = AttachedFile(
        attachment.public_id,
        "ちらし.pdf",
        "application/pdf",
        len(approved),
        hashlib.sha256(approved).hexdigest(),
    )
    content = content_of(issue.newsletter, attachments=(file,))
    issue.content, issue.approved_sha256 = to_json(content), content.sha256
    issue.save()


def test_everybody_who_reads_it_today_gets_one_row(django_assert_max_num_queries) -> None:
    newsletter = NewsletterFactory()
    readers = [SubscriptionFactory(newsletter=newsletter).subscriber for _ in range(3)]
    SubscriptionFactory()  # of another newsletter
    SuppressionFactory(address=SubscriptionFactory(newsletter=newsletter).subscriber.address)
    asked = SubscriberFactory(state=SubscriberState.UNCONFIRMED, confirmed_at=None)
    SubscriptionFactory(newsletter=newsletter, subscriber=asked)
    issue = IssueFactory(scheduled=True, newsletter=newsletter)
    with django_assert_max_num_queries(12):
        assert freeze_issue(issue) == Counts(candidates=5, excluded=2, frozen=3)
    issue.refresh_from_db()
    assert issue.state == IssueState.SENDING
    assert (issue.candidate_count, issue.excluded_count, issue.frozen_count) == (5, 2, 3)
    rows = list(issue.deliveries.order_by("pk"))
    assert [(row.subscriber, row.address) for row in rows] == [(reader, reader.address) for reader in readers]
    assert {(row.state, row.attempts) for row in rows} == {("queued", 0)}
    assert len({row.message_id for row in rows}) == 3
    assert all(row.message_id.startswith(f"<{issue.public_id}.") for row in rows)
    assert all(row.message_id.endswith("@example.jp>") for row in rows)
    assert AuditEvent.objects.filter(type="newsletters.issue_sending_began", actor_id=None).count() == 1
    assert freeze_issue(issue) is None, "once"
    assert Delivery.objects.count() == 3


def test_members_alone() -> None:
    newsletter = NewsletterFactory(readership=Readership.MEMBERS)
    here = SubscriberFactory(organization=OrganizationFactory())
    gone = SubscriberFactory(
        organization=OrganizationFactory(state=OrganizationState.LEFT, left_on=timezone.localdate())
    )
    for reader in (here, gone, SubscriberFactory()):
        SubscriptionFactory(newsletter=newsletter, subscriber=reader)
    issue = IssueFactory(scheduled=True, newsletter=newsletter)
    assert freeze_issue(issue) == Counts(candidates=3, excluded=2, frozen=1)
    assert Delivery.objects.get().subscriber == here


def test_nobody_reads_it() -> None:
    issue = IssueFactory(scheduled=True)
    assert freeze_issue(issue) == Counts(0, 0, 0)
    issue.refresh_from_db()
    assert (issue.state, issue.frozen_count) == (IssueState.COMPLETED, 0)


def test_not_before_its_time() -> None:
    issue = IssueFactory(scheduled=True, send_at=timezone.now() + dt.timedelta(minutes=1))
    assert freeze_issue(issue) is None
    issue.refresh_from_db()
    assert issue.state == IssueState.SCHEDULED


@pytest.mark.parametrize(
    ("of_issue", "of_newsletter", "words"),
    [
        ({"approved_sha256": "0" * 64}, {}, "承認した内容と、いまの内容が違います"),
        ({}, {"readership": Readership.MEMBERS}, "だれに届けるかが変わりました"),
        ({}, {"is_active": False}, "発行していません"),
    ],
)
def test_what_was_not_approved_goes_back(of_issue, of_newsletter, words, caplog) -> None:
    issue = IssueFactory(scheduled=True)
    SubscriptionFactory(newsletter=issue.newsletter)
    Issue.objects.update(**of_issue)
    if of_newsletter:
        type(issue.newsletter).objects.update(**of_newsletter)
    assert freeze_issue(issue) is None
    issue.refresh_from_db()
    assert (issue.state, issue.approved_sha256, issue.content, issue.send_at) == ("draft", "", None, None)
    assert not Delivery.objects.exists()
    assert words in AuditEvent.objects.get(type="newsletters.issue_reopened").note
    assert f"issue {issue.public_id} is not what was approved" in caplog.text


@pytest.mark.parametrize("way", ["changed", "lost", "removed"])
def test_another_file_than_the_approved_one(way) -> None:
    issue = IssueFactory(scheduled=True)
    with_file(issue, b"%PDF of today", b"%PDF approved" if way == "changed" else b"%PDF of today")
    attachment = issue.attachments.get()
    if way == "lost":
        attachment.file.storage.delete(attachment.file.name)
    if way == "removed":
        attachment.delete()
    assert freeze_issue(issue) is None
    issue.refresh_from_db()
    assert issue.state == IssueState.DRAFT
    assert "ちらし.pdf" in AuditEvent.objects.get(type="newsletters.issue_reopened").note


def test_with_the_approved_file() -> None:
    issue = IssueFactory(scheduled=True)
    with_file(issue, b"%PDF of today", b"%PDF of today")
    SubscriptionFactory(newsletter=issue.newsletter)
    assert freeze_issue(issue) == Counts(1, 0, 1)
