"""What in a PDF does something by itself, looked for in its bytes.

PDFium tells of scripts and attachments at the top of a document, but not of those on a page, on a field or behind the
opening action. Each of them needs a name such as `/JavaScript` in a dictionary; dictionaries stand in the file as they
are or inside compressed object streams, so both are searched. Names may be spelled with `#4A` for `J`.
"""

import re
import zlib

from meetings.confined.errors import DeclinedError

MAX_UNPACKED = 100 * 1024 * 1024
_PIECE = 64 * 1024
NAMES = {
    b"JavaScript": "script",
    b"Launch": "program",
    b"EmbeddedFile": "attachment",
    b"EmbeddedFiles": "attachment",
    b"GoToE": "attachment",
    b"RichMedia": "media",
    b"XFA": "form",
    b"SubmitForm": "form",
    b"ImportData": "form",
}


def _spellings(name: bytes) -> bytes:
    """A pattern for the name with any of its letters written as a number."""
    return b"".join(b"(?:%c|#%s)" % (letter, _hex(letter)) for letter in name)


def _hex(letter: int) -> bytes:
    return b"".join(
        b"[%c%c]" % (ord(c.lower()), ord(c)) if c.isalpha() else c.encode() for c in f"{letter:02X}"
    )


_END = rb"(?=[\x00\t\n\f\r ()<>\[\]{}/%]|$)"
_NAMES = {re.compile(b"/" + _spellings(name) + _END): part for name, part in NAMES.items()}
_STREAM = re.compile(rb"stream\r?\n")
_OBJECT = re.compile(rb"\bobj\b")
# Objects packed into a stream: its dictionary calls it so, or says where the first of them begins.
_CALLED_PACKED = re.compile(b"/" + _spellings(b"ObjStm") + _END)
_FIRST = re.compile(b"/" + _spellings(b"First") + _END)
_FILTER = re.compile(b"/" + _spellings(b"Filter") + rb"\s*(\[?\s*/[^\s/<>\[\]]+\s*\]?|)")
_PREDICTOR = re.compile(b"/" + _spellings(b"Predictor") + rb"\s*([0-9]+|)")
_FLATE = re.compile(rb"\[?\s*/" + _spellings(b"FlateDecode") + rb"\s*\]?$")


def active_parts(data: bytes) -> set[str]:
    """Any of the values of NAMES. Raises DeclinedError for object streams packed so that nobody can look inside."""
    found = _named(data)
    left = MAX_UNPACKED
    for head, start in _packed_streams(data):
        unpacked = _unpack(head, data, start, left)
        left -= len(unpacked)
        found |= _named(unpacked)
    return found


def _named(data: bytes) -> set[str]:
    return {part for pattern, part in _NAMES.items() if pattern.search(data)}


def _packed_streams(data: bytes) -> list[tuple[bytes, int]]:
    """(dictionary, where the data begin) of each stream that holds objects.

    The name is looked for in all that stands between two streams: a dictionary that hides its beginning hides nothing.
    """
    streams = []
    begin = 0
    for keyword in _STREAM.finditer(data):
        between = data[begin : keyword.start()]
        opened = [each.end() for each in _OBJECT.finditer(between)]
        head = between[opened[-1] :] if opened else between
        if _CALLED_PACKED.search(between) or _FIRST.search(head):
            streams.append((head, keyword.end()))
        begin = keyword.end()
    return streams


def _unpack(head: bytes, data: bytes, start: int, most: int) -> bytes:
    named = _FILTER.search(head)
    if named is None:
        return b""  # not packed: it was searched with the rest of the file
    predictor = _PREDICTOR.search(head)
    if not _FLATE.match(named.group(1).strip()) or (predictor and predictor.group(1) != b"1"):
        raise DeclinedError("packed")
    inflater, unpacked = zlib.decompressobj(), bytearray()
    for place in range(start, len(data), _PIECE):
        try:
            unpacked += inflater.decompress(data[place : place + _PIECE], most + 1 - len(unpacked))
        except zlib.error as error:
            raise DeclinedError("packed") from error
        if len(unpacked) > most:
            raise DeclinedError("packed")
        if inflater.eof:
            break
    return bytes(unpacked)
