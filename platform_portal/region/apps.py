from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionConfig(AppConfig):
    name = "platform_portal.region"
    label = "region"
    verbose_name = _("地域とポータルの設定")

    def ready(self) -> None:
        from platform_portal.audit import kinds

        kinds.register({"region.settings_changed": _("設定を変えた")})
