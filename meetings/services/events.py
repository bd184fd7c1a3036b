"""Writing, moving, changing and cancelling events.

Whoever writes here locks the event first and a revision or an application after it, so that nobody waits in a circle.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.event_workflow import EVENT_WAYS, MEMBER_EVENT_WAYS
from meetings.mails import events as mails
from meetings.models import Event, EventApplication, EventRevision
from meetings.permissions import events as permissions
from meetings.services.event_applications import lock_event, move_up
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.revisions import RevisionState, lock_revision
from platform_portal.publishing.services import transition
from platform_portal.publishing.states import State
from platform_portal.records_language import in_records_language

FIELDS = (
    "kind",
    "title",
    "starts_at",
    "ends_at",
    "is_all_day",
    "description",
    "co_hosts",
    "place",
    "address",
    "municipality",
    "is_online",
    "online_url",
    "fee",
    "target_people",
    "languages",
    "has_sign_language",
    "is_wheelchair_accessible",
    "access_note",
    "contact_name",
    "contact_phone",
    "contact_email",
    "website",
    "accepts_applications",
    "capacity",
    "has_waiting_list",
    "apply_until_at",
)
"""The content, in the order in which the form asks for it. Who reads which of it says `Event.Privacy`."""
# Whoever has applied must hear of these: they decide when and where one goes.
TOLD = ("starts_at", "ends_at", "is_all_day", "place", "address", "is_online", "online_url")
# What a calendar shows.
SHOWN_IN_CALENDARS = ("title", *TOLD)
MOST_COPIES = 12


class ChangedMeanwhile(Refused):
    """Somebody else saved the same event after this person opened the page."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an edit: saved at once, or (`revision`) waiting until a second person has looked."""

    event: Event
    revision: EventRevision | None = None


def describe_event(event: Event) -> dict[str, Any]:
    """The content as JSON scalars."""
    return audit.snapshot(event, FIELDS)


def set_content(event: Event, description: Mapping[str, Any], names: Sequence[str] = FIELDS) -> None:
    """The way back from describe_event()."""
    for name in names:
        field: Any = Event._meta.get_field(name)
        value = description.get(name)
        setattr(event, field.attname, value if field.is_relation else field.to_python(value))


@transaction.atomic
def save_event(
    *,
    event: Event,
    values: Mapping[str, Any],
    by: Any,
    as_member: bool,
    version: dt.datetime | None = None,
) -> Change:
    """Creates or changes an event; a change of a published one waits for a second person.

    `as_member`: for the organisation that hosts it. `version`: the `updated_at` that the person saw.
    Raises Refused, ChangedMeanwhile, ValidationError; then nothing was changed.
    """
    is_new = event._state.adding
    organization = event.organization
    event = event if is_new else lock_event(event)
    _check_may_write(by, event, as_member=as_member)
    if not is_new and version is not None and event.updated_at != version:
        raise ChangedMeanwhile(
            _("画面を開いてから、ほかの人がこの催しを変えました。今の内容を確かめてください。")
        )
    if is_new:
        event.organization = organization
    before = {} if is_new else describe_event(event)
    for name in FIELDS:
        if name in values:
            setattr(event, name, values[name])
    event.full_clean()
    after = describe_event(event)
    if event.is_published:
        return _propose(event, before, after, by)
    event.author = by
    event.save()
    old, new = audit.difference(before, after)
    if is_new or new:
        audit.record(
            type=f"meetings.event_{'created' if is_new else 'changed'}", by=by, obj=event, old=old, new=new
        )
    return Change(event)


def _check_may_write(by: Any, event: Event, *, as_member: bool) -> None:
    if as_member:
        permissions.check_can_edit_own_event(by, event)
    else:
        permissions.check_can_edit_event(by, None if event._state.adding else event)


def _propose(event: Event, before: dict[str, Any], after: dict[str, Any], by: Any) -> Change:
    """Keeps a change of a published event until somebody has looked. One's own waiting change is replaced."""
    rows = EventRevision.objects.pending().select_for_update(of=("self",)).select_related("proposed_by")
    pending = rows.filter(event=event).first()
    if pending is not None and pending.proposed_by_id != by.pk:
        raise Refused(_against_a_second(pending, by))
    if before == after:
        if pending is not None:
            _end(pending, RevisionState.WITHDRAWN, by=by)
        return Change(event)
    revision = pending or EventRevision(event=event, proposed_by=by)
    verb = "proposed" if revision._state.adding else "replaced"
    revision.before, revision.proposed = before, after
    revision.base_at, revision.proposed_at = event.updated_at, timezone.now()
    revision.save()
    old, new = audit.difference(before, after)
    audit.record(type=f"meetings.event_revision_{verb}", by=by, obj=event, old=old, new=new)
    return Change(event, revision)


def _against_a_second(pending: EventRevision, by: Any) -> str:
    """Members decide nothing, and do not learn the names of the office."""
    name = pending.proposed_by.name
    who = _("%(name)sさん") % {"name": name}
    if pending.proposed_by.is_desk_user and not by.is_desk_user:
        who = _("事務局")
    return _("この催しには、%(who)sの変更が確認を待っています。結果が出てから、もう一度直してください。") % {
        "who": who
    }


@transaction.atomic
def copy_event(
    *, event: Event, dates: Sequence[dt.date], by: Any, as_member: bool, submit: bool = False
) -> list[Event]:
    """The same event on other days, at the same time of day. Each is an event of its own, and a draft.

    `submit`: asks for the review of each at once. Raises Refused.
    """
    permissions.check_can_copy_event(by, event, as_member=as_member)
    if not 1 <= len(dates) <= MOST_COPIES:
        raise Refused(_("日付を1つから%(most)dまで選んでください。") % {"most": MOST_COPIES})
    copies = []
    for date in dates:
        copy = Event(organization=event.organization)
        set_content(copy, describe_event(event))
        shift = date - timezone.localdate(event.starts_at)
        for name in ("starts_at", "ends_at", "apply_until_at"):
            moment = getattr(event, name)
            if moment is not None:
                setattr(copy, name, moment + shift)
        copy.author = by
        copy.full_clean()
        copy.save()
        audit.record(
            type="meetings.event_created",
            by=by,
            obj=copy,
            new={"copied_from": event.public_id, **describe_event(copy)},
        )
        if submit:
            mover = move_own_event if as_member else move_event
            copy = mover(event=copy, to=State.IN_REVIEW, by=by)
        copies.append(copy)
    return copies


def check_is_announceable(event: Event) -> None:
    """What residents need at the very least."""
    if event.is_over:
        raise Refused(_("日時が過ぎています。日時を直してから、もう一度お試しください。"))
    if not (event.contact_name or event.contact_phone or event.contact_email):
        raise Refused(_("問い合わせ先がありません。電話番号かメールアドレスを書いてください。"))


@transaction.atomic
def move_event(
    *, event: Event, to: State, by: Any, reason: str = "", version: dt.datetime | None = None
) -> Event:
    """One step of the desk. `version`: the `updated_at` of the words that the person read. Raises Refused."""
    before = lock_event(event)
    if version is not None and before.updated_at != version:
        raise ChangedMeanwhile(
            _("画面を開いたあとに、内容が変わりました。もう一度読んでから、認めてください。")
        )
    if to in {State.IN_REVIEW, State.PUBLISHED}:
        check_is_announceable(before)
    moved = transition(obj=event, to=to, ways=EVENT_WAYS, by=by, reason=reason)
    if to == State.SUSPENDED:
        _withdraw_pending(moved, by=by)
    if before.state == State.IN_REVIEW:
        mails.send_event_reviewed(before, is_published=to == State.PUBLISHED, by=by, reason=reason.strip())
    transaction.on_commit(forget_public_pages)
    return moved


@transaction.atomic
def move_own_event(*, event: Event, to: State, by: Any) -> Event:
    """A member asks for the review of its draft, or takes that back. Raises Refused."""
    locked = lock_event(event)
    permissions.check_can_move_own_event(by, locked, to)
    if to == State.IN_REVIEW:
        check_is_announceable(locked)
    return transition(obj=locked, to=to, ways=MEMBER_EVENT_WAYS, by=by)


# --- Changes of published events ----------------------------------------------------------------
@transaction.atomic
def approve_event_revision(
    *, revision: EventRevision, by: Any, version: dt.datetime | None = None
) -> EventRevision:
    """Makes a change live, and tells those who have applied where or when they have to go now.

    `version`: the `proposed_at` of what the person read. Raises Refused, ValidationError; then nothing was changed.
    """
    event = lock_event(revision.event)
    revision = lock_revision(revision)
    permissions.check_can_decide_event_revision(by, revision)
    if version is not None and revision.proposed_at != version:
        raise ChangedMeanwhile(
            _(
                "画面を開いたあとに、申し出た人が内容を書き直しました。新しい内容を確かめてから、認めてください。"
            )
        )
    if not event.is_published or event.is_cancelled:
        raise Refused(_("いま公開していない催しです。変更は、差し戻してください。"))
    before = describe_event(event)
    merge = revision.merge_with(before)
    if merge.conflicts:
        raise Refused(_("同じ項目が先に変わりました。差し戻して、今の内容から書き直してもらってください。"))
    set_content(event, merge.result, merge.names)
    event.author = revision.proposed_by
    if not set(merge.names).isdisjoint(SHOWN_IN_CALENDARS):
        event.sequence += 1
    event.full_clean()
    event.save()
    old, new = audit.difference(before, describe_event(event))
    with in_records_language():
        note = _("申し出た人：%(name)s") % {"name": revision.proposed_by.name}
    audit.record(type="meetings.event_revision_approved", by=by, obj=event, old=old, new=new, note=note)
    revision.decide(RevisionState.APPROVED, by=by)
    mails.send_event_revision_decided(revision)
    told = [name for name in merge.names if name in TOLD]
    if told:
        for application in EventApplication.objects.standing().filter(event=event):
            mails.send_event_changed(application, before=before, names=told)
    move_up(event)
    transaction.on_commit(forget_public_pages)
    return revision


@transaction.atomic
def return_event_revision(*, revision: EventRevision, by: Any, reason: str) -> EventRevision:
    """Gives a change back to whoever proposed it. Raises Refused."""
    lock_event(revision.event)
    revision = lock_revision(revision)
    permissions.check_can_decide_event_revision(by, revision)
    _end(revision, RevisionState.RETURNED, by=by, note=reason)
    mails.send_event_revision_decided(revision)
    return revision


@transaction.atomic
def withdraw_event_revision(*, revision: EventRevision, by: Any) -> EventRevision:
    """Takes one's own change back. Raises Refused."""
    lock_event(revision.event)
    revision = lock_revision(revision)
    permissions.check_can_withdraw_event_revision(by, revision)
    _end(revision, RevisionState.WITHDRAWN, by=by)
    return revision


def _end(revision: EventRevision, to: RevisionState, *, by: Any, note: str = "") -> None:
    revision.decide(to, by=by, note=note)
    audit.record(type=f"meetings.event_revision_{to.value}", by=by, obj=revision.event, note=revision.note)


def _withdraw_pending(event: Event, *, by: Any) -> None:
    """A change of what is no longer shown waits for nothing."""
    for revision in EventRevision.objects.pending().select_for_update(of=("self",)).filter(event=event):
        _end(revision, RevisionState.WITHDRAWN, by=by)


# --- Cancelling ---------------------------------------------------------------------------------
@transaction.atomic
def cancel_event(*, event: Event, by: Any, reason: str, as_member: bool) -> Event:
    """The page stays and says so; everybody who has applied is told. Raises Refused."""
    locked = lock_event(event)
    permissions.check_can_cancel_event(by, locked, as_member=as_member)
    if not reason.strip():
        raise Refused(_("理由を書いてください。"))
    locked.cancelled_at, locked.cancelled_by = timezone.now(), by
    locked.cancelled_reason = reason.strip()
    locked.sequence += 1
    locked.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason", "sequence", "updated_at"])
    audit.record(type="meetings.event_cancelled", by=by, obj=locked, note=locked.cancelled_reason)
    _withdraw_pending(locked, by=by)
    for application in EventApplication.objects.standing().filter(event=locked):
        mails.send_event_cancelled(application)
    transaction.on_commit(forget_public_pages)
    return locked
