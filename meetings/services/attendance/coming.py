"""Who really came: ticked off after the meeting, walk-ins, and the numbers for the record."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import COMING, Answer, AnswerWay, Attendance, Attendee, Meeting, ParticipantCount
from meetings.permissions.attendance import check_can_record_attendance
from meetings.presenting.attendance import present_attendance
from meetings.services.attendance.answering import Named, Reply, people_of
from meetings.services.locking import lock_meeting
from members.models import Organization
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.records_language import in_records_language


@transaction.atomic
def record_who_came(
    *,
    meeting: Meeting,
    shown: Collection[int],
    came: Collection[int],
    online: Collection[int] | None = None,
    by: Any,
) -> int:
    """`shown`: keys of the people on the page; those not in `came` did not come. Others stay as they are.

    `online`: those of them who came that way; None leaves as it is how they came. Returns how many came. Raises Refused.
    """
    locked = lock_meeting(meeting)
    check_can_record_attendance(by, locked)
    people = Attendee.objects.filter(attendance__meeting=locked, pk__in=shown)
    present = people.filter(pk__in=came).update(has_come=True)
    missing = people.exclude(pk__in=came).update(has_come=False)
    if online is not None:
        people.filter(pk__in=came).update(is_online=Q(pk__in=online))
    _note(locked, by, came=present, did_not_come=missing)
    return int(present)


@transaction.atomic
def record_as_answered(*, meeting: Meeting, by: Any) -> int:
    """Whoever said so came, in the way they said. What somebody has recorded already stays.

    Returns how many. Raises Refused.
    """
    locked = lock_meeting(meeting)
    check_can_record_attendance(by, locked)
    expected = Attendee.objects.expected().filter(attendance__meeting=locked)
    came = expected.update(has_come=True)
    _note(locked, by, came=came, did_not_come=0)
    return int(came)


def _note(meeting: Meeting, by: Any, **counts: int) -> None:
    audit.record(type="meetings.attendance_recorded", by=by, obj=meeting, new=counts)


@transaction.atomic
def add_walk_in(
    *,
    meeting: Meeting,
    organization: Organization | None,
    guest_name: str,
    people: Sequence[Named],
    by: Any,
) -> Attendance:
    """Somebody who came without having been announced. Raises Refused, ValidationError."""
    locked = lock_meeting(meeting)
    check_can_record_attendance(by, locked)
    row = _row_of(locked, organization, guest_name)
    old = row.answer
    if old not in COMING:
        row.answer, row.answer_way = Answer.PRESENT, AnswerWay.DESK
        row.answered_at, row.answered_as = timezone.now(), by
    row.full_clean(exclude=["meeting", "organization"], validate_unique=False)
    row.save()
    there = list(row.attendees.all())
    new = people_of(row, Reply(Answer.PRESENT, [*_names_of(there), *people]))[len(there) :]
    for person in new:
        person.has_come = True
    Attendee.objects.bulk_create(new)
    audit.record(
        type="meetings.attendance_recorded",
        by=by,
        obj=row,
        old={"answer": old},
        new={"answer": row.answer, "people": len(there) + len(new)},
    )
    return row


def _row_of(meeting: Meeting, organization: Organization | None, guest_name: str) -> Attendance:
    rows = meeting.attendances.select_for_update(of=("self",))
    if organization is not None:
        row = rows.filter(organization=organization).first()
    else:
        row = rows.filter(organization=None, guest_name=guest_name).first()
    if row is None:
        return Attendance(meeting=meeting, organization=organization, guest_name=guest_name)
    if row.withdrawn_at is not None:
        row.withdrawn_at = row.withdrawn_by = None
    return row


def _names_of(people: Sequence[Attendee]) -> list[Named]:
    return [Named(each.name, each.role, each.is_online, each.has_come) for each in people]


@transaction.atomic
def take_over_counts(*, meeting: Meeting, by: Any) -> list[ParticipantCount]:
    """Writes the numbers of the attendance list among those of the record; others that stand there stay. Raises Refused."""
    locked = lock_meeting(meeting)
    check_can_record_attendance(by, locked)
    with in_records_language():
        counts = present_attendance(locked).counts
    if not counts:
        raise Refused(_("まだだれの出席も記録されていません。先に、だれが来たかを記録してください。"))
    rows = []
    for position, (label, unit, count) in enumerate(counts):
        row, _is_new = ParticipantCount.objects.update_or_create(
            meeting=locked, label=label, unit=unit, defaults={"count": count, "position": position}
        )
        rows.append(row)
    audit.record(
        type="meetings.counts_taken_over",
        by=by,
        obj=locked,
        new={"counts": [str(row) for row in rows]},
    )
    transaction.on_commit(forget_public_pages)
    return rows
