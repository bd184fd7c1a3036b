"""Where the files of papers lie: outside the web root, under names that say nothing and that nobody can guess."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

FILES = "meetings/documents/"
PREVIEWS = "meetings/previews/"


@contextmanager
def stored(folder: str, data: bytes, suffix: str) -> Iterator[str]:
    """Puts it into the storage and gives its place there. Taken out again when what stands inside fails."""
    name = default_storage.save(f"{folder}{secrets.token_hex(16)}.{suffix}", ContentFile(data))
    try:
        yield name
    except BaseException:
        default_storage.delete(name)
        raise
