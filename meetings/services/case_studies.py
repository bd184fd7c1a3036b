"""Writing, checking, publishing and reading case studies. Every reading stands in the record."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.case_workflow import CASE_WAYS, MEMBER_CASE_WAYS
from meetings.mails import case_studies as mails
from meetings.models import CaseStudy, CaseStudySign
from meetings.models.case_studies import TEXTS
from meetings.permissions import case_studies as permissions
from meetings.scrubbing import Sign, find_signs
from platform_portal.access.checks import Refused, has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent
from platform_portal.publishing.services import transition
from platform_portal.publishing.states import State


def signs_of(case: CaseStudy) -> list[Sign]:
    return find_signs({name: getattr(case, name) for name in TEXTS})


def open_signs(case: CaseStudy) -> list[Sign]:
    """Places for which nobody has given a reason yet. One query."""
    known = set(case.signs.values_list("kind", "words")) if case.pk else set()
    return [sign for sign in signs_of(case) if sign.key not in known]


def check_is_clean(case: CaseStudy) -> None:
    left = len({sign.key for sign in open_signs(case)})
    if left:
        raise Refused(
            _(
                "だれか分かるかもしれない言葉が、あと%(count)dか所あります。書き換えるか、残してよい理由を書いてください。"
            )
            % {"count": left}
        )


def lock_case_study(case: CaseStudy) -> CaseStudy:
    rows = CaseStudy.objects.select_for_update(of=("self",)).select_related("meeting", "organization")
    locked: CaseStudy = rows.get(pk=case.pk)
    return locked


@transaction.atomic
def save_case_study(*, case: CaseStudy, values: Mapping[str, str], by: Any) -> CaseStudy:
    """Raises Refused, ValidationError; then nothing was changed."""
    is_new = case._state.adding
    if is_new:
        permissions.check_can_write_case_study(by, case.meeting, case.organization)
    else:
        case = lock_case_study(case)
        permissions.check_can_edit_case_study(by, case)
    before = {} if is_new else audit.snapshot(case, TEXTS)
    for name in TEXTS:
        if name in values:
            setattr(case, name, values[name])
    case.full_clean()
    case.author = by
    case.save()
    _forget_signs_that_are_gone(case)
    old, new = audit.difference(before, audit.snapshot(case, TEXTS))
    if is_new or new:
        verb = "created" if is_new else "changed"
        audit.record(type=f"meetings.casestudy_{verb}", by=by, obj=case, old=old, new=new)
    return case


def _forget_signs_that_are_gone(case: CaseStudy) -> None:
    """A name that was taken out of the text shall not stand beside it, with the reason why it might have stayed."""
    left = {sign.key for sign in signs_of(case)}
    gone = [row.pk for row in case.signs.all() if (row.kind, row.words) not in left]
    case.signs.filter(pk__in=gone).delete()


@dataclass(frozen=True, slots=True)
class SentBack:
    """Why somebody took it out of review, or out of sight."""

    reason: str
    at: dt.datetime
    was_shown: bool


def why_sent_back(case: CaseStudy) -> SentBack | None:
    """Until it is submitted again. The record alone keeps the reason. One query."""
    steps = AuditEvent.objects.about(case).filter(type__in=[f"meetings.casestudy_{verb}" for verb in _STEPS])
    last = steps.first()
    if last is None or last.type not in _BACK or not last.note:
        return None
    return SentBack(last.note, last.at, was_shown=last.type == "meetings.casestudy_suspended")


_STEPS = sorted({way.verb for way in [*CASE_WAYS.values(), *MEMBER_CASE_WAYS.values()]})
_BACK = {"meetings.casestudy_returned", "meetings.casestudy_suspended"}


@transaction.atomic
def justify_sign(*, case: CaseStudy, kind: str, words: str, reason: str, by: Any) -> CaseStudySign:
    """Says why words that look like a sign of somebody may stand. Raises Refused, ValidationError."""
    locked = lock_case_study(case)
    permissions.check_can_edit_case_study(by, locked)
    if (kind, words) not in {sign.key for sign in signs_of(locked)}:
        raise Refused(_("この言葉は、もう文の中にありません。画面を読み込み直してください。"))
    row = CaseStudySign.objects.filter(case_study=locked, kind=kind, words=words).first()
    row = row or CaseStudySign(case_study=locked, kind=kind, words=words)
    row.reason, row.justified_by, row.justified_at = reason.strip(), by, timezone.now()
    row.full_clean()
    row.save()
    # Whoever says that words may stand does not approve them: one more reason for a second person.
    CaseStudy.objects.filter(pk=locked.pk).update(author=by)
    audit.record(type="meetings.casestudy_sign_justified", by=by, obj=locked, new={"kind": kind})
    justified: CaseStudySign = row
    return justified


@transaction.atomic
def move_case_study(*, case: CaseStudy, to: State, by: Any, reason: str = "") -> CaseStudy:
    """One step of the way. Nothing is shown to members while a sign of a person is left. Raises Refused."""
    locked = lock_case_study(case)
    permissions.check_can_move_case_study(by, locked, to)
    if to in {State.IN_REVIEW, State.PUBLISHED}:
        check_is_clean(locked)
    ways = CASE_WAYS if has(by, Permission.TEND_CASE_STUDIES) else MEMBER_CASE_WAYS
    moved = transition(obj=locked, to=to, ways=ways, by=by, reason=reason)
    if has(by, Permission.TEND_CASE_STUDIES) and to in {State.DRAFT, State.PUBLISHED, State.SUSPENDED}:
        mails.send_case_study_decided(locked, to=to, by=by)
    return moved


@transaction.atomic
def read_case_study(*, case: CaseStudy, by: Any) -> CaseStudy:
    """Who has read it, and when, stands in the record. Raises Refused."""
    permissions.check_can_read_case_study(by, case)
    audit.record(type="meetings.casestudy_read", by=by, obj=case)
    return case
