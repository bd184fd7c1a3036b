"""Files of windows on their way in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from consultations import permissions
from consultations.importing.applying import import_table
from consultations.importing.columns import shown
from consultations.importing.planning import make_plan
from consultations.importing.reading import WINDOWS
from consultations.models import WindowImport, WindowImportRow
from platform_portal.sheets.intake import Intake
from platform_portal.sheets.planning import Plan
from platform_portal.sheets.progress import Report
from platform_portal.sheets.reading import Table


class WindowIntake(Intake):
    upload_model = WindowImport
    row_model = WindowImportRow
    reader = WINDOWS
    plan_task = "consultations.tasks.plan_import"
    apply_task = "consultations.tasks.apply_import"
    changed_meanwhile = _("見ているあいだに、ほかの人が窓口を変えました。もう一度確かめてください。")

    def check_may(self, by: Any) -> None:
        permissions.check_can_import_windows(by)

    def make_plan(self, table: Table[Any], by: Any, report: Report) -> Plan[Any]:
        return make_plan(table=table, by=by, report=report)

    def carry_out(self, table: Table[Any], **how: Any) -> Plan[Any]:
        return import_table(table=table, **how)

    def shown(self, column: str, text: str) -> str:
        return shown(column, text)


intake = WindowIntake()
