"""Asking organisations and guests to a meeting, taking that back, and telling them what changed.

Whoever holds a meeting and its attendances locks the meeting first.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.addressees import Addressee, Addressees, Trouble, reachable, trouble_with
from meetings.mails import attendance as mails
from meetings.models import Answer, Attendance, Attendee, Meeting, MeetingState
from meetings.permissions.attendance import check_can_invite_to_meeting, check_can_withdraw_invitation
from meetings.services.attendance import letters
from meetings.services.locking import lock_meeting
from members.models import Organization
from platform_portal.audit import services as audit
from platform_portal.japanese.calendar import format_wareki
from platform_portal.mail.services import cancel_mails_about

BATCH = 200
# Whoever was invited learns of a change in one of these.
TOLD_FIELDS = ("title", "starts_at", "ends_at", "place", "online_url")


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
    locked.letter = None
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "link_version", "letter"])
    audit.record(type="meetings.attendance_withdrawn", by=by, obj=locked)
    cancel_mails_about(locked)
    if is_told:
        mails.send_withdrawn(locked.meeting, letters.recipients_of([locked]))
    return locked


@transaction.atomic
def tell_invited_of_change(*, meeting: Meeting, before: Mapping[str, Any]) -> int:
    """For whoever has just changed the meeting, in the same transaction; that act has its own audit event.

    `before`: audit.snapshot() of what may have changed, from before; `state` or TOLD_FIELDS. Nobody is told of a meeting
    that is past. Returns how many mails.
    """
    if meeting.starts_at <= timezone.now():
        return 0
    was, now = before.get("state", meeting.state), meeting.state
    changes = _changes(meeting, before) if now == MeetingState.PLANNED else []
    is_cancelled = now == MeetingState.CANCELLED and was != now
    is_reopened = now == MeetingState.PLANNED and was == MeetingState.CANCELLED
    if not (changes or is_cancelled or is_reopened):
        return 0
    recipients = letters.recipients_of(meeting.attendances.told().select_related("organization"))
    if is_cancelled:
        return mails.send_cancelled(meeting, recipients)
    if is_reopened:
        return mails.send_reopened(meeting, recipients)
    return mails.send_changes(meeting, recipients, changes=changes)


def _changes(meeting: Meeting, before: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """(what it is called, before, after)."""
    known = [name for name in TOLD_FIELDS if name in before]
    old, new = audit.difference({name: before[name] for name in known}, audit.snapshot(meeting, known))
    return [(_label(name), _in_words(old[name]), _in_words(new[name])) for name in known if name in new]


def _label(name: str) -> str:
    """What is for members only has a label that says so, which is no news to those who are invited."""
    field: Any = Meeting._meta.get_field(name)
    return str(field.verbose_name).partition("（")[0]


def _in_words(value: Any) -> str:
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return str(value or "")
    here = timezone.localtime(moment)
    return f"{format_wareki(here.date(), with_weekday=True)}{here.hour}:{here.minute:02}"


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
