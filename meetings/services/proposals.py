"""Answers of those who spoke, and what the secretariat makes of the changes they propose."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.mails import confirmation as mails
from meetings.models import (
    ConfirmationAnswer,
    ConfirmationRequest,
    MinutesFlag,
    ProposalState,
    ProposedChange,
    Utterance,
)
from meetings.permissions import approval as permissions
from meetings.services.confirmation import lock_request, recipients_of
from meetings.services.minutes import change_utterance
from meetings.services.records import ChangedMeanwhile, check_is_as_seen, lock_utterance, tidy
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.records_language import in_records_language

LABELS_TEXT_OLDER = "labels_text"


class NotTheirWords(Refused):
    """Only one's own words can be answered with a link."""


class ProposalConflict(Refused):
    """The words have changed since the change was proposed: a person has to bring both together."""


def check_is_running(request: ConfirmationRequest) -> None:
    """Raises Refused. The portal closes a round in the morning after its due date; the date holds before."""
    round = request.round
    if timezone.localdate() > round.due_on:
        raise Refused(_("確認の期限が過ぎたため、受け取れません。直したいときは、事務局に知らせてください。"))
    if round.closed_at is not None:
        raise Refused(
            _("事務局が確認を締め切ったため、受け取れません。直したいときは、事務局に知らせてください。")
        )


@transaction.atomic
def agree(*, request: ConfirmationRequest) -> ConfirmationRequest:
    """了承: all of their words but those of which they have proposed a change. Raises Refused."""
    locked = lock_request(request)
    check_is_running(locked)
    _set_answer(locked)
    return locked


@transaction.atomic
def propose_change(
    *,
    request: ConfirmationRequest,
    utterance: Utterance,
    after: str,
    reason_kind: str,
    reason: str = "",
    version: int | None = None,
) -> ProposedChange:
    """修正案, in place of an earlier one that nobody has decided on. `version`: of the words that they read.

    Raises Refused, ChangedMeanwhile, ValidationError.
    """
    locked = lock_request(request)
    check_is_running(locked)
    if not locked.utterances.filter(pk=utterance.pk).exists():
        raise NotTheirWords(_("ご自分の発言だけに、修正案を出せます。"))
    words = lock_utterance(utterance)
    check_is_as_seen(version, words.version)
    after = tidy(after)
    if after == tidy(words.text):
        raise Refused(_("文が変わっていません。直したいところを書き直してください。"))
    locked.changes.filter(utterance=words, state=ProposalState.PENDING).delete()
    change = ProposedChange(
        request=locked,
        utterance=words,
        before=words.text,
        after=after,
        reason_kind=reason_kind,
        reason=reason.strip(),
    )
    change.full_clean()
    change.save()
    audit.record(
        type="meetings.change_proposed",
        by=None,
        obj=locked.round.minutes,
        new={"utterance": words.public_id, "reason_kind": reason_kind},
    )
    _set_answer(locked)
    return change


@transaction.atomic
def withdraw_change(*, request: ConfirmationRequest, utterance: Utterance) -> None:
    """They take back what nobody has decided on yet; with their last one they have not answered any more."""
    locked = lock_request(request)
    check_is_running(locked)
    deleted, _rows = locked.changes.filter(utterance=utterance, state=ProposalState.PENDING).delete()
    if not deleted:
        raise Refused(_("この修正案は、もう扱いが決まっています。"))
    audit.record(
        type="meetings.change_withdrawn",
        by=None,
        obj=locked.round.minutes,
        new={"utterance": utterance.public_id},
    )
    if locked.changes.exists():
        _set_answer(locked)
    else:
        locked.answer, locked.answered_at = ConfirmationAnswer.WAITING, None
        locked.save(update_fields=["answer", "answered_at"])


def _set_answer(request: ConfirmationRequest) -> None:
    has_changes = request.changes.exists()
    request.answer = ConfirmationAnswer.CHANGES if has_changes else ConfirmationAnswer.AGREED
    request.answered_at = timezone.now()
    request.save(update_fields=["answer", "answered_at"])
    audit.record(
        type="meetings.confirmation_answered",
        by=None,
        obj=request.round.minutes,
        new={"request": request.public_id, "answer": request.answer},
    )


# --- On the desk ----------------------------------------------------------------------------------
@transaction.atomic
def accept_change(
    *, change: ProposedChange, by: User, version: int | None, note: str = "", text: str | None = None
) -> ProposedChange:
    """Takes the proposal into the record and tells whoever proposed it. `version`: of the block as the page showed it.

    `text`: what a person made of both, where the block has changed since the proposal.
    Raises Refused, ProposalConflict, ValidationError; then nothing was changed.
    """
    words = lock_utterance(change.utterance)
    locked = _lock_change(change, words, by)
    if text is None and words.text != locked.before:
        raise ProposalConflict(
            _("修正案のあとに、この発言は直されています。両方を読んで、入れる文を書いてください。")
        )
    wanted = locked.after if text is None else tidy(text)
    locked.utterance = change_utterance(utterance=words, values={"text": wanted}, version=version, by=by)
    if words.labels_text:
        _ask_about_labels_text(words)
    _decide(locked, ProposalState.ACCEPTED, by=by, note=note)
    return locked


@transaction.atomic
def decline_change(*, change: ProposedChange, by: User, note: str) -> ProposedChange:
    """The record stays as it is; the proposer is told why. Raises Refused."""
    if not note.strip():
        raise Refused(_("取り入れないわけを書いてください。申し出た人に届きます。"))
    words = lock_utterance(change.utterance)
    locked = _lock_change(change, words, by)
    _decide(locked, ProposalState.DECLINED, by=by, note=note)
    return locked


def _lock_change(change: ProposedChange, words: Utterance, by: User) -> ProposedChange:
    locked = (
        ProposedChange.objects.select_for_update(of=("self",))
        .select_related("request__round", "request__organization")
        .filter(pk=change.pk)
        .first()
    )
    if locked is None:
        raise ChangedMeanwhile(_("この修正案は、書いた人が出し直したか取り下げました。"))
    locked.utterance = words
    permissions.check_can_decide_proposal(by, locked)
    return locked


def _decide(change: ProposedChange, to: ProposalState, *, by: User, note: str) -> None:
    change.state, change.decision_note = to, note.strip()
    change.decided_at, change.decided_by = timezone.now(), by
    change.full_clean(exclude=["request", "utterance"])
    change.save(update_fields=["state", "decision_note", "decided_at", "decided_by"])
    audit.record(
        type=f"meetings.proposal_{to.value}",
        by=by,
        obj=change.utterance.minutes,
        new={"utterance": change.utterance.public_id, "reason_kind": change.reason_kind},
    )
    mails.send_decision(change, recipients_of(change.request))


def _ask_about_labels_text(words: Utterance) -> None:
    """The edition without names has words of its own here, which nobody has compared with the new ones."""
    if words.flags.filter(code=LABELS_TEXT_OLDER, resolved_at=None).exists():
        return
    with in_records_language():
        message = _(
            "修正案で本文が変わりました。役職名だけの議事要旨での本文も合っているか、確かめてください。"
        )
    MinutesFlag.objects.create(
        minutes=words.minutes, utterance=words, code=LABELS_TEXT_OLDER, message=message
    )
