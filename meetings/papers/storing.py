"""Where the files of papers lie: outside the web root, under names that say nothing and that nobody can guess."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused

logger = logging.getLogger(__name__)

FILES = "meetings/documents/"
PREVIEWS = "meetings/previews/"


@contextmanager
def stored(folder: str, data: bytes, suffix: str) -> Iterator[str]:
    """Puts it into the storage and gives its place there. Taken out again when what stands inside fails.

    Raises Refused where there is no room; then nothing is stored.
    """
    name = f"{folder}{secrets.token_hex(16)}.{suffix}"
    try:
        name = default_storage.save(name, ContentFile(data))
    except OSError as error:
        logger.warning("a file was not stored: %s", type(error).__name__)
        default_storage.delete(name)  # the part for which there was room
        raise Refused(
            _("ファイルを保存できませんでした。置き場所が足りないかもしれません。担当者に知らせてください。")
        ) from error
    try:
        yield name
    except BaseException:
        default_storage.delete(name)
        raise
