"""Carries out a plan: all of it or nothing, in few queries, with one audit event per window and one for the whole."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from consultations import permissions
from consultations.importing.contents import PARTS, REFERENCES, SCALARS, Content
from consultations.importing.planning import Options, PlannedWindow, WindowPlan, make_plan
from consultations.importing.reading import WindowTable
from consultations.importing.reviewing import propose_rows
from consultations.importing.verification import as_recorded
from consultations.indexing import refresh_derived_of_many
from consultations.models import (
    Category,
    Channel,
    ConsultationWindow,
    Fallback,
    VerificationSource,
    WindowException,
)
from consultations.services.overtaking import overtake_where_changed
from members.models import Organization
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.states import State
from platform_portal.sheets.planning import Outcome
from platform_portal.sheets.progress import Report, counted, unreported

BATCH = 500
# Any fixed number: two imports at once would each create the same window.
_LOCK = 74_230_001


@transaction.atomic
def import_table(
    *,
    table: WindowTable,
    by: Any,
    options: Options | None = None,
    shown: str | None = None,
    source: dict[str, Any] | None = None,
    obj: Any = None,
    report: Report = unreported,
) -> WindowPlan:
    """Plans anew under a lock and carries the plan out.

    `shown`: digest of the plan that a person agreed to; another plan now raises PlanOutdatedError. Refused rows
    raise PlanRefusedError. `source` (file name, sha256) and `obj` go into the event of the whole import.
    `by` may be None only for the command line.
    """
    if by is not None:
        permissions.check_can_import_windows(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    plan = make_plan(table=table, by=by, options=options, lock=True, report=report)
    plan.check(shown)
    if plan.touched or plan.proposed:
        of = 2 * len(plan.rows)
        _write(plan.touched, by, report, of=of)
        begin = of // 2 + len(plan.touched)
        propose_rows(counted(plan.proposed, report, begin=begin, of=of), by)
        audit.record(
            type="consultations.windows_imported",
            by=by,
            obj=obj,
            new={**(source or {}), **plan.plain_counts},
        )
        transaction.on_commit(forget_public_pages)
    return plan


def _write(rows: Sequence[PlannedWindow], by: Any, report: Report, *, of: int) -> None:
    organizations = _organization_keys(rows)
    _create([row for row in rows if row.outcome == Outcome.CREATED], by, organizations)
    for row in counted(rows, report, begin=of // 2, of=of):
        if row.outcome == Outcome.CHANGED:
            _change(row, by, organizations)
    for part, replace in _REPLACERS.items():
        replace([row for row in rows if row.before[part] != row.after[part]])
    refresh_derived_of_many(_window(row).pk for row in rows)
    audit.record_all(_event(row, by) for row in rows)
    overtake_where_changed(_window(row) for row in rows if row.outcome == Outcome.CHANGED)


def _window(row: PlannedWindow) -> ConsultationWindow:
    assert row.window is not None  # noqa: S101  made by _create at the latest
    return row.window


def _organization_keys(rows: Sequence[PlannedWindow]) -> dict[str, int]:
    wanted = {row.after["organization"] for row in rows}
    return dict(Organization.objects.filter(public_id__in=wanted).values_list("public_id", "pk"))


def _create(rows: Sequence[PlannedWindow], by: Any, organizations: Mapping[str, int]) -> None:
    windows = []
    drawn = iter(
        ConsultationWindow.draw_public_ids(
            sum(not row.public_id for row in rows), apart_from={row.public_id for row in rows}
        )
    )
    for row in rows:
        row.public_id = row.after["public_id"] = row.public_id or next(drawn)
        window = ConsultationWindow(public_id=row.public_id, author=by)
        _set(window, row.after, by, organizations)
        windows.append(window)
    ConsultationWindow.objects.bulk_create(windows, batch_size=BATCH)
    for row, window in zip(rows, windows, strict=True):
        row.target = window


def _change(row: PlannedWindow, by: Any, organizations: Mapping[str, int]) -> None:
    window = _window(row)
    names = [name for name in (*SCALARS, *REFERENCES) if row.before[name] != row.after[name]]
    window.author = by or window.author
    changed = _set(window, {name: row.after[name] for name in names}, by, organizations)
    window.save(update_fields=[*changed, "author", "updated_at"])


def _set(
    window: ConsultationWindow, content: Content, by: Any, organizations: Mapping[str, int]
) -> list[str]:
    """Sets the scalars of `content`, and the actor beside each date; returns the names that were set."""
    names = [name for name in SCALARS if name in content]
    for name in names:
        setattr(window, name, content[name])
    if "organization" in content:
        window.organization_id = organizations.get(content["organization"])
        names.append("organization")
    if "verified_on" in content:
        names += window.set_verification(on=content["verified_on"], by=by, source=VerificationSource.STAFF)
    if content.get("state") == State.PUBLISHED and by is not None:
        window.published_at, window.published_by = timezone.now(), by
        names += ["published_at", "published_by"]
    return names


# --- Parts: what a window had goes, what the file says comes -----------------------------------
def _clear(related: Any, rows: Sequence[PlannedWindow]) -> None:
    keys = [_window(row).pk for row in rows if row.outcome == Outcome.CHANGED]
    if keys:
        field = "window_id" if hasattr(related, "window_id") else "consultationwindow_id"
        related.objects.filter(**{f"{field}__in": keys}).delete()


def _replace_categories(rows: Sequence[PlannedWindow]) -> None:
    through = ConsultationWindow.categories.through
    keys = dict(Category.objects.values_list("slug", "pk"))
    _clear(through, rows)
    _bulk_create(
        through(consultationwindow_id=_window(row).pk, category_id=keys[slug])
        for row in rows
        for slug in row.after["categories"]
    )


def _replace_municipalities(rows: Sequence[PlannedWindow]) -> None:
    through = ConsultationWindow.municipalities.through
    _clear(through, rows)
    _bulk_create(
        through(consultationwindow_id=_window(row).pk, municipality_id=code)
        for row in rows
        for code in row.after["municipalities"]
    )


def _replace_channels(rows: Sequence[PlannedWindow]) -> None:
    _clear(Channel, rows)
    _bulk_create(
        Channel(window=_window(row), position=position, **values)
        for row in rows
        for position, values in enumerate(row.after["channels"])
    )


def _replace_exceptions(rows: Sequence[PlannedWindow]) -> None:
    _clear(WindowException, rows)
    _bulk_create(
        WindowException(window=_window(row), on=on, spans=spans, reason=reason)
        for row in rows
        for on, spans, reason in row.after["exceptions"]
    )


def _replace_fallbacks(rows: Sequence[PlannedWindow]) -> None:
    wanted = {public_id for row in rows for public_id in row.after["fallbacks"]}
    keys = dict(ConsultationWindow.objects.filter(public_id__in=wanted).values_list("public_id", "pk"))
    _clear(Fallback, rows)
    _bulk_create(
        Fallback(window=_window(row), target_id=keys[public_id], position=position)
        for row in rows
        for position, public_id in enumerate(row.after["fallbacks"])
    )


_REPLACERS: dict[str, Callable[[Sequence[PlannedWindow]], None]] = {
    "categories": _replace_categories,
    "municipalities": _replace_municipalities,
    "channels": _replace_channels,
    "exceptions": _replace_exceptions,
    "fallbacks": _replace_fallbacks,
}
assert set(_REPLACERS) == set(PARTS)  # noqa: S101  a part without a writer would be lost without a word


def _bulk_create(objects: Iterable[Any]) -> None:
    made = list(objects)
    if made:
        type(made[0]).objects.bulk_create(made, batch_size=BATCH)


def _event(row: PlannedWindow, by: Any) -> Any:
    names = [name for name in (*SCALARS, *REFERENCES, *PARTS) if name != "state"]
    before, after = as_recorded(row.before), as_recorded(row.after)
    is_new = row.outcome == Outcome.CREATED
    old, new = audit.difference(
        {} if is_new else {name: before[name] for name in names}, {name: after[name] for name in names}
    )
    if before["state"] != after["state"]:
        new["state"] = after["state"]
        if not is_new:
            old["state"] = before["state"]
    return audit.prepare(
        type=f"consultations.window_{'created' if is_new else 'changed'}",
        by=by,
        obj=_window(row),
        old=old,
        new=new,
    )
