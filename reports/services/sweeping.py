"""Files of evidence that no row refers to: left by a server that stopped between the file and its row."""

from platform_portal.sweeping import remove_unused, stored_names
from reports.models import Evidence
from reports.services.evidence import FILES


def sweep_evidence() -> int:
    """Removes those that are older than a day; a batch. Can be repeated. Returns how many."""
    names = stored_names(FILES)
    return remove_unused(names, set(Evidence.objects.values_list("file", flat=True)))
