"""The link with which an applicant comes back: signed, so that nothing secret is stored.

Raising `link_version` of the application makes the links sent before useless.
"""

from enum import StrEnum

from django.core import signing

from members.models import Application


class Trouble(StrEnum):
    """Why a link leads nowhere."""

    UNKNOWN = "unknown"  # cut off or made up
    REPLACED = "replaced"  # a newer mail was sent
    GONE = "gone"  # nobody confirmed it in time


class LinkUnusableError(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def _signer() -> signing.Signer:
    return signing.Signer(salt="members.application")


def application_token(application: Application) -> str:
    return _signer().sign_object([application.pk, application.link_version])


def find_application(token: str) -> Application:
    """The application of this link. Raises LinkUnusableError."""
    try:
        pk, version = _signer().unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise LinkUnusableError(Trouble.UNKNOWN) from error
    application = Application.objects.select_related("sector", "municipality").filter(pk=pk).first()
    if application is None or application.is_expired:
        raise LinkUnusableError(Trouble.GONE)
    if application.link_version != version:
        raise LinkUnusableError(Trouble.REPLACED)
    return application
