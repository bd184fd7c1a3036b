"""What is done about a name that the leak check found."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from meetings.leaks.checking import Hit
from meetings.models import LeakDecision, Minutes, Utterance
from meetings.permissions import approval as permissions
from meetings.services.minutes import change_utterance
from meetings.services.records import lock_minutes, lock_utterance, tidy
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit


@transaction.atomic
def write_labels_text(*, utterance: Utterance, text: str, by: User, version: int | None) -> Utterance:
    """What the edition without names reads at this place; the words of the other one: nothing of its own.

    Raises Refused, ValidationError.
    """
    locked = lock_utterance(utterance)
    words = tidy(text)
    if not words:
        raise Refused(_("本文を書いてください。"))
    wanted = "" if words == tidy(locked.text) else words
    return change_utterance(utterance=locked, values={"labels_text": wanted}, version=version, by=by)


@transaction.atomic
def judge_harmless(*, minutes: Minutes, hits: Iterable[Hit], reason: str, by: User) -> int:
    """「問題なし」 with the reason, for exactly these places of exactly these texts. How many were judged.

    Raises Refused, ValidationError.
    """
    locked = lock_minutes(minutes)
    permissions.check_can_check_leaks(by, locked)
    if not reason.strip():
        raise Refused(_("問題がないわけを書いてください。"))
    made = 0
    for hit in hits:
        length = hit.found.end - hit.found.start
        decision = LeakDecision(
            utterance=hit.utterance,
            text_sha256=hit.text_sha256,
            start=hit.found.start,
            length=length,
            reason=reason.strip(),
            decided_by=by,
        )
        decision.clean_fields()
        _row, is_new = LeakDecision.objects.get_or_create(
            utterance=hit.utterance,
            text_sha256=hit.text_sha256,
            start=hit.found.start,
            length=length,
            defaults={"reason": decision.reason, "decided_by": by},
        )
        made += is_new
    if made:
        audit.record(type="meetings.leak_judged_harmless", by=by, obj=locked, new={"count": made})
    return made
