from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("事業の記録と報告書")

    def ready(self) -> None:
        from platform_portal.audit import kinds as audit_kinds
        from reports.audit_labels import LABELS

        audit_kinds.register(LABELS)
