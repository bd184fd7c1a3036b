"""What is counted, what is not shown, and that nothing else is known."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletters.models import HowEnded, Issue
from newsletters.statistics import how_issues_fared
from tests.conftest import signed_in
from tests.factories.newsletters import (
    DeliveryFactory,
    IssueFactory,
    NewsletterFactory,
    SubscriptionFactory,
    SuppressionFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def sent(newsletter: Any, days_ago: int, **values: Any) -> Issue:
    issue: Issue = IssueFactory(
        completed=True, newsletter=newsletter, frozen_at=NOW - dt.timedelta(days=days_ago), **values
    )
    return issue


def left(newsletter: Any, days_ago: float, how: HowEnded = HowEnded.PAGE) -> None:
    SubscriptionFactory(newsletter=newsletter, ended_at=NOW - dt.timedelta(days=days_ago), how_ended=how)


def test_each_issue_has_its_own_numbers(django_assert_num_queries: Any) -> None:
    newsletter = NewsletterFactory()
    old, new = sent(newsletter, 20), sent(newsletter, 10)
    for bounced_at in (None, NOW):
        DeliveryFactory(issue=old, state="accepted", accepted_at=NOW, bounced_at=bounced_at)
    DeliveryFactory(issue=old, state="failed")
    left(newsletter, 15)
    left(newsletter, 11, HowEnded.ONE_CLICK)
    left(newsletter, 5)
    left(newsletter, 25)  # before both
    left(newsletter, 15, HowEnded.BOUNCE)  # nobody's wish
    left(NewsletterFactory(), 15)
    with django_assert_num_queries(3):
        first, second = how_issues_fared(newsletter, [new, old])
    assert (first.issue, first.accepted, first.bounced, first.left) == (new, 0, 0, 1)
    assert (second.accepted, second.bounced, second.left) == (2, 1, 2)
    assert how_issues_fared(newsletter, []) == []


def test_page_draws_them_and_keeps_small_numbers_back(owner_client: Client, secretariat: Any) -> None:
    newsletter = NewsletterFactory()
    few, many = sent(newsletter, 20, subject="春の号"), sent(newsletter, 10, subject="夏の号")
    Issue.objects.filter(pk=few.pk).update(page_views=4)
    Issue.objects.filter(pk=many.pk).update(page_views=31)
    SubscriptionFactory(newsletter=newsletter)
    SuppressionFactory(address=SubscriptionFactory(newsletter=newsletter).subscriber.address)
    address = reverse("newsletters:desk-statistics")
    text = owner_client.get(address).content.decode()
    for words in ("春の号", "夏の号", "5未満", "<td>31<svg", "いまの購読者は 1人です"):
        assert words in text
    assert "<td>4" not in text
    sending = reverse("newsletters:desk-sending", args=[many.public_id])
    assert sending not in text  # not for who may not see addresses
    assert sending in signed_in(secretariat).get(address).content.decode()


def test_page_without_anything_and_with_garbage(owner_client: Client) -> None:
    address = reverse("newsletters:desk-statistics")
    assert "メルマガがまだありません" in owner_client.get(address).content.decode()
    first, other = NewsletterFactory(), NewsletterFactory()
    for query in ("", "?newsletter=%00", f"?newsletter={first.public_id}"):
        text = owner_client.get(address + query).content.decode()
        assert f"：{first}</h1>" in text
        assert "まだ1号も送っていません" in text
    assert f"：{other}</h1>" in owner_client.get(f"{address}?newsletter={other.public_id}").content.decode()


def test_queries_do_not_grow_with_the_issues(
    owner_client: Client, django_assert_max_num_queries: Any
) -> None:
    newsletter = NewsletterFactory()
    for days in range(14):
        sent(newsletter, days)
    with django_assert_max_num_queries(13):
        assert "?page=2" in owner_client.get(reverse("newsletters:desk-statistics")).content.decode()
