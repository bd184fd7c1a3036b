"""Names of files as strangers write them, made fit to be shown and to be handed out again."""

import re
import unicodedata

LONGEST = 150
# What a system takes for a path or a command, and what is not seen or turns the direction of reading.
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')


def clean_name(name: str) -> str:
    """The last part of a path, composed, on one line, at most 150 characters with its ending."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    plain = " ".join(_UNFIT.sub("", last).split()).lstrip(".")
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST]
    stem = stem.strip(". ") or "file"
    return f"{stem[: LONGEST - len(suffix) - 1]}.{suffix}"


def suffix_of(name: str) -> str:
    """In small letters, without its dot; of the name as it will be shown."""
    _stem, dot, suffix = clean_name(name).rpartition(".")
    return suffix.lower() if dot else ""
