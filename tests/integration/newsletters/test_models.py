"""The rows refuse what no service may write, and the factories make what the constraints allow."""

import pytest
from django.core import signing
from django.db import IntegrityError, transaction

from newsletters.content import from_json, to_json
from newsletters.links import bounce_address, delivery_id_of, delivery_id_of_bounce, leave_token
from newsletters.models import IssueState
from newsletters.workflow import ISSUE_WAYS
from tests.factories.newsletters import (
    ConsentFactory,
    ConsentTextFactory,
    DeliveryFactory,
    DutyFactory,
    IssueFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
    SuppressionFactory,
    content_of,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", ["approved", "scheduled", "sending", "completed"])
def test_factories_make_issues_that_may_be(state: str) -> None:
    issue = IssueFactory(**{state: True})
    assert issue.state == state
    assert from_json(issue.content).sha256 == issue.approved_sha256
    assert to_json(from_json(issue.content)) == issue.content


def test_an_approved_issue_without_its_content_is_refused() -> None:
    issue = IssueFactory()
    issue.state = IssueState.APPROVED
    with pytest.raises(IntegrityError, match="approved_is_bound"), transaction.atomic():
        issue.save()


def test_every_candidate_is_frozen_or_excluded() -> None:
    issue = IssueFactory(sending=True)
    issue.candidate_count = 3
    with pytest.raises(IntegrityError, match="candidates_balance"), transaction.atomic():
        issue.save()


def test_one_current_subscription_and_one_copy_for_each_address() -> None:
    subscription = SubscriptionFactory()
    with pytest.raises(IntegrityError, match="current_once"), transaction.atomic():
        SubscriptionFactory(subscriber=subscription.subscriber, newsletter=subscription.newsletter)
    delivery = DeliveryFactory()
    with pytest.raises(IntegrityError, match="address_once"), transaction.atomic():
        DeliveryFactory(issue=delivery.issue, address=delivery.address)


def test_the_other_factories_make_rows() -> None:
    assert ConsentFactory().text == ConsentTextFactory()
    assert SuppressionFactory().address
    assert DutyFactory().editor


def test_who_gets_an_issue() -> None:
    newsletter = NewsletterFactory()
    reader = SubscriptionFactory(newsletter=newsletter).subscriber
    stopped = SubscriptionFactory(newsletter=newsletter).subscriber
    SuppressionFactory(address=stopped.address)
    SubscriberFactory()
    model = type(reader)
    assert list(model.objects.reading(newsletter)) == [reader]


def test_tokens_are_nobodys_to_make_up() -> None:
    assert delivery_id_of(leave_token(123456)) == 123456
    assert delivery_id_of_bounce(bounce_address(123456)) == 123456
    for forged in ("", "2n9c", leave_token(1)[:-1], leave_token(1).replace("1:", "2:")):
        with pytest.raises(signing.BadSignature):
            delivery_id_of(forged)
    other = bounce_address(1)
    for forged in (
        "",
        "b+2.0000@testserver",
        other.replace("b+1", "b+2"),
        other.replace("@", "@x."),
        "é@testserver",
    ):
        assert delivery_id_of_bounce(forged) is None


def test_what_leaves_is_named_by_all_of_it() -> None:
    newsletter = NewsletterFactory()
    plain = content_of(newsletter)
    assert plain.sha256 == content_of(newsletter).sha256
    assert plain.sha256 != content_of(newsletter, readership="members").sha256


def test_every_way_has_its_name_in_the_record() -> None:
    from newsletters.audit_labels import LABELS

    assert {f"newsletters.issue_{way.verb}" for way in ISSUE_WAYS.values()} <= set(LABELS)
