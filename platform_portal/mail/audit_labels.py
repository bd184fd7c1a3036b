"""What the audit events about mails say in Japanese."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import MailState

LABELS = {
    "mail.mail_resent": gettext_lazy("もう一度送ることにした"),
    "mail.mail_cancelled": gettext_lazy("送るのをやめた"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words: when, who, what, and (field, before, after) for each field."""

    at: Any
    who: str
    what: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)


def describe(event: AuditEvent, names: Mapping[int, str]) -> Line:
    """`names`: names of users by key. Somebody who is gone is shown by number."""
    who = names.get(event.actor_id or 0) or _("利用者 %(number)s") % {"number": event.actor_id}
    changes = [
        (_("状態"), str(MailState(old).label), str(MailState(new).label))
        for _name, old, new in event.changed_fields
    ]
    return Line(event.at, who, str(LABELS.get(event.type, event.type)), changes)
