from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "platform_portal.audit"
    label = "audit"
    verbose_name = _("操作の記録")

    def ready(self) -> None:
        from platform_portal import personal_data

        stays = _("だれが何をしたかは、番号で残ります。名前やアドレスは、もとから書いてありません。")
        personal_data.handle("audit.auditevent", personal_data.Handling(stays))
