"""Django's SMTP backend, told to notice the one moment in which nobody knows whether a mail was taken."""

import smtplib
import socket
from collections.abc import Sequence
from email.charset import BASE64, Charset
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend


class NoReplyError(smtplib.SMTPServerDisconnected):
    """The whole mail was handed over and the server did not answer: it may or may not deliver it (RFC 1047)."""


# The server may look through a whole mail before it answers; giving up earlier would leave it in doubt. Shorter than
# the task of the sender and than its lease.
ANSWER_SECONDS = 100


class _Careful:
    """Mixin for smtplib's classes."""

    sock: Any
    timeout: Any
    _is_body_out = False

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().connect(*args, **kwargs)  # type: ignore[misc]  # smtplib stands behind us
        # Without it every small command waits for the receipt of the one before: ten times slower.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return answer

    def send(self, s: Any) -> None:
        super().send(s)  # type: ignore[misc]  # as above
        self._is_body_out = isinstance(s, bytes) and s.endswith(b"\r\n.\r\n")
        if self._is_body_out:
            self.sock.settimeout(ANSWER_SECONDS)

    def data(self, msg: Any) -> Any:
        try:
            return super().data(msg)  # type: ignore[misc]  # as above
        except OSError as error:
            if self._is_body_out:
                raise NoReplyError from error
            raise
        finally:
            if self.sock is not None:
                self.sock.settimeout(self.timeout)


class CarefulSMTP(_Careful, smtplib.SMTP):
    pass


class CarefulSMTPOverSSL(_Careful, smtplib.SMTP_SSL):
    pass


class CarefulBackend(EmailBackend):
    """Base64 throughout, so that no server on the way has to understand eight bits or long lines."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        charset = Charset("utf-8")
        charset.header_encoding = charset.body_encoding = BASE64
        for message in email_messages:
            message.encoding = charset
        return super().send_messages(email_messages)

    def hand_over(self, *, sender: str, recipient: str, message: bytes) -> None:
        """One mail, written already, on the open connection."""
        if self.connection is None:
            raise smtplib.SMTPServerDisconnected("open() first")
        self.connection.sendmail(sender, [recipient], message)

    @property
    def is_connected(self) -> bool:
        """False when the server hung up, which smtplib notices with the next word at the latest."""
        return self.connection is not None and self.connection.sock is not None

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return CarefulSMTPOverSSL if self.use_ssl else CarefulSMTP
