"""The links with which a reader comes to their own page: signed, so that nothing secret is stored.

Raising `link_version` of the subscriber makes those of earlier mails useless. The link in an issue itself is another
one (`newsletters.links`): it lives as long as the copy.
"""

import datetime as dt
from enum import StrEnum
from typing import Any

from django.core import signing

from newsletters.links import delivery_id_of
from newsletters.models import Consent, Delivery, Subscriber
from platform_portal import open_pages
from platform_portal.open_pages import UnusableLinkError

UNCONFIRMED_DAYS = 7
_CONFIRM = "newsletters.confirm"
_CHOOSE = "newsletters.choose"


class Problem(StrEnum):
    BROKEN = open_pages.BROKEN
    REPLACED = "replaced"  # everything was stopped since
    GONE = "gone"  # nobody confirmed it in time, or its time is over


def confirm_token(consent: Consent) -> str:
    key = [consent.pk, consent.subscriber.link_version]
    return signing.TimestampSigner(salt=_CONFIRM).sign_object(key)


def find_consent(token: str) -> Consent:
    """What was asked for, with its subscriber. Raises UnusableLinkError."""
    pk, version = _opened(token, _CONFIRM)
    found: Consent | None = Consent.objects.select_related("subscriber", "text").filter(pk=pk).first()
    if found is None:
        raise UnusableLinkError(Problem.GONE, days=UNCONFIRMED_DAYS)
    if found.subscriber.link_version != version:
        raise UnusableLinkError(Problem.REPLACED)
    return found


def choose_token(subscriber: Subscriber) -> str:
    return signing.TimestampSigner(salt=_CHOOSE).sign_object([subscriber.pk, subscriber.link_version])


def find_subscriber(token: str) -> Subscriber:
    """Whose page to choose on this link opens. Raises UnusableLinkError."""
    pk, version = _opened(token, _CHOOSE)
    found: Subscriber | None = Subscriber.objects.select_related("organization", "user").filter(pk=pk).first()
    if found is None:
        raise UnusableLinkError(Problem.GONE, days=UNCONFIRMED_DAYS)
    if found.link_version != version:
        raise UnusableLinkError(Problem.REPLACED)
    return found


def find_delivery(token: str) -> Delivery:
    """The copy of an issue in which this link stood. Raises UnusableLinkError."""
    try:
        key = delivery_id_of(token)
    except signing.BadSignature as error:
        raise UnusableLinkError(Problem.BROKEN) from error
    rows = Delivery.objects.select_related("issue__newsletter", "subscriber")
    found: Delivery | None = rows.filter(pk=key).first()
    if found is None:
        raise UnusableLinkError(Problem.BROKEN)
    return found


def _opened(token: str, salt: str) -> tuple[Any, Any]:
    age = dt.timedelta(days=UNCONFIRMED_DAYS)
    try:
        pk, version = signing.TimestampSigner(salt=salt).unsign_object(token, max_age=age)
    except signing.SignatureExpired as error:
        raise UnusableLinkError(Problem.GONE, days=UNCONFIRMED_DAYS) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise UnusableLinkError(Problem.BROKEN) from error
    return pk, version
