"""The link with which an applicant comes back: signed, so that nothing secret is stored.

Raising `link_version` of the application makes the links sent before useless.
"""

from enum import StrEnum

from django.core import signing

from members.models import UNCONFIRMED_DAYS, Application
from platform_portal import open_pages
from platform_portal.open_pages import UnusableLinkError


class Problem(StrEnum):
    BROKEN = open_pages.BROKEN
    REPLACED = "replaced"  # a newer mail was sent
    GONE = "gone"  # nobody confirmed it in time


def _signer() -> signing.Signer:
    return signing.Signer(salt="members.application")


def application_token(application: Application) -> str:
    return _signer().sign_object([application.pk, application.link_version])


def find_application(token: str) -> Application:
    """The application of this link. Raises UnusableLinkError."""
    try:
        pk, version = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise UnusableLinkError(Problem.BROKEN) from error
    application = Application.objects.select_related("sector", "municipality").filter(pk=pk).first()
    if application is None or application.is_expired:
        raise UnusableLinkError(Problem.GONE, days=UNCONFIRMED_DAYS)
    if application.link_version != version:
        raise UnusableLinkError(Problem.REPLACED)
    return application
