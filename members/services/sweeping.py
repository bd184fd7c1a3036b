"""Logo files that nothing refers to any more: left by a transaction that failed, or by a row that is gone."""

import datetime as dt
import logging

from django.core.files.storage import default_storage
from django.db.models.fields.json import KT
from django.utils import timezone

from members.logos import FOLDER, remove_logo
from members.models import Organization, OrganizationRevision

logger = logging.getLogger(__name__)

# An upload stands in the storage before the row that refers to it is committed.
YOUNGEST = dt.timedelta(days=1)
BATCH = 500  # files that one run removes at most


def sweep_logos() -> int:
    """Removes files no row refers to and that are older than a day. Can be repeated. Returns how many."""
    names = _stored_names()
    in_use = _names_in_use()
    limit = timezone.now() - YOUNGEST
    removed = 0
    for name in names:
        if name in in_use or not _is_older(name, limit):
            continue
        remove_logo(name)
        removed += 1
        if removed == BATCH:
            break
    if removed:
        logger.info("removed %s logo files that nothing referred to", removed)
    return removed


def _stored_names() -> list[str]:
    try:
        _folders, files = default_storage.listdir(FOLDER)
    except FileNotFoundError:  # nobody has uploaded anything yet
        return []
    return sorted(f"{FOLDER}{name}" for name in files)


def _names_in_use() -> set[str]:
    """In one statement: a proposal approved meanwhile is seen as it was before or as it is after, never as neither."""
    live = Organization.objects.exclude(logo="").order_by().values_list("logo")
    proposed = OrganizationRevision.objects.unsettled().order_by().values_list(KT("proposed__logo"))
    return {name for (name,) in live.union(proposed) if name}


def _is_older(name: str, limit: dt.datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < limit
    except FileNotFoundError:  # removed by its own service since the folder was read
        return False
