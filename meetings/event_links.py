"""The link with which somebody comes back to an application: signed from its key, so that nothing secret is stored.

It is good for as long as the row is there: until some weeks after the event.
"""

from enum import StrEnum

from django.core import signing

from meetings.models import EventApplication
from meetings.models.events import KEPT_DAYS
from platform_portal import open_pages
from platform_portal.open_pages import UnusableLinkError


class Problem(StrEnum):
    BROKEN = open_pages.BROKEN
    GONE = "gone"  # deleted after the event, or because its person asked for that


def _signer() -> signing.Signer:
    return signing.Signer(salt="meetings.event-application")


def application_token(application: EventApplication) -> str:
    # The row's own random number too: the key of a deleted row never opens another one's page.
    return _signer().sign_object([application.pk, application.form_id.hex])


def find_application(token: str) -> EventApplication:
    """The application of this link, with its event. Raises UnusableLinkError."""
    try:
        pk, mark = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise UnusableLinkError(Problem.BROKEN) from error
    rows = EventApplication.objects.select_related("event__organization", "event__municipality")
    found: EventApplication | None = rows.filter(pk=pk).first()
    if found is None or found.form_id.hex != mark:
        raise UnusableLinkError(Problem.GONE, days=KEPT_DAYS)
    return found
