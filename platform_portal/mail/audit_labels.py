"""What the audit events about mails say in Japanese."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.audit import words
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.words import Line
from platform_portal.mail.models import MailState, OutgoingMail

LABELS = {
    "mail.mail_resent": gettext_lazy("もう一度送ることにした"),
    "mail.mail_cancelled": gettext_lazy("送るのをやめた"),
}


def describe(event: AuditEvent, names: Mapping[int, str]) -> Line:
    """`names`: names of users by key."""
    changes = [
        (_("状態"), str(MailState(old).label), str(MailState(new).label))
        for _name, old, new in event.changed_fields
    ]
    return Line(event.at, words.actor_words(event, names), event.get_type_display(), changes)


def history_of(mail: OutgoingMail) -> list[Line]:
    return words.history_of(mail, describe)
