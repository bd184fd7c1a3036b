"""Files of windows on their way in."""

from typing import Any

from django.utils.translation import gettext as _

from consultations import permissions
from consultations.importing.applying import import_table
from consultations.importing.columns import shown
from consultations.importing.planning import make_plan
from consultations.importing.reading import WINDOWS
from consultations.models import WindowImport, WindowImportRow
from platform_portal.sheets.intake import Intake
from platform_portal.sheets.models import SheetUpload
from platform_portal.sheets.planning import Plan
from platform_portal.sheets.progress import Report


class WindowIntake(Intake):
    upload_model = WindowImport
    row_model = WindowImportRow

    def check_may(self, by: Any) -> None:
        permissions.check_can_import_windows(by)

    def make_plan(self, upload: SheetUpload, report: Report) -> Plan[Any]:
        table = WINDOWS.read(bytes(upload.content))
        return make_plan(table=table, by=upload.uploaded_by, report=report)

    def carry_out(self, upload: SheetUpload, report: Report) -> Plan[Any]:
        return import_table(
            table=WINDOWS.read(bytes(upload.content)),
            by=upload.uploaded_by,
            shown=upload.digest,
            source={"file": upload.file_name, "sha256": upload.sha256},
            obj=upload,
            report=report,
        )

    def shown(self, column: str, text: str) -> str:
        return shown(column, text)

    def changed_meanwhile(self) -> str:
        return _("見ているあいだに、ほかの人が窓口を変えました。もう一度確かめてください。")

    @property
    def plan_task(self) -> Any:
        from consultations.tasks import plan_import

        return plan_import

    @property
    def apply_task(self) -> Any:
        from consultations.tasks import apply_import

        return apply_import


intake = WindowIntake()
