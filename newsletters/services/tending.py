"""What staff do about subscribers at somebody's word: add one with proof, stop what they get, hand the list out."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from members.models import Organization
from newsletters.models import (
    Consent,
    HowAsked,
    HowEnded,
    Newsletter,
    Readership,
    Subscriber,
    Suppression,
)
from newsletters.services import subscribing
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit


@transaction.atomic
def add_subscriber(
    *,
    address: str,
    newsletters: Iterable[Newsletter],
    proof: str,
    by: Any,
    organization: Organization | None = None,
) -> Subscriber:
    """Whoever asked on paper or by telephone; `address` is clean. A known one gets what it does not get yet.

    Raises Refused, ValidationError.
    """
    check_has(by, Permission.TEND_SUBSCRIBERS)
    if Suppression.objects.of(address).exists():
        raise ValidationError(
            {"address": _("配信を止めているアドレスです。先に「配信を止めたアドレス」から外してください。")}
        )
    subscriber, _made = Subscriber.objects.get_or_create(address=address)
    subscriber = subscribing.lock_subscriber(subscriber)
    if organization is not None and subscriber.organization_id != organization.pk:
        subscriber.organization = organization
        subscriber.save(update_fields=["organization"])
    wanted = list(newsletters)
    check_may_get(subscriber, wanted)
    subscribing.settle_confirmed(subscriber)
    if not subscribing.begin(subscriber, wanted, how=HowAsked.STAFF, by=by):
        raise ValidationError(_("このアドレスには、もう届いています。"))
    now = timezone.now()
    consent = Consent(
        subscriber=subscriber,
        how=HowAsked.STAFF,
        proof=proof,
        asked_at=now,
        confirmed_at=now,
        entered_at=now,
        entered_by=by,
    )
    consent.full_clean()
    consent.save()
    consent.newsletters.set(wanted)
    audit.record(type="newsletters.subscriber_added", by=by, obj=subscriber)
    return subscriber


def check_may_get(subscriber: Subscriber, newsletters: Iterable[Newsletter]) -> None:
    """Raises ValidationError."""
    if subscriber.is_of_a_member:
        return
    for newsletter in newsletters:
        if newsletter.readership == Readership.MEMBERS:
            words = (
                _("「%(name)s」は会員団体だけのメルマガで、この人のアカウントは利用を止めてあります。")
                if subscriber.user is not None and not subscriber.user.is_active
                else _("「%(name)s」は会員団体だけのメルマガです。会員団体を選んでください。")
            )
            raise ValidationError({"newsletters": words % {"name": newsletter.name}})


@transaction.atomic
def stop_newsletter(*, subscriber: Subscriber, newsletter: Newsletter | None, by: Any) -> None:
    """At the reader's word; None: all of them. Raises Refused."""
    check_has(by, Permission.TEND_SUBSCRIBERS)
    if not subscribing.end_subscriptions(
        subscriber=subscriber, how=HowEnded.STAFF, newsletter=newsletter, by=by
    ):
        raise Refused(_("もう止まっています。画面を読み込み直してください。"))


@transaction.atomic
def export_subscribers(*, rows: Any, conditions: dict[str, str], by: Any) -> Any:
    """Hands the list out; that it was stands in the record before the first row leaves. Raises Refused."""
    check_has(by, Permission.TEND_SUBSCRIBERS)
    new: dict[str, Any] = {"count": rows.count(), **({"conditions": conditions} if conditions else {})}
    audit.record(type="newsletters.subscribers_exported", by=by, new=new)
    return rows
