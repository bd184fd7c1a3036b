"""Files of addresses on their way in."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from newsletters.importing.applying import import_table
from newsletters.importing.columns import SUBSCRIBERS
from newsletters.importing.planning import make_plan
from newsletters.models import SubscriberImport, SubscriberImportRow
from platform_portal.access.checks import check_has
from platform_portal.access.roles import Permission
from platform_portal.sheets.intake import Intake
from platform_portal.sheets.planning import Plan
from platform_portal.sheets.progress import Report
from platform_portal.sheets.reading import Table


class SubscriberIntake(Intake):
    upload_model = SubscriberImport
    row_model = SubscriberImportRow
    reader = SUBSCRIBERS
    plan_task = "newsletters.tasks.subscribers.plan_subscriber_import"
    apply_task = "newsletters.tasks.subscribers.apply_subscriber_import"
    changed_meanwhile = _(
        "確かめているあいだに、購読者の登録が変わりました。いまの内容で、もう一度確かめてください。"
    )

    def check_may(self, by: Any) -> None:
        check_has(by, Permission.TEND_SUBSCRIBERS)

    def make_plan(self, table: Table[Any], by: Any, report: Report) -> Plan[Any]:
        return make_plan(table=table, report=report)

    def carry_out(self, table: Table[Any], **how: Any) -> Plan[Any]:
        return import_table(table=table, **how)

    def shown(self, column: str, text: str) -> str:
        return text


intake = SubscriberIntake()
