"""Files of organisations on their way in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from members import permissions
from members.importing.applying import import_table
from members.importing.columns import shown
from members.importing.planning import make_plan
from members.importing.reading import ORGANIZATIONS
from members.models import OrganizationImport, OrganizationImportRow
from platform_portal.sheets.intake import Intake
from platform_portal.sheets.planning import Plan
from platform_portal.sheets.progress import Report
from platform_portal.sheets.reading import Table


class OrganizationIntake(Intake):
    upload_model = OrganizationImport
    row_model = OrganizationImportRow
    reader = ORGANIZATIONS
    plan_task = "members.tasks.plan_organization_import"
    apply_task = "members.tasks.apply_organization_import"
    changed_meanwhile = _("見ているあいだに、ほかの人が団体を変えました。もう一度確かめてください。")

    def check_may(self, by: Any) -> None:
        permissions.check_can_import_organizations(by)

    def make_plan(self, table: Table[Any], by: Any, report: Report) -> Plan[Any]:
        return make_plan(table=table, report=report)

    def carry_out(self, table: Table[Any], **how: Any) -> Plan[Any]:
        return import_table(table=table, **how)

    def shown(self, column: str, text: str) -> str:
        return shown(column, text)


intake = OrganizationIntake()
