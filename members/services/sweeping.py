"""Logo files that nothing refers to any more."""

from django.db.models.fields.json import KT

from members.logos import FOLDER, remove_logo
from members.models import Organization, OrganizationRevision
from platform_portal.sweeping import remove_unused, stored_names

BATCH = 500  # files that one run removes at most


def sweep_logos() -> int:
    """Removes files no row refers to and that are older than a day. Can be repeated. Returns how many."""
    names = _stored_names()
    return remove_unused(names, _names_in_use(), batch=BATCH, remove=remove_logo)


def _stored_names() -> list[str]:
    return stored_names(FOLDER)


def _names_in_use() -> set[str]:
    """In one statement: a proposal approved meanwhile is seen as it was before or as it is after, never as neither."""
    live = Organization.objects.exclude(logo="").order_by().values_list("logo")
    proposed = OrganizationRevision.objects.unsettled().order_by().values_list(KT("proposed__logo"))
    return {name for (name,) in live.union(proposed) if name}
