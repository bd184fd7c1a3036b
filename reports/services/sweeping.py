"""Files of evidence and of reports that no row refers to: left by a server that stopped between the file and its row,
and by whoever cancelled a file while it was made."""

from platform_portal.sweeping import sweep_folders
from reports.models import Evidence, Rendering
from reports.models.renderings import RENDERINGS
from reports.services.evidence import FILES


def sweep_files() -> int:
    """Removes those that are older than a day; a batch of each. Can be repeated. Returns how many."""
    return sweep_folders(
        {
            FILES: Evidence.objects.values_list("file", flat=True),
            RENDERINGS: Rendering.objects.values_list("file", flat=True),
        }
    )
