"""The daily round: whom to ask, remind, call, and which windows to stop.

Safe twice a day and beside another run: rounds are unique by constraint, and an organisation's turn is taken under its
lock, once a day. One organisation whose mail cannot be written does not keep the others waiting.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from consultations import mails
from consultations.models import ConsultationWindow, VerificationRequest, VerificationRules
from consultations.models.verification import CALLED_STAGES, Stage
from consultations.services.rounds import later, open_rounds, settle_rounds, stage_after
from consultations.services.verification import forget_words_of_calls, stop_unconfirmed
from members.models import Membership, Organization
from platform_portal.mail.models import OutgoingMail

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What one run did. `told`: (organisation, windows asked about, windows stopped), in order."""

    settled: int = 0
    opened: int = 0
    mails: int = 0
    stopped: int = 0
    kept: int = 0
    failed: int = 0
    told: list[tuple[str, int, int]] = field(default_factory=list)


def ask_for_verification(*, is_dry_run: bool = False) -> Tally:
    """Everything that is due today. A dry run does the same and takes all of it back."""
    if not is_dry_run:
        return _run()
    with transaction.atomic():
        tally = _run()
        transaction.set_rollback(True)
    return tally


def _run() -> Tally:
    rules = VerificationRules.load()
    tally = Tally(settled=settle_rounds(), opened=open_rounds())
    keys = VerificationRequest.objects.waiting().filter(organization__isnull=False)
    for key in keys.order_by("organization").values_list("organization", flat=True).distinct():
        try:
            _take_turn(key, rules, tally)
        except Exception:  # one organisation must not keep the others from being asked
            # Its transaction is undone as a whole; tomorrow's run tries again. The others go on.
            logger.exception("organization %s could not be asked for verification", key)
            tally.failed += 1
    _go_on_without_operator(rules, tally)
    _tell_staff()
    forget_words_of_calls()
    return tally


@transaction.atomic
def _take_turn(key: int, rules: VerificationRules, tally: Tally) -> None:
    """At most one mail per person and day, about everything there is to say."""
    organization = Organization.objects.select_for_update().get(pk=key)
    today = timezone.localdate()
    if organization.verification_requests.filter(mailed_on=today).exists():
        return
    contacts = reachable_contacts(organization)
    stopped, kept = _stop(organization.verification_requests.to_stop(today, rules), rules)
    waiting = list(
        organization.verification_requests.waiting()
        .select_for_update(of=("self",))
        .select_related("window")
        .order_by("window__kana", "pk")
    )
    asked: list[VerificationRequest] = []
    if contacts:
        asked = _move_on([each for each in waiting if each.told_at is None], rules)
        if asked or stopped:
            mails.send_verification(organization, contacts, windows_of(asked), stopped, rules)
    else:
        _leave_to_staff(waiting)
    tally.stopped += len(stopped)
    tally.kept += kept
    if asked or (stopped and contacts):
        tally.mails += len(contacts)
        tally.told.append((organization.name, len(asked), len(stopped)))


def reachable_contacts(organization: Organization) -> list[Membership]:
    """Contacts of today, but for those whose address does not take our mail."""
    contacts = list(Membership.objects.contacts().filter(organization=organization).select_related("user"))
    addresses = {each.user.email.lower() for each in contacts}
    failing = OutgoingMail.objects.failing_addresses().filter(address__in=addresses)
    dead = {row["address"] for row in failing}
    return [each for each in contacts if each.user.email.lower() not in dead]


def _move_on(waiting: Sequence[VerificationRequest], rules: VerificationRules) -> list[VerificationRequest]:
    """Brings every round to the stage of today. Nothing to ask unless one of them has come to a new stage."""
    today = timezone.localdate()
    is_new = False
    for each in waiting:
        stage = stage_after((today - each.opened_on).days, rules)
        if each.mailed_on is None or later(stage, each.stage) != each.stage:
            is_new = True
        # Somebody can be asked by mail again, so it is no longer a matter for the telephone alone.
        each.stage = stage if each.stage == Stage.PHONE else later(stage, each.stage)
    if not is_new:
        return []
    for each in waiting:
        each.mailed_on = today
    VerificationRequest.objects.bulk_update(waiting, ["stage", "mailed_on"], batch_size=500)
    return list(waiting)


def _stop(
    requests: Iterable[VerificationRequest], rules: VerificationRules
) -> tuple[list[ConsultationWindow], int]:
    """(windows stopped, how many stay because somebody needs them). In the order of windows: see rounds."""
    stopped, kept = [], 0
    for request in sorted(requests, key=lambda each: each.window_id):
        if stop_unconfirmed(request=request, rules=rules):
            stopped.append(request.window)
        else:
            kept += 1
    return stopped, kept


def _leave_to_staff(waiting: Sequence[VerificationRequest]) -> None:
    """Nobody can be asked by mail: these are called."""
    keys = [each.pk for each in waiting if each.stage not in CALLED_STAGES]
    VerificationRequest.objects.filter(pk__in=keys).update(stage=Stage.PHONE)


@transaction.atomic
def _go_on_without_operator(rules: VerificationRules, tally: Tally) -> None:
    alone = VerificationRequest.objects.waiting().filter(organization=None)
    stopped, kept = _stop(alone.to_stop(timezone.localdate(), rules).select_related("window"), rules)
    alone.exclude(stage=Stage.PHONE).update(stage=Stage.PHONE)
    tally.stopped += len(stopped)
    tally.kept += kept


@transaction.atomic
def _tell_staff() -> None:
    """One mail about all windows that were stopped since the last one."""
    unreported = VerificationRequest.objects.filter(is_stopped=True, reported_on=None)
    stopped = list(unreported.select_for_update(of=("self",)).select_related("window").order_by("pk"))
    if stopped:
        mails.send_windows_stopped([each.window for each in stopped])
        unreported.filter(pk__in=[each.pk for each in stopped]).update(reported_on=timezone.localdate())


def windows_of(requests: Sequence[VerificationRequest]) -> list[ConsultationWindow]:
    """With what a mail says of them, in the order of `requests`. Constant queries."""
    keys = [each.window_id for each in requests]
    found = ConsultationWindow.objects.prefetch_related("channels", "municipalities").in_bulk(keys)
    return [found[key] for key in keys]
