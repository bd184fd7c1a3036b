"""Files that go with a mail: where they lie, never a copy of them; and how their names are written in a mail."""

import hashlib
from dataclasses import asdict, dataclass
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from typing import Any
from urllib.parse import quote

from django.core.files.storage import default_storage

_PIECE = 54  # characters of a name on one line, with room for what stands around them


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`place`: its name in the storage; `sha256`: of the file as it was when the mail was written."""

    place: str
    name: str
    content_type: str
    sha256: str

    def as_json(self) -> dict[str, str]:
        return asdict(self)


class ChangedFileError(Exception):
    """Not the file that was there when the mail was written."""


def part_of(values: dict[str, Any]) -> MIMEBase:
    """`values`: as the row keeps them. Raises ChangedFileError; OSError when the file or the storage is away."""
    file = StoredFile(**values)
    with default_storage.open(file.place, "rb") as opened:
        data = opened.read()
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise ChangedFileError
    part = MIMEBase(*file.content_type.split("/", 1))
    part.set_payload(data)
    encode_base64(part)
    part["Content-Disposition"] = disposition(file.name)
    return part


def disposition(name: str) -> str:
    """RFC 2231: the letters of a long name in pieces, none of which makes a line too long."""
    pieces = [""]
    for letter in name:
        written = quote(letter, safe="")
        if len(pieces[-1]) + len(written) > _PIECE:
            pieces.append("")
        pieces[-1] += written
    pieces[0] = f"utf-8''{pieces[0]}"
    numbers = [""] if len(pieces) == 1 else [f"*{number}" for number in range(len(pieces))]
    named = [f"filename{number}*={piece}" for number, piece in zip(numbers, pieces, strict=True)]
    return ";\r\n ".join(["attachment", *named])
