"""What stands in the way of sending waits on the desk's first page for those who may settle it."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletters.models import Issue
from newsletters.services.issues import request_review, return_issue
from newsletters.waiting import issue_jobs
from tests.conftest import signed_in
from tests.factories.members import UserFactory
from tests.factories.newsletters import DeliveryFactory, IssueFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db

UNBALANCED, STILL = "数の合わない送信", "送信が進んでいない号"
DOUBTFUL, PAUSED, REVOKED = "届いたか分からないメール", "一時停止中の号", "承認が取り消された号"
RETURNED = "理由を付けて戻された号"


def jobs_of(user: Any) -> dict[str, tuple[int, str]]:
    return {job.words: (job.count, job.address) for job in issue_jobs(user)}


def aged(issue: Issue, minutes: int) -> Issue:
    """Nothing has been done to it for so long."""
    Issue.objects.filter(pk=issue.pk).update(updated_at=ago(minutes))
    return issue


def ago(minutes: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(minutes=minutes)


def sending(copies: int = 1, *, minutes: int = 20, **values: Any) -> Issue:
    """Under way for a while, its copies due since then."""
    issue: Issue = IssueFactory(sending=True, frozen_count=copies, candidate_count=copies)
    for _number in range(copies):
        DeliveryFactory(issue=issue, **{"next_at": ago(minutes), **values})
    return aged(issue, minutes)


def address_of(issue: Issue) -> str:
    return reverse("newsletters:desk-sending", args=[issue.public_id])


def test_nothing_waits_while_all_is_well(secretariat: Any) -> None:
    IssueFactory(scheduled=True)
    IssueFactory(completed=True)
    sending(2, minutes=1)  # has only begun
    moving = sending(2)
    DeliveryFactory(issue=moving, state="accepted", accepted_at=timezone.now(), began_at=ago(1))
    Issue.objects.filter(pk=moving.pk).update(frozen_count=3, candidate_count=3)
    sending(1, state="deferred", next_at=timezone.now() + dt.timedelta(hours=1))  # has its turn later
    assert jobs_of(secretariat) == {}


def test_an_imbalance_waits_for_those_who_send(secretariat: Any, owner: Any) -> None:
    issue = sending(3, minutes=1)
    issue.deliveries.first().delete()
    assert jobs_of(secretariat) == {UNBALANCED: (1, address_of(issue))}
    assert jobs_of(owner) == {}  # may write, not send
    Issue.objects.filter(pk=issue.pk).update(frozen_count=2, candidate_count=2)
    assert jobs_of(secretariat) == {}


@pytest.mark.parametrize(
    "values",
    [
        {"next_at": ago(20)},  # nobody takes it
        {"state": "claimed", "token": uuid.uuid4(), "lease_until_at": ago(1)},  # nobody takes it back
        {"state": "accepted", "accepted_at": ago(20), "next_at": None},  # nobody completes it
    ],
)
def test_an_issue_that_stands_still(secretariat: Any, values: dict[str, Any]) -> None:
    issue = sending(2, **values)
    assert jobs_of(secretariat) == {STILL: (1, address_of(issue))}
    client = signed_in(secretariat)
    shown = client.get(address_of(issue)).content.decode()
    assert "続きから送ります" in shown
    assert "分ほどです" not in shown  # nobody knows when
    issue.save(update_fields=["updated_at"])  # it has just been resumed
    assert jobs_of(secretariat) == {}
    assert "続きから送ります" not in client.get(address_of(issue)).content.decode()


def test_an_issue_whose_time_has_passed(secretariat: Any) -> None:
    issue = IssueFactory(scheduled=True, send_at=ago(20))
    assert jobs_of(secretariat) == {STILL: (1, address_of(issue))}


def test_copies_in_doubt_and_what_is_paused(secretariat: Any) -> None:
    done = aged(IssueFactory(completed=True), 60)
    DeliveryFactory.create_batch(2, issue=done, state="in_doubt")
    stopped = sending(2, minutes=30)
    Issue.objects.filter(pk=stopped.pk).update(state="paused", paused_at=ago(30), paused_by=secretariat)
    DeliveryFactory(issue=sending(0, minutes=1), state="in_doubt", began_at=timezone.now())
    found = jobs_of(secretariat)
    assert found[DOUBTFUL] == (3, address_of(done))
    assert found[PAUSED] == (1, address_of(stopped))
    assert STILL not in found


def test_an_approval_that_was_lost_is_told_to_those_who_write(owner: Any) -> None:
    IssueFactory()  # was never approved
    back = IssueFactory(number=7)
    address = reverse("newsletters:desk-issue", args=[back.public_id])
    assert jobs_of(owner) == {REVOKED: (1, address)}
    assert jobs_of(UserFactory(role="member")) == {}


def test_an_issue_that_came_back_is_told_until_it_goes_out_again(owner: Any, secretariat: Any) -> None:
    PortalSettingsFactory(
        secretariat_address="高松市番町四丁目1番10号",
        secretariat_postal_code="760-8570",
        secretariat_phone="087-832-0000",
    )
    issue = IssueFactory(in_review=True)
    return_issue(issue=issue, reason="日付がちがいます", by=secretariat)
    address = reverse("newsletters:desk-issue", args=[issue.public_id])
    assert jobs_of(owner) == {RETURNED: (1, address)}
    request_review(issue=issue, version=None, by=owner)
    assert jobs_of(owner) == {}


def test_queries_do_not_grow(secretariat: Any) -> None:
    counts = []
    for _round in range(2):
        for _number in range(3):
            sending(2)
            DeliveryFactory(issue=IssueFactory(completed=True), state="in_doubt")
            IssueFactory(number=7)
        with CaptureQueriesContext(connection) as queries:
            jobs_of(secretariat)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5
