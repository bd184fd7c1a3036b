"""What is there before a worker is struck, and what is there afterwards. Run in a process of the nursery."""

from typing import Any

from django.utils import timezone

from newsletters.ledger import counts_of
from newsletters.models import Delivery, DeliveryState, HowEnded, Issue, Pace, Subscriber, Subscription
from newsletters.services import controls
from platform_portal.mail.models import OutgoingMail
from tests.factories.mail import OutgoingMailFactory
from tests.factories.members import UserFactory
from tests.factories.newsletters import IssueFactory, NewsletterFactory, SubscriptionFactory, content_of


def set_up(name: str, readers: int) -> dict[str, Any]:
    """An issue that is due, with so many readers; nothing that a run before has left behind."""
    Delivery.objects.all().delete()
    Issue.objects.all().delete()
    Pace.objects.all().delete()
    newsletter = NewsletterFactory(name=name, list_label=name)
    author = UserFactory(role="secretariat", email=f"author.{name}@portal.example")
    approver = UserFactory(role="secretariat", email=f"approver.{name}@portal.example")
    for number in range(readers):
        SubscriptionFactory(newsletter=newsletter, subscriber__address=f"{name}.{number}@npo.example")
    issue = IssueFactory(
        scheduled=True,
        newsletter=newsletter,
        author=author,
        approved_by=approver,
        approved_sha256=content_of(newsletter).sha256,
    )
    return {"issue": issue.pk}


def facts(issue: int) -> dict[str, Any]:
    row = Issue.objects.get(pk=issue)
    counts = counts_of(row)
    return {
        "state": row.state,
        "frozen": row.frozen_count,
        "by_state": dict(counts.by_state),
        "is_balanced": counts.is_balanced,
    }


def doubtful(issue: int) -> dict[str, Any]:
    """The copies that staff are asked about, because two senders died over them."""
    rows = Delivery.objects.filter(issue=issue, state=DeliveryState.IN_DOUBT)
    return {"message_ids": list(rows.values_list("message_id", flat=True))}


def pause(issue: int) -> dict[str, Any]:
    row = Issue.objects.get(pk=issue)
    controls.pause_issue(issue=row, by=row.approved_by)
    return {}


def resume(issue: int) -> dict[str, Any]:
    row = Issue.objects.get(pk=issue)
    controls.resume_issue(issue=row, by=row.approved_by)
    return {}


def leave(address: str) -> dict[str, Any]:
    reader = Subscriber.objects.get(address=address)
    ended = {"ended_at": timezone.now(), "how_ended": HowEnded.ONE_CLICK}
    return {"ended": Subscription.objects.current().filter(subscriber=reader).update(**ended)}


def fill_outbox(name: str, mails: int) -> dict[str, Any]:
    for number in range(mails):
        address = f"{name}.{number}@npo.example"
        OutgoingMailFactory(address=address, message_id=f"<{address}>")
    return {}


def outbox_facts(name: str) -> dict[str, Any]:
    rows = OutgoingMail.objects.filter(address__startswith=f"{name}.")
    return {"sent": rows.filter(state="sent").count(), "rows": rows.count()}
