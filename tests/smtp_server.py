"""A real SMTP server on the loopback interface that writes down what it takes and can be told to misbehave."""

import email
import email.policy
import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

HANG_UP = -1


class SmtpServer(socketserver.ThreadingTCPServer):
    """Answers "250" to everything unless `recipient_code` or `message_code` say another code for an address.

    HANG_UP closes the connection instead: in `recipient_code` before the mail, in `message_code` after the
    mail was taken and before it was confirmed. `on_message` is called at that same moment.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.open: set[Any] = set()
        self.is_away = False  # takes no call
        self.taken: list[tuple[str, Any]] = []  # (recipient, message)
        self.written: list[bytes] = []  # the same messages as they came, without what SMTP adds
        self.senders: list[str] = []  # of the envelopes
        self.connections = 0
        self.greeting = 220
        self.words = "as you say"
        self.recipient_code: dict[str, int] = {}
        self.message_code: dict[str, int] = {}
        self.on_message: Callable[[str], None] = lambda recipient: None

    def hang_up(self) -> None:
        """On everybody, in the middle of whatever they say."""
        for conversation in list(self.open):
            with suppress(OSError):
                conversation.shutdown(socket.SHUT_RDWR)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def recipients(self) -> list[str]:
        return sorted(recipient for recipient, _message in self.taken)

    def copies(self) -> Counter[str]:
        """How often each Message-ID was taken."""
        return Counter(str(message["Message-ID"]) for _recipient, message in self.taken)


class _Conversation(socketserver.StreamRequestHandler):
    server: SmtpServer

    def handle(self) -> None:
        if self.server.is_away:
            return
        self.server.connections += 1
        self.server.open.add(self.connection)
        try:
            self._talk()
        except OSError:
            return  # whoever called was killed, or we have hung up
        finally:
            self.server.open.discard(self.connection)

    def _talk(self) -> None:
        self._say(self.server.greeting)
        recipient = ""
        for line in self.rfile:
            verb, _space, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                self._say(221)
                return
            if verb.upper() == "DATA":
                if not self._take(recipient):
                    return
                continue
            code = 250
            if verb.upper() == "MAIL":
                self.server.senders.append(rest.partition(":")[2].split()[0])
            if verb.upper() == "RCPT":
                recipient = rest.partition("<")[2].partition(">")[0]
                code = self.server.recipient_code.get(recipient, 250)
            if code == HANG_UP:
                return
            self._say(code)

    def _take(self, recipient: str) -> bool:
        self._say(354)
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        if not line:
            return False  # hung up before the last dot: no mail
        code = self.server.message_code.get(recipient, 250)
        if code in {250, HANG_UP}:
            written = b"".join(line[1:] if line.startswith(b".") else line for line in lines)
            message = email.message_from_bytes(written, policy=email.policy.default)
            self.server.written.append(written)
            self.server.taken.append((recipient, message))
        self.server.on_message(recipient)
        if code == HANG_UP:
            return False
        self._say(code)
        return True

    def _say(self, code: int) -> None:
        self.wfile.write(f"{code} {self.server.words}\r\n".encode())


@contextmanager
def smtp_server(port: int = 0) -> Iterator[SmtpServer]:
    with SmtpServer(port) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
