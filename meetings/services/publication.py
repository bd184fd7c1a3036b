"""The way of a record to its readers: who may read what, what still stands against it, and each step."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import record_changes
from meetings.leaks.checking import labels_go_further, open_hits
from meetings.models import (
    Audience,
    MeetingState,
    Minutes,
    ProposalState,
    ProposedChange,
)
from meetings.permissions import approval as permissions
from meetings.services.flags import open_flags
from meetings.services.meetings import move_meeting
from meetings.services.records import check_is_as_seen, lock_minutes
from meetings.workflow import MINUTES_WAYS
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.publishing.services import transition
from platform_portal.publishing.states import State


class Cause(StrEnum):
    """Why a record cannot go on."""

    EMPTY = "empty"
    NOT_HELD = "not_held"
    FLAGS = "flags"
    ROUND = "round"
    PROPOSALS = "proposals"
    LEAKS = "leaks"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Obstacle:
    cause: Cause
    words: str


class NotReady(Refused):
    """With everything that stands against it."""

    def __init__(self, obstacles: list[Obstacle]) -> None:
        super().__init__(" ".join(each.words for each in obstacles))
        self.obstacles = obstacles


def obstacles_of(minutes: Minutes) -> list[Obstacle]:
    """What has to be done before the record may be approved. Constant queries."""
    return list(_obstacles(minutes))


def _obstacles(minutes: Minutes) -> Iterator[Obstacle]:
    if not minutes.utterances.standing().exists():
        yield Obstacle(Cause.EMPTY, _("発言が1つもありません。"))
    if minutes.meeting.state not in {MeetingState.HELD, MeetingState.PUBLISHED}:
        yield Obstacle(Cause.NOT_HELD, _("会議が「開催済み」になっていません。"))
    if flags := open_flags(minutes).count():
        yield Obstacle(Cause.FLAGS, _("確かめるところが%(count)s件、片付いていません。") % {"count": flags})
    if minutes.rounds.filter(closed_at=None).exists():
        yield Obstacle(Cause.ROUND, _("発言者に確認を頼んでいるところです。"))
    pending = ProposedChange.objects.filter(utterance__minutes=minutes, state=ProposalState.PENDING)
    if proposals := pending.count():
        yield Obstacle(
            Cause.PROPOSALS, _("扱いを決めていない修正案が%(count)s件あります。") % {"count": proposals}
        )
    if labels_go_further(minutes) and (hits := len(open_hits(minutes))):
        yield Obstacle(
            Cause.LEAKS,
            _("役職名だけの議事要旨に、名前かもしれない言葉が%(count)sか所残っています。") % {"count": hits},
        )
    if minutes.named_audience == minutes.labels_audience == Audience.CLOSED:
        yield Obstacle(
            Cause.NOBODY, _("どちらの議事録も、読めるのは事務局だけです。読める人を選んでください。")
        )


@transaction.atomic
def move_minutes(
    *, minutes: Minutes, to: State, by: User, reason: str = "", version: int | None = None
) -> Minutes:
    """One step. `version`: of the record that the person read; None when nobody looked.

    Raises Refused, NotReady, ChangedMeanwhile; then nothing was changed.
    """
    locked = lock_minutes(minutes)
    check_is_as_seen(version, locked.version)
    permissions.check_can_move_minutes(by, locked, to)
    if to in {State.IN_REVIEW, State.PUBLISHED} and (obstacles := obstacles_of(locked)):
        raise NotReady(obstacles)
    if to == State.SUSPENDED:
        _stamp_suspension(locked, by, reason)
    moved = transition(obj=locked, to=to, ways=MINUTES_WAYS, by=by, reason=reason)
    if State.PUBLISHED in {locked.state, to}:
        meeting_state = MeetingState.PUBLISHED if to == State.PUBLISHED else MeetingState.HELD
        if locked.meeting.state != meeting_state:
            move_meeting(meeting=locked.meeting, to=meeting_state, by=by)
        record_changes.follow_up(moved)
    return moved


def _stamp_suspension(minutes: Minutes, by: User, reason: str) -> None:
    """Readers are told when and why."""
    if not reason.strip():
        raise Refused(_("理由を書いてください。読む人の画面に出ます。"))
    minutes.suspended_at, minutes.suspended_by = timezone.now(), by
    minutes.suspended_reason = reason.strip()
    minutes.full_clean(exclude=["meeting"])
    minutes.save(update_fields=["suspended_at", "suspended_by", "suspended_reason"])


@transaction.atomic
def set_audiences(
    *,
    minutes: Minutes,
    named_audience: str,
    labels_audience: str,
    by: User,
    version: int | None = None,
) -> Minutes:
    """Who may read which edition, as long as it is a draft. Raises Refused, ChangedMeanwhile, ValidationError."""
    locked = lock_minutes(minutes)
    permissions.check_can_set_audiences(by, locked)
    check_is_as_seen(version, locked.version)
    names = ("named_audience", "labels_audience")
    before = audit.snapshot(locked, names)
    locked.named_audience, locked.labels_audience = named_audience, labels_audience
    old, new = audit.difference(before, audit.snapshot(locked, names))
    if not new:
        return locked
    locked.version += 1
    locked.author = by
    locked.full_clean(exclude=["meeting"])
    locked.save(update_fields=[*names, "version", "author", "updated_at"])
    audit.record(type="meetings.minutes_audiences_changed", by=by, obj=locked, old=old, new=new)
    return locked
