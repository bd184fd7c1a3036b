"""What becomes of seats, answers and words when two entries of one organisation become one."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meetings.models import (
    Answer,
    Attendance,
    Body,
    CaseStudy,
    ConfirmationRequest,
    Event,
    SpeakerAlias,
    Utterance,
)
from members.merging import Part, register
from members.models import Organization
from platform_portal.audit import services as audit

# Rows of these go along as they are.
SIMPLE: tuple[Any, ...] = (CaseStudy, ConfirmationRequest, Event, SpeakerAlias, Utterance)


def register_meetings() -> None:
    """Called once, when the app is ready."""
    labels = tuple(model._meta.label for model in (Attendance, Body, *SIMPLE))
    register(Part(_("会議と催し（構成団体、出席、発言、催し）"), labels, _count, _move))


def _count(organization: Organization) -> int:
    seats = Body.objects.filter(organizations=organization).count()
    rows = (
        model._default_manager.filter(organization=organization).count() for model in (Attendance, *SIMPLE)
    )
    return int(seats + sum(rows))


def _move(*, source: Organization, target: Organization, by: Any) -> None:
    moved = {Body._meta.label: _take_seats(source, target)}
    moved[Attendance._meta.label] = _take_places(source, target, by)
    for model in SIMPLE:
        rows = model._default_manager.filter(organization=source)
        moved[model._meta.label] = rows.update(organization=target)
    moved = {label: count for label, count in moved.items() if count}
    if moved:
        audit.record(type="meetings.organization_merged", by=by, obj=target, new=moved)


def _take_seats(source: Organization, target: Organization) -> int:
    bodies = list(Body.objects.filter(organizations=source))
    for body in bodies:
        body.organizations.remove(source)
        body.organizations.add(target)
    return len(bodies)


def _take_places(source: Organization, target: Organization, by: Any) -> int:
    own = {row.meeting_id: row for row in Attendance.objects.select_for_update().filter(organization=target)}
    rows = Attendance.objects.select_for_update().filter(organization=source)
    for row in rows:
        double = own.get(row.meeting_id)
        if double is None:
            row.organization = target
            row.save(update_fields=["organization"])
        else:
            _join(row, double, by)
    return len(rows)


def _join(row: Attendance, double: Attendance, by: Any) -> None:
    """Both were asked to the same meeting: who comes is counted once, and an answer that was given stands."""
    if double.answer == Answer.WAITING and row.answer != Answer.WAITING:
        for name in ("answer", "answer_note", "answered_at", "answered_as"):
            setattr(double, name, getattr(row, name))
        double.save(update_fields=["answer", "answer_note", "answered_at", "answered_as"])
    row.attendees.update(attendance=double)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = timezone.now(), by
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
