from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("利用者と会員")

    def ready(self) -> None:
        from members import (
            mails,
            signals,  # noqa: F401  connects the receivers
            third_parties,
            waiting,
        )
        from members.services.merging import register_own_parts
        from members.views.my import home
        from platform_portal.mail import kinds

        third_parties.declare_all()
        register_own_parts()
        kinds.register(mails.KINDS)
        waiting.register(home.charter_waits)
        waiting.register(home.invitations_wait)
