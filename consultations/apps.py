from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("相談窓口")

    def ready(self) -> None:
        from consultations import audit_labels, mails
        from consultations import belongings as own
        from consultations import waiting as own_waiting
        from consultations.operators import register_windows
        from members import belongings, correspondence, waiting
        from platform_portal.audit import kinds as audit_kinds
        from platform_portal.mail import kinds

        audit_kinds.register(audit_labels.LABELS)
        kinds.register(mails.KINDS)
        register_windows()
        belongings.register(own.windows_of)
        correspondence.register(own.written_about)
        waiting.register(own_waiting.windows_wait)
