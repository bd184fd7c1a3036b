"""The one way to change the state of something that can be published."""

from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from platform_portal.access.checks import Refused, check_has
from platform_portal.audit import services as audit
from platform_portal.publishing.models import Publishable
from platform_portal.publishing.states import State, Way, Ways

T = TypeVar("T", bound=Publishable)


def way_between(ways: Ways, before: str, after: str) -> Way:
    """The way from `before` to `after`; raises Refused with a sentence when there is none."""
    way = ways.get((State(before), State(after)))
    if way is None:
        raise Refused(_why_not(ways, State(before), State(after)))
    return way


def _why_not(ways: Ways, before: State, after: State) -> str:
    """That there is no such way, and the step that would come first where one leads on from it."""
    if before == after:
        return _("すでに「%(state)s」です。") % {"state": after.label}
    words = _("「%(before)s」から「%(after)s」へは進めません。") % {
        "before": before.label,
        "after": after.label,
    }
    for (start, end), way in ways.items():
        # Publishing is never a mere step on the way to something else.
        if start == before and end != State.PUBLISHED and (end, after) in ways:
            return words + _("先に「%(step)s」を行ってください。") % {"step": way.label}
    return words


def check_can_transition(user: Any, obj: Publishable, to: State, ways: Ways) -> None:
    """Raises Refused when `user` may not move `obj` to `to`."""
    way = way_between(ways, obj.state, to)
    if way.permission is not None:
        check_has(user, way.permission)
    if way.needs_other_person and user.pk in {obj.author_id, obj.submitted_by_id}:
        raise Refused(_("自分が書いたものを、自分で認めることはできません。ほかの人に確認を頼んでください。"))


@transaction.atomic
def transition(*, obj: T, to: State, ways: Ways, by: Any, reason: str = "") -> T:
    """Moves `obj` to `to`: locks the row, checks table, permission and second person, writes, audits.

    Raises Refused; then nothing was changed.
    """
    locked = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    if locked.state != obj.state and (State(locked.state), to) not in ways:
        raise Refused(_("そのあいだに状態が変わりました。画面を読み込み直して、今の状態を確かめてください。"))
    way = way_between(ways, locked.state, to)
    check_can_transition(by, locked, to, ways)
    if way.needs_reason and not reason.strip():
        raise Refused(_("理由を書いてください。"))
    before = locked.state
    locked.state = to
    _stamp(locked, to, by)
    locked.save(update_fields=["state", "submitted_at", "submitted_by", "published_at", "published_by"])
    audit.record(
        type=f"{locked._meta.app_label}.{locked.audit_noun}_{way.verb}",
        by=by,
        obj=locked,
        old={"state": before},
        new={"state": to.value},
        note=reason.strip(),
    )
    return locked


def _stamp(obj: Publishable, to: State, by: Any) -> None:
    if to == State.IN_REVIEW:
        obj.submitted_at, obj.submitted_by = timezone.now(), by
    if to == State.PUBLISHED:
        obj.published_at, obj.published_by = timezone.now(), by
    if to == State.DRAFT:
        obj.submitted_at = obj.submitted_by = None
