"""Writes: every change of a consultation window goes through here, with its audit event."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import permissions
from consultations.indexing import refresh_derived
from consultations.models import (
    Category,
    Channel,
    ConsultationWindow,
    ErrorReport,
    Fallback,
    WindowException,
)
from consultations.workflow import WINDOW_WAYS
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.services import transition
from platform_portal.publishing.states import State
from platform_portal.region.models import Municipality

REPORTS_KEPT_DAYS = 180
# Changing one of these makes an earlier verification worthless.
CRITICAL_FIELDS = ("opening_hours", "is_by_appointment", "address", "website", "channels")
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
    "search_vector",
    "created_at",
    "updated_at",
    "verified_by",
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


@transaction.atomic
def save_window(*, window: ConsultationWindow, content: WindowContent, by: Any) -> ConsultationWindow:
    """Creates or changes a window with all its parts, keeps what is derived from them, and audits.

    Raises Refused, ValidationError (from `full_clean`), IntegrityError; then nothing was changed.
    """
    permissions.check_can_edit_window(by, window)
    is_new = window._state.adding
    before = {} if is_new else describe_content(window)
    for name, value in content.values.items():
        setattr(window, name, value)
    _keep_verifier(window, before, by)
    window.full_clean(exclude=["verification_due_on", "search_vector"])
    window.author = by
    window.save()
    _save_parts(window, content)
    after = describe_content(window)
    old, new = audit.difference(before, after)
    if window.verified_on and "verified_on" not in new and set(new) & set(CRITICAL_FIELDS):
        window.verified_on, window.verified_by = None, None
        window.save(update_fields=["verified_on", "verified_by", "updated_at"])
        old["verified_on"], new["verified_on"] = before["verified_on"], None
    refresh_derived(window)
    if is_new or new:
        audit.record(
            type=f"consultations.window_{'created' if is_new else 'changed'}",
            by=by,
            obj=window,
            old=old,
            new=new,
        )
        transaction.on_commit(forget_public_pages)
    return window


def _keep_verifier(window: ConsultationWindow, before: Mapping[str, Any], by: Any) -> None:
    """`verified_on` and `verified_by` are set together; a date that did not change keeps its person."""
    if window.verified_on is None:
        window.verified_by = None
    elif before.get("verified_on") != window.verified_on.isoformat():
        window.verified_by = by


def _save_parts(window: ConsultationWindow, content: WindowContent) -> None:
    if content.categories is not None:
        window.categories.set(content.categories)
    if content.municipalities is not None:
        window.municipalities.set(content.municipalities)
    if content.channels is not None:
        window.channels.all().delete()
        for position, values in enumerate(content.channels):
            channel = Channel(window=window, position=position, **values)
            channel.full_clean(exclude=["window"])
            channel.save()
    if content.exceptions is not None:
        window.exceptions.all().delete()
        WindowException.objects.bulk_create(
            WindowException(window=window, on=on, spans=spans, reason=reason)
            for on, spans, reason in content.exceptions
        )
    if content.fallbacks is not None:
        window.fallback_links.all().delete()
        Fallback.objects.bulk_create(
            Fallback(window=window, target=target, position=position)
            for position, target in enumerate(content.fallbacks)
        )


def move_window(*, window: ConsultationWindow, to: State, by: Any, reason: str = "") -> ConsultationWindow:
    """One step in the workflow. Raises Refused; then nothing was changed."""
    with transaction.atomic():
        if to in {State.IN_REVIEW, State.PUBLISHED}:
            _check_is_complete(window)
        moved = transition(obj=window, to=to, ways=WINDOW_WAYS, by=by, reason=reason)
        transaction.on_commit(forget_public_pages)
    return moved


def _check_is_complete(window: ConsultationWindow) -> None:
    if not window.channels.exists():
        raise Refused(_("連絡手段が1つもありません。電話番号などを書いてから、もう一度お試しください。"))
    if not window.categories.exists():
        raise Refused(_("分野が選ばれていません。分野を1つ以上選んでください。"))


@transaction.atomic
def verify_window(*, window: ConsultationWindow, by: Any, on: dt.date | None = None) -> ConsultationWindow:
    """Records that somebody made sure the window's entry is true. Doing it twice a day changes nothing."""
    permissions.check_can_verify_window(by, window)
    locked = ConsultationWindow.objects.select_for_update(of=("self",)).get(pk=window.pk)
    today = on or timezone.localdate()
    if locked.verified_on == today:
        return locked
    old = {"verified_on": locked.verified_on}
    locked.verified_on, locked.verified_by = today, by
    locked.save(update_fields=["verified_on", "verified_by"])
    audit.record(type="consultations.window_verified", by=by, obj=locked, old=old, new={"verified_on": today})
    transaction.on_commit(forget_public_pages)
    return locked


@transaction.atomic
def report_error(*, window: ConsultationWindow, kind: str, text: str) -> ErrorReport:
    """Keeps what a resident noticed. The same words for the same window within an hour count once."""
    recent = timezone.now() - dt.timedelta(hours=1)
    same = window.error_reports.waiting().filter(kind=kind, text=text, reported_at__gte=recent).first()
    return same or ErrorReport.objects.create(window=window, kind=kind, text=text)


@transaction.atomic
def handle_report(*, report: ErrorReport, resolution: str, by: Any) -> ErrorReport:
    permissions.check_can_handle_reports(by)
    locked = ErrorReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if locked.handled_at is not None:
        raise Refused(_("この知らせには、すでに対応しています。"))
    locked.handled_at, locked.handled_by, locked.resolution = timezone.now(), by, resolution
    locked.save(update_fields=["handled_at", "handled_by", "resolution"])
    audit.record(type="consultations.report_handled", by=by, obj=locked, new={"resolution": resolution})
    return locked


@transaction.atomic
def forget_old_reports() -> int:
    """Deletes reports handled more than REPORTS_KEPT_DAYS days ago; returns how many."""
    limit = timezone.now() - dt.timedelta(days=REPORTS_KEPT_DAYS)
    deleted, _by_model = ErrorReport.objects.filter(handled_at__lt=limit).delete()
    return deleted
