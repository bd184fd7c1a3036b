from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("事業の記録と報告書")

    def ready(self) -> None:
        from platform_portal import desk_jobs
        from platform_portal.audit import kinds as audit_kinds
        from reports.audit_labels import LABELS
        from reports.offering import sources
        from reports.services.merging import register_record
        from reports.sources import register
        from reports.waiting import record_jobs

        audit_kinds.register(LABELS)
        for source in sources():
            register(source)
        desk_jobs.register(record_jobs)
        register_record()
