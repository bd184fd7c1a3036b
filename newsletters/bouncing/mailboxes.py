"""The mailbox that notices come to: a Maildir on this machine, or one reached by IMAP.

Both hand out so much of each notice as is read, and so many in one run; a notice goes only when it was counted.
"""

import imaplib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from newsletters.bouncing.notices import MOST_READ

MOST_AT_ONCE = 2_000
_IMAPS = 993
PATIENCE = 20  # seconds that the IMAP server may take for one answer


class Mailbox(Protocol):
    def notices(self) -> Iterator[tuple[str, bytes]]:
        """(name, beginning of the notice), at most MOST_AT_ONCE."""

    def remove(self, name: str) -> None:
        """Twice is once: two runs may have read the same notice."""


class MaildirMailbox:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def notices(self) -> Iterator[tuple[str, bytes]]:
        for name in self._names():
            # Another run may have been faster.
            with suppress(FileNotFoundError), (self._folder / name).open("rb") as file:
                yield name, file.read(MOST_READ)

    def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def _names(self) -> list[str]:
        """Mails that have come are in `new`, those that a mail program has looked at in `cur`."""
        found = [f"{part}/{entry.name}" for part in ("new", "cur") for entry in self._entries(part)]
        return sorted(found)[:MOST_AT_ONCE]

    def _entries(self, part: str) -> Iterator[Any]:
        with os.scandir(self._folder / part) as entries:
            yield from (entry for entry in entries if entry.is_file(follow_symlinks=False))


class ImapMailbox:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def notices(self) -> Iterator[tuple[str, bytes]]:
        _answer, found = self._connection.uid("SEARCH", "UNDELETED")
        for name in (found[0] or b"").split()[:MOST_AT_ONCE]:
            # PEEK and a range: nothing is marked as read, and a bomb costs no more than its beginning.
            _answer, parts = self._connection.uid("FETCH", name, f"(BODY.PEEK[]<0.{MOST_READ}>)")
            raw = next((part[1] for part in parts or [] if isinstance(part, tuple)), b"")
            yield name.decode("ascii"), raw

    def remove(self, name: str) -> None:
        self._connection.uid("STORE", name, "+FLAGS", r"(\Deleted)")


@contextmanager
def open_mailbox(address: str) -> Iterator[Mailbox]:
    """`address`: maildir:///path or imaps://user:password@host[:port][/folder]. Raises OSError, imaplib.IMAP4.error.

    Raises ValueError for any other: a password does not travel in the open.
    """
    parts = urlsplit(address)
    if parts.scheme == "maildir" and parts.path.startswith("/") and not parts.netloc:
        yield MaildirMailbox(Path(unquote(parts.path)))
        return
    if parts.scheme != "imaps" or not parts.hostname:
        raise ValueError("PORTAL_BOUNCE_MAILBOX: maildir:///path or imaps://user:password@host/folder")
    connection = imaplib.IMAP4_SSL(parts.hostname, parts.port or _IMAPS, timeout=PATIENCE)
    try:
        connection.login(unquote(parts.username or ""), unquote(parts.password or ""))
        folder = unquote(parts.path.strip("/")) or "INBOX"
        answer, _found = connection.select(f'"{folder}"')
        if answer != "OK":
            raise OSError(f"PORTAL_BOUNCE_MAILBOX: no folder {folder}")
        yield ImapMailbox(connection)
        connection.expunge()
    finally:
        connection.logout()
