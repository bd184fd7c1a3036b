"""The mails of a trial, which go into files: read back, so that whoever tries the portal can open them in the browser.

Only where the portal is for trying (PORTAL_DEMO) and mails are files: nowhere else are there such files to read.
"""

import datetime as dt
import email
import email.policy
import os
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

FILES = "django.core.mail.backends.filebased.EmailBackend"
SHOWN_HEADERS = (
    "From", "To", "Reply-To", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
    "List-Help", "List-Subscribe", "List-Owner", "List-Archive", "Auto-Submitted", "Precedence",
)  # fmt: skip
# As Django calls them: when the connection was opened, and a number.
_NAME = re.compile(r"\d{8}-\d{6}-\d{1,20}\.log")
_BETWEEN = re.compile(rb"^-{79}\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class DeliveredMail:
    """`name` and `number`: of the file, and which of the mails in it."""

    name: str
    number: int
    delivered_at: dt.datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(self.message[name])) for name in SHOWN_HEADERS if self.message[name]]

    @property
    def text(self) -> str:
        part = self.message.get_body(preferencelist=("plain",))
        return str(part.get_content()) if isinstance(part, EmailMessage) else ""

    @property
    def attachments(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]


def has_mailbox() -> bool:
    return bool(settings.PORTAL_DEMO) and settings.PORTAL_MAIL_BACKEND == FILES


def file_names() -> list[str]:
    """The newest first."""
    try:
        names = os.listdir(settings.EMAIL_FILE_PATH)
    except FileNotFoundError:  # nothing was delivered yet
        return []
    return sorted((name for name in names if _NAME.fullmatch(name)), reverse=True)


def mails_in(name: str) -> list[DeliveredMail]:
    """Of one file, the newest first; none where there is no such file."""
    if not _NAME.fullmatch(name):
        return []
    path = Path(settings.EMAIL_FILE_PATH) / name
    try:
        data, at = path.read_bytes(), path.stat().st_mtime
    except FileNotFoundError:
        return []
    parts = [part for part in _BETWEEN.split(data) if part.strip()]
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    mails = [
        DeliveredMail(name, number, moment, email.message_from_bytes(part, policy=email.policy.default))
        for number, part in enumerate(parts)
    ]
    return mails[::-1]
