from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewslettersConfig(AppConfig):
    name = "newsletters"
    verbose_name = _("メルマガ")

    def ready(self) -> None:
        from newsletters.audit_labels import LABELS
        from newsletters.issue_registration import register_issues
        from newsletters.subscriber_registration import register_subscribers
        from platform_portal.audit import kinds as audit_kinds

        audit_kinds.register(LABELS)
        register_subscribers()
        register_issues()
