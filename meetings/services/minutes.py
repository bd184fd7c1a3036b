"""Writing a record block by block. Every service locks the record, so that positions stay dense and nobody writes over
another: a block is saved only by who has seen its latest version.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

from django.db import models, transaction
from django.utils.translation import gettext as _

from meetings.models import Edition, Meeting, MeetingState, Minutes, MinutesFlag, Utterance, UtteranceKind
from meetings.permissions.minutes import check_can_edit_minutes
from meetings.services.records import ChangedMeanwhile, lock_minutes
from members.models import User
from platform_portal.access.checks import Refused, check_has
from platform_portal.access.roles import Permission
from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent
from platform_portal.records_language import in_records_language

SPEAKER_FIELDS = ("organization_name", "speaker", "role", "organization")
CONTENT_FIELDS = ("kind", *SPEAKER_FIELDS, "text", "labels_text", "reply_to")
LONG_FIELDS = {"text", "labels_text"}
_SENTENCE_ENDS = "。．.」』）)!?！？\n"


class BlockChanged(ChangedMeanwhile):
    """Somebody else saved the same block after this person opened it. `current` is what stands there now."""

    def __init__(self, current: Utterance, who: str) -> None:
        super().__init__(
            _(
                "画面を開いてから、%(who)sがこの発言を直しました。まだ保存していません。下の今の内容と比べてください。"
            )
            % {"who": who}
        )
        self.current = current
        self.who = who


# --- The record ---------------------------------------------------------------------------------
@transaction.atomic
def start_minutes(*, meeting: Meeting, by: Any) -> Minutes:
    """The record of a meeting, made when there is none; who may read it begins with the policy of the body."""
    check_has(by, Permission.EDIT_MEETINGS)
    locked = Meeting.objects.select_for_update(of=("self",)).select_related("body").get(pk=meeting.pk)
    existing: Minutes | None = Minutes.objects.filter(meeting=locked).first()
    if existing is not None:
        return existing
    if locked.state == MeetingState.CANCELLED:
        raise Refused(_("中止した会議の議事録は作れません。"))
    minutes: Minutes = Minutes.objects.create(
        meeting=locked,
        author=by,
        named_audience=locked.body.named_audience,
        labels_audience=locked.body.labels_audience,
    )
    audit.record(type="meetings.minutes_started", by=by, obj=minutes, new={"meeting": locked.pk})
    return minutes


def lock_draft(minutes: Minutes, by: Any) -> Minutes:
    """The record as it is now, held until the end of the transaction. Raises Refused when `by` may not write it."""
    locked = lock_minutes(minutes)
    check_can_edit_minutes(by, locked)
    return locked


def touch_minutes(minutes: Minutes, by: Any) -> None:
    """The content changed: who did it must not approve it."""
    minutes.version += 1
    minutes.author = by
    minutes.save(update_fields=["version", "author", "updated_at"])


# --- Blocks -------------------------------------------------------------------------------------
@transaction.atomic
def add_utterance(
    *,
    minutes: Minutes,
    by: Any,
    values: Mapping[str, Any] | None = None,
    after: Utterance | None = None,
    before: Utterance | None = None,
) -> Utterance:
    """A new block after or before another one, else at the end. Raises Refused, ValidationError."""
    minutes = lock_draft(minutes, by)
    order = _order(minutes)
    place = len(order)
    if after is not None:
        place = _place_of(order, after) + 1
    elif before is not None:
        place = _place_of(order, before)
    added = Utterance(minutes=minutes, position=len(order))
    _write(added, values or {})
    order.insert(place, added.pk)
    _renumber(minutes, order)
    touch_minutes(minutes, by)
    audit.record(type="meetings.utterance_added", by=by, obj=added, new=_record_of(added))
    return _fresh(added)


@transaction.atomic
def change_utterance(
    *, utterance: Utterance, values: Mapping[str, Any], version: int | None, by: Any
) -> Utterance:
    """`version`: of the block that the person saw; None when nobody looked. Saving what is there changes nothing.

    Raises Refused, BlockChanged, ValidationError; then nothing was changed.
    """
    minutes = lock_draft(utterance.minutes, by)
    locked = _locked(minutes, utterance)
    before = _state_of(locked)
    if {**before, **_state_wanted(values)} == before:
        return locked
    _check_block_is_as_seen(locked, version)
    return _change(minutes, locked, values, by)


def _check_block_is_as_seen(locked: Utterance, version: int | None) -> None:
    if version is not None and locked.version != version:
        raise BlockChanged(locked, _who_wrote(locked))


@transaction.atomic
def set_speaker(*, utterance: Utterance, values: Mapping[str, Any], by: Any) -> int:
    """Gives the speaker of this block to every block that is printed with the same name. Returns how many changed."""
    minutes = lock_draft(utterance.minutes, by)
    locked = _locked(minutes, utterance)
    if not locked.label:
        raise Refused(_("この発言には、印刷された呼び名がありません。"))
    wanted = {name: values[name] for name in SPEAKER_FIELDS if name in values}
    count = 0
    for each in minutes.utterances.filter(label=locked.label).order_by("position"):
        count += _change(minutes, each, wanted, by, is_alone=False).version != each.version
    if count:
        touch_minutes(minutes, by)
    return count


@transaction.atomic
def move_utterance(*, utterance: Utterance, to: int, by: Any) -> Utterance:
    """To the place `to` among the blocks, the first being 1; beyond the ends means at the end."""
    minutes = lock_draft(utterance.minutes, by)
    order = _order(minutes)
    old = _place_of(order, utterance)
    order.remove(utterance.pk)
    new = max(0, min(to - 1, len(order)))
    order.insert(new, utterance.pk)
    if new != old:
        _renumber(minutes, order)
        touch_minutes(minutes, by)
        audit.record(
            type="meetings.utterance_moved",
            by=by,
            obj=utterance,
            old={"position": old + 1},
            new={"position": new + 1},
        )
    return _fresh(utterance)


@transaction.atomic
def split_utterance(
    *, utterance: Utterance, at: int, version: int | None, by: Any
) -> tuple[Utterance, Utterance]:
    """In two before the character `at`; no character is lost. The second half has the same speaker and items."""
    minutes = lock_draft(utterance.minutes, by)
    first = _locked(minutes, utterance)
    _check_block_is_as_seen(first, version)
    head, tail = first.text[:at], first.text[at:]
    if not head.strip() or not tail.strip():
        raise Refused(_("分けるところを、文の途中にしてください。どちらかが空になります。"))
    second = Utterance(
        minutes=minutes,
        position=len(_order(minutes)),
        label=first.label,
        source_line=first.source_line,
    )
    names = ("kind", *SPEAKER_FIELDS)
    _write(
        second,
        {name: getattr(first, name) for name in names}
        | {"text": tail, "agenda_items": list(first.agenda_items.all())},
        # Made by hand like the first half: another file does not write over it unasked.
        version=2,
    )
    first.text, first.version = head, first.version + 1
    first.save(update_fields=["text", "version", "updated_at"])
    order = [pk for pk in _order(minutes) if pk != second.pk]
    order.insert(_place_of(order, first) + 1, second.pk)
    _renumber(minutes, order)
    if first.labels_text:
        with in_records_language():
            _doubt_labels_text(
                first, _("発言を2つに分けました。役職名だけの議事要旨での本文も、分けてください。")
            )
            _doubt_labels_text(
                second, _("前の発言から分けました。役職名だけの議事要旨での本文を書いてください。")
            )
    touch_minutes(minutes, by)
    audit.record(
        type="meetings.utterance_split",
        by=by,
        obj=first,
        old={"text": _length(head + tail)},
        new={"text": _length(head), "second": second.public_id},
    )
    return _fresh(first), _fresh(second)


@transaction.atomic
def merge_utterance(*, utterance: Utterance, version: int | None, by: Any) -> Utterance:
    """With the block that follows, which goes; what spoke of that one speaks of this. No character is lost.

    Raises Refused where two people would become one, ValidationError where the text grew too long.
    """
    minutes = lock_draft(utterance.minutes, by)
    first = _locked(minutes, utterance)
    _check_block_is_as_seen(first, version)
    following = minutes.utterances.standing().filter(position__gt=first.position).order_by("position").first()
    if following is None:
        raise Refused(_("最後の発言なので、後ろに合わせるものがありません。"))
    if following.named_label and following.named_label != first.named_label:
        raise Refused(
            _("後ろの発言は、発言者（%(who)s）がちがいます。合わせるときは、先に発言者をそろえてください。")
            % {"who": following.named_label}
        )
    if following.proposed_changes.exists():
        raise Refused(_("後ろの発言には修正案がついています。先に、修正案を採るかどうかを決めてください。"))
    agenda = [*first.agenda_items.all(), *following.agenda_items.all()]
    reply = first.reply_to or following.reply_to
    values = {
        "text": _joined(first.text, following.text),
        "labels_text": _joined(*(each.text_in(Edition.LABELS) for each in (first, following)))
        if first.labels_text or following.labels_text
        else "",
        "reply_to": None if reply in (first, following) else reply,
        "agenda_items": agenda,
    }
    _pass_on(following, first)
    _remove(following)
    _write(first, values, version=first.version + 1)
    _renumber(minutes, _order(minutes))
    touch_minutes(minutes, by)
    audit.record(
        type="meetings.utterance_merged",
        by=by,
        obj=first,
        old={"second": following.public_id},
        new={"text": _length(first.text)},
    )
    return _fresh(first)


@transaction.atomic
def delete_utterance(*, utterance: Utterance, version: int | None, by: Any) -> dict[str, Any]:
    """Takes a block out of a draft. Returns, as JSON scalars, all that restore_utterance() needs to put it back."""
    minutes = lock_draft(utterance.minutes, by)
    locked = _locked(minutes, utterance)
    _check_block_is_as_seen(locked, version)
    kept = _snapshot(locked)
    audit.record(type="meetings.utterance_deleted", by=by, obj=locked, old=_record_of(locked))
    _remove(locked)
    _renumber(minutes, _order(minutes))
    touch_minutes(minutes, by)
    return kept


@transaction.atomic
def restore_utterance(*, minutes: Minutes, kept: Mapping[str, Any], by: Any) -> Utterance:
    """Puts back what delete_utterance() took out, under its old address and at its old place."""
    minutes = lock_draft(minutes, by)
    if Utterance.objects.filter(public_id=kept["public_id"]).exists():
        raise Refused(_("この発言は、もう元に戻っています。"))
    order = _order(minutes)
    fields = {name: kept[name] for name in ("public_id", "label", "source_line")}
    back = Utterance(minutes=minutes, position=len(order), **fields)
    values = {name: kept[name] for name in ("kind", "organization_name", "speaker", "role")}
    values |= {"text": kept["text"], "labels_text": kept["labels_text"]}
    values["agenda_items"] = list(minutes.meeting.agenda.filter(pk__in=kept["agenda_items"]))
    back.organization_id = kept["organization_id"]
    back.reply_to = minutes.utterances.filter(pk=kept["reply_to_id"]).first()
    _write(back, values, version=kept["version"] + 1)
    minutes.utterances.filter(pk__in=kept["replies"]).update(reply_to=back)
    MinutesFlag._default_manager.filter(minutes=minutes, pk__in=kept["flags"]).update(utterance=back)
    order.insert(min(kept["position"], len(order)), back.pk)
    _renumber(minutes, order)
    touch_minutes(minutes, by)
    audit.record(type="meetings.utterance_restored", by=by, obj=back, new=_record_of(back))
    return _fresh(back)


# --- Inside -------------------------------------------------------------------------------------
def _order(minutes: Minutes) -> list[int]:
    """Keys of all blocks in their order, those taken out of a published record too."""
    return list(minutes.utterances.order_by("position", "pk").values_list("pk", flat=True))


def _place_of(order: Sequence[int], utterance: Utterance) -> int:
    if utterance.pk not in order:
        raise Refused(_("この発言は、もうありません。画面を読み込み直してください。"))
    return order.index(utterance.pk)


def _renumber(minutes: Minutes, order: Sequence[int]) -> None:
    """Positions without gaps. Only rows that moved are written, in one statement."""
    stored = dict(minutes.utterances.values_list("pk", "position"))
    moved = {pk: place for place, pk in enumerate(order) if stored[pk] != place}
    if moved:
        cases = [models.When(pk=pk, then=models.Value(place)) for pk, place in moved.items()]
        places = models.Case(*cases, output_field=models.PositiveIntegerField())
        minutes.utterances.filter(pk__in=moved).update(position=places)


def _locked(minutes: Minutes, utterance: Utterance) -> Utterance:
    """Locking the record was enough: whoever writes a block holds it."""
    found: Utterance | None = minutes.utterances.standing().filter(pk=utterance.pk).first()
    if found is None:
        raise Refused(_("この発言は、もうありません。ほかの人が消したか、前の発言に合わせました。"))
    return found


def _fresh(utterance: Utterance) -> Utterance:
    return Utterance.objects.select_related("minutes", "organization").get(pk=utterance.pk)


def _change(
    minutes: Minutes, locked: Utterance, values: Mapping[str, Any], by: Any, *, is_alone: bool = True
) -> Utterance:
    before = _state_of(locked)
    changed = _fresh(locked)
    _write(changed, values)
    after = _state_of(changed)
    old, new = audit.difference(_shortened(before), _shortened(after))
    if before == after:
        return changed
    changed.version += 1
    changed.save(update_fields=["version"])
    if is_alone:
        touch_minutes(minutes, by)
    audit.record(type="meetings.utterance_changed", by=by, obj=changed, old=old, new=new)
    return changed


def _write(utterance: Utterance, values: Mapping[str, Any], *, version: int | None = None) -> None:
    for name, value in values.items():
        if name != "agenda_items":
            setattr(utterance, name, value)
    if utterance.kind != UtteranceKind.SPEECH and not utterance.label:
        # Nobody speaks a narrative; whoever is named in it stands in its text.
        utterance.reply_to = None
    _check_reply(utterance)
    if version is not None:
        utterance.version = version
    exclude = ["minutes", "named_vector", "labels_vector"] + ([] if utterance.text else ["text"])
    utterance.full_clean(exclude=exclude, validate_constraints=False)
    utterance.save()
    if "agenda_items" in values:
        utterance.agenda_items.set(values["agenda_items"])


def _check_reply(utterance: Utterance) -> None:
    question = utterance.reply_to
    if question is None:
        return
    if question.minutes_id != utterance.minutes_id:
        raise Refused(_("答える相手は、同じ議事録の発言から選んでください。"))
    if utterance.pk and question.pk == utterance.pk:
        raise Refused(_("自分の発言には答えられません。答える相手を選び直してください。"))


def _state_of(utterance: Utterance) -> dict[str, Any]:
    return audit.snapshot(utterance, (*CONTENT_FIELDS, "agenda_items"))


def _state_wanted(values: Mapping[str, Any]) -> dict[str, Any]:
    """As _state_of() would say it, before anything is written."""
    wanted = {
        name: value.pk if isinstance(value, models.Model) else value
        for name, value in values.items()
        if name != "agenda_items"
    }
    if "agenda_items" in values:
        wanted["agenda_items"] = sorted(item.pk for item in values["agenda_items"])
    return wanted


def _length(text: str) -> str:
    with in_records_language():
        return _("%(count)s文字") % {"count": len(text)}


def _shortened(state: Mapping[str, Any]) -> dict[str, Any]:
    """For the record, which can never be emptied: saving goes on while one types, and a draft may name anybody.

    The check number tells two texts of the same length apart.
    """
    return {
        name: f"{_length(value)} {crc32(value.encode()):08x}" if name in LONG_FIELDS else value
        for name, value in state.items()
    }


def _record_of(utterance: Utterance) -> dict[str, Any]:
    return _shortened(audit.snapshot(utterance, ("position", "kind", *SPEAKER_FIELDS, "text", "source_line")))


def _snapshot(utterance: Utterance) -> dict[str, Any]:
    names = ["public_id", "position", "kind", "label", "organization_name", "speaker", "role", "text"]
    names += ["labels_text", "source_line", "version", "organization_id", "reply_to_id"]
    return {name: getattr(utterance, name) for name in names} | {
        "agenda_items": list(utterance.agenda_items.values_list("pk", flat=True)),
        "replies": list(utterance.replies.values_list("pk", flat=True)),
        "flags": list(utterance.flags.values_list("pk", flat=True)),
    }


def _joined(first: str, second: str) -> str:
    """A sentence that was cut in two becomes one again; whole sentences stand on lines of their own."""
    is_whole = not first or first[-1] in _SENTENCE_ENDS
    return f"{first}\n{second}" if is_whole and not first.endswith("\n") else first + second


def _pass_on(old: Utterance, new: Utterance) -> None:
    old.flags.update(utterance=new)
    old.action_items.update(utterance=new)
    for request in old.confirmation_requests.all():
        request.utterances.add(new)
    old.replies.exclude(pk=new.pk).update(reply_to=new)
    Utterance.objects.filter(pk=new.pk, reply_to=old).update(reply_to=None)


def _remove(utterance: Utterance) -> None:
    try:
        with transaction.atomic():
            Utterance.objects.filter(pk=utterance.pk).delete()
    except models.ProtectedError as error:
        raise Refused(
            _(
                "この発言には、宿題・修正案・訂正のどれかがついているので、消せません。先にそちらを片付けてください。"
            )
        ) from error


def _doubt_labels_text(utterance: Utterance, words: str) -> None:
    MinutesFlag._default_manager.create(
        minutes=utterance.minutes,
        utterance=utterance,
        code="labels_text",
        line=utterance.source_line,
        message=words,
    )


def _who_wrote(utterance: Utterance) -> str:
    event = AuditEvent.objects.about(utterance).first()
    person = User.objects.filter(pk=event.actor_id).first() if event and event.actor_id else None
    return _("%(name)sさん") % {"name": person.name} if person else _("ほかの人")
