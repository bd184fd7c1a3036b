"""Writes consultation windows as the CSV or XLSX file that import_windows reads."""

from typing import Any

from django.core.management.base import CommandParser

from consultations.importing.exporting import SHEET, table_rows
from consultations.models import ConsultationWindow
from platform_portal.publishing.states import State
from platform_portal.sheets.commands import ExportCommand


class Command(ExportCommand):
    help = "相談窓口を書き出します。ファイル名が .xlsx なら Excel、ほかは CSV（UTF-8）です。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="保管済みの窓口も書き出します")

    def handle(self, *args: Any, **options: Any) -> None:
        windows = ConsultationWindow.objects.order_by("pk")
        if not options["all"]:
            windows = windows.exclude(state=State.ARCHIVED)
        self.write_out(
            lambda: table_rows(windows), title=SHEET, output=options["output"], count=windows.count()
        )
