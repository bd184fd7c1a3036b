"""One copy of an issue as it goes over the wire.

What all copies share is written once for an issue; for each copy remain its address, its numbers and its token.
Everything is base64: no server on the way has to understand eight bits or long lines.
"""

import binascii
import re
from collections.abc import Sequence
from email.header import Header
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail.message import sanitize_address
from django.utils import timezone

from newsletters.content import TOKEN_MARK, AttachedFile, Content
from newsletters.links import archive_address, leave_address, leave_token, page_address
from newsletters.models import Issue, Newsletter, Readership
from platform_portal.mail.files import disposition

_CRLF = b"\r\n"
_LINE = 76  # characters of base64


class Addressed(Protocol):
    """What a copy needs to know of its delivery."""

    @property
    def id(self) -> int: ...

    @property
    def address(self) -> str: ...

    @property
    def message_id(self) -> str: ...


class Letter:
    """`files`: the approved ones with their bytes (newsletters.attached)."""

    def __init__(
        self, content: Content, newsletter: Newsletter, files: Sequence[tuple[AttachedFile, bytes]] = ()
    ) -> None:
        self._leave_page = leave_address()
        self._text = _pieces(content.text)
        self._html = _pieces(content.html)
        self._boundary = f"=_{content.sha256[:24]}"
        self._head = _shared_headers(content, newsletter)
        self._before, self._after = self._frame(files)

    def copy_for(self, delivery: Addressed) -> bytes:
        """Raises ValueError for an address that cannot be written."""
        token = leave_token(delivery.id)
        between = f"\r\n--{self._boundary}\r\n".encode()
        return b"".join(
            [
                _own_headers(delivery, self._leave_page.replace(TOKEN_MARK, token)),
                self._head,
                self._before,
                between,
                _part_head("plain"),
                _in_base64(token.encode().join(self._text)),
                between,
                _part_head("html"),
                _in_base64(token.encode().join(self._html)),
                f"\r\n--{self._boundary}--\r\n".encode(),
                self._after,
            ]
        )

    def _frame(self, files: Sequence[tuple[AttachedFile, bytes]]) -> tuple[bytes, bytes]:
        """What stands before the first part and after the last one."""
        alternative = f'Content-Type: multipart/alternative; boundary="{self._boundary}"\r\n'.encode()
        if not files:
            return alternative, b""
        outer = f"{self._boundary}_f"
        line = f"\r\n--{outer}\r\n".encode()
        before = f'Content-Type: multipart/mixed; boundary="{outer}"\r\n'.encode() + line + alternative
        attached = b"".join(line + _attachment(file, data) for file, data in files)
        return before, attached + f"\r\n--{outer}--\r\n".encode()


def letter_of(issue: Issue, content: Content, files: Sequence[tuple[AttachedFile, bytes]] = ()) -> Letter:
    return Letter(content, issue.newsletter, files)


def message_for(content: Content, delivery: Addressed, newsletter: Newsletter) -> bytes:
    """One copy alone; for many, keep the Letter."""
    return Letter(content, newsletter).copy_for(delivery)


# --- Headers ----------------------------------------------------------------------------------
def _own_headers(delivery: Addressed, leave_page: str) -> bytes:
    """Those of this copy. Receivers show a button beside the sender for the last two (RFC 8058)."""
    return _written(
        [
            ("Date", format_datetime(timezone.localtime())),
            ("To", sanitize_address(_one_line(delivery.address), "utf-8")),
            ("Message-ID", _one_line(delivery.message_id)),
            ("List-Unsubscribe", f"<{leave_page}>"),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ]
    )


def _shared_headers(content: Content, newsletter: Newsletter) -> bytes:
    host = urlsplit(settings.PORTAL_ORIGIN).hostname
    headers = [
        ("From", _named(content.sender_name, sanitize_address(content.sender_address, "utf-8"))),
        ("Reply-To", sanitize_address(content.reply_address, "utf-8")),
        ("Subject", _in_words("Subject", content.subject)),
        ("List-Id", _named(newsletter.name, f"{newsletter.list_label}.{host}")),
        *_pages(content),
        # Answering machines keep still: RFC 3834 names List-Id, older ones know this. Auto-Submitted is for what a
        # machine has written; people have written this.
        ("Precedence", "list"),
        ("MIME-Version", "1.0"),
    ]
    return _written(headers)


def _pages(content: Content) -> list[tuple[str, str]]:
    """RFC 2369. Whom to ask; and, of a newsletter for everybody, the page that tells of it, and what was sent."""
    owner = f"<mailto:{quote(content.reply_address, safe='@+')}>"
    if content.readership != Readership.PUBLIC:
        return [("List-Help", owner), ("List-Owner", owner)]
    page = f"<{page_address('subscribe')}>"
    return [
        ("List-Help", page),
        ("List-Subscribe", page),
        ("List-Owner", owner),
        ("List-Archive", f"<{archive_address(content.readership)}>"),
    ]


def _named(name: str, address: str) -> str:
    """On two lines: encoded, a name fills one."""
    return f"{_in_words('List-Id', name)}\r\n <{address}>"


def _in_words(header: str, words: str) -> str:
    """RFC 2047, folded. ASCII too, where it would need quoting."""
    line = _one_line(words)
    if line.isascii() and re.fullmatch(r"[A-Za-z0-9 ]{1,60}", line):
        return line
    return Header(line, "utf-8", header_name=header).encode(linesep="\r\n")


def _one_line(words: str) -> str:
    """Raises ValueError where somebody would write a header of their own."""
    if re.search(r"[\r\n\0]", words):
        raise ValueError("a line break in a header")
    return words


def _written(headers: Sequence[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")


# --- Bodies -----------------------------------------------------------------------------------
def _pieces(body: str) -> list[bytes]:
    """Between the places of the token, with the line ends of mail."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    return lines.encode().split(TOKEN_MARK.encode())


def _part_head(subtype: str) -> bytes:
    return (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n".encode()
    )


def _in_base64(data: bytes) -> bytes:
    written = binascii.b2a_base64(data, newline=False)
    return _CRLF.join(written[start : start + _LINE] for start in range(0, len(written), _LINE))


def _attachment(file: AttachedFile, data: bytes) -> bytes:
    head = _written(
        [
            ("Content-Type", file.content_type),
            ("Content-Disposition", disposition(_one_line(file.name))),
            ("Content-Transfer-Encoding", "base64"),
        ]
    )
    return head + _CRLF + _in_base64(data)
