"""Applying to an event, cancelling, moving up from the waiting list, and forgetting it all afterwards.

The event's row is the lock of its seats: whoever takes or frees one holds it, so that no seat is given twice.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meetings.mails import events as mails
from meetings.models import ApplicantState, Event, EventApplication
from meetings.models.events import KEPT_DAYS
from meetings.permissions import events as permissions
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.mail.models import OutgoingMail
from platform_portal.mail.services import cancel_mails_about, erase_mails

BATCH = 100  # events that one run forgets at most


def lock_event(event: Event) -> Event:
    rows = Event.objects.select_for_update(of=("self",)).select_related("organization")
    locked: Event = rows.get(pk=event.pk)
    return locked


@transaction.atomic
def apply_to_event(*, event: Event, form_id: uuid.UUID, values: Mapping[str, Any]) -> EventApplication:
    """One application for each form that was shown, and one for each mail address, however often they are sent.

    Returns what stands then: whoever came by an address must not be shown it, for it may be another person's.
    Raises Refused, ValidationError, for a known address no other than for a new one.
    """
    locked = lock_event(event)
    known = EventApplication.objects.filter(form_id=form_id, event=locked).first()
    if known is not None:
        found: EventApplication = known
        return found
    permissions.check_can_apply(locked)
    application = EventApplication(event=locked, form_id=form_id, **values)
    application.state = _state_for(locked, application.people or 1)
    application.full_clean(exclude=["event"])
    earlier = EventApplication.objects.standing_with(application.email, event=locked)
    if earlier is not None:
        # Told by mail alone: on the page anybody could ask who comes to an event.
        mails.send_applied_already(earlier)
        return earlier
    application.save()
    audit.record(
        type="meetings.event_applied",
        by=None,
        obj=application,
        new=audit.snapshot(application, ("event", "state", "people")),
    )
    mails.send_applied(application)
    return application


def _state_for(event: Event, people: int) -> str:
    """Nobody overtakes: while somebody waits, whoever comes later waits too."""
    if event.capacity is None:
        return ApplicantState.ACCEPTED
    if people > event.capacity:
        raise Refused(
            _("定員（%(capacity)d人）より多い人数は申し込めません。") % {"capacity": event.capacity}
        )
    free = event.free_seats()
    assert free is not None  # noqa: S101  there is a capacity
    somebody_waits = event.somebody_waits()
    if people <= free and not somebody_waits:
        return ApplicantState.ACCEPTED
    if event.has_waiting_list:
        return ApplicantState.WAITING
    if free <= 0 or somebody_waits:  # from when there was a list
        raise Refused(_("定員に達しました。"))
    raise Refused(ngettext("のこりは%(free)d人です。", "のこりは%(free)d人です。", free) % {"free": free})


@transaction.atomic
def cancel_application(*, application: EventApplication, by: Any = None) -> EventApplication:
    """By whoever holds the link, or (`by`) by the host at somebody's word. The next one moves up. Raises Refused."""
    event = lock_event(application.event)
    row = EventApplication.objects.select_for_update(of=("self",)).get(pk=application.pk)
    row.event = event
    if by is None:
        permissions.check_can_cancel_application(row)
    else:
        permissions.check_can_cancel_application_for(by, row)
    old = {"state": row.state}
    row.state, row.cancelled_at = ApplicantState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "cancelled_at"])
    audit.record(
        type="meetings.event_application_cancelled", by=by, obj=row, old=old, new={"state": row.state}
    )
    mails.send_application_cancelled(row, by_host=by is not None)
    move_up(event)
    cancelled: EventApplication = row
    return cancelled


def move_up(event: Event) -> None:
    """Gives free seats to those who have waited longest. Needs the lock of the event.

    In strict order: a group that does not fit yet is not overtaken by a smaller one.
    """
    if event.is_cancelled or event.is_over or not event.is_published:
        return
    free = event.free_seats()
    for application in event.applications.waiting().select_for_update(of=("self",)):
        if free is not None and application.people > free:
            return
        application.event = event
        application.state, application.moved_up_at = ApplicantState.ACCEPTED, timezone.now()
        application.save(update_fields=["state", "moved_up_at"])
        audit.record(
            type="meetings.event_application_moved_up",
            by=None,
            obj=application,
            old={"state": ApplicantState.WAITING.value},
            new={"state": application.state},
        )
        if application.email:
            mails.send_moved_up(application)
        else:
            mails.send_to_call(event)
        if free is not None:
            free -= application.people


# --- What the host sees -------------------------------------------------------------------------
@transaction.atomic
def open_applicants(*, event: Event, by: Any) -> list[EventApplication]:
    """Those who have applied, for the host; that somebody looked stands in the record. Raises Refused."""
    permissions.check_can_see_applicants(by, event)
    audit.record(type="meetings.event_applicants_seen", by=by, obj=event)
    return list(event.applications.order_by("applied_at", "pk"))


@transaction.atomic
def export_applicants(*, event: Event, by: Any) -> list[EventApplication]:
    """The same, to be taken along as a file. Raises Refused."""
    permissions.check_can_see_applicants(by, event)
    rows = list(event.applications.order_by("applied_at", "pk"))
    audit.record(type="meetings.event_applicants_exported", by=by, obj=event, new={"applications": len(rows)})
    return rows


# --- Forgetting ---------------------------------------------------------------------------------
def forget_applications(*, now: dt.datetime | None = None) -> int:
    """Deletes all applications to events that have been over for a while. Can be repeated. Returns how many events."""
    limit = (now or timezone.now()) - dt.timedelta(days=KEPT_DAYS)
    due = Event.objects.filter(last_moment__lt=limit, forgotten_at=None).order_by("last_moment")
    keys = list(due.values_list("pk", flat=True)[:BATCH])
    for key in keys:
        _forget(key)
    return len(keys)


@transaction.atomic
def _forget(key: int) -> None:
    event = Event.objects.select_for_update(of=("self",)).get(pk=key)
    if event.forgotten_at is not None:
        return
    rows = event.applications.all()
    counts = {"applications": rows.count(), "people": rows.accepted().people_count()}
    _forget_mails(rows)
    rows.delete()
    Event.objects.filter(pk=key).update(forgotten_at=timezone.now())
    if counts["applications"]:
        audit.record(type="meetings.event_applications_forgotten", by=None, obj=event, new=counts)


def _forget_mails(rows: Any) -> None:
    keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
    label = EventApplication._meta.label_lower
    erase_mails(OutgoingMail.objects.filter(about_type=label, about_id__in=keys), None)


def erase_applications(rows: Any, by: Any) -> None:
    """For an erasure: the rows go, and the seats they held go to those who wait."""
    found = list(rows.select_related("event"))
    events = sorted({row.event_id: row.event for row in found}.items())
    for _key, event in events:
        lock_event(event)
    for row in found:
        cancel_mails_about(row)
    rows.delete()
    for _key, event in events:
        move_up(lock_event(event))
