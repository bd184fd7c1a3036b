"""Files of minutes: kept and read, put right, accepted into a draft or dismissed. Accepting is one transaction."""

import datetime as dt
import hashlib
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from meetings.extracting import UnreadableFileError, extract_text, read_at_most
from meetings.importing.applying import (
    apply_agenda,
    apply_blocks,
    apply_documents,
    apply_numbers,
    apply_people,
    raise_flags,
)
from meetings.importing.planning import header_rows, plan_blocks, values_of_new_meeting
from meetings.importing.proposals import learnable, propose
from meetings.models import Body, Meeting, Minutes, MinutesImport
from meetings.permissions.minutes import check_can_import_minutes
from meetings.services.aliases import learn_aliases
from meetings.services.meetings import change_meeting, create_meeting
from meetings.services.minutes import lock_draft, start_minutes, touch_minutes
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.records_language import in_records_language

logger = logging.getLogger(__name__)
# A web request reads what takes a second or two; a worker reads the rest. By name: the task imports this module.
SMALL_PDF = 300_000
READ_TASK = "meetings.tasks.imports.read_import"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person ticked. `header`: fields of the meeting to overwrite; `file`: blocks (public ids) that take the
    words of the file, None: those nobody has edited; `drop_missing`: blocks that the file lacks go.
    `seen`: version of the draft that was shown, 0: there was none, None: nobody looked.
    """

    header: frozenset[str] = frozenset()
    file: frozenset[str] | None = None
    drop_missing: bool = False
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    minutes: Minutes
    utterances: int
    flags: int


# --- Keeping and reading ------------------------------------------------------------------------
@transaction.atomic
def keep_import(*, file: Any, file_name: str, body: Body, meeting: Meeting | None, by: Any) -> MinutesImport:
    """Reads a small file at once, a large one in the background.

    Raises Refused, UnreadableFileError; then nothing is kept.
    """
    check_can_import_minutes(by, meeting)
    content = read_at_most(file)
    kept = MinutesImport(body=body, meeting=meeting, file_name=_file_name(file_name), uploaded_by=by)
    if is_small(content):
        _read(kept, content)
        kept.save()
    else:
        kept.content, kept.sha256 = content, hashlib.sha256(content).hexdigest()
        kept.save()
        _queue(kept)
    _record_upload(kept, by)
    return kept


def _record_upload(kept: MinutesImport, by: Any) -> None:
    new = {"file_name": kept.file_name, "sha256": kept.sha256}
    audit.record(type="meetings.import_uploaded", by=by, obj=kept, new=new)


def is_small(content: bytes) -> bool:
    return not content.startswith(b"%PDF-") or len(content) <= SMALL_PDF


def read_import(*, kept: MinutesImport) -> None:
    """For a worker. What cannot be read leaves a sentence and nothing of the file. A second run finds nothing to do."""
    if kept.read_at is not None or kept.reading_error:
        return
    try:
        _read(kept, bytes(kept.content))
    except UnreadableFileError as error:
        kept.reading_error = error.message[:500]
    kept.content = b""
    kept.save(update_fields=["content", "text", "sha256", "proposal", "read_at", "reading_error"])


def _read(kept: MinutesImport, content: bytes) -> None:
    found = extract_text(io.BytesIO(content), kept.file_name)
    kept.text, kept.sha256 = found.text.replace("\x00", ""), found.sha256
    kept.proposal = propose(kept.text, kept.body)
    kept.read_at = timezone.now()


def _queue(kept: MinutesImport) -> None:
    """Without a broker the page says so, and the file is not kept."""

    def send() -> None:
        try:
            import_string(READ_TASK).apply_async(args=[kept.pk], retry=False)
        except OperationalError as error:
            logger.warning("import %s is not queued: %s", kept.pk, type(error).__name__)
            kept.content = b""
            with in_records_language():
                kept.reading_error = _(
                    "いまは大きな PDF を読み取れません。しばらくしてから、もう一度アップロードしてください。"
                )
            kept.save(update_fields=["content", "reading_error"])

    transaction.on_commit(send)


def _file_name(name: str) -> str:
    plain = "".join(each for each in Path(name.replace("\\", "/")).name if each.isprintable())
    return plain[:150] or "file"


# --- Putting right ------------------------------------------------------------------------------
@transaction.atomic
def correct_import(
    *, kept: MinutesImport, parts: Mapping[str, Any], version: int | None, by: Any
) -> MinutesImport:
    """Puts new values in the place of parts of the proposal: header, agenda, documents, attendance, utterances."""
    locked = _locked(kept, by)
    if version is not None and locked.version != version:
        raise Refused(
            _("画面を開いてから、ほかの人がこの案を直しました。今の案を確かめて、もう一度直してください。")
        )
    if all(locked.proposal.get(name) == value for name, value in parts.items()):
        return locked
    locked.proposal = {**locked.proposal, **parts}
    locked.version += 1
    locked.save(update_fields=["proposal", "version"])
    audit.record(type="meetings.import_changed", by=by, obj=locked, new={"parts": sorted(parts)})
    return locked


def _locked(kept: MinutesImport, by: Any) -> MinutesImport:
    rows = MinutesImport._default_manager.select_for_update(of=("self",))
    locked = rows.select_related("body", "meeting__body").get(pk=kept.pk)
    check_can_import_minutes(by, locked.meeting)
    if locked.accepted_at is not None:
        raise Refused(_("この取り込みは、もう受け入れました。直すときは、議事録を書く画面で直してください。"))
    if locked.dismissed_at is not None:
        raise Refused(_("この取り込みは、使わないことにしました。もう一度アップロードしてください。"))
    if locked.read_at is None:
        raise Refused(_("この取り込みは、まだ読み取っていません。少し待ってから、もう一度開いてください。"))
    return locked


# --- The end ------------------------------------------------------------------------------------
@transaction.atomic
def dismiss_import(*, kept: MinutesImport, by: Any) -> MinutesImport:
    """It stays, with its text; nothing of it goes anywhere."""
    rows = MinutesImport._default_manager.select_for_update(of=("self",))
    locked = rows.select_related("body", "meeting").get(pk=kept.pk)
    check_can_import_minutes(by, None)
    if locked.accepted_at is not None:
        raise Refused(_("この取り込みは、もう受け入れました。"))
    if locked.dismissed_at is None:
        locked.dismissed_at, locked.dismissed_by, locked.content = timezone.now(), by, b""
        locked.save(update_fields=["dismissed_at", "dismissed_by", "content"])
        audit.record(type="meetings.import_dismissed", by=by, obj=locked)
    return locked


@transaction.atomic
def accept_import(*, kept: MinutesImport, by: Any, choices: Choices | None = None) -> Outcome:
    """Into the meeting and its draft, all or nothing. Raises Refused, ValidationError."""
    choices = choices or Choices()
    locked = _locked(kept, by)
    data = locked.proposal
    meeting = locked.meeting or _new_meeting(locked, by)
    if locked.meeting is not None:
        _fill_in_header(data, meeting, choices, by)
    locked.meeting = meeting
    items = apply_agenda(data, meeting, by=by, overwrites="agenda" in choices.header)
    doubts = apply_documents(data, meeting, items, by=by)
    apply_numbers(data, meeting, by=by, overwrites="counts" in choices.header)
    apply_people(data, meeting, by=by)
    is_first = not Minutes.objects.filter(meeting=meeting).exists()
    minutes = lock_draft(start_minutes(meeting=meeting, by=by), by)
    if choices.seen is not None and choices.seen != (0 if is_first else minutes.version):
        raise Refused(_("画面を開いてから、議事録の下書きが変わりました。違いをもう一度確かめてください。"))
    _minutes, rows = plan_blocks(locked)
    blocks = apply_blocks(minutes, rows, items, file=choices.file, drop_missing=choices.drop_missing)
    flags = raise_flags([*data["flags"], *doubts], minutes, blocks, by=by)
    touch_minutes(minutes, by)
    learn_aliases(body=locked.body, known=learnable(data["utterances"]), by=by)
    locked.accepted_at, locked.accepted_by = timezone.now(), by
    locked.save(update_fields=["meeting", "accepted_at", "accepted_by"])
    outcome = Outcome(minutes, len(data["utterances"]), flags)
    audit.record(
        type="meetings.import_accepted",
        by=by,
        obj=minutes,
        new={"import": locked.public_id, "utterances": outcome.utterances, "flags": flags},
    )
    return outcome


def _new_meeting(kept: MinutesImport, by: Any) -> Meeting:
    values = values_of_new_meeting(kept.proposal)
    day = timezone.localdate(values["starts_at"])
    same_day = Meeting.objects.filter(body=kept.body, starts_at__date=day).first()
    if same_day is not None:
        raise Refused(
            _("同じ日の会議「%(title)s」が、もう登録されています。その会議のページから取り込んでください。")
            % {"title": same_day.title}
        )
    return create_meeting(values=values | {"body": kept.body, "audience": kept.body.audience}, by=by)


def _fill_in_header(data: Mapping[str, Any], meeting: Meeting, choices: Choices, by: Any) -> None:
    values = {
        row.name: row.proposed
        for row in header_rows(data, meeting)
        if row.differs and (row.is_empty or row.name in choices.header)
    }
    start, end = values.get("starts_at", meeting.starts_at), values.get("ends_at")
    if end is not None and "ends_at" not in choices.header and not _is_end_of(start, end):
        del values["ends_at"]  # of the day in the file, which is not that of the meeting
    if values:
        change_meeting(meeting=meeting, values=values, by=by)


def _is_end_of(start: dt.datetime, end: dt.datetime) -> bool:
    return start < end and timezone.localdate(start) == timezone.localdate(end)


# --- From the command line ----------------------------------------------------------------------
@transaction.atomic
def import_minutes_file(
    *, path: Path, meeting: Meeting | None = None, body: Body | None = None, by: Any
) -> Outcome:
    """Reads and accepts as proposed: for a `meeting`, or for a new one of `body`.

    Raises Refused, ValidationError, UnreadableFileError, OSError; then nothing was done.
    """
    where = meeting.body if meeting is not None else body
    if where is None:
        raise Refused(_("どの会議か、どの会議体かを指定してください。"))
    check_can_import_minutes(by, meeting)
    with path.open("rb") as file:
        content = read_at_most(file)
    kept = MinutesImport(body=where, meeting=meeting, file_name=_file_name(path.name), uploaded_by=by)
    _read(kept, content)
    kept.save()
    _record_upload(kept, by)
    return accept_import(kept=kept, by=by)
