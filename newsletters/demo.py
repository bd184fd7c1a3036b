"""Newsletters for showing and trying: two issues that were sent, with their ledgers, one draft, one to be looked at."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from members.models import Membership
from newsletters import demo_texts as texts
from newsletters.composing import compose
from newsletters.content import to_json
from newsletters.models import (
    Bounce,
    BounceKind,
    Consent,
    Delivery,
    DeliveryState,
    Duty,
    HowAsked,
    HowEnded,
    Issue,
    IssueState,
    Newsletter,
    Subscriber,
    SubscriberState,
    Subscription,
    SuppressionReason,
)
from newsletters.services.moving import move_issue
from newsletters.services.suppressing import suppress_address
from newsletters.workflow import ISSUE_WAYS
from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent

READERS = 40
PROOF = "令和6年9月の交流会で書いてもらった申込書（試用）"
_PACE = dt.timedelta(seconds=2)  # between two copies of what was sent


@transaction.atomic
def load_demo_newsletters(*, editors: list[Any], approver: Any) -> int:
    """How many newsletters were made; when one is there already all stays as it is. `editors` take turns."""
    if Newsletter.objects.filter(list_label__in=[each["list_label"] for each in texts.NEWSLETTERS]).exists():
        return 0
    newsletters = {each["list_label"]: _make_newsletter(each) for each in texts.NEWSLETTERS}
    _add_readers([newsletters["tayori"], newsletters["josei"]], by=approver)
    _add_members(newsletters["kaiin"])
    for number, sent in enumerate(texts.SENT):
        _make_sent(newsletters[sent.list_label], sent, by=editors[number % len(editors)], approver=approver)
    draft = _write(newsletters["tayori"], texts.DRAFT_SUBJECT, texts.DRAFT_BODY, editors[0])
    waiting = _write(newsletters["josei"], texts.REVIEW_SUBJECT, texts.REVIEW_BODY, editors[-1])
    audit.record_all(map(_note_written, [draft, waiting]))
    move_issue(issue=waiting, to=IssueState.IN_REVIEW, by=editors[-1])
    _plan_turns(newsletters["tayori"], editors)
    return len(newsletters)


def _make_newsletter(values: dict[str, Any]) -> Newsletter:
    newsletter: Newsletter = Newsletter.objects.create(
        sender_name=f"つながりポータル（{values['name']}）",
        sender_address="news@portal.example",
        reply_address="jimukyoku@portal.example",
        **values,
    )
    return newsletter


# --- Readers --------------------------------------------------------------------------------------
def _add_readers(newsletters: list[Newsletter], *, by: Any) -> None:
    """Some read one, some both; three have left, one address does not exist any more."""
    began = timezone.now() - dt.timedelta(days=200)
    for number in range(READERS):
        wanted = newsletters if number % 4 == 0 else [newsletters[number % 3 == 0]]
        address = f"dokusha{number + 1:02}@example.jp"
        subscriber = _subscribe(address, wanted, began, how=HowAsked.IMPORT, by=by)
        if number >= READERS - 3:
            subscriber.subscriptions.update(
                ended_at=timezone.now() - dt.timedelta(days=number - READERS + 5),
                how_ended=HowEnded.ONE_CLICK,
            )
    suppress_address(address="dokusha05@example.jp", reason=SuppressionReason.HARD_BOUNCE, by=None)


def _add_members(newsletter: Newsletter) -> None:
    """Those whom the office writes to anyway, one for each account."""
    began = timezone.now() - dt.timedelta(days=120)
    contacts = Membership.objects.contacts().select_related("user", "organization").order_by("pk")
    known = set(Subscriber.objects.values_list("address", flat=True))
    for contact in contacts:
        address = contact.user.email.lower()
        if address not in known:
            known.add(address)
            _subscribe(address, [newsletter], began, how=HowAsked.CHARTER, member=contact)


def _subscribe(
    address: str,
    newsletters: list[Newsletter],
    began: dt.datetime,
    *,
    how: HowAsked,
    by: Any = None,
    member: Membership | None = None,
) -> Subscriber:
    subscriber: Subscriber = Subscriber.objects.create(
        address=address,
        state=SubscriberState.CONFIRMED,
        created_at=began,
        confirmed_at=began,
        organization=member.organization if member else None,
        user=member.user if member else None,
    )
    consent = Consent.objects.create(
        subscriber=subscriber,
        how=how,
        proof=PROOF if how == HowAsked.IMPORT else "",
        asked_at=began,
        confirmed_at=began,
        entered_by=by,
        entered_at=began if by else None,
    )
    consent.newsletters.set(newsletters)
    Subscription.objects.bulk_create(
        Subscription(subscriber=subscriber, newsletter=newsletter, began_at=began)
        for newsletter in newsletters
    )
    return subscriber


# --- Issues ---------------------------------------------------------------------------------------
def _write(newsletter: Newsletter, subject: str, body: str, author: Any) -> Issue:
    issue: Issue = Issue.objects.create(newsletter=newsletter, subject=subject, body=body, author=author)
    return issue


def _note_written(issue: Issue, at: dt.datetime | None = None) -> AuditEvent:
    facts = audit.snapshot(issue, ("newsletter", "subject"))
    return _event("created", issue, at or issue.created_at, by=issue.author, new=facts)


def _note_moved(issue: Issue, before: IssueState, to: IssueState, at: dt.datetime, by: Any) -> AuditEvent:
    """As the step itself would have written it, when it was taken."""
    verb = ISSUE_WAYS[before, to].verb
    return _event(verb, issue, at, by=by, old={"state": before.value}, new={"state": to.value})


def _event(verb: str, issue: Issue, at: dt.datetime, **values: Any) -> AuditEvent:
    event = audit.prepare(type=f"newsletters.issue_{verb}", obj=issue, **values)
    event.at = at
    return event


def _make_sent(newsletter: Newsletter, sent: texts.Sent, *, by: Any, approver: Any) -> None:
    """As if it had gone its way then: no mail of it lies anywhere."""
    begun = timezone.now() - dt.timedelta(days=sent.days_ago)
    issue = _write(newsletter, sent.subject, sent.body, by)
    content = compose(issue, number=1)
    readers = list(Subscriber.objects.reading(newsletter).order_by("pk"))
    wanted = newsletter.subscriptions.current().count()
    ended = begun + _PACE * len(readers)
    day = dt.timedelta(days=1)
    Issue.objects.filter(pk=issue.pk).update(
        number=1,
        state=IssueState.COMPLETED,
        content=to_json(content),
        approved_sha256=content.sha256,
        created_at=begun - 3 * day,
        requested_at=begun - 2 * day,
        requested_by=by,
        approved_at=begun - day,
        approved_by=approver,
        send_at=begun,
        scheduled_at=begun - day,
        scheduled_by=approver,
        frozen_at=begun,
        completed_at=ended,
        candidate_count=wanted,
        excluded_count=wanted - len(readers),
        frozen_count=len(readers),
        page_views=sent.page_views,
    )
    steps = (
        (IssueState.IN_REVIEW, begun - 2 * day, by),
        (IssueState.APPROVED, begun - day, approver),
        (IssueState.SCHEDULED, begun - day, approver),
        (IssueState.SENDING, begun, None),
        (IssueState.COMPLETED, ended, None),
    )
    events, before = [_note_written(issue, begun - 3 * day)], IssueState.DRAFT
    for to, at, who in steps:
        events.append(_note_moved(issue, before, to, at, who))
        before = to
    audit.record_all(events)
    rows = Delivery.objects.bulk_create(
        _delivery(issue, reader, begun + _PACE * number, _end_of(sent, number))
        for number, reader in enumerate(readers)
    )
    for row in [row for row in rows if row.state == DeliveryState.ACCEPTED][: sent.came_back]:
        row.bounced_at = row.accepted_at + dt.timedelta(minutes=3) if row.accepted_at else None
        row.save(update_fields=["bounced_at"])
        Bounce.objects.create(
            delivery=row, kind=BounceKind.SOFT, status="4.2.2", fingerprint=f"demo-{row.pk}"
        )


def _end_of(sent: texts.Sent, number: int) -> DeliveryState:
    if number < sent.refused:
        return DeliveryState.FAILED
    if number < sent.refused + sent.doubtful:
        return DeliveryState.IN_DOUBT
    return DeliveryState.ACCEPTED


def _delivery(issue: Issue, reader: Subscriber, at: dt.datetime, state: DeliveryState) -> Delivery:
    is_accepted, is_refused = state == DeliveryState.ACCEPTED, state == DeliveryState.FAILED
    return Delivery(
        issue=issue,
        subscriber=reader,
        address=reader.address,
        message_id=f"<demo.{issue.public_id}.{reader.public_id}@{settings.PORTAL_BOUNCE_DOMAIN}>",
        state=state,
        attempts=1,
        doubts=1 if state == DeliveryState.IN_DOUBT else 0,
        smtp_code=250 if is_accepted else 550 if is_refused else None,
        reply="550 5.1.1" if is_refused else "",
        created_at=at,
        began_at=at,
        accepted_at=at if is_accepted else None,
        next_at=None,
    )


def _plan_turns(newsletter: Newsletter, editors: list[Any]) -> None:
    """One a month on the 20th, the editors one after the other, each twice."""
    today = timezone.localdate()
    months = [
        divmod(today.year * 12 + today.month - 1 + number, 12) for number in range(2 * len(editors) + 1)
    ]
    days = [dt.date(year, month + 1, 20) for year, month in months]
    coming = [day for day in days if day > today][: 2 * len(editors)]
    for number, day in enumerate(coming):
        Duty.objects.create(newsletter=newsletter, due_on=day, editor=editors[number % len(editors)])
