"""The history of a body, a meeting and whatever belongs to it, in words."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_portal.audit import words
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.services import WITHHELD
from platform_portal.audit.words import Line
from platform_portal.japanese.calendar import format_wareki, format_wareki_moment

# What events say besides the fields of their model.
OTHER_LABELS = {
    "item": gettext_lazy("項目"),
    "counts": gettext_lazy("参加の数"),
    "source": gettext_lazy("もとの会議"),
    "due_on": gettext_lazy("返事の期限"),
    "requests": gettext_lazy("頼んだ相手の数"),
    "left_out": gettext_lazy("送り先がなく頼まなかった数"),
    "silent": gettext_lazy("期限までに返事のなかった数"),
    "utterance": gettext_lazy("発言のID"),
    "request": gettext_lazy("依頼のID"),
    "answer": gettext_lazy("返事"),
    "reason_kind": gettext_lazy("直すわけ"),
    "is_removal": gettext_lazy("発言を消す"),
    "count": gettext_lazy("数"),
    "file": gettext_lazy("ファイル"),
    "sha256": gettext_lazy("ファイルの指紋（SHA-256）"),
    "came": gettext_lazy("来た人の数"),
    "did_not_come": gettext_lazy("来なかった人の数"),
    "people": gettext_lazy("名前のある人の数"),
    "attendance": gettext_lazy("まとめた案内のID"),
}


def history_of(obj: models.Model) -> list[Line]:
    """Two queries."""
    return words.history_of(obj, describe)


def describe(event: AuditEvent, names: Mapping[int, str]) -> Line:
    changes = [
        (_label(event, name), _value(event, name, old), _value(event, name, new))
        for name, old, new in event.changed_fields
        if not (_is_empty(old) and _is_empty(new))
    ]
    return Line(event.at, words.actor_words(event, names), event.get_type_display(), changes, event.note)


def _label(event: AuditEvent, name: str) -> str:
    field = _field(event, name)
    return str(OTHER_LABELS.get(name, name) if field is None else field.verbose_name)


def _is_empty(value: Any) -> bool:
    return value is None or value == "" or value == []


def _value(event: AuditEvent, name: str, value: Any) -> str:
    if _is_empty(value):
        return _("なし")
    if value == WITHHELD:
        return _("（個人情報）")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, list):
        return "、".join(str(each) for each in value)
    field = _field(event, name)
    if isinstance(field, models.DateTimeField) and (moment := _moment(value)):
        return date_format(moment, "Y年n月j日 G:i") if _is_of_event(event) else format_wareki_moment(moment)
    if type(field) is models.DateField and (day := parse_date(str(value))):
        return format_wareki(day)
    if isinstance(field, models.ForeignKey):
        row = field.related_model._default_manager.filter(pk=value).first()
        return str(row or value)
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    return str(choices.get(value, value))


def _is_of_event(event: AuditEvent) -> bool:
    """Events are announced in the years of the calendar on the wall, meetings in those of the files of an office."""
    return event.object_type.startswith("meetings.event")


def _moment(value: Any) -> dt.datetime | None:
    moment = parse_datetime(str(value))
    return timezone.localtime(moment) if moment else None


def _field(event: AuditEvent, name: str) -> "models.Field[Any, Any] | None":
    try:
        field = apps.get_model(event.object_type)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None
