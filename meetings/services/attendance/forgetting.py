"""What is kept of people who were asked to meetings, and for how long."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from meetings.models import Attendance, Attendee, MeetingState
from platform_portal.audit import services as audit
from platform_portal.personal_data import Handling, Rows
from platform_portal.privacy import Person

# After the meeting. Until then somebody may ask who was told, and by which address.
KEPT_DAYS = 365
BATCH = 500  # rows that one run touches at most


@transaction.atomic
def forget_attendance() -> int:
    """Addresses of guests, notes, and the names of those who did not come. Who came belongs to the record.

    Returns how many invitations were touched.
    """
    limit = timezone.now() - dt.timedelta(days=KEPT_DAYS)
    old = Attendance.objects.filter(meeting__starts_at__lt=limit)
    said = ~Q(guest_email="") | ~Q(answer_note="") | Exists(_absent().filter(attendance=OuterRef("pk")))
    keys = list(old.filter(said).order_by("pk").values_list("pk", flat=True)[:BATCH])
    chosen = list(Attendance.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=keys))
    rows = Attendance.objects.filter(pk__in=[row.pk for row in chosen])
    gone = list(_absent().filter(attendance__in=rows).values_list("pk", flat=True))
    Attendee.objects.filter(pk__in=gone).delete()
    rows.update(guest_email="", answer_note="")
    audit.record_all(audit.prepare(type="meetings.attendance_forgotten", by=None, obj=row) for row in chosen)
    return len(chosen)


def _absent() -> "QuerySet[Attendee]":
    """Named beforehand, but not among those who came; where nobody was ticked off, all who were named count as there."""
    ticked = Attendee.objects.filter(
        attendance__meeting=OuterRef("attendance__meeting"), has_come__isnull=False
    )
    return Attendee.objects.filter(
        Q(has_come=False)
        | Q(attendance__meeting__state=MeetingState.CANCELLED)
        | Q(Exists(ticked), has_come=None)
    )


def forget_person(rows: Rows, person: Person, by: Any) -> None:
    """A guest loses name, address and the people named; somebody who answered while signed in, the note."""
    guests = rows.filter(organization=None, guest_email__in=_as_stored(rows, person))
    keys = list(guests.values_list("pk", flat=True))
    Attendee.objects.filter(attendance__in=keys).update(name=str(_("（消しました）")), role="")
    Attendance.objects.filter(pk__in=keys).update(
        guest_name=str(_("（消しました）")), guest_email="", answer_note=""
    )
    if person.user_id is not None:
        rows.filter(answered_as=person.user_id).update(answer_note="")


def _as_stored(rows: Rows, person: Person) -> list[str]:
    """Addresses are compared in any case, see platform_portal.privacy."""
    stored = rows.exclude(guest_email="").values_list("guest_email", flat=True)
    return [address for address in stored if address.lower() in person.addresses]


HANDLINGS = {
    Attendance._meta.label_lower: Handling(
        gettext_lazy(
            "会員でない人への案内は、名前とアドレスと出席者の名前を消します。団体の返事は、この人が書いた添え書きを消します。"
        ),
        erase_of=forget_person,
    ),
}
