"""Asking for newsletters, confirming that, choosing among them, and leaving.

The subscriber's row is the lock of what it subscribes to. Whoever asks is told the same whether the address is known
or not: what there is to say stands in the mail.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Membership, Organization
from newsletters.mails import subscribing as mails
from newsletters.models import (
    Consent,
    ConsentText,
    Delivery,
    HowAsked,
    HowEnded,
    Newsletter,
    Readership,
    Subscriber,
    SubscriberState,
    Subscription,
)
from newsletters.services.suppressing import free_reached_address, is_unwanted
from newsletters.subscriber_links import UNCONFIRMED_DAYS
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.mail.services import cancel_mails_about
from platform_portal.public_forms import TOO_MANY

AGAIN = dt.timedelta(hours=1)
"""One mail that asks for a confirmation to one address, however often somebody asks."""
MOST_AN_HOUR = 500  # such mails, over all addresses
BATCH = 5_000  # rows that one run of the night touches at most


def lock_subscriber(subscriber: Subscriber) -> Subscriber:
    rows = Subscriber.objects.select_for_update(of=("self",)).select_related("organization", "user")
    locked: Subscriber = rows.get(pk=subscriber.pk)
    return locked


def newsletters_for(subscriber: Subscriber) -> Any:
    """What it may subscribe to: those for members only while it is a member's."""
    newsletters = Newsletter.objects.active()
    return newsletters if subscriber.is_of_a_member else newsletters.for_everybody()


def current_newsletters(subscriber: Subscriber) -> list[Newsletter]:
    """What comes to it today. One that is not issued any more, or not for it any more, does not come."""
    if subscriber._state.adding:
        return []
    return list(newsletters_for(subscriber).filter(pk__in=Subscription.objects.current_of(subscriber)))


# --- Asking and confirming ------------------------------------------------------------------------
@transaction.atomic
def ask_to_subscribe(*, address: str, newsletters: Iterable[Newsletter], text: ConsentText) -> None:
    """Keeps what was asked for, in which words, and mails the link that confirms it. `address` is clean.

    Says nothing about the address. Raises Refused when too many ask at once, whoever they are.
    """
    now = timezone.now()
    lately = Consent.objects.filter(how=HowAsked.FORM, asked_at__gt=now - AGAIN)
    if lately.count() >= MOST_AN_HOUR:
        raise Refused(str(TOO_MANY))
    wanted = [each for each in newsletters if each.is_active and each.readership == Readership.PUBLIC]
    if not wanted or is_unwanted(address):
        return
    subscriber, _made = Subscriber.objects.get_or_create(address=address)
    subscriber = lock_subscriber(subscriber)
    earlier = lately.filter(subscriber=subscriber).order_by("-asked_at", "-pk").first()
    if earlier is not None:
        _add_to_open(earlier, wanted, text)
        return
    consent = Consent.objects.create(subscriber=subscriber, how=HowAsked.FORM, text=text, asked_at=now)
    consent.newsletters.set(wanted)
    mails.send_confirm(consent)


def _add_to_open(consent: Consent, wanted: list[Newsletter], text: ConsentText) -> None:
    """The link that is under way shows these too. One that was used already leads to the page where all are chosen."""
    if consent.confirmed_at is None:
        consent.newsletters.add(*wanted)
        Consent.objects.filter(pk=consent.pk).update(text=text)


@transaction.atomic
def confirm(*, consent: Consent) -> Subscriber:
    """By whoever pressed the button behind the link in the mail. A second press changes nothing. Raises Refused."""
    subscriber = lock_subscriber(consent.subscriber)
    row = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if row.confirmed_at is not None:
        return subscriber
    if is_unwanted(subscriber.address):
        raise Refused(
            _("このアドレスへの配信は、止めてあります。また始めるときは、事務局に知らせてください。")
        )
    row.confirmed_at = timezone.now()
    row.save(update_fields=["confirmed_at"])
    free_reached_address(subscriber.address)
    settle_confirmed(subscriber)
    _find_organization(subscriber)
    offered = newsletters_for(subscriber)
    begin(subscriber, row.newsletters.filter(pk__in=offered.values("pk")), how=HowAsked.FORM, by=None)
    return subscriber


def settle_confirmed(subscriber: Subscriber) -> None:
    """Needs the lock."""
    if subscriber.state != SubscriberState.CONFIRMED:
        subscriber.state, subscriber.confirmed_at = SubscriberState.CONFIRMED, timezone.now()
        subscriber.save(update_fields=["state", "confirmed_at"])


def _find_organization(subscriber: Subscriber) -> None:
    """The address has just proved to be its reader's: if that is the account of a member, it is theirs."""
    if subscriber.user_id is not None:
        return
    membership = (
        Membership.objects.current()
        .filter(user__email__iexact=subscriber.address, user__is_active=True, user__subscriber=None)
        .filter(organization__in=Organization.objects.active())
        .select_related("organization")
        .order_by("started_at", "pk")
        .first()
    )
    if membership is not None:
        subscriber.user_id, subscriber.organization = membership.user_id, membership.organization
        subscriber.save(update_fields=["user", "organization"])


def begin(subscriber: Subscriber, newsletters: Iterable[Newsletter], *, how: HowAsked, by: Any) -> list[str]:
    """Needs the lock. Those that run already go on as they are. Answers the names of those that began."""
    running = set(subscriber.subscriptions.current().values_list("newsletter_id", flat=True))
    new = [each for each in newsletters if each.pk not in running]
    Subscription.objects.bulk_create(
        Subscription(subscriber=subscriber, newsletter=newsletter) for newsletter in new
    )
    if new:
        audit.record(
            type="newsletters.subscribed",
            by=by,
            obj=subscriber,
            new={"newsletters": [each.public_id for each in new], "how": how.value},
        )
    return [each.name for each in new]


# --- Choosing and leaving -------------------------------------------------------------------------
@transaction.atomic
def choose_newsletters(
    *, subscriber: Subscriber, chosen: Iterable[Newsletter], text: ConsentText, by: Any = None
) -> None:
    """By its reader, on their own page: what is new is a consent of its own, what is left out ends.

    Nothing at all also ends what is not issued just now: it does not come back by itself. `by`: where they are signed in.
    """
    locked = lock_subscriber(subscriber)
    offered = {each.pk: each for each in newsletters_for(locked)}
    wanted = [each for each in chosen if each.pk in offered]
    running = set(locked.subscriptions.current().values_list("newsletter_id", flat=True))
    added = [each for each in wanted if each.pk not in running]
    if added:
        now = timezone.now()
        consent = Consent.objects.create(
            subscriber=locked, how=HowAsked.FORM, text=text, asked_at=now, confirmed_at=now
        )
        consent.newsletters.set(added)
        settle_confirmed(locked)
        begin(locked, added, how=HowAsked.FORM, by=by)
    kept = {each.pk for each in wanted}
    dropped = running & (offered.keys() - kept) if kept else running
    end(locked, locked.subscriptions.filter(newsletter__in=dropped), how=HowEnded.PAGE, by=by)


@transaction.atomic
def leave(*, delivery: Delivery, how: HowEnded, everything: bool = False) -> bool:
    """Ends what this copy belongs to, or all. Can be repeated. Says whether anything ended.

    One click in a mail program comes without anybody having seen a page, also years later: it ends only what ran when
    the copy was made, never what somebody asked for anew since.
    """
    if delivery.subscriber is None:
        return False
    locked = lock_subscriber(delivery.subscriber)
    rows = locked.subscriptions.all()
    if not everything:
        rows = rows.filter(newsletter=delivery.issue.newsletter_id)
    if how == HowEnded.ONE_CLICK:
        rows = rows.filter(began_at__lte=delivery.created_at)
    return bool(end(locked, rows, how=how))


@transaction.atomic
def end_subscriptions(
    *, subscriber: Subscriber, how: HowEnded, newsletter: Newsletter | None = None, by: Any = None
) -> bool:
    """All, or that of one newsletter. `by`: staff, at the reader's word; who may was asked before."""
    locked = lock_subscriber(subscriber)
    rows = (
        locked.subscriptions.all()
        if newsletter is None
        else locked.subscriptions.filter(newsletter=newsletter)
    )
    return bool(end(locked, rows, how=how, by=by))


def end(subscriber: Subscriber, rows: Any, *, how: HowEnded, by: Any = None) -> int:
    """Needs the lock. Returns how many ended. Links that were mailed before and not used are dead from now on."""
    running = list(rows.current().select_related("newsletter"))
    if not running:
        return 0
    keys = [row.pk for row in running]
    Subscription.objects.filter(pk__in=keys).update(ended_at=timezone.now(), how_ended=how)
    if not subscriber.subscriptions.current().exists():
        subscriber.link_version += 1
        subscriber.save(update_fields=["link_version"])
    audit.record(
        type="newsletters.unsubscribed",
        by=by,
        obj=subscriber,
        old={"newsletters": [row.newsletter.public_id for row in running]},
        new={"how": how.value},
    )
    return len(running)


# --- Forgetting -----------------------------------------------------------------------------------
@transaction.atomic
def erase_unconfirmed(*, now: dt.datetime | None = None) -> int:
    """Deletes what nobody confirmed in time. Can be repeated. Returns how many, at most a batch."""
    limit = (now or timezone.now()) - dt.timedelta(days=UNCONFIRMED_DAYS)
    open_ones = Consent.objects.open().filter(how=HowAsked.FORM, asked_at__lt=limit).order_by("pk")
    consents = list(open_ones[:BATCH])
    for consent in consents:
        cancel_mails_about(consent)
    Consent.objects.filter(pk__in=[consent.pk for consent in consents]).delete()
    gone = Subscriber.objects.filter(
        state=SubscriberState.UNCONFIRMED, created_at__lt=limit, consents=None
    ).order_by("pk")
    Subscriber.objects.filter(pk__in=list(gone.values_list("pk", flat=True)[:BATCH])).delete()
    return len(consents)
