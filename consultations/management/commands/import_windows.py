"""Takes consultation windows from a CSV, TSV or XLSX file: all of it or nothing."""

from typing import Any

from django.core.management.base import CommandParser

from consultations.importing.applying import import_table
from consultations.importing.planning import Options, make_plan
from consultations.importing.reading import WINDOWS
from platform_portal.sheets.commands import ImportCommand
from platform_portal.sheets.planning import Plan


class Command(ImportCommand):
    help = "相談窓口をファイル（CSV・TSV・XLSX）から取り込みます。1行でも取り込めないときは、何も変えません。"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--trust-state", action="store_true", help="公開状態の列も取り込みます（確認の手順をとばします）"
        )
        parser.add_argument(
            "--only-new", action="store_true", help="すでにある窓口は変えず、新しい窓口だけを作ります"
        )

    def plan(self, content: bytes, by: Any, options: dict[str, Any]) -> Plan[Any]:
        return make_plan(table=WINDOWS.read(content), by=by, options=_choices(options))

    def take_in(self, content: bytes, by: Any, source: dict[str, Any], options: dict[str, Any]) -> Plan[Any]:
        return import_table(table=WINDOWS.read(content), by=by, options=_choices(options), source=source)


def _choices(options: dict[str, Any]) -> Options:
    return Options(trusts_state=options["trust_state"], only_new=options["only_new"])
