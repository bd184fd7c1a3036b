"""How a mail becomes rows: by the e-mail backend, inside the transaction of whoever sends it."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from email.utils import make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import models
from django.utils import timezone

from platform_portal.mail import kinds
from platform_portal.mail.files import StoredFile
from platform_portal.mail.models import SEALED_FOR, OutgoingMail
from platform_portal.region.models import PortalSettings
from platform_portal.sealing import seal

# Said by whoever writes the mail, to us only: these never leave.
KIND = "X-Portal-Kind"
ABOUT = "X-Portal-About"
OPEN_BODY = "X-Portal-Open-Body"
EXPIRES = "X-Portal-Expires"
FILES = "X-Portal-Files"
MARKS = {KIND, ABOUT, OPEN_BODY, EXPIRES, FILES}
# The row says these itself.
OURS = {"to", "cc", "bcc", "from", "subject", "message-id", "date"}


class UnsupportedMailError(ValueError):
    """The outbox cannot keep a mail of this shape; the programmer has to know before it is lost."""


def marks(
    *,
    kind: str,
    is_confidential: bool,
    about: models.Model | None = None,
    expires_at: dt.datetime | None = None,
    files: Sequence[StoredFile] = (),
) -> dict[str, str]:
    """Headers for `EmailMessage(headers=…)`. A mail without them is kept as confidential, of kind "other".

    `expires_at`: after that the mail is not worth sending, because the link in it is dead. `files`: go
    with it as they are now; one that is changed or gone by then keeps it from being sent.
    """
    headers = {KIND: kind}
    if not is_confidential:
        headers[OPEN_BODY] = "yes"
    if about is not None:
        headers[ABOUT] = f"{about._meta.label_lower}:{about.pk}"
    if expires_at is not None:
        headers[EXPIRES] = expires_at.isoformat()
    if files:
        headers[FILES] = json.dumps([file.as_json() for file in files])
    return headers


def store(messages: Iterable[EmailMessage]) -> int:
    """Writes one row for each recipient of each message; returns how many.

    Everybody gets a mail of their own and sees no other recipient. Raises UnsupportedMailError, BadHeaderError.
    """
    sender = our_sender()
    rows = [row for message in messages for row in _rows_of(message, sender)]
    for row, public_id in zip(rows, OutgoingMail.draw_public_ids(len(rows)), strict=True):
        row.public_id = public_id
    OutgoingMail.objects.bulk_create(rows, batch_size=200)
    return len(rows)


def our_sender() -> str:
    """The portal's own address with its name before it, unless the settings of the machine name the sender already.

    Mails from a bare address that nobody knows look like fraud. What could end the name or the header is left out:
    a slip in the settings must not stop the mails, nor write a header of its own.
    """
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if name:
        return settings.DEFAULT_FROM_EMAIL
    shown = "".join(
        each for each in PortalSettings.load().portal_name if each.isprintable() or each.isspace()
    )
    words = " ".join(shown.replace('"', " ").replace("\\", " ").split())
    return f'"{words}" <{address}>' if words else address


def _rows_of(message: EmailMessage, sender: str) -> list[OutgoingMail]:
    _check_shape(message)
    if message.from_email == settings.DEFAULT_FROM_EMAIL:
        message.from_email = sender
    message.message()  # a header that cannot be written is the writer's fault, so it is raised here
    said = message.extra_headers
    is_confidential = said.get(OPEN_BODY) != "yes"
    text, html = _bodies(message)
    if is_confidential:
        text, html = _sealed(text), _sealed(html)
    about_type, _colon, about_id = str(said.get(ABOUT, "")).partition(":")
    expires_at = said.get(EXPIRES)
    return [
        OutgoingMail(
            kind=said.get(KIND) or kinds.OTHER,
            to=to,
            address=parseaddr(to)[1].lower(),
            from_address=message.from_email,
            subject=str(message.subject),
            text=text,
            html=html,
            headers=_headers(message),
            files=json.loads(str(said.get(FILES, "[]"))),
            message_id=make_msgid(domain=parseaddr(message.from_email)[1].rpartition("@")[2] or None),
            is_confidential=is_confidential,
            about_type=about_type,
            about_id=about_id,
            expires_at=dt.datetime.fromisoformat(str(expires_at)) if expires_at else None,
            next_attempt_at=timezone.now(),
        )
        for to in dict.fromkeys(message.recipients())
    ]


def _check_shape(message: EmailMessage) -> None:
    if message.attachments:
        raise UnsupportedMailError(
            "the outbox keeps no bytes of a file: say where it lies (marks), or link to it"
        )
    given = {name.lower() for name in message.extra_headers}
    if given & OURS:
        raise UnsupportedMailError(f"headers that the outbox writes itself: {sorted(given & OURS)}")
    kinds_of_body = [kind for _content, kind in getattr(message, "alternatives", [])]
    if kinds_of_body not in ([], ["text/html"]):
        raise UnsupportedMailError(f"a mail has text and at most one HTML body, not {kinds_of_body}")


def _bodies(message: EmailMessage) -> tuple[str, str]:
    if message.content_subtype == "html":
        return "", str(message.body)
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return str(message.body), str(alternatives[0][0]) if alternatives else ""


def _sealed(body: str) -> str:
    return seal(body, purpose=SEALED_FOR) if body else ""


def _headers(message: EmailMessage) -> dict[str, Any]:
    headers = {name: str(value) for name, value in message.extra_headers.items() if name not in MARKS}
    if message.reply_to:
        headers.setdefault("Reply-To", ", ".join(str(address) for address in message.reply_to))
    return headers
