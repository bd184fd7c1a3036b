"""What the audit events about events, applications and case studies say in Japanese."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Event
from meetings.presenting.events import clock_words, day_words
from platform_portal.audit import words
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.services import WITHHELD
from platform_portal.audit.words import Line

LABELS = {
    "meetings.event_created": gettext_lazy("作った"),
    "meetings.event_changed": gettext_lazy("内容を変えた"),
    "meetings.event_submitted": gettext_lazy("確認を頼んだ"),
    "meetings.event_withdrawn": gettext_lazy("確認を頼んだのを取り下げた"),
    "meetings.event_published": gettext_lazy("認めて公開した"),
    "meetings.event_returned": gettext_lazy("下書きに戻した"),
    "meetings.event_suspended": gettext_lazy("公開を止めた"),
    "meetings.event_resubmitted": gettext_lazy("もう一度確認を頼んだ"),
    "meetings.event_archived": gettext_lazy("保管した"),
    "meetings.event_restored": gettext_lazy("下書きとして戻した"),
    "meetings.event_cancelled": gettext_lazy("中止にした"),
    "meetings.event_revision_proposed": gettext_lazy("変更を申し出た"),
    "meetings.event_revision_replaced": gettext_lazy("申し出た変更を直した"),
    "meetings.event_revision_approved": gettext_lazy("申し出の変更を認めた"),
    "meetings.event_revision_returned": gettext_lazy("申し出の変更を差し戻した"),
    "meetings.event_revision_withdrawn": gettext_lazy("申し出の変更を取り下げた"),
    "meetings.event_applied": gettext_lazy("催しに申し込んだ"),
    "meetings.event_application_cancelled": gettext_lazy("催しの申込を取り消した"),
    "meetings.event_application_moved_up": gettext_lazy("キャンセル待ちから参加が決まった"),
    "meetings.event_applicants_seen": gettext_lazy("申し込んだ人の一覧を見た"),
    "meetings.event_applicants_exported": gettext_lazy("申し込んだ人の一覧を書き出した"),
    "meetings.event_applications_forgotten": gettext_lazy("期限が過ぎたので、申込を消した"),
}
OTHER_FIELDS = {
    "applications": gettext_lazy("申込"),
    "people": gettext_lazy("人数"),
    "copied_from": gettext_lazy("写したもと"),
}


def history_of(event: Event) -> list[Line]:
    return words.history_of(event, describe)


def describe(event: AuditEvent, names: Mapping[int, str]) -> Line:
    changes = [
        (_label(name), _value(name, old), _value(name, new))
        for name, old, new in event.changed_fields
        if not (old in (None, "", []) and new in (None, "", [], False))  # a new row names all its fields
    ]
    return Line(event.at, words.actor_words(event, names), event.get_type_display(), changes, event.note)


def _field(name: str) -> Any:
    """None for what is no field of an event, such as how many applications were taken along."""
    try:
        field = Event._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if field.concrete else None


def _label(name: str) -> str:
    field = _field(name)
    return str(OTHER_FIELDS.get(name, name) if field is None else field.verbose_name)


def _value(name: str, value: Any) -> str:
    if value in (None, "", []):
        return _("なし")
    if value == WITHHELD:
        return _("（個人情報）")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if name.endswith("_at"):
        moment = timezone.localtime(dt.datetime.fromisoformat(value))
        return f"{day_words(moment.date())} {clock_words(moment)}"
    field = _field(name)
    choices = dict(field.flatchoices) if field is not None and getattr(field, "choices", None) else {}
    return str(choices.get(value, value))
