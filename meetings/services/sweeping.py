"""Files of papers, their previews and PDFs of records that no row refers to."""

from meetings.models import DocumentVersion, MinutesPdf
from meetings.models.renderings import PDFS
from meetings.papers.storing import FILES, PREVIEWS
from platform_portal.sweeping import sweep_folders


def sweep_files() -> int:
    """Removes those that are older than a day; a batch of each. Can be repeated. Returns how many."""
    return sweep_folders(
        {
            FILES: DocumentVersion._default_manager.values_list("file", flat=True),
            PREVIEWS: DocumentVersion._default_manager.values_list("preview", flat=True),
            PDFS: MinutesPdf.objects.values_list("file", flat=True),
        }
    )
