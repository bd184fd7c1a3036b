"""Links to one's own words in a draft: signed, so that nothing secret is stored.

Raising `link_version` of the request makes every link sent before worthless. A link of an organisation opens nothing
either once its reader is no longer the contact.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.core import signing
from django.utils import timezone

from meetings.models import ConfirmationRequest
from members.models import Membership
from platform_portal import open_pages
from platform_portal.open_pages import UnusableLinkError

SALT = "meetings.confirmation"
# After the end of a round, so that whoever answered can read what became of it.
DAYS_AFTER = 30


class Problem(StrEnum):
    BROKEN = open_pages.BROKEN
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # sent anew, taken back, or to somebody who is no longer the contact


@dataclass(frozen=True, slots=True)
class Link:
    request: ConfirmationRequest
    membership: Membership | None  # of an organisation's contact


def make_link_token(request: ConfirmationRequest, membership: Membership | None = None) -> str:
    values = [request.pk, request.link_version, membership.pk if membership else 0]
    return signing.Signer(salt=SALT).sign_object(values)


def last_day_of(request: ConfirmationRequest) -> dt.date:
    return request.round.due_on + dt.timedelta(days=DAYS_AFTER)


def read_link_token(token: str) -> Link:
    """Raises UnusableLinkError."""
    try:
        key, version, membership_key = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise UnusableLinkError(Problem.BROKEN) from error
    rows = ConfirmationRequest.objects.select_related("round__minutes__meeting__body", "organization")
    request = rows.filter(pk=key).first()
    if request is None or request.link_version != version:
        raise UnusableLinkError(Problem.WITHDRAWN)
    if timezone.localdate() > last_day_of(request):
        raise UnusableLinkError(Problem.EXPIRED)
    if not membership_key:
        return Link(request, None)
    contacts = Membership.objects.contacts().filter(organization=request.organization_id)
    membership = contacts.filter(pk=membership_key).first()
    if membership is None:
        raise UnusableLinkError(Problem.WITHDRAWN)
    return Link(request, membership)
