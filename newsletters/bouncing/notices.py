"""What a notice about an undelivered mail says: RFC 3464 reports and complaints (RFC 5965), nothing else.

Read by hand and flat: the first level of parts, so much of each, in one pass. A notice comes from anybody, and the
standard library's parser goes as deep as it is sent. Whatever cannot be understood is no notice; nothing is raised.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from newsletters.links import delivery_id_of_bounce

MOST_READ = 256 * 1024  # bytes of one notice; what it says of itself stands at its beginning
MOST_PARTS = 20
MOST_LINES = 2_000  # of the headers of one part, continued lines counted too
# Where mail servers write down whom they delivered the notice to.
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")
_BOUNDARY = re.compile(r'boundary="([^"\r\n]{1,200})"|boundary=([^\s;"]{1,200})', re.IGNORECASE)
_REPORT = re.compile(r'report-type="?([a-z-]{1,40})', re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,190}>")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_CODE = re.compile(r"\b([45]\d\d)\b")
# What somebody says about a mail that reached them. "not-spam" takes it back; the others are about forged senders.
_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list", "other"}


class Sort(StrEnum):
    UNDELIVERED = "undelivered"
    COMPLAINT = "complaint"


@dataclass(frozen=True, slots=True)
class Notice:
    """`delivery_id`: from the address that it was sent to, which only we can make up; else `message_id` and `recipient`.

    `status`: of RFC 3463, e.g. 5.1.1; `code`: of SMTP; where the report names none, empty and 0.
    """

    sort: Sort
    delivery_id: int | None
    message_id: str
    recipient: str
    status: str
    code: int
    fingerprint: str


Headers = dict[str, str]


def read_notice(raw: bytes) -> Notice | None:
    """None for whatever is no final notice: an answer of somebody on holiday, a delay, a letter, noise."""
    text = raw[:MOST_READ].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    top, body = _split(text)
    kind = top.get("content-type", "")
    boundary = _BOUNDARY.search(kind)
    report = _REPORT.search(kind)
    if not kind.lower().startswith("multipart/report") or boundary is None or report is None:
        return None
    parts = list(_parts(body, boundary[1] or boundary[2]))
    if report[1].lower() == "delivery-status":
        return _undelivered(top, parts, raw)
    if report[1].lower() == "feedback-report":
        return _complaint(top, parts, raw)
    return None


def _undelivered(top: Headers, parts: list[tuple[str, str]], raw: bytes) -> Notice | None:
    said = _of_kind(parts, "message/delivery-status", "message/global-delivery-status")
    for fields in _blocks(said):
        if fields.get("action", "").strip().lower() != "failed":
            continue
        diagnostic = fields.get("diagnostic-code", "")
        status = _STATUS.search(fields.get("status", "")) or _STATUS.search(diagnostic)
        code = _CODE.search(diagnostic)
        recipient = fields.get("original-recipient") or fields.get("final-recipient", "")
        return _notice(
            Sort.UNDELIVERED,
            top,
            parts,
            raw,
            recipient=recipient.rpartition(";")[2].strip().strip("<>").lower(),
            status=status[0] if status else "",
            code=int(code[1]) if code else 0,
        )
    return None


def _complaint(top: Headers, parts: list[tuple[str, str]], raw: bytes) -> Notice | None:
    fields: Headers = {}
    for block in _blocks(_of_kind(parts, "message/feedback-report")):
        fields = {**block, **fields}
    if fields.get("feedback-type", "").strip().lower() not in _COMPLAINTS:
        return None
    # The address that the copy came from stands in the report: it, too, is one that only we can make up.
    return _notice(Sort.COMPLAINT, top, parts, raw, origin=fields.get("original-mail-from", ""))


def _notice(
    sort: Sort,
    top: Headers,
    parts: list[tuple[str, str]],
    raw: bytes,
    *,
    recipient: str = "",
    status: str = "",
    code: int = 0,
    origin: str = "",
) -> Notice | None:
    original = _split(
        _of_kind(parts, "text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers")
    )[0]
    addresses = [*(top.get(name, "") for name in _ENVELOPE), origin, original.get("return-path", "")]
    delivery = next((found for each in addresses if (found := _delivery_of(each)) is not None), None)
    message_id = _MESSAGE_ID.search(original.get("message-id", ""))
    if delivery is None and message_id is None:
        return None
    own = _MESSAGE_ID.search(top.get("message-id", ""))
    seed = own[0].encode() if own else raw[:MOST_READ]
    return Notice(
        sort=sort,
        delivery_id=delivery,
        message_id=message_id[0] if message_id else "",
        recipient=recipient,
        status=status,
        code=code,
        fingerprint=hashlib.sha256(b"\0".join([sort.encode(), seed])).hexdigest(),
    )


def _delivery_of(text: str) -> int | None:
    """Of several addresses in one header the first that is ours."""
    for each in text[:2_000].split(",")[:20]:
        address = each.rpartition("<")[2].partition(">")[0].strip()
        found = delivery_id_of_bounce(address) if address.isascii() else None
        if found is not None:
            return found
    return None


# --- The shape of a mail --------------------------------------------------------------------------
def _split(text: str) -> tuple[Headers, str]:
    """Headers by name in lower case, the first of each name, unfolded; and what follows the empty line."""
    head, _empty, body = text.partition("\n\n")
    headers: Headers = {}
    name = ""
    for line in head.split("\n", MOST_LINES)[:MOST_LINES]:
        if line[:1] in {" ", "\t"}:
            if name:
                headers[name] += " " + line.strip()
            continue
        before, colon, after = line.partition(":")
        name = before.strip().lower() if colon else ""
        if name in headers:
            name = ""  # a second one: not looked at, nor what continues it
        elif name:
            headers[name] = after.strip()
    return headers, body


def _parts(body: str, boundary: str) -> Iterator[tuple[str, str]]:
    """(content type, text) of the first parts. Boundaries of parts inside parts are other words."""
    pieces = f"\n{body}".split(f"\n--{boundary}", MOST_PARTS + 1)
    for piece in pieces[1 : MOST_PARTS + 1]:
        if piece.startswith("--"):
            return
        headers, text = _split(piece.removeprefix("\n"))
        yield headers.get("content-type", "text/plain").partition(";")[0].strip().lower(), text


def _of_kind(parts: list[tuple[str, str]], *kinds: str) -> str:
    return next((text for kind, text in parts if kind in kinds), "")


def _blocks(text: str) -> Iterator[Headers]:
    """Groups of fields with an empty line between: about the report, then one for each recipient."""
    for block in text.strip().split("\n\n", MOST_PARTS)[: MOST_PARTS + 1]:
        yield _split(block + "\n\n")[0]
