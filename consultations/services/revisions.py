"""Changes of published windows that wait for a second person: proposed, approved, returned, withdrawn.

Whoever writes here locks the window first and the revision after it, so that nobody waits in a circle.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import mails, permissions
from consultations.models import ConsultationWindow, RevisionState, WindowRevision
from consultations.services.content import (
    WindowContent,
    content_from_description,
    describe_content,
    touches_what_was_verified,
)
from consultations.services.overtaking import overtake
from consultations.services.windows import (
    ChangedMeanwhile,
    NeedsReview,
    check_is_complete,
    lock_window,
    save_window,
    write_content,
)
from consultations.workflow import MEMBER_WAYS, REVISION_WAYS
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.publishing.revisions import lock_revision
from platform_portal.publishing.services import transition
from platform_portal.publishing.states import State

# Not proposed by anybody: whoever approves has checked, and that day counts. An ID never changes.
NOT_PROPOSED = ("public_id", "verified_on")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an edit: live at once, or (`revision`) waiting until a second person has looked."""

    window: ConsultationWindow
    revision: WindowRevision | None = None


@transaction.atomic
def change_window(
    *,
    window: ConsultationWindow,
    content: WindowContent,
    by: Any,
    version: dt.datetime | None = None,
    revising: WindowRevision | None = None,
    as_member: bool = False,
) -> Change:
    """Saves, or proposes what must not go live unseen.

    `revising`: the person's own waiting change that `content` is a new version of; it is replaced, or closed when
    nothing of it is left to wait for. Raises what save_window() raises, but for NeedsReview.
    """
    if not window._state.adding:
        lock_window(window)
    if revising is not None:
        revising = lock_revision(revising)
        if not revising.is_open or revising.proposed_by_id != by.pk or revising.window_id != window.pk:
            raise Refused(
                _(
                    "そのあいだに、申し出た変更は終わりました（%(state)s）。もう一度保存すると、新しい申し出になります。"
                )
                % {"state": revising.get_state_display()}
            )
    try:
        saved = save_window(window=window, content=content, by=by, version=version, as_member=as_member)
    except NeedsReview as needed:
        revision = propose(
            window=window, before=needed.before, proposed=needed.after, by=by, revising=revising
        )
        return Change(window, revision)
    if revising is not None:
        _end(revising, RevisionState.WITHDRAWN, by=by)
    return Change(saved)


@transaction.atomic
def propose(
    *,
    window: ConsultationWindow,
    before: Mapping[str, Any],
    proposed: Mapping[str, Any],
    by: Any,
    revising: WindowRevision | None = None,
) -> WindowRevision:
    """Keeps a change until somebody has looked. One's own waiting change is replaced; another's stops this one.

    `before`, `proposed`: the whole content. Asks for no permission: whoever calls it has.
    """
    locked = lock_window(window)
    pending = WindowRevision.objects.pending().select_for_update(of=("self",)).filter(window=locked).first()
    if pending is not None and pending.proposed_by_id != by.pk:
        raise Refused(_against_a_second(pending, by))
    if revising is not None and pending not in {None, revising}:
        _end(revising, RevisionState.WITHDRAWN, by=by)  # the pending one, also this person's, takes its place
    revision = pending or revising or WindowRevision(window=locked, proposed_by=by)
    verb = "proposed"
    if not revision._state.adding:
        verb = REVISION_WAYS[RevisionState(revision.state), RevisionState.PENDING].verb
    revision.before, revision.base_at = dict(before), locked.updated_at
    revision.proposed = {**proposed, **{name: before[name] for name in NOT_PROPOSED}}
    revision.state, revision.proposed_at = RevisionState.PENDING, timezone.now()
    revision.save()
    _record(verb, revision, by)
    return revision


def _against_a_second(pending: WindowRevision, by: Any) -> str:
    """Members decide nothing, and do not learn the names of the office."""
    if by.is_desk_user:
        return _(
            "この窓口には、%(name)sさんの変更が確認を待っています。先にそれを認めるか差し戻すかしてから、もう一度お試しください。"
        ) % {"name": pending.proposed_by.name}
    who = (
        _("事務局")
        if pending.proposed_by.is_desk_user
        else _("%(name)sさん") % {"name": pending.proposed_by.name}
    )
    return _(
        "この窓口には、%(who)sの変更が確認を待っています。結果が出てから、もう一度申し出てください。急ぐときは、%(who)sに相談してください。"
    ) % {"who": who}


@transaction.atomic
def approve_revision(
    *, revision: WindowRevision, by: Any, is_checked: bool = False, version: dt.datetime | None = None
) -> WindowRevision:
    """Makes a change live. Fields that it does not touch stay as they are now.

    `version`: the `proposed_at` of what the person read, since the author may replace it; None when nobody looked.

    When the same fields have changed meanwhile, nothing is applied: the answer's state is OVERTAKEN then.
    Raises Refused and ValidationError; then nothing was changed.
    """
    window = lock_window(revision.window)
    revision = lock_revision(revision)
    permissions.check_can_approve_revision(by, revision)
    if version is not None and revision.proposed_at != version:
        raise ChangedMeanwhile(
            _(
                "画面を開いたあとに、申し出た人が内容を書き直しました。下の新しい内容を確かめてから、認めてください。"
            )
        )
    if window.state == State.ARCHIVED:
        raise Refused(_("保管してある窓口です。変更は、差し戻してください。"))
    merge = revision.merge_with(describe_content(window))
    if merge.conflicts:
        overtake(revision)
        return revision
    is_critical = touches_what_was_verified(merge.live, merge.result)
    if is_critical and not is_checked:
        raise Refused(
            _(
                "番号・リンク・受付時間・住所のどれかが変わります。実際に確かめて、印をつけてから認めてください。"
            )
        )
    write_content(
        window=window,
        content=content_from_description(revision.proposed, only=merge.names),
        by=by,
        author=revision.proposed_by,
        type_="consultations.revision_approved",
        note=_("申し出た人：%(name)s") % {"name": revision.proposed_by.name},
        verified_by=by if is_critical else None,
    )
    if window.is_published:
        check_is_complete(window)
    revision.is_checked = is_critical
    revision.decide(RevisionState.APPROVED, by=by)
    mails.send_revision_approved(revision)
    return revision


@transaction.atomic
def return_revision(*, revision: WindowRevision, by: Any, reason: str) -> WindowRevision:
    """Gives a change back to whoever proposed it. Raises Refused."""
    lock_window(revision.window)
    revision = lock_revision(revision)
    permissions.check_can_return_revision(by, revision)
    _end(revision, RevisionState.RETURNED, by=by, note=reason)
    mails.send_revision_returned(revision)
    return revision


@transaction.atomic
def withdraw_revision(*, revision: WindowRevision, by: Any) -> WindowRevision:
    """Takes one's own change back. Raises Refused."""
    lock_window(revision.window)
    revision = lock_revision(revision)
    permissions.check_can_withdraw_revision(by, revision)
    _end(revision, RevisionState.WITHDRAWN, by=by)
    return revision


@transaction.atomic
def move_own_window(*, window: ConsultationWindow, to: State, by: Any) -> ConsultationWindow:
    """A member asks for the first review of its draft, or takes that back. Raises Refused."""
    locked = lock_window(window)
    permissions.check_can_move_own_window(by, locked, to)
    if to == State.IN_REVIEW:
        check_is_complete(locked)
    return transition(obj=locked, to=to, ways=MEMBER_WAYS, by=by)


def _end(revision: WindowRevision, to: RevisionState, *, by: Any, note: str = "") -> None:
    way = REVISION_WAYS[RevisionState(revision.state), to]
    revision.decide(to, by=by, note=note)
    audit.record(type=f"consultations.revision_{way.verb}", by=by, obj=revision.window, note=revision.note)


def _record(verb: str, revision: WindowRevision, by: Any) -> None:
    names = revision.changed_names
    audit.record(
        type=f"consultations.revision_{verb}",
        by=by,
        obj=revision.window,
        old={name: revision.before.get(name) for name in names},
        new={name: revision.proposed[name] for name in names},
    )
