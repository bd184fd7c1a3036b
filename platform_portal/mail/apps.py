from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    name = "platform_portal.mail"
    label = "mail"
    verbose_name = _("送ったメール")

    def ready(self) -> None:
        from platform_portal import personal_data
        from platform_portal.audit import kinds
        from platform_portal.mail import audit_labels, services

        kinds.register(audit_labels.LABELS)

        words = _(
            "あて先・件名・本文を消します。まだ送っていないメールは送りません。いつ送ったかは残ります。"
        )
        personal_data.handle("mail.outgoingmail", personal_data.Handling(words, services.erase_mails))
        personal_data.ask_before_erasing(services.mails_on_their_way)
