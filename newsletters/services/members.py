"""What the charter says of those who act for members: they get some newsletters unasked, and lose them on leaving.

And what whoever has an account chooses for its address.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import acting, merging
from members.merging import Part
from members.models import Charter, Membership, Organization
from newsletters.models import (
    Consent,
    ConsentText,
    HowAsked,
    HowEnded,
    Newsletter,
    Readership,
    Subscriber,
    Subscription,
    Suppression,
)
from newsletters.services import subscribing
from platform_portal.audit import services as audit


def register_members() -> None:
    """Called once, when the app is ready."""
    acting.register(began=subscribe_member, ended=unsubscribe_member)
    words = gettext_lazy("メルマガの購読者")
    merging.register(Part(words, (Subscriber._meta.label,), _count, _move))


def subscribe_member(membership: Membership) -> None:
    """Somebody acts for a member from now on. What they left of their own will stays left.

    An address that was stopped stays stopped: nothing is begun for it.
    """
    address = membership.user.email.lower()
    newsletters = list(Newsletter.objects.active().filter(is_for_new_members=True))
    if not membership.organization.is_active or Suppression.objects.of(address).exists():
        return
    known = subscriber_of(membership.user)
    if known is None and not newsletters:
        return
    if known is None:
        known, _made = Subscriber.objects.get_or_create(address=address)
    subscriber = subscribing.lock_subscriber(known)
    _belong(subscriber, membership.user, membership.organization)
    left = subscriber.subscriptions.ended_by_will()
    kept_away = set(left.values_list("newsletter_id", flat=True))
    running = set(subscriber.subscriptions.current().values_list("newsletter_id", flat=True))
    wanted = [each for each in newsletters if each.pk not in kept_away | running]
    if not wanted:
        return
    subscribing.settle_confirmed(subscriber)
    now = timezone.now()
    consent = Consent.objects.create(
        subscriber=subscriber, how=HowAsked.CHARTER, proof=_proof(), asked_at=now, confirmed_at=now
    )
    consent.newsletters.set(wanted)
    subscribing.begin(subscriber, wanted, how=HowAsked.CHARTER, by=None)


def subscriber_of(user: Any) -> Subscriber | None:
    rows = Subscriber.objects.select_related("organization", "user")
    own: Subscriber | None = rows.filter(user=user.pk).first()
    if own is not None:
        return own
    by_address: Subscriber | None = rows.filter(address=user.email.lower()).first()
    return by_address


def _belong(subscriber: Subscriber, user: Any, organization: Organization | None) -> None:
    """An account's address has proved to be its owner's. `organization`: one that they act for."""
    if subscriber.user_id is None:
        subscriber.user = user
    if organization is not None and (
        subscriber.organization is None or not subscriber.organization.is_active
    ):
        subscriber.organization = organization
    subscriber.save(update_fields=["user", "organization"])


def _proof() -> str:
    charter = Charter.objects.in_force()
    if charter is None:
        return ""
    return _("設置要綱 第%(number)s版") % {"number": charter.number}


def unsubscribe_member(membership: Membership) -> None:
    """What is for members ends when somebody acts for none any more; what they asked for themselves goes on."""
    known = subscriber_of(membership.user)
    if known is None:
        return
    subscriber = subscribing.lock_subscriber(known)
    subscriber.organization = _organization_of(membership.user)
    subscriber.save(update_fields=["organization"])
    if subscriber.organization is None:
        rows = Subscription.objects.filter(subscriber=subscriber, newsletter__readership=Readership.MEMBERS)
        subscribing.end(subscriber, rows, how=HowEnded.LEFT)


def _organization_of(user: Any) -> Organization | None:
    """Of those that the person acts for today the one that they began with first."""
    rows = Membership.objects.current().filter(user=user.pk, organization__in=Organization.objects.active())
    first: Membership | None = rows.select_related("organization").order_by("started_at", "pk").first()
    return first.organization if first is not None else None


# --- What the person behind an account chooses ----------------------------------------------------
def subscriber_for(user: Any) -> Subscriber:
    """As it would be, not stored yet, for an account whose address nobody has subscribed."""
    known = subscriber_of(user) or Subscriber(address=user.email.lower())
    if known.organization is None or not known.organization.is_active:
        known.organization = _organization_of(user)
    return known


def offered_to(subscriber: Subscriber) -> Any:
    """What can be ticked: where nothing is sent to the address, only what is ticked already."""
    offered = subscribing.newsletters_for(subscriber)
    if not Suppression.objects.of(subscriber.address).exists():
        return offered
    return offered.filter(pk__in=[each.pk for each in subscribing.current_newsletters(subscriber)])


@transaction.atomic
def choose_for_account(*, chosen: Iterable[Newsletter], text: ConsentText, by: Any) -> None:
    """For the address of the account, which has proved to be its owner's. Twice is once."""
    wanted = list(chosen)
    known = subscriber_of(by)
    if known is None:
        if not wanted:
            return
        known, _made = Subscriber.objects.get_or_create(address=by.email.lower())
    subscriber = subscribing.lock_subscriber(known)
    _belong(subscriber, by, _organization_of(by))
    offered = set(offered_to(subscriber))
    chosen = [each for each in wanted if each in offered]
    subscribing.choose_newsletters(subscriber=subscriber, chosen=chosen, text=text, by=by)


# --- Two entries of one organisation become one ---------------------------------------------------
def _count(organization: Organization) -> int:
    return int(Subscriber.objects.filter(organization=organization).count())


def _move(*, source: Organization, target: Organization, by: Any) -> None:
    moved = Subscriber.objects.filter(organization=source).update(organization=target)
    if moved:
        audit.record(type="newsletters.subscribers_merged", by=by, obj=target, new={"subscribers": moved})
