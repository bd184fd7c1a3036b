from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("利用者と会員")

    def ready(self) -> None:
        from members import (
            audit_labels,
            board_mails,
            board_waiting,
            correspondence,
            mails,
            own_waiting,
            signals,  # noqa: F401  connects the receivers
            third_parties,
            waiting,
        )
        from members.services import personal_data as services
        from members.services.board_merging import register_board
        from members.services.distinctions import register_distinctions
        from members.services.merging import register_own_parts
        from platform_portal import personal_data
        from platform_portal.audit import kinds as audit_kinds
        from platform_portal.mail import kinds

        third_parties.declare_all()
        register_own_parts()
        for label, handling in services.HANDLINGS.items():
            personal_data.handle(label, handling)
        personal_data.ask_before_erasing(services.last_manager_obstacles)
        personal_data.ask_before_erasing(services.individual_member_obstacles)
        register_board()
        register_distinctions()
        audit_kinds.register(audit_labels.LABELS)
        kinds.register(mails.KINDS)
        kinds.register(board_mails.KINDS)
        correspondence.register(correspondence.conversations_of)
        waiting.register(own_waiting.charter_waits)
        waiting.register(own_waiting.returned_changes_wait)
        waiting.register(own_waiting.invitations_wait)
        waiting.register(board_waiting.messages_wait)
        waiting.register(board_waiting.offers_wait)
