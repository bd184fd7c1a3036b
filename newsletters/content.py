"""What leaves, as plain values: made when an issue is approved, and never again.

The hash binds words, files and audience: whoever approved has approved exactly this, to exactly these readers.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

# Stands in the address of the page to leave; each copy gets its own token there (newsletters.links).
TOKEN_MARK = "%%token%%"  # noqa: S105  a place to write to, not a secret


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """`public_id` leads to the stored file, `sha256` says whether it is still the same."""

    public_id: str
    name: str
    content_type: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Content:
    """`text` and `html` hold TOKEN_MARK where the reader's own token goes. `newsletter`: public id; `readership`: key."""

    newsletter: str
    readership: str
    sender_name: str
    sender_address: str
    reply_address: str
    subject: str
    text: str
    html: str
    attachments: tuple[AttachedFile, ...] = ()

    @property
    def sha256(self) -> str:
        """Hexadecimal, of the canonical JSON."""
        words = json.dumps(to_json(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()


def to_json(content: Content) -> dict[str, Any]:
    return {**asdict(content), "attachments": [asdict(file) for file in content.attachments]}


def from_json(values: dict[str, Any]) -> Content:
    return Content(
        **{
            **values,
            "attachments": tuple(AttachedFile(**file) for file in values["attachments"]),
        }
    )
