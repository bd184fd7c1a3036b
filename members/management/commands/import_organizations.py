"""Takes member organisations from a CSV, TSV or XLSX file: all of it or nothing."""

from typing import Any

from members.importing.applying import import_table
from members.importing.planning import make_plan
from members.importing.reading import ORGANIZATIONS
from platform_portal.sheets.commands import ImportCommand
from platform_portal.sheets.planning import Plan


class Command(ImportCommand):
    help = "会員団体をファイル（CSV・TSV・XLSX）から取り込みます。1行でも取り込めないときは、何も変えません。"

    def plan(self, content: bytes, by: Any, options: dict[str, Any]) -> Plan[Any]:
        return make_plan(table=ORGANIZATIONS.read(content))

    def take_in(self, content: bytes, by: Any, source: dict[str, Any], options: dict[str, Any]) -> Plan[Any]:
        return import_table(table=ORGANIZATIONS.read(content), by=by, source=source)
