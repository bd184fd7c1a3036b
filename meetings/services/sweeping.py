"""Files of papers, their previews and PDFs of records that no row refers to."""

from meetings.models import DocumentVersion, MinutesPdf
from meetings.models.renderings import PDFS
from meetings.papers.storing import FILES, PREVIEWS
from platform_portal.sweeping import remove_unused, stored_names


def sweep_files() -> int:
    """Removes those that are older than a day; a batch of each. Can be repeated. Returns how many."""
    names = {folder: stored_names(folder) for folder in (FILES, PREVIEWS, PDFS)}
    in_use = {
        FILES: DocumentVersion._default_manager.values_list("file", flat=True),
        PREVIEWS: DocumentVersion._default_manager.values_list("preview", flat=True),
        PDFS: MinutesPdf.objects.values_list("file", flat=True),
    }
    return sum(remove_unused(names[folder], set(in_use[folder])) for folder in names)
