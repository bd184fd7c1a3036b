"""What `EMAIL_BACKEND` names: nothing leaves at once, everything becomes a row first."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from platform_portal.mail import storing
from platform_portal.mail.waking import wake_sender


class OutboxBackend(BaseEmailBackend):
    """Stores mails in the transaction that causes them: rolled back, they were never written.

    The sender is woken after the commit. That is only a hint; the tick finds whatever it misses.
    `fail_silently` is not heeded: a row that cannot be written must undo what it speaks of.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with transaction.atomic():
            stored = storing.store(email_messages)
            if stored:
                transaction.on_commit(wake_sender)
        return stored
