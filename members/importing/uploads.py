"""Files of organisations on their way in."""

from typing import Any

from django.utils.translation import gettext as _

from members import permissions
from members.importing.applying import import_table
from members.importing.columns import shown
from members.importing.planning import make_plan
from members.importing.reading import ORGANIZATIONS
from members.models import OrganizationImport, OrganizationImportRow
from platform_portal.sheets.intake import Intake
from platform_portal.sheets.models import SheetUpload
from platform_portal.sheets.planning import Plan
from platform_portal.sheets.progress import Report


class OrganizationIntake(Intake):
    upload_model = OrganizationImport
    row_model = OrganizationImportRow

    def check_may(self, by: Any) -> None:
        permissions.check_can_import_organizations(by)

    def make_plan(self, upload: SheetUpload, report: Report) -> Plan[Any]:
        table = ORGANIZATIONS.read(bytes(upload.content))
        return make_plan(table=table, report=report)

    def carry_out(self, upload: SheetUpload, report: Report) -> Plan[Any]:
        return import_table(
            table=ORGANIZATIONS.read(bytes(upload.content)),
            by=upload.uploaded_by,
            shown=upload.digest,
            source={"file": upload.file_name, "sha256": upload.sha256},
            obj=upload,
            report=report,
        )

    def shown(self, column: str, text: str) -> str:
        return shown(column, text)

    def changed_meanwhile(self) -> str:
        return _("見ているあいだに、ほかの人が団体を変えました。もう一度確かめてください。")

    @property
    def plan_task(self) -> Any:
        from members.tasks import plan_organization_import

        return plan_organization_import

    @property
    def apply_task(self) -> Any:
        from members.tasks import apply_organization_import

        return apply_organization_import


intake = OrganizationIntake()
