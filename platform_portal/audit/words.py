"""The record in words. Each app says its own events (`audit_labels`); this is what they share."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from platform_portal.audit.models import AuditEvent

HISTORY_LENGTH = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One event: when, who, what, (field, before, after) for each field that changed, and why."""

    at: dt.datetime
    who: str
    what: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    note: str = ""


def person_words(key: int, names: Mapping[int, str]) -> str:
    """Somebody who is gone is shown by number."""
    return names.get(key) or _("利用者 %(number)s") % {"number": key}


def actor_words(event: AuditEvent, names: Mapping[int, str]) -> str:
    """The portal itself by name."""
    return _("ポータル") if event.actor_id is None else person_words(event.actor_id, names)


def names_of(keys: Iterable[int | None]) -> dict[int, str]:
    """Names of users by key. One query."""
    known = get_user_model()._default_manager.filter(pk__in={key for key in keys if key is not None})
    return dict(known.values_list("pk", "name"))


def history_of(
    obj: models.Model,
    describe: Callable[[AuditEvent, Mapping[int, str]], Line],
    length: int = HISTORY_LENGTH,
) -> list[Line]:
    """The latest events of an object, newest first. Two queries."""
    events = list(AuditEvent.objects.about(obj)[:length])
    names = names_of(event.actor_id for event in events)
    return [describe(event, names) for event in events]
