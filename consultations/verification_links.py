"""Links in the mails that ask for verification: signed, so nothing about them is stored.

A link says to whom it was sent and on which day. From that follows what it opens: the rounds that the person's
organisation was being asked about on that day, as long as the person still is its contact.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.core import signing
from django.utils import timezone

from consultations.models import VerificationRequest
from consultations.models.verification import Outcome, start_of_day
from members.models import Membership
from platform_portal import open_pages
from platform_portal.open_pages import UnusableLinkError

DAYS_VALID = 60
# Raised when what a link opens changes its meaning: every older link is dead then.
VERSION = 1
SALT = "verification-link"


class Problem(StrEnum):
    BROKEN = open_pages.BROKEN
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # the person is no longer the contact, or the organisation has left


@dataclass(frozen=True, slots=True)
class Link:
    membership: Membership
    sent_on: dt.date

    def requests(self) -> list[VerificationRequest]:
        """What may be answered with it. Windows that have passed to others since are not among them."""
        organization = self.membership.organization
        rows = VerificationRequest.objects.filter(
            organization=organization,
            window__organization=organization,
            opened_at__lt=start_of_day(self.sent_on + dt.timedelta(days=1)),
        )
        begun = start_of_day(self.sent_on)
        asked = [row for row in rows.select_related("window") if not row.closed_at or row.closed_at >= begun]
        # Answered ones come last, those that ended otherwise are shown with their reason.
        return sorted(asked, key=lambda row: (row.state != Outcome.OPEN, row.window.kana, row.pk))


def make_link_token(membership: Membership, sent_on: dt.date | None = None) -> str:
    day = (sent_on or timezone.localdate()).toordinal()
    return signing.dumps([VERSION, membership.pk, day], salt=SALT)


def read_link_token(token: str) -> Link:
    """Raises UnusableLinkError."""
    try:
        version, key, day = signing.loads(token, salt=SALT, max_age=dt.timedelta(days=DAYS_VALID))
    except signing.SignatureExpired as error:
        raise UnusableLinkError(Problem.EXPIRED) from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise UnusableLinkError(Problem.BROKEN) from error
    if version != VERSION:
        raise UnusableLinkError(Problem.EXPIRED)
    membership = Membership.objects.contacts().select_related("organization").filter(pk=key).first()
    if membership is None:
        raise UnusableLinkError(Problem.WITHDRAWN)
    return Link(membership, dt.date.fromordinal(day))
