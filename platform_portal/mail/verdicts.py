"""What an error of the mail server means for the mail that met it."""

import re
import smtplib
from enum import Enum, auto
from typing import Any

from platform_portal.mail.smtp import NoReplyError


class Verdict(Enum):
    TRY_AGAIN = auto()  # this mail, later
    REFUSED = auto()  # this mail, for good
    SERVER_AWAY = auto()  # no mail, for now
    IN_DOUBT = auto()  # the server is away, and perhaps has this mail


# Nothing that a later attempt could change.
UNSENDABLE = (ValueError, smtplib.SMTPNotSupportedError)
SERVICE_NOT_AVAILABLE = 421
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


def judge(error: Exception) -> tuple[Verdict, str]:
    """(verdict, class and code of the error): never its text, which quotes addresses."""
    code = code_of(error)
    words = f"{type(error).__name__} {code}" if code else type(error).__name__
    return _verdict(error, code), words


def is_turned_away(error: Exception) -> bool:
    """The server says that it takes nothing now (421): the mail in hand was not at fault."""
    return code_of(error) == SERVICE_NOT_AVAILABLE


def enhanced_status_of(error: Exception) -> str:
    """RFC 3463, e.g. 5.1.1; empty when the server gave none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        text: Any = next((text for _code, text in error.recipients.values()), b"")
    else:
        text = getattr(error, "smtp_error", b"")
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    found = _ENHANCED.match(words)
    return found[0] if found else ""


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


def code_of(error: Exception) -> int:
    """What the server answered; 0 when it did not."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((int(code) for code, _text in error.recipients.values()), 0)
    return int(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else 0
