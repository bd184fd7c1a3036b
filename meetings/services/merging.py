"""What becomes of seats, answers and words when two entries of one organisation become one."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from meetings.models import (
    Attendance,
    Body,
    CaseStudy,
    ConfirmationRequest,
    Event,
    SpeakerAlias,
    Utterance,
)
from meetings.services.attendance.merging import move_attendances
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
    moved[Attendance._meta.label] = move_attendances(source=source, target=target, by=by)
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
