"""Rounds of asking: when one begins, when one is over. Nothing here writes to a window.

Whoever holds a window and a round locks the window first.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from consultations.models import ConsultationWindow, VerificationRequest, VerificationRules
from consultations.models.verification import Ending, Outcome, Stage
from platform_portal.publishing.states import State

BATCH = 500
ORDER = [Stage.ASKED, Stage.REMINDED, Stage.LAST, Stage.PHONE]


def stage_after(days: int, rules: VerificationRules) -> Stage:
    """How often an operator should have been asked, so many days after it was first asked.

    A beat that stood still leaves stages out; it never catches up with several mails.
    """
    if days >= rules.last_days:
        return Stage.LAST
    return Stage.REMINDED if days >= rules.reminder_days else Stage.ASKED


def later(one: str, other: str) -> Stage:
    """The further of two stages."""
    return max(Stage(one), Stage(other), key=ORDER.index)


def close_round(
    *, window: ConsultationWindow, ending: str, by: Any = None, outcome: str | None = None
) -> VerificationRequest | None:
    """Ends the open round of a window that counts as verified now; None when nobody was asking."""
    found = VerificationRequest.objects.waiting().select_for_update(of=("self",)).filter(window=window)
    request: VerificationRequest | None = found.first()
    if request is not None:
        request.save(
            update_fields=request.close(state=outcome or outcome_of(request, window), ending=ending, by=by)
        )
    return request


def reopen_round(*, window: ConsultationWindow, closed_since: dt.datetime) -> None:
    """A verification was taken back: the round that it had ended goes on where it stood."""
    request = (
        VerificationRequest.objects.select_for_update(of=("self",))
        .filter(window=window, closed_at__gte=closed_since, ending=Ending.STAFF)
        .order_by("-closed_at")
        .first()
    )
    if request is not None:
        request.state, request.ending = Outcome.OPEN, ""
        request.closed_at = request.closed_by = None
        request.save(update_fields=["state", "ending", "closed_at", "closed_by"])


def outcome_of(request: VerificationRequest, window: ConsultationWindow) -> Outcome:
    """Verifying alone does not touch `updated_at`: when that is later, somebody wrote."""
    is_changed = request.told_at is not None or window.updated_at > request.opened_at
    return Outcome.CHANGED if is_changed else Outcome.CONFIRMED


@transaction.atomic
def settle_rounds() -> int:
    """Ends rounds that have nothing left to ask: verified by a form or a file, no longer public, other operator.

    Returns how many.
    """
    today = timezone.localdate()
    is_no_longer_public = ~Q(window__state=State.PUBLISHED)
    has_other_operator = (
        ~Q(window__organization=F("organization"))
        | Q(organization=None, window__organization__isnull=False)
        | Q(organization__isnull=False, window__organization=None)
    )
    is_verified = Q(window__verification_due_on__gt=today)
    over = (
        VerificationRequest.objects.waiting()
        .filter(is_no_longer_public | has_other_operator | is_verified)
        .select_for_update(of=("self",))
        .select_related("window", "window__verified_by")
        .order_by("pk")
    )
    settled = list(over)
    for request in settled:
        window = request.window
        due_on = window.verification_due_on
        if due_on is not None and due_on > today and window.state == State.PUBLISHED:
            names = request.close(
                state=outcome_of(request, window), ending=window.verification_source, by=window.verified_by
            )
        else:
            names = request.close(state=Outcome.LAPSED, ending=Ending.PORTAL)
        request.save(update_fields=names)
    return len(settled)


@transaction.atomic
def open_rounds() -> int:
    """Begins a round for every due window that has none; returns how many. Safe beside another run."""
    due = (
        ConsultationWindow.objects.due_for_verification()
        .exclude(verification_requests__state=Outcome.OPEN)
        .only("pk", "organization_id", "verification_due_on", "published_at", "created_at")
        .order_by("pk")
    )
    rounds = [
        VerificationRequest(window=window, organization_id=window.organization_id, due_on=window.due_since)
        for window in due
    ]
    # A run at the same time may have begun some of them: one open round a window, says the constraint.
    VerificationRequest.objects.bulk_create(rounds, batch_size=BATCH, ignore_conflicts=True)
    return len(rounds)
