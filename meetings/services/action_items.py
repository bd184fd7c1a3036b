"""宿題: written down, taken up again, and ended with what came of it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import ActionItem, AgendaItem, Body, Meeting, MeetingState, Utterance
from meetings.permissions import approval as permissions
from meetings.services.agenda import add_agenda_item, keep_closing_last
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

FIELDS = ("text", "responsible", "due_on", "is_public")
KEPT_IN_AUDIT = ("due_on", "is_public")  # the words may speak of people


@transaction.atomic
def add_action_item(
    *, body: Body, values: Mapping[str, Any], by: User, utterance: Utterance | None = None
) -> ActionItem:
    """Raises Refused, ValidationError."""
    permissions.check_can_edit_action_items(by)
    if utterance is not None and utterance.minutes.meeting.body_id != body.pk:
        raise Refused(_("ほかの会議体の発言です。"))
    item = ActionItem(
        body=body, utterance=utterance, created_by=by, **{name: values[name] for name in FIELDS}
    )
    item.full_clean()
    item.save()
    audit.record(type="meetings.action_item_added", by=by, obj=item, new=audit.snapshot(item, KEPT_IN_AUDIT))
    transaction.on_commit(forget_public_pages)
    return item


@transaction.atomic
def change_action_item(*, item: ActionItem, values: Mapping[str, Any], by: User) -> ActionItem:
    """Raises Refused, ValidationError."""
    locked = _lock(item)
    permissions.check_can_change_action_item(by, locked)
    before, words = audit.snapshot(locked, KEPT_IN_AUDIT), [locked.text, locked.responsible]
    for name in FIELDS:
        setattr(locked, name, values[name])
    locked.full_clean()
    locked.save()
    old, new = audit.difference(before, audit.snapshot(locked, KEPT_IN_AUDIT))
    if new or words != [locked.text, locked.responsible]:
        audit.record(type="meetings.action_item_changed", by=by, obj=locked, old=old, new=new)
        transaction.on_commit(forget_public_pages)
    return locked


@transaction.atomic
def carry_action_item(*, item: ActionItem, meeting: Meeting, title: str, by: User) -> AgendaItem:
    """Onto the agenda of a later meeting of the body, as its last item. A second time gives the one that is there.

    `title`: whoever may see the meeting reads it, which an internal item's own words are not for.
    Raises Refused, ValidationError.
    """
    target = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
    locked = _lock(item)
    permissions.check_can_change_action_item(by, locked)
    if target.body_id != locked.body_id:
        raise Refused(_("同じ会議体の会議を選んでください。"))
    if target.state not in {MeetingState.DRAFT, MeetingState.PLANNED}:
        raise Refused(_("これから開く会議を選んでください。"))
    there: AgendaItem | None = locked.agenda_items.filter(meeting=target).first()
    if there is not None:
        return there
    agenda_item = add_agenda_item(meeting=target, values={"title": title.strip()}, by=by)
    agenda_item = keep_closing_last(added=agenda_item, by=by)
    locked.agenda_items.add(agenda_item)
    audit.record(type="meetings.action_item_carried", by=by, obj=locked, new={"meeting": target.public_id})
    transaction.on_commit(forget_public_pages)
    return agenda_item


@transaction.atomic
def close_action_item(*, item: ActionItem, outcome: str, by: User) -> ActionItem:
    """Raises Refused, ValidationError."""
    locked = _lock(item)
    permissions.check_can_change_action_item(by, locked)
    if not outcome.strip():
        raise Refused(_("どうなったかを書いてください。"))
    locked.outcome = outcome.strip()
    locked.closed_at, locked.closed_by = timezone.now(), by
    locked.full_clean()
    locked.save()
    audit.record(type="meetings.action_item_closed", by=by, obj=locked)
    transaction.on_commit(forget_public_pages)
    return locked


@transaction.atomic
def reopen_action_item(*, item: ActionItem, by: User) -> ActionItem:
    """What was written as its outcome stays to be read and mended. Raises Refused."""
    permissions.check_can_edit_action_items(by)
    locked = _lock(item)
    if locked.closed_at is None:
        raise Refused(_("まだ終わっていない宿題です。"))
    locked.closed_at = locked.closed_by = None
    locked.save(update_fields=["closed_at", "closed_by"])
    audit.record(type="meetings.action_item_reopened", by=by, obj=locked)
    transaction.on_commit(forget_public_pages)
    return locked


def _lock(item: ActionItem) -> ActionItem:
    return ActionItem.objects.select_for_update(of=("self",)).select_related("body").get(pk=item.pk)
