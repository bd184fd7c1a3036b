"""Who may do what with events and with the applications to them. Twins: check_… says why not, can_… says whether."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.event_workflow import EVENT_WAYS, MEMBER_EVENT_WAYS
from meetings.models import Event, EventApplication, EventRevision
from members.permissions import check_can_write_as_member
from platform_portal.access.checks import Refused, check_has, passes
from platform_portal.access.roles import Permission
from platform_portal.publishing.revisions import check_is_another_person, check_is_open
from platform_portal.publishing.services import check_can_transition
from platform_portal.publishing.states import State


def check_can_edit_event(user: Any, event: Event | None = None) -> None:
    """On the desk. Without an event: whether the person may write any, and so begin a new one."""
    check_has(user, Permission.EDIT_EVENTS)
    if event is not None:
        _check_can_be_changed(event)


def can_edit_event(user: Any, event: Event | None = None) -> bool:
    return passes(check_can_edit_event, user, event)


def check_can_edit_own_event(user: Any, event: Event) -> None:
    """As a member: of the organisation that hosts it."""
    check_can_write_as_member(user, event.organization)
    if event.state == State.IN_REVIEW:
        raise Refused(_("いま確認を待っています。直すには、先に「頼んだのを取り下げる」を押してください。"))
    _check_can_be_changed(event)


def can_edit_own_event(user: Any, event: Event) -> bool:
    return passes(check_can_edit_own_event, user, event)


def _check_can_be_changed(event: Event) -> None:
    if event.state == State.ARCHIVED:
        raise Refused(_("保管してある催しです。直すには、先に「下書きとして戻す」を押してください。"))
    if event.is_cancelled:
        raise Refused(
            _("中止にした催しは直せません。もう一度開くときは、「ほかの日程に写す」から始めてください。")
        )


def check_can_move_event(user: Any, event: Event, to: State) -> None:
    check_can_transition(user, event, to, EVENT_WAYS)


def can_move_event(user: Any, event: Event, to: State) -> bool:
    return passes(check_can_move_event, user, event, to)


def check_can_move_own_event(user: Any, event: Event, to: State) -> None:
    """As a member: asking for the review, and taking that back."""
    check_can_write_as_member(user, event.organization)
    check_can_transition(user, event, to, MEMBER_EVENT_WAYS)


def can_move_own_event(user: Any, event: Event, to: State) -> bool:
    return passes(check_can_move_own_event, user, event, to)


def check_can_copy_event(user: Any, event: Event, *, as_member: bool) -> None:
    """In whatever state it is: the copies are drafts."""
    if as_member:
        check_can_write_as_member(user, event.organization)
    else:
        check_has(user, Permission.EDIT_EVENTS)


def can_copy_event(user: Any, event: Event, *, as_member: bool) -> bool:
    return passes(check_can_copy_event, user, event, as_member=as_member)


def check_can_cancel_event(user: Any, event: Event, *, as_member: bool) -> None:
    """One person's decision: whoever stands before a locked door must hear of it at once."""
    if as_member:
        check_can_write_as_member(user, event.organization)
    else:
        check_has(user, Permission.EDIT_EVENTS)
    if event.is_cancelled:
        raise Refused(_("この催しは、もう中止になっています。"))
    if event.state != State.PUBLISHED:
        raise Refused(_("公開していない催しです。中止を知らせる相手がいません。"))
    if event.is_over:
        raise Refused(_("もう終わった催しです。"))


def can_cancel_event(user: Any, event: Event, *, as_member: bool) -> bool:
    return passes(check_can_cancel_event, user, event, as_member=as_member)


def check_can_decide_event_revision(user: Any, revision: EventRevision) -> None:
    """Approve or return a change of a published event: the desk, but never whoever wrote it."""
    check_has(user, Permission.APPROVE_EVENTS)
    check_is_open(revision)
    check_is_another_person(user, revision)


def can_decide_event_revision(user: Any, revision: EventRevision) -> bool:
    return passes(check_can_decide_event_revision, user, revision)


def check_can_withdraw_event_revision(user: Any, revision: EventRevision) -> None:
    if not user.is_authenticated or not user.is_active or revision.proposed_by_id != user.pk:
        raise Refused(_("取り下げられるのは、この変更を書いた人だけです。"))
    check_is_open(revision)


def can_withdraw_event_revision(user: Any, revision: EventRevision) -> bool:
    return passes(check_can_withdraw_event_revision, user, revision)


def check_can_see_applicants(user: Any, event: Event) -> None:
    """The host alone: people of the organisation who may write for it, or the desk where the prefecture is the host."""
    if event.organization_id is None:
        check_has(user, Permission.EDIT_EVENTS)
        return
    check_can_write_as_member(user, event.organization)


def can_see_applicants(user: Any, event: Event) -> bool:
    return passes(check_can_see_applicants, user, event)


def check_can_cancel_application_for(user: Any, application: EventApplication) -> None:
    """As the host, at the word of somebody who called."""
    check_can_see_applicants(user, application.event)
    if not application.is_standing:
        raise Refused(_("この申込は、もう取り消されています。"))


def can_cancel_application_for(user: Any, application: EventApplication) -> bool:
    return passes(check_can_cancel_application_for, user, application)


# --- For people without an account: no user, the same twins ---------------------------------------
def check_can_apply(event: Event) -> None:
    if not event.is_published:
        raise Refused(_("この催しは、いま公開していません。"))
    if event.is_cancelled:
        raise Refused(_("この催しは中止になりました。"))
    if not event.accepts_applications:
        raise Refused(_("この催しは、このページでは申込を受けていません。"))
    if timezone.now() >= event.closes_at:
        raise Refused(_("申込の受付は終わりました。"))


def can_apply(event: Event) -> bool:
    return passes(check_can_apply, event)


def check_can_cancel_application(application: EventApplication) -> None:
    """Whoever holds the link, until the event is over."""
    if not application.is_standing:
        raise Refused(_("この申込は、もう取り消されています。"))
    if application.event.is_over:
        raise Refused(_("もう終わった催しです。"))


def can_cancel_application(application: EventApplication) -> bool:
    return passes(check_can_cancel_application, application)
