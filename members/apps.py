from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("利用者と会員")

    def ready(self) -> None:
        from members import (
            mails,
            signals,  # noqa: F401  connects the receivers
        )
        from platform_portal.mail import kinds

        kinds.register(mails.KINDS)
