"""Asking organisations and guests to a meeting, taking that back, and telling them what changed.

Whoever holds a meeting and its attendances locks the meeting first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.addressees import Addressee, Addressees, Trouble, reachable, trouble_with
from meetings.mails import attendance as mails
from meetings.models import Answer, Attendance, Attendee, Meeting
from meetings.permissions.attendance import check_can_invite_to_meeting, check_can_withdraw_invitation
from meetings.services.attendance import letters
from meetings.services.attendance.telling import news_of
from meetings.services.locking import lock_meeting
from members.models import Organization
from platform_portal.audit import services as audit
from platform_portal.mail.services import cancel_mails_about

BATCH = 200


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody from outside the platform."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class PlannedInvitation:
    """One of those who would be asked, as it is shown before anything is sent."""

    name: str
    kind: str
    people: list[Addressee]
    trouble: Trouble | None
    is_invited: bool  # already; nothing is sent

    @property
    def mails(self) -> int:
        return 0 if self.is_invited else len(reachable(self.people))


def plan_invitations(
    *, meeting: Meeting, organizations: Sequence[Organization], guests: Sequence[Guest]
) -> list[PlannedInvitation]:
    """What invite() would do. Writes nothing; constant queries."""
    there = _standing(meeting)
    addressees = Addressees(
        organizations=[each.pk for each in organizations], guests=[each.email for each in guests]
    )
    planned = [
        PlannedInvitation(
            each.name,
            each.get_kind_display(),
            people := addressees.of_organization(each.pk),
            trouble_with(people),
            each.pk in there,
        )
        for each in organizations
    ]
    return planned + [
        PlannedInvitation(
            each.name,
            _("会員でない団体"),
            people := addressees.of_guest(each.name, each.email),
            trouble_with(people),
            _key_of(each) in there,
        )
        for each in guests
    ]


@transaction.atomic
def invite(
    *,
    meeting: Meeting,
    organizations: Sequence[Organization],
    guests: Sequence[Guest],
    message: str = "",
    by: Any,
) -> list[Attendance]:
    """Asks those who are not asked yet and mails them; a second press of the button asks nobody. Raises Refused."""
    locked = lock_meeting(meeting)
    check_can_invite_to_meeting(by, locked)
    rows = {_key_of_row(row): row for row in locked.attendances.select_for_update(of=("self",))}
    asked = [
        *(_row_for(locked, rows, each, organization=each) for each in organizations if each.is_active),
        *(_row_for(locked, rows, each, guest=each) for each in guests),
    ]
    new = list({id(row): row for row in asked if row is not None}.values())
    for row in new:
        row.invited_at, row.invited_by = timezone.now(), by
    _write(new)
    audit.record_all(
        audit.prepare(
            type="meetings.attendance_invited",
            by=by,
            obj=row,
            new=audit.snapshot(row, ("meeting", "organization", "guest_name")),
        )
        for row in new
    )
    letters.ask(locked, letters.recipients_of(new), message=message)
    return new


def _row_for(
    meeting: Meeting,
    rows: dict[Any, Attendance],
    who: Any,
    *,
    organization: Organization | None = None,
    guest: Guest | None = None,
) -> Attendance | None:
    """The row to ask with; None for one that is asked already. An answer to a withdrawn invitation is void."""
    key = _key_of(who)
    row = rows.get(key)
    if row is None:
        row = Attendance(meeting=meeting, organization=organization)
        if guest is not None:
            row.guest_name, row.guest_email = guest.name, guest.email
        rows[key] = row
        return row
    if row.withdrawn_at is None:
        return None
    row.withdrawn_at = row.withdrawn_by = row.reminded_at = None
    row.answer, row.answer_note, row.answer_way = Answer.WAITING, "", ""
    row.answered_at = row.answered_as = None
    return row


def _write(rows: list[Attendance]) -> None:
    fresh = [row for row in rows if row._state.adding]
    again = [row for row in rows if not row._state.adding]
    for (
        row
    ) in fresh:  # what people typed; the rest is ours, and the constraints of the database stand behind it
        row.clean_fields(exclude=["meeting", "organization", "invited_by"])
    for row, public_id in zip(fresh, Attendance.draw_public_ids(len(fresh)), strict=True):
        row.public_id = public_id
    Attendance.objects.bulk_create(fresh, batch_size=BATCH)
    Attendee.objects.filter(attendance__in=[row.pk for row in again]).delete()
    names = ["withdrawn_at", "withdrawn_by", "reminded_at", "invited_at", "invited_by"]
    names += ["answer", "answer_note", "answer_way", "answered_at", "answered_as"]
    Attendance.objects.bulk_update(again, names, batch_size=BATCH)


@transaction.atomic
def withdraw_invitation(*, attendance: Attendance, by: Any) -> Attendance:
    """The link is worthless from now on; whoever was asked is told. Raises Refused."""
    locked: Attendance = (
        Attendance.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=attendance.pk)
    )
    check_can_withdraw_invitation(by, locked)
    is_told = Attendance.objects.told().filter(pk=locked.pk).exists()
    locked.withdrawn_at, locked.withdrawn_by = timezone.now(), by
    locked.link_version += 1
    locked.letter = locked.notice = None
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "link_version", "letter", "notice"])
    audit.record(type="meetings.attendance_withdrawn", by=by, obj=locked)
    cancel_mails_about(locked)
    if is_told:
        mails.send_withdrawn(locked.meeting, letters.recipients_of([locked]))
    return locked


@transaction.atomic
def tell_invited_of_change(*, meeting: Meeting, before: Mapping[str, Any]) -> int:
    """For whoever has just changed the meeting, in the same transaction; that act has its own audit event.

    `before`: audit.snapshot() of what may have changed, from before. Returns how many mails, those that a worker writes
    among them.
    """
    if news_of(meeting, before) is None:
        return 0
    # Locked first: a worker that is writing to some of them knows nothing of this change, and is waited for.
    list(meeting.attendances.select_for_update().values_list("pk"))
    rows = meeting.attendances.told().filter(notice=None)
    return letters.tell(meeting, letters.recipients_of(rows.select_related("organization")), before=before)


# --- What the modules beside share ----------------------------------------------------------------
def check_guests(guests: Sequence[Guest]) -> None:
    """Raises ValidationError."""
    seen: set[Any] = set()
    for guest in guests:
        if _key_of(guest) in seen:
            raise ValidationError(_("「%(email)s」が2回書かれています。") % {"email": guest.email})
        seen.add(_key_of(guest))


def _standing(meeting: Meeting) -> set[Any]:
    """Those who are asked already."""
    return {_key_of_row(row) for row in meeting.attendances.filter(withdrawn_at=None)}


def _key_of(who: "Organization | Guest") -> Any:
    return who.pk if isinstance(who, Organization) else who.email.lower()


def _key_of_row(row: Attendance) -> Any:
    return row.organization_id or row.guest_email.lower() or ("", row.pk)
