"""What an error of the mail server means for the mail that met it."""

import smtplib
from enum import Enum, auto

from platform_portal.mail.smtp import NoReplyError


class Verdict(Enum):
    TRY_AGAIN = auto()  # this mail, later
    REFUSED = auto()  # this mail, for good
    SERVER_AWAY = auto()  # no mail, for now
    IN_DOUBT = auto()  # the server is away, and perhaps has this mail


# Nothing that a later attempt could change.
UNSENDABLE = (ValueError, smtplib.SMTPNotSupportedError)
SERVICE_NOT_AVAILABLE = 421


def judge(error: Exception) -> tuple[Verdict, str]:
    """(verdict, class and code of the error): never its text, which quotes addresses."""
    code = _code(error)
    words = f"{type(error).__name__} {code}" if code else type(error).__name__
    return _verdict(error, code), words


def _verdict(error: Exception, code: int) -> Verdict:
    if isinstance(error, UNSENDABLE):
        return Verdict.REFUSED
    if isinstance(error, NoReplyError):
        return Verdict.IN_DOUBT
    if code == SERVICE_NOT_AVAILABLE or isinstance(error, smtplib.SMTPHeloError):
        return Verdict.SERVER_AWAY
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
        return Verdict.REFUSED if code >= 500 else Verdict.TRY_AGAIN
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Verdict.TRY_AGAIN  # our own settings are wrong, not the recipient: somebody will mend them
    return Verdict.SERVER_AWAY


def _code(error: Exception) -> int:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((int(code) for code, _text in error.recipients.values()), 0)
    return int(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else 0
