from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionConfig(AppConfig):
    name = "platform_portal.region"
    label = "region"
    verbose_name = _("地域とポータルの設定")
