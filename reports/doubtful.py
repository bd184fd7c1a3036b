"""What an import left in doubt, among what should be looked at before a report is approved."""

from django.urls import reverse
from django.utils.translation import gettext as _

from reports.lints import Finding, Place
from reports.models import GrantScheme, ImportDoubt

MOST_SHOWN = 10


def findings_of_import(scheme: GrantScheme) -> list[tuple[Finding, str]]:
    """Each with the place where it is put aside. Warnings, so that nothing is held up by them. Two queries."""
    waiting = ImportDoubt.objects.filter(scheme=scheme).waiting()
    count = waiting.count()
    page = reverse("reports:desk-doubt-list", args=[scheme.fiscal_year])
    found = [(_finding(row), f"{page}#doubt-{row.public_id}") for row in waiting[:MOST_SHOWN]]
    if count > MOST_SHOWN:
        words = _("取り込みで確かめることが、ほかに%(count)s件あります。") % {"count": count - MOST_SHOWN}
        found.append((Finding("import_doubts", words, Place.REPORT, is_error=False), page))
    return found


def _finding(row: ImportDoubt) -> Finding:
    values = {"file": row.file_name, "line": row.line, "message": row.message}
    words = _("取り込んだ「%(file)s」の%(line)s行目：%(message)s") % values
    return Finding("import_doubt", words, Place.REPORT, is_error=False)
