"""Meetings: entered, changed, announced, held, cancelled."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import Meeting, MeetingState, ParticipantCount
from meetings.permissions.meetings import (
    check_can_delete_meeting,
    check_can_edit_meeting,
    check_can_edit_meetings,
    check_can_move_meeting,
)
from meetings.services.agenda import copy_agenda
from meetings.services.attendance.inviting import tell_invited_of_change
from meetings.services.locking import lock_meeting
from meetings.workflow import MEETING_WAYS
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.states import State

FIELDS = (
    "body",
    "number",
    "title",
    "starts_at",
    "ends_at",
    "place",
    "online_url",
    "summary",
    "audience",
    "closed_reason",
    "answers_due_on",
)


@transaction.atomic
def create_meeting(*, values: Mapping[str, Any], by: Any, source: Meeting | None = None) -> Meeting:
    """A draft. With a `source` it begins with that meeting's agenda. Raises Refused, ValidationError."""
    check_can_edit_meetings(by)
    meeting = Meeting(created_by=by, created_at=timezone.now())
    _write(meeting, values)
    audit.record(type="meetings.meeting_created", by=by, obj=meeting, new=audit.snapshot(meeting, FIELDS))
    if source is not None:
        copy_agenda(source=source, to=meeting, by=by)
    return meeting


@transaction.atomic
def change_meeting(*, meeting: Meeting, values: Mapping[str, Any], by: Any) -> Meeting:
    """Raises Refused, ValidationError."""
    locked = lock_meeting(meeting)
    check_can_edit_meeting(by, locked)
    before = audit.snapshot(locked, FIELDS)
    _write(locked, values)
    old, new = audit.difference(before, audit.snapshot(locked, FIELDS))
    if new:
        audit.record(type="meetings.meeting_changed", by=by, obj=locked, old=old, new=new)
        tell_invited_of_change(meeting=locked, before=before)
        transaction.on_commit(forget_public_pages)
    return locked


@transaction.atomic
def delete_meeting(*, meeting: Meeting, by: Any) -> None:
    """Only what nobody outside has ever heard of, and to which nothing is tied. Raises Refused."""
    locked = lock_meeting(meeting)
    check_can_delete_meeting(by, locked)
    audit.record(type="meetings.meeting_deleted", by=by, obj=locked, old=audit.snapshot(locked, FIELDS))
    locked.delete()


@transaction.atomic
def record_numbers(
    *,
    meeting: Meeting,
    observers: int | None,
    counts: Iterable[tuple[str, int, str]],
    by: Any,
    version: dt.datetime | None = None,
) -> Meeting:
    """How many took part: (label, count, unit) in the order of the record.

    `version`: the `updated_at` that the person saw; None when nobody looked. Raises Refused, ValidationError.
    """
    locked = lock_meeting(meeting)
    check_can_edit_meeting(by, locked)
    if version is not None and version != locked.updated_at:
        raise Refused(
            _("画面を開いてから、ほかの人がこの会議を変えました。読み込み直して、確かめてください。")
        )
    before = {"observers": locked.observers, "counts": [str(count) for count in locked.counts.all()]}
    locked.observers = observers
    locked.save(update_fields=["observers", "updated_at"])
    locked.counts.all().delete()
    for position, (label, number, unit) in enumerate(counts):
        row = ParticipantCount(meeting=locked, label=label, count=number, unit=unit, position=position)
        row.full_clean()
        row.save()
    after = {"observers": observers, "counts": [str(count) for count in locked.counts.all()]}
    old, new = audit.difference(before, after)
    if new:
        audit.record(type="meetings.numbers_recorded", by=by, obj=locked, old=old, new=new)
        transaction.on_commit(forget_public_pages)
    return locked


# --- Moving ---------------------------------------------------------------------------------------
def announce_meeting(*, meeting: Meeting, by: Any) -> Meeting:
    """From now on whoever may know of it sees it. Raises Refused."""
    return move_meeting(meeting=meeting, to=MeetingState.PLANNED, by=by)


def mark_held(*, meeting: Meeting, by: Any) -> Meeting:
    return move_meeting(meeting=meeting, to=MeetingState.HELD, by=by)


def cancel_meeting(*, meeting: Meeting, reason: str, by: Any) -> Meeting:
    """Stays on its page, with the reason. Raises Refused."""
    return move_meeting(meeting=meeting, to=MeetingState.CANCELLED, by=by, reason=reason)


@transaction.atomic
def move_meeting(*, meeting: Meeting, to: MeetingState, by: Any, reason: str = "") -> Meeting:
    """One step in the workflow. To PUBLISHED and back only together with the minutes.

    Raises Refused; then nothing was changed.
    """
    locked = lock_meeting(meeting)
    before = MeetingState(locked.state)
    if before != meeting.state and (before, to) not in MEETING_WAYS:
        raise Refused(_("そのあいだに状態が変わりました。画面を読み込み直して、今の状態を確かめてください。"))
    check_can_move_meeting(by, locked, to)
    way = MEETING_WAYS[before, to]
    reason = reason.strip()
    if way.needs_reason and not reason:
        raise Refused(_("理由を書いてください。"))
    _check_is_fit(locked, to)
    locked.state = to
    locked.cancelled_reason = reason if to == MeetingState.CANCELLED else ""
    if to == MeetingState.PLANNED and locked.announced_at is None:
        locked.announced_at, locked.announced_by = timezone.now(), by
    locked.full_clean(exclude=["body", "created_by"])
    locked.save(update_fields=["state", "cancelled_reason", "announced_at", "announced_by", "updated_at"])
    audit.record(
        type=f"meetings.meeting_{way.verb}",
        by=by,
        obj=locked,
        old={"state": before.value},
        new={"state": to.value},
        note=reason,
    )
    tell_invited_of_change(meeting=locked, before={"state": before.value})
    transaction.on_commit(forget_public_pages)
    return locked


def _check_is_fit(meeting: Meeting, to: MeetingState) -> None:
    if to == MeetingState.PLANNED and meeting.state == MeetingState.DRAFT:
        if meeting.has_begun:
            raise Refused(_("開始の日時が過ぎています。日時を直すか、「開催済みにする」を押してください。"))
        if not meeting.place and not meeting.online_url:
            raise Refused(_("場所もオンラインの参加先もありません。どちらかを書いてから知らせてください。"))
    has_record = _has_published_minutes(meeting)
    if to == MeetingState.PUBLISHED and not has_record:
        raise Refused(_("公開した議事録がありません。先に議事録を公開してください。"))
    if meeting.state == MeetingState.PUBLISHED and has_record:
        raise Refused(_("議事録が公開されています。先に議事録の公開を止めてください。"))


def _has_published_minutes(meeting: Meeting) -> bool:
    minutes = getattr(meeting, "minutes", None)
    return minutes is not None and minutes.state == State.PUBLISHED


def _write(meeting: Meeting, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(meeting, name, values[name])
    meeting.set_fiscal_year()
    meeting.full_clean()
    meeting.save()
