"""Answers to "is this still true?": by link, signed in, by telephone; and the portal's own last step."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations import permissions
from consultations.models import (
    ConsultationWindow,
    ErrorReport,
    VerificationCall,
    VerificationRequest,
    VerificationRules,
    VerificationSource,
)
from consultations.models.verification import Ending, Outcome
from consultations.opening import OpenAt
from consultations.round_the_clock import left_without_a_line
from consultations.services.reports import report_error
from consultations.services.windows import lock_window, record_verification
from consultations.workflow import PORTAL_WAYS
from members.models import Membership
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages
from platform_portal.publishing.services import transition
from platform_portal.publishing.states import State

RULES_FIELDS = ("reminder_days", "last_days", "doubt_days", "suspend_days")
# The name of whoever answered the telephone is kept while somebody may still ask about it.
NAMES_KEPT_DAYS = 365
# Whoever decides which window may go holds this, so that two runs do not each spare the other's last line.
STOPPING_LOCK = 0x57_4F_52_4B


class AlreadyAnswered(Refused):
    """Somebody else was faster, or the same person pressed twice. No harm is done."""


@transaction.atomic
def confirm_by_link(*, request: VerificationRequest, membership: Membership) -> ConsultationWindow:
    """「変わりありません」 on the page behind a mailed link; `membership`: to whom that mail went.

    Raises AlreadyAnswered, Refused.
    """
    window = lock_window(request.window)
    locked = _lock_open(request)
    check_nobody_said_otherwise(window)
    if window.organization_id != membership.organization_id or not window.is_published:
        raise Refused(_("この窓口は、このリンクからは確かめられなくなりました。事務局に知らせてください。"))
    locked.link_of = membership
    locked.save(update_fields=["link_of"])
    record_verification(
        window,
        on=timezone.localdate(),
        source=VerificationSource.LINK,
        by=None,
        note=_("「%(name)s」に送ったリンクから") % {"name": membership.organization.name},
    )
    return window


@transaction.atomic
def confirm_own_window(*, window: ConsultationWindow, by: Any) -> ConsultationWindow:
    """「変わりありません」 of somebody who has signed in for the organisation that operates the window."""
    locked = lock_window(window)
    permissions.check_can_confirm_own_window(by, locked)
    check_nobody_said_otherwise(locked)
    if locked.verified_on != timezone.localdate():
        record_verification(locked, on=timezone.localdate(), source=VerificationSource.MEMBER, by=by)
    return locked


def check_nobody_said_otherwise(window: ConsultationWindow) -> None:
    """Residents are not told "confirmed today" of what a colleague has just called outdated. Raises Refused."""
    if window.revisions.waiting().exists():
        raise Refused(
            _("この窓口には、確認を待っている変更があります。その結果が出てから、確かめてください。")
        )
    if window.verification_requests.waiting().filter(told_at__isnull=False).exists():
        raise Refused(_("ちがうところを知らせていただいた窓口です。事務局が確かめて直します。"))


@transaction.atomic
def tell_difference(*, request: VerificationRequest, kind: str, text: str) -> ErrorReport:
    """The operator says that something is no longer true: staff get it as a report, reminders end.

    Also after somebody else has answered "still true" meanwhile: what was written is never dropped, staff decide.
    """
    window = lock_window(request.window)
    locked = VerificationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.is_open and locked.told_at is None:
        locked.told_at = timezone.now()
        locked.save(update_fields=["told_at"])
    words = _("運営する団体から：%(text)s") % {"text": text}
    return report_error(window=window, kind=kind, text=words[:500])


def _lock_open(request: VerificationRequest) -> VerificationRequest:
    locked: VerificationRequest = VerificationRequest.objects.select_for_update(of=("self",)).get(
        pk=request.pk
    )
    if not locked.is_open:
        raise AlreadyAnswered(_("この窓口は、もう確かめ終わっています。ありがとうございます。"))
    return locked


@transaction.atomic
def record_call(
    *, request: VerificationRequest, values: Mapping[str, Any], next_on: dt.date | None, by: Any
) -> VerificationCall:
    """An attempt of staff to ask somebody. `values`: way, result, spoken_to, note.

    "Same" verifies the window. "Changed" keeps the round open until the entry has been put right. Raises Refused.
    """
    window = lock_window(request.window)
    locked = VerificationRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    permissions.check_can_record_call(by, locked)
    call = VerificationCall(request=locked, called_by=by, **values)
    call.full_clean(exclude=["request"])
    call.save()
    audit.record(
        type="consultations.window_called",
        by=by,
        obj=window,
        # Who was spoken to and what was said stay out: the record can never be erased.
        new={"way": call.way, "result": call.result},
    )
    if call.result == VerificationCall.Result.SAME:
        permissions.check_can_verify_window(by, window)
        record_verification(
            window,
            on=timezone.localdate(),
            source=VerificationSource.TELEPHONE,
            by=by,
            outcome=Outcome.PHONED,
        )
        return call
    if call.result == VerificationCall.Result.CHANGED:
        locked.told_at, locked.next_call_on = locked.told_at or timezone.now(), None
    else:
        locked.next_call_on = next_on
    locked.save(update_fields=["told_at", "next_call_on"])
    return call


@transaction.atomic
def save_verification_rules(*, values: Mapping[str, Any], by: Any) -> VerificationRules:
    """Raises Refused, ValidationError."""
    permissions.check_can_edit_verification_rules(by)
    rules = VerificationRules.objects.select_for_update().filter(pk=1).first() or VerificationRules(pk=1)
    before = audit.snapshot(rules, RULES_FIELDS)
    for name in RULES_FIELDS:
        setattr(rules, name, values[name])
    rules.full_clean()
    rules.save()
    old, new = audit.difference(before, audit.snapshot(rules, RULES_FIELDS))
    if new:
        audit.record(type="consultations.rules_changed", by=by, obj=rules, old=old, new=new)
        transaction.on_commit(forget_public_pages)
    return rules


@transaction.atomic
def stop_unconfirmed(*, request: VerificationRequest, rules: VerificationRules) -> bool:
    """The portal takes a window down that nobody confirmed. False: it stays, for a reason that staff are shown.

    A category never loses its last line that is open day and night: such a window is escalated instead.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [STOPPING_LOCK])
    window = lock_window(request.window)
    still = VerificationRequest.objects.to_stop(timezone.localdate(), rules)
    locked = still.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if locked is None or not window.is_published or window.organization_id != locked.organization_id:
        return False
    if left_without_a_line(window, OpenAt.now()):
        if locked.escalated_at is None:
            locked.escalated_at = timezone.now()
            locked.save(update_fields=["escalated_at"])
        return False
    reason = _("%(due)s が確かめる日でしたが、%(days)d日たっても確認が取れないため、自動で止めました。") % {
        "due": locked.due_on.strftime("%Y-%m-%d"),
        "days": (timezone.localdate() - locked.due_on).days,
    }
    transition(obj=window, to=State.SUSPENDED, ways=PORTAL_WAYS, by=None, reason=reason)
    locked.save(update_fields=locked.close(state=Outcome.LAPSED, ending=Ending.PORTAL, is_stopped=True))
    transaction.on_commit(forget_public_pages)
    return True


@transaction.atomic
def forget_words_of_calls() -> int:
    """Erases whom staff spoke to, and what they noted of it, once NAMES_KEPT_DAYS are over; returns how many."""
    limit = timezone.now() - dt.timedelta(days=NAMES_KEPT_DAYS)
    told = VerificationCall.objects.filter(called_at__lt=limit).exclude(spoken_to="", note="")
    return told.update(spoken_to="", note="")
