"""Handing a mail that is written already to whatever takes mails: a server, or the files and lists of a trial."""

import email
import email.policy
from typing import Any

from django.core.mail import EmailMessage

from platform_portal.mail.smtp import CarefulBackend


def hand_over(connection: Any, *, sender: str, recipient: str, message: bytes) -> None:
    """`sender` and `recipient`: of the envelope. Returns when the server has taken it; raises what verdicts.py judges."""
    if isinstance(connection, CarefulBackend):
        connection.hand_over(sender=sender, recipient=recipient, message=message)
    else:
        connection.send_messages([_Written(message, sender, recipient)])


class _Written(EmailMessage):
    """A mail of which no word is ours to write any more."""

    def __init__(self, written: bytes, sender: str, recipient: str) -> None:
        super().__init__(from_email=sender, to=[recipient])
        self._message = email.message_from_bytes(written, policy=email.policy.SMTP)
        self.subject = str(self._message["Subject"])

    def message(self, *, policy: Any = None) -> Any:
        return self._message
