"""Uploaded files that nothing refers to any more: left by a transaction that failed, or by a row that is gone."""

import datetime as dt
import logging
from collections.abc import Callable, Collection, Iterable, Mapping

from django.core.files.storage import default_storage
from django.utils import timezone

logger = logging.getLogger(__name__)

# An upload stands in the storage before the row that refers to it is committed.
YOUNGEST = dt.timedelta(days=1)
BATCH = 500  # files that one run removes at most


def stored_names(folder: str) -> list[str]:
    """`folder` ends with a slash."""
    try:
        _folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nobody has uploaded anything yet
        return []
    return sorted(f"{folder}{name}" for name in files)


def sweep_folders(in_use: Mapping[str, Iterable[str]]) -> int:
    """A batch of each folder. `in_use`: querysets of names, read when the folders have been. Returns how many went."""
    names = {folder: stored_names(folder) for folder in in_use}
    return sum(remove_unused(names[folder], set(used)) for folder, used in in_use.items())


def remove_unused(
    names: Iterable[str],
    in_use: Collection[str],
    *,
    batch: int = BATCH,
    remove: Callable[[str], object] = default_storage.delete,
) -> int:
    """Removes those that are in no use and older than a day. `in_use` is asked for after `names`. Returns how many."""
    limit = timezone.now() - YOUNGEST
    removed = 0
    for name in names:
        if name in in_use or not _is_older(name, limit):
            continue
        remove(name)
        removed += 1
        if removed == batch:
            break
    if removed:
        logger.info("removed %s files that nothing referred to", removed)
    return removed


def _is_older(name: str, limit: dt.datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < limit
    except FileNotFoundError:  # removed by its own service since the folder was read
        return False
