"""Writes member organisations as the CSV or XLSX file that import_organizations reads."""

from typing import Any

from django.core.management.base import CommandParser

from members.importing.exporting import SHEET, record_export, table_rows
from members.models import Organization
from platform_portal.sheets.commands import ExportCommand


class Command(ExportCommand):
    help = "会員団体を書き出します。ファイル名が .xlsx なら Excel、ほかは CSV（UTF-8）です。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="退会した団体と統合した団体も書き出します")
        parser.add_argument(
            "--with-contacts", action="store_true", help="住所と、連絡用の電話・メールも書き出します"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("pk")
        if not options["all"]:
            organizations = organizations.active()
        count = organizations.count()
        with_contacts = options["with_contacts"]
        record_export(count=count, with_contacts=with_contacts, conditions={}, by=None)
        self.write_out(
            lambda: table_rows(organizations, with_contacts=with_contacts),
            title=SHEET,
            output=options["output"],
            count=count,
        )
