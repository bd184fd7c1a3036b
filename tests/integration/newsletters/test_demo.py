"""What the trial shows of newsletters: ledgers that balance; loading it again adds nothing."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsletters.demo import load_demo_newsletters
from newsletters.ledger import counts_of
from newsletters.models import Delivery, Duty, Issue, Newsletter, Subscriber, Suppression
from newsletters.permissions import can_move_issue
from platform_portal.audit.models import AuditEvent
from tests.factories.members import MembershipFactory
from tests.factories.newsletters import SubscriberFactory
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db


def test_newsletters_with_readers_and_balanced_ledgers(
    secretariat: Any, owner: Any, administrator: Any
) -> None:
    PortalSettingsFactory()
    members = [MembershipFactory(is_contact=True) for _each in range(3)]
    SubscriberFactory(address=members[0].user.email)  # is one already
    people = {"editors": [owner, secretariat], "approver": administrator}
    assert load_demo_newsletters(**people) == 3
    assert Subscriber.objects.count() == 43
    assert Suppression.objects.of("dokusha05@example.jp").exists()
    sent = Issue.objects.completed()
    for issue in sent:
        counts = counts_of(issue)
        assert counts.is_balanced
        assert counts.total
        assert issue.candidate_count == issue.excluded_count + issue.frozen_count
    assert {issue.newsletter.name for issue in sent} == {"会員向けお知らせ", "県民向けつながりだより"}
    assert Issue.objects.published().count() == 1
    assert Delivery.objects.filter(state="in_doubt").count() == 1
    assert Delivery.objects.exclude(bounced_at=None).count() == 1
    verbs = ["created", "requested", "approved", "scheduled", "sending_began", "completed"]
    for issue in sent:
        events = list(AuditEvent.objects.about(issue))[::-1]
        assert [event.type for event in events] == [f"newsletters.issue_{verb}" for verb in verbs]
        assert [event.at for event in events][1:] == [
            issue.requested_at, issue.approved_at, issue.scheduled_at, issue.frozen_at, issue.completed_at,
        ]  # fmt: skip
        assert [event.actor_id for event in events] == [
            issue.author_id, issue.requested_by_id, issue.approved_by_id, issue.scheduled_by_id, None, None,
        ]  # fmt: skip
    for issue in Issue.objects.exclude(state="completed"):
        assert AuditEvent.objects.about(issue).last().type == "newsletters.issue_created"
    waiting = Issue.objects.get(state="in_review")
    assert can_move_issue(administrator, waiting, "approved")
    assert not can_move_issue(secretariat, waiting, "approved")  # wrote it
    assert list(Duty.objects.values_list("editor", flat=True)) == [owner.pk, secretariat.pk] * 2
    assert load_demo_newsletters(**people) == 0
    assert Newsletter.objects.count() == 3


def test_the_command_is_for_trials_alone(
    settings: Any, secretariat: Any, administrator: Any, capsys: Any
) -> None:
    PortalSettingsFactory()
    settings.PORTAL_DEMO = False
    with pytest.raises(CommandError, match="何もしません"):
        call_command("load_demo_newsletters")
    settings.PORTAL_DEMO = True
    with pytest.raises(CommandError, match="利用者がいません"):
        call_command("load_demo_newsletters", approver="nobody@portal.example")
    call_command(
        "load_demo_newsletters", editors=[secretariat.email], approver=administrator.email, verbosity=0
    )
    assert "メルマガ 3種" in capsys.readouterr().out
