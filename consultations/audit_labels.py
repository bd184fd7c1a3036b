"""What the audit events of this app say in Japanese. The one list; a test demands a label per type."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.hours_words import hours_words
from consultations.models import (
    CalendarOverride,
    Category,
    Channel,
    ChannelKind,
    ConsultationWindow,
    Toll,
    VerificationCall,
    VerificationRules,
)
from consultations.presenting.languages import language_name
from platform_portal.audit.models import AuditEvent
from platform_portal.audit.words import Line, actor_words, person_words
from platform_portal.publishing.states import State

LABELS = {
    "consultations.window_created": gettext_lazy("作った"),
    "consultations.window_changed": gettext_lazy("内容を変えた"),
    "consultations.window_verified": gettext_lazy("確かめた"),
    "consultations.window_unverified": gettext_lazy("確かめたのを取り消した"),
    "consultations.window_called": gettext_lazy("電話などで聞いた"),
    "consultations.rules_changed": gettext_lazy("確かめるきまりを変えた"),
    "consultations.window_submitted": gettext_lazy("確認を頼んだ"),
    "consultations.window_resubmitted": gettext_lazy("もう一度確認を頼んだ"),
    "consultations.window_published": gettext_lazy("認めて公開した"),
    "consultations.window_returned": gettext_lazy("下書きに戻した"),
    "consultations.window_suspended": gettext_lazy("公開を止めた"),
    "consultations.window_archived": gettext_lazy("保管した"),
    "consultations.window_restored": gettext_lazy("保管から下書きに戻した"),
    "consultations.window_withdrawn": gettext_lazy("頼んだ確認を取り下げた"),
    "consultations.revision_proposed": gettext_lazy("変更を申し出た（確認待ち）"),
    "consultations.revision_replaced": gettext_lazy("申し出た変更を直した"),
    "consultations.revision_approved": gettext_lazy("確かめて、変更を公開した"),
    "consultations.revision_returned": gettext_lazy("変更を差し戻した"),
    "consultations.revision_withdrawn": gettext_lazy("変更を取り下げた"),
    "consultations.revision_overtaken": gettext_lazy("申し出た変更より先に、同じ項目が変わった"),
    "consultations.windows_imported": gettext_lazy("ファイルから取り込んだ"),
    "consultations.report_handled": gettext_lazy("誤りの知らせに対応した"),
    "consultations.category_changed": gettext_lazy("分野を変えた"),
    "consultations.override_added": gettext_lazy("祝日の変更を加えた"),
    "consultations.override_changed": gettext_lazy("祝日の変更を直した"),
    "consultations.override_deleted": gettext_lazy("祝日の変更を消した"),
    "consultations.word_forgotten": gettext_lazy("見つからなかった言葉を消した"),
}
_MODELS: tuple[type[models.Model], ...] = (
    ConsultationWindow,
    Category,
    CalendarOverride,
    VerificationCall,
    VerificationRules,
)
_EXTRA_FIELDS = {
    "channels": gettext_lazy("連絡手段"),
    "exceptions": gettext_lazy("日ごとの変更"),
    "fallbacks": gettext_lazy("代わりの窓口"),
    "report": gettext_lazy("知らせの種類"),
    "resolution": gettext_lazy("対応の内容"),
    "word": gettext_lazy("言葉"),
    "count": gettext_lazy("回数"),
}
# Fields whose values are keys of people.
PERSONS = ("verified_by",)


@dataclass(frozen=True, slots=True)
class Names:
    """Words for the keys that events hold: people by pk, categories by slug, places by code, windows and members by id."""

    people: Mapping[int, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    municipalities: Mapping[str, str] = field(default_factory=dict)
    windows: Mapping[str, str] = field(default_factory=dict)
    organizations: Mapping[str, str] = field(default_factory=dict)


def describe(event: AuditEvent, names: Names) -> Line:
    """Beginnings are not listed as changes."""
    is_beginning = event.type.endswith(("_created", "_added"))
    changes = [
        (field_label(name), value_words(name, old, names), value_words(name, new, names))
        for name, old, new in event.changed_fields
        if old != new and not (is_beginning and not new)
    ]
    return Line(event.at, actor_words(event, names.people), event.get_type_display(), changes, event.note)


def field_label(name: str) -> str:
    if name in _EXTRA_FIELDS:
        return str(_EXTRA_FIELDS[name])
    for model in _MODELS:
        for candidate in model._meta.get_fields():
            if candidate.name == name and hasattr(candidate, "verbose_name"):
                return str(candidate.verbose_name)
    return name


def value_words(name: str, value: Any, names: Names) -> str:
    """One value of the record as a person would write it."""
    if value in (None, "", []):
        return _("なし")
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if name == "state":
        return str(State(value).label) if value in State.values else str(value)
    if name == "opening_hours":
        return hours_words(str(value))
    if isinstance(value, list):
        return _list_words(name, value, names)
    if name.endswith("_on") or name in {"on", "valid_from", "valid_to"}:
        return _date_words(value)
    if name == "organization":
        return names.organizations.get(str(value)) or str(value)
    if name in PERSONS:
        return person_words(value, names.people)
    return _choice_words(name, value)


def _list_words(name: str, values: list[Any], names: Names) -> str:
    if name == "channels":
        return "\n".join(_channel_words(channel) for channel in values)
    if name == "exceptions":
        return "\n".join(
            f"{_date_words(on)} {spans or _('休み')}（{reason}）" for on, spans, reason in values
        )
    if name == "languages":
        return "・".join(language_name(code) for code in values)
    known: Mapping[str, str] = {
        "categories": names.categories,
        "municipalities": names.municipalities,
        "fallbacks": names.windows,
    }.get(name, {})
    return "・".join(known.get(value) or _choice_words(name, value) for value in values)


def _channel_words(channel: Mapping[str, Any]) -> str:
    kind, toll = channel.get("kind", ""), channel.get("toll", "")
    words = [str(ChannelKind(kind).label) if kind in ChannelKind.values else str(kind)]
    words.append(str(channel.get("value", "")))
    if toll in Toll.values and toll != Toll.UNKNOWN:
        words.append(str(Toll(toll).label))
    if channel.get("opening_hours"):
        words.append(hours_words(channel["opening_hours"]))
    for flag in ("is_by_appointment", "accepts_ip_phone"):
        if flag in channel:
            found = cast("models.Field[Any, Any]", Channel._meta.get_field(flag))
            words.append(f"{found.verbose_name}：{_('はい') if channel[flag] else _('いいえ')}")
    words += [str(channel[name]) for name in ("hours_text", "reach_note", "note") if channel.get(name)]
    words += [language_name(code) for code in channel.get("languages", [])]
    return " ".join(word for word in words if word)


def _date_words(value: str) -> str:
    try:
        return date_format(dt.date.fromisoformat(str(value)), "Y年n月j日")
    except ValueError:
        return str(value)


def _choice_words(name: str, value: Any) -> str:
    for model in _MODELS:
        try:
            found = model._meta.get_field(name)
        except FieldDoesNotExist:
            continue
        base = getattr(found, "base_field", found)
        return str(dict(base.flatchoices).get(value, value)) if hasattr(base, "flatchoices") else str(value)
    return str(value)
