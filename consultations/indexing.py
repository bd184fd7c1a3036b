"""Keeps what is derived from a window's content: each channel's effective hours, and the search vector."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from consultations.finding.indexing import refresh_search_vector, refresh_search_vectors
from consultations.hours.exceptions import DatedException, read_year_end, with_exceptions
from consultations.models import Channel, ConsultationWindow, Schedule


def effective_hours(window: ConsultationWindow, channel: Channel) -> str:
    """The rule by which `channel` is open: its own or the window's, with everything that limits it.

    Empty means unknown; that is never read as closed.
    """
    rule = channel.opening_hours or window.opening_hours
    if not rule:
        return ""
    year_end = read_year_end(window.year_end_from, window.year_end_to)
    dated = [DatedException(row.on, row.spans or None, row.reason) for row in window.exceptions.all()]
    return with_exceptions(
        rule, year_end=year_end, dated=dated, valid_from=window.valid_from, valid_to=window.valid_to
    )


def refresh_derived(window: ConsultationWindow) -> None:
    """Call inside the transaction that changed the window, its channels or its exceptions."""
    _refresh_channels([window])
    refresh_search_vector(window)


def refresh_derived_of_many(keys: Iterable[int]) -> None:
    """Like refresh_derived() for the windows with these keys, in few queries however many there are."""
    windows = (
        ConsultationWindow.objects.filter(pk__in=list(keys))
        .select_related("organization")
        .prefetch_related("channels", "exceptions", "categories", "municipalities")
    )
    _refresh_channels(windows)
    refresh_search_vectors(windows)


def _refresh_channels(windows: Iterable[ConsultationWindow]) -> None:
    pairs = [(window, channel) for window in windows for channel in window.channels.all()]
    for window, channel in pairs:
        channel.effective_hours = effective_hours(window, channel)
    key_of = Schedule.objects.keys_of(channel.effective_hours for _window, channel in pairs)
    for window, channel in pairs:
        channel.schedule_id = key_of.get(channel.effective_hours)
        channel.takes_appointments_only = channel.is_by_appointment or (
            window.is_by_appointment and not channel.opening_hours
        )
    _write_channels([channel for _window, channel in pairs])


def _write_channels(channels: Sequence[Channel]) -> None:
    """One statement with four arrays: bulk_update() would build thousands of CASE branches."""
    if not channels:
        return
    columns: list[Any] = [
        [channel.pk for channel in channels],
        [channel.effective_hours for channel in channels],
        [channel.schedule_id for channel in channels],
        [channel.takes_appointments_only for channel in channels],
    ]
    with connection.cursor() as cursor:
        # Only the name of our own table is pasted in.
        cursor.execute(
            f"UPDATE {Channel._meta.db_table} AS c SET effective_hours = v.hours, schedule_id = v.schedule,"  # noqa: S608  our own table
            " takes_appointments_only = v.appointments FROM unnest(%s::bigint[], %s::text[], %s::bigint[],"
            " %s::boolean[]) AS v (id, hours, schedule, appointments) WHERE c.id = v.id",
            columns,
        )
