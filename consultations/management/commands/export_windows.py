"""Writes consultation windows as the CSV or XLSX file that import_windows reads."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from consultations.importing.exporting import csv_lines, workbook_bytes
from consultations.models import ConsultationWindow
from platform_portal.publishing.states import State


class Command(BaseCommand):
    help = "相談窓口を書き出します。ファイル名が .xlsx なら Excel、ほかは CSV（UTF-8）です。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="書き出すファイル（ないときは画面へ）"
        )
        parser.add_argument("--all", action="store_true", help="保管済みの窓口も書き出します")

    def handle(self, *args: Any, **options: Any) -> None:
        windows = ConsultationWindow.objects.order_by("pk")
        if not options["all"]:
            windows = windows.exclude(state=State.ARCHIVED)
        output: Path | None = options["output"]
        if output is None:
            for piece in csv_lines(windows):
                self.stdout.write(piece, ending="")
            self.stdout.flush()
            report = self.stderr  # the file itself goes where the other messages go
        else:
            self._write_file(windows, output)
            report = self.stdout
        report.write(_("%s件を書き出しました。") % windows.count())

    def _write_file(self, windows: Any, output: Path) -> None:
        """Through a file beside it, so that a failure leaves no half of one."""
        part = output.with_name(output.name + ".part")
        try:
            with part.open("wb") as file:
                if output.suffix.lower() == ".xlsx":
                    file.write(workbook_bytes(windows))
                else:
                    file.writelines(piece.encode() for piece in csv_lines(windows))
            part.replace(output)
        except OSError as error:
            raise CommandError(
                _("ファイルに書けません: %(path)s（%(why)s）") % {"path": output, "why": error.strerror}
            ) from error
        finally:
            part.unlink(missing_ok=True)
