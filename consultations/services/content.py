"""What a window says, as data: for forms, for files and for the audit record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consultations.models import Category, ConsultationWindow
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


def describe_content(window: ConsultationWindow) -> dict[str, Any]:
    """The window's content as JSON scalars: what the audit record compares."""
    content = audit.snapshot(window, CONTENT_FIELDS)
    content["organization"] = window.organization.public_id if window.organization else ""
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
