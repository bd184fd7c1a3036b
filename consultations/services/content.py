"""What a window says, as data: for forms, for files and for the audit record."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _

from consultations.models import Asker, Category, ConsultationWindow
from members.models import Organization
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.region.models import Municipality

# Changing one of these makes an earlier verification worthless.
CRITICAL_FIELDS = (
    "opening_hours",
    "is_by_appointment",
    "year_end_from",
    "year_end_to",
    "address",
    "website",
)
CRITICAL_CHANNEL_FIELDS = ("kind", "value", "digits", "opening_hours", "is_by_appointment")
CHANNEL_FIELDS = (
    "kind",
    "value",
    "digits",
    "toll",
    "accepts_ip_phone",
    "reach_note",
    "opening_hours",
    "hours_text",
    "is_by_appointment",
    "languages",
    "note",
)
_NOT_CONTENT = {
    "id",
    "state",
    "author",
    "submitted_at",
    "submitted_by",
    "published_at",
    "published_by",
    "verification_due_on",
    "area_rank",
    "search_vector",
    "created_at",
    "updated_at",
    "verified_by",
    "verification_source",
}
# The one list of what a member may write of its own window; everything else is for staff.
MEMBER_FIELDS = frozenset(
    {
        "name",
        "kana",
        "description",
        "categories",
        "askers",
        "minimum_age",
        "maximum_age",
        "is_women_only",
        "eligibility",
        "area_scope",
        "municipalities",
        "fee",
        "fee_note",
        "anonymity",
        "languages",
        "who_answers",
        "what_is_asked",
        "confidentiality",
        "address",
        "address_visibility",
        "website",
        "opening_hours",
        "hours_text",
        "is_by_appointment",
        "year_end_from",
        "year_end_to",
        "valid_from",
        "valid_to",
        "channels",
        "exceptions",
        "fallbacks",
    }
)
PARTS = ("categories", "municipalities", "channels", "exceptions", "fallbacks")
CONTENT_FIELDS = tuple(f.name for f in ConsultationWindow._meta.concrete_fields if f.name not in _NOT_CONTENT)


@dataclass(frozen=True, slots=True)
class WindowContent:
    """Everything that one form or one row of a file says of a window.

    `values` holds concrete fields by name (CONTENT_FIELDS); None in a list field means "leave as it is".
    Channels are dictionaries of CHANNEL_FIELDS, in order. Exceptions are (date, spans, reason).
    """

    values: Mapping[str, Any]
    categories: Sequence[Category] | None = None
    municipalities: Sequence[Municipality] | None = None
    channels: Sequence[Mapping[str, Any]] | None = None
    exceptions: Sequence[tuple[dt.date, str, str]] | None = None
    fallbacks: Sequence[ConsultationWindow] | None = field(default=None)

    @property
    def names(self) -> set[str]:
        """Fields and parts that it says anything about."""
        return set(self.values) | {part for part in PARTS if getattr(self, part) is not None}


def describe_content(window: ConsultationWindow) -> dict[str, Any]:
    """The window's content as JSON scalars: what the audit record compares."""
    content = audit.snapshot(window, CONTENT_FIELDS)
    content["organization"] = window.organization.public_id if window.organization else ""
    # In one order, so that the same people ticked in another order are not a change.
    content["askers"] = [asker for asker in Asker.values if asker in window.askers]
    if window._state.adding:
        return content
    content["categories"] = sorted(window.categories.values_list("slug", flat=True))
    content["municipalities"] = sorted(window.municipalities.values_list("code", flat=True))
    content["channels"] = [
        {name: row[name] for name in CHANNEL_FIELDS if row[name] not in ("", None, [])}
        for row in window.channels.order_by("position", "pk").values(*CHANNEL_FIELDS)
    ]
    content["exceptions"] = [
        [on.isoformat(), spans, reason]
        for on, spans, reason in window.exceptions.order_by("on").values_list("on", "spans", "reason")
    ]
    content["fallbacks"] = list(
        window.fallback_links.order_by("position", "pk").values_list("target__public_id", flat=True)
    )
    return content


def content_from_description(
    description: Mapping[str, Any], only: Collection[str] | None = None
) -> WindowContent:
    """Undoes `describe_content`; `only`: the fields to take. Raises Refused when something named in it is gone."""
    names = [name for name in description if name != "public_id" and (only is None or name in only)]
    taken = {name: description[name] for name in names}
    values = {name: _value(name, value) for name, value in taken.items() if name not in PARTS}
    return WindowContent(
        values=values,
        categories=_rows(Category, "slug", taken.get("categories")),
        municipalities=_rows(Municipality, "code", taken.get("municipalities")),
        channels=_channels(taken.get("channels")),
        exceptions=_exceptions(taken.get("exceptions")),
        fallbacks=_rows(ConsultationWindow, "public_id", taken.get("fallbacks")),
    )


def _value(name: str, value: Any) -> Any:
    if name == "organization":
        return _rows(Organization, "public_id", [value])[0] if value else None  # type: ignore[index]  # a list goes in
    column = cast("models.Field[Any, Any]", ConsultationWindow._meta.get_field(name))
    return column.to_python(value)


def _rows(model: Any, key: str, wanted: Sequence[str] | None) -> list[Any] | None:
    """The rows with these keys, in their order."""
    if wanted is None:
        return None
    found = {getattr(row, key): row for row in model.objects.filter(**{f"{key}__in": wanted})}
    if gone := [each for each in wanted if each not in found]:
        raise Refused(
            _("「%(name)s」の %(keys)s は、もうありません。書き直してください。")
            % {"name": model._meta.verbose_name, "keys": "、".join(gone)}
        )
    return [found[each] for each in wanted]


def _channels(described: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]] | None:
    """With the empty values that a description leaves out."""
    if described is None:
        return None
    empty = {name: None if name == "accepts_ip_phone" else "" for name in CHANNEL_FIELDS}
    return [empty | {"languages": []} | dict(channel) for channel in described]


def _exceptions(described: Sequence[Sequence[str]] | None) -> list[tuple[dt.date, str, str]] | None:
    if described is None:
        return None
    return [(dt.date.fromisoformat(on), spans, reason) for on, spans, reason in described]


def touches_what_was_verified(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether numbers, links, hours or the address differ; a note or another order of channels does not count."""
    if any(before.get(name) != after.get(name) for name in CRITICAL_FIELDS):
        return True
    return _ways_in(before) != _ways_in(after)


def _ways_in(content: Mapping[str, Any]) -> set[tuple[Any, ...]]:
    return {
        tuple(channel.get(name) for name in CRITICAL_CHANNEL_FIELDS)
        for channel in content.get("channels") or []
    }
