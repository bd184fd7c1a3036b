"""Invitations follow an organisation that goes up in another one."""

from typing import Any

from django.utils import timezone

from meetings.models import COMING, Answer, Attendance, Attendee
from members.models import Organization
from platform_portal.audit import services as audit

ANSWER_FIELDS = ("answer", "answer_note", "answer_way", "answered_at", "answered_as")


def move_attendances(*, source: Organization, target: Organization, by: Any) -> int:
    """One meeting counts the target once: where both were asked, the two become one and nobody who came is lost.

    Returns how many the source had.
    """
    rows = Attendance.objects.select_for_update(of=("self",))
    there = {row.meeting_id: row for row in rows.filter(organization=target)}
    moving = list(rows.filter(organization=source).order_by("pk"))
    for row in moving:
        double = there.get(row.meeting_id)
        if double is not None:
            _combine(row, double, by)
            continue
        row.organization = target
        row.save(update_fields=["organization"])
        audit.record(
            type="meetings.attendance_moved",
            by=by,
            obj=row,
            old={"organization": source.pk},
            new={"organization": target.pk},
        )
    return len(moving)


def _combine(row: Attendance, kept: Attendance, by: Any) -> None:
    """The target's own answer stands; where it has none, or its invitation was withdrawn, the source's does.

    The row of the source stays, withdrawn: nobody is asked by it any more.
    """
    names: list[str] = []
    if kept.withdrawn_at is not None and row.withdrawn_at is None:
        names += ["withdrawn_at", "withdrawn_by", "invited_at", "invited_by", *ANSWER_FIELDS]
    elif kept.answer == Answer.WAITING and row.withdrawn_at is None:
        names += ANSWER_FIELDS
    if kept.invited_at is None and row.invited_at is not None:
        names += ["invited_at", "invited_by"]
    for name in names:
        setattr(kept, name, getattr(row, name))
    if names:
        kept.save(update_fields=list(dict.fromkeys(names)))
    known = kept.attendees.values_list("name", flat=True)
    people = Attendee.objects.filter(attendance=row).exclude(name__in=list(known))
    if kept.answer not in COMING:
        people = people.filter(has_come=True)
    people.update(attendance=kept)
    audit.record(
        type="meetings.attendance_merged",
        by=by,
        obj=kept,
        old={"attendance": row.public_id},
        new=audit.snapshot(kept, ("answer",)) if names else {},
    )
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = timezone.now(), by
    row.link_version += 1
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "link_version"])
