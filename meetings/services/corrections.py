"""訂正: the one way in which a published record still changes. Written by one person, agreed to by another."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings import record_changes
from meetings.leaks.checking import known_of, labels_go_further, names_in
from meetings.models import Correction, CorrectionState, Edition, HiddenIn, Utterance
from meetings.permissions import approval as permissions
from meetings.services.records import ChangedMeanwhile, check_is_as_seen, lock_utterance, tidy
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit


class NamesRemain(Refused):
    """The edition without names, or the reason that everybody reads, would name somebody."""

    def __init__(self, words: list[str]) -> None:
        super().__init__(
            _(
                "名前かもしれない言葉が残っています：%(words)s。書き直すか、問題がないことを確かめて印をつけてください。"
            )
            % {"words": "、".join(dict.fromkeys(words))}
        )


@contextmanager
def correcting() -> Iterator[None]:
    """Within it the database lets a published block change: see _freeze() in models.minutes. Needs a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('meetings.correcting', 'on', true)")
        yield
        cursor.execute("SELECT set_config('meetings.correcting', 'off', true)")


@transaction.atomic
def propose_correction(
    *,
    utterance: Utterance,
    values: Mapping[str, Any],
    by: User,
    version: int | None = None,
    names_are_checked: bool = False,
) -> Correction:
    """`values`: is_removal, after, labels_after (empty: as the text reads), hides_before, reason_kind, reason.

    Raises Refused, NamesRemain, ChangedMeanwhile, ValidationError.
    """
    words = lock_utterance(utterance)
    permissions.check_can_propose_correction(by, words)
    check_is_as_seen(version, words.version)
    correction = _correction_of(words, values, by)
    correction.full_clean()
    if not correction.is_removal and (correction.after, correction.labels_after) == (
        correction.before,
        correction.labels_before,
    ):
        raise Refused(_("文が変わっていません。直した後の文を書いてください。"))
    _look_for_names(words, correction, names_are_checked=names_are_checked)
    correction.save()
    audit.record(
        type="meetings.correction_proposed",
        by=by,
        obj=words.minutes,
        new={
            "utterance": words.public_id,
            "reason_kind": correction.reason_kind,
            "is_removal": correction.is_removal,
        },
    )
    return correction


def _correction_of(words: Utterance, values: Mapping[str, Any], by: User) -> Correction:
    is_removal = bool(values.get("is_removal"))
    after = "" if is_removal else tidy(str(values.get("after", "")))
    labels_after = "" if is_removal else (tidy(str(values.get("labels_after", ""))) or after)
    return Correction(
        utterance=words,
        is_removal=is_removal,
        before=words.text,
        after=after,
        labels_before=words.text_in(Edition.LABELS),
        labels_after=labels_after,
        # Whatever was taken out of a record is not read in its corrections either.
        before_hidden_in=HiddenIn.ALL if is_removal or values.get("hides_before") else HiddenIn.NOWHERE,
        reason_kind=values.get("reason_kind", ""),
        reason=str(values.get("reason", "")).strip(),
        proposed_by=by,
    )


def _look_for_names(words: Utterance, correction: Correction, *, names_are_checked: bool) -> None:
    """What went out by mistake is not shown again by the entry that takes it out."""
    minutes = words.minutes
    if not labels_go_further(minutes):
        return
    known = known_of(minutes, minutes.utterances.standing())
    left = [*names_in(correction.labels_after, known), *names_in(correction.reason, known)]
    if left and not names_are_checked:
        raise NamesRemain(left)
    if not correction.before_hidden_in and names_in(correction.labels_before, known):
        correction.before_hidden_in = HiddenIn.LABELS


@transaction.atomic
def approve_correction(*, correction: Correction, by: User) -> Correction:
    """The record reads anew from here on, at the same address. Raises Refused, ChangedMeanwhile; then nothing changed."""
    words = lock_utterance(correction.utterance)
    locked = _lock(correction)
    permissions.check_can_decide_correction(by, locked)
    if (words.text, words.text_in(Edition.LABELS)) != (locked.before, locked.labels_before):
        raise ChangedMeanwhile(
            _(
                "訂正を書いたあとに、この発言は変わりました。差し戻して、今の文から書き直してもらってください。"
            )
        )
    _apply(words, locked, by)
    _decide(locked, CorrectionState.PUBLISHED, by=by)
    _hide_earlier(locked)
    audit.record(
        type="meetings.correction_published",
        by=by,
        obj=words.minutes,
        new={
            "utterance": words.public_id,
            "reason_kind": locked.reason_kind,
            "is_removal": locked.is_removal,
        },
    )
    record_changes.follow_up(words.minutes)
    return locked


def _apply(words: Utterance, correction: Correction, by: User) -> None:
    names = ["text", "labels_text"]
    if correction.is_removal:
        names = ["removed_at", "removed_by", "removed_reason"]
        words.removed_at, words.removed_by = timezone.now(), by
        words.removed_reason = correction.reason
    else:
        words.text = correction.after
        words.labels_text = "" if correction.labels_after == correction.after else correction.labels_after
    words.version += 1
    with correcting():
        words.save(update_fields=[*names, "version", "updated_at"])
    # Its author stays whoever wrote the record: a correction has persons of its own.
    words.minutes.version += 1
    words.minutes.save(update_fields=["version", "updated_at"])


def _hide_earlier(correction: Correction) -> None:
    """Entries of before still show, as what they led to, the words that this one took out."""
    if not correction.before_hidden_in:
        return
    earlier = (
        Correction.objects.standing().filter(utterance=correction.utterance_id).exclude(pk=correction.pk)
    )
    for entry in earlier.select_for_update(of=("self",)):
        for side in ("before_hidden_in", "after_hidden_in"):
            if getattr(entry, side) != HiddenIn.ALL:
                setattr(entry, side, correction.before_hidden_in)
        entry.save(update_fields=["before_hidden_in", "after_hidden_in"])


@transaction.atomic
def return_correction(*, correction: Correction, note: str, by: User) -> Correction:
    """Raises Refused."""
    if not note.strip():
        raise Refused(_("差し戻す理由を書いてください。"))
    lock_utterance(correction.utterance)
    locked = _lock(correction)
    permissions.check_can_decide_correction(by, locked)
    _decide(locked, CorrectionState.RETURNED, by=by, note=note)
    audit.record(type="meetings.correction_returned", by=by, obj=correction.utterance.minutes)
    return locked


@transaction.atomic
def withdraw_correction(*, correction: Correction, by: User) -> None:
    """Nobody has read it yet: it goes without a trace but that of the audit. Raises Refused."""
    lock_utterance(correction.utterance)
    locked = _lock(correction)
    permissions.check_can_withdraw_correction(by, locked)
    audit.record(
        type="meetings.correction_withdrawn",
        by=by,
        obj=correction.utterance.minutes,
        old={"utterance": correction.utterance.public_id},
    )
    locked.delete()


def _lock(correction: Correction) -> Correction:
    locked: Correction | None = (
        Correction.objects.select_for_update(of=("self",)).filter(pk=correction.pk).first()
    )
    if locked is None:
        raise ChangedMeanwhile(_("この訂正は、書いた人が取り下げました。"))
    return locked


def _decide(correction: Correction, to: CorrectionState, *, by: User, note: str = "") -> None:
    correction.state, correction.decision_note = to, note.strip()
    correction.decided_at, correction.decided_by = timezone.now(), by
    correction.full_clean(exclude=["utterance"], validate_unique=False)
    correction.save()
