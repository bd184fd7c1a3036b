"""render_report YEAR --output FILE: the annual report of a year as PDF, PDF/A or Word, without queue and browser."""

import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from platform_portal.pdf import UnprintableError
from reports.making import make_file
from reports.models import AnnualReport, RenderingKind
from reports.snapshots import to_json
from reports.snapshotting import take_snapshot


class Command(BaseCommand):
    help = "Writes the annual report of a fiscal year: the newest approved edition, or with --draft what it says now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("year", type=int, help="fiscal year: 2026 for April 2026 to March 2027")
        parser.add_argument(
            "--output", type=Path, required=True, help="the file to write; an older one is replaced"
        )
        parser.add_argument("--kind", choices=RenderingKind.values, default=RenderingKind.PDF.value)
        parser.add_argument("--draft", action="store_true", help="what the report says now, approved or not")

    def handle(self, *, year: int, output: Path, kind: str, draft: bool, **options: Any) -> None:
        source = _source(year, is_draft=draft)
        try:
            made = make_file(RenderingKind(kind), source, on_writing=lambda: None)
        except UnprintableError as problem:
            raise CommandError(str(problem)) from problem
        try:
            _write_whole(output, made.data)
        except OSError as error:
            raise CommandError(
                _("%(file)s に書けません：%(reason)s") % {"file": output, "reason": error.strerror}
            ) from error
        pages = f", {made.page_count} pages" if made.page_count else ""
        self.stdout.write(f"Wrote {output} ({len(made.data):,} bytes{pages}).")


def _source(year: int, *, is_draft: bool) -> dict[str, Any]:
    report = AnnualReport.objects.select_related("scheme").filter(scheme__fiscal_year=year).first()
    if report is None:
        raise CommandError(_("%(year)s年度の報告書はありません。") % {"year": year})
    if is_draft:
        return to_json(take_snapshot(report))
    edition = report.editions.order_by("-number").first()
    if edition is None:
        raise CommandError(
            _("%(year)s年度の報告書は、まだ承認されていません。下書きは --draft で作れます。")
            % {"year": year}
        )
    snapshot: dict[str, Any] = edition.snapshot
    return snapshot


def _write_whole(output: Path, data: bytes) -> None:
    """Beside it first: whoever reads `output` finds the old file or the new one, never half of it."""
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        beside.replace(output)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
