"""Papers: added, changed, replaced by a newer version, withdrawn with a reason; and read in the background."""

import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from meetings.extracting import UnreadableFileError
from meetings.indexing import refresh_paper
from meetings.models import Document, DocumentVersion, Meeting
from meetings.papers.checking import CheckedPaper, PaperContents, read_paper
from meetings.papers.storing import FILES, PREVIEWS, stored
from meetings.permissions.documents import check_can_change_document, check_can_edit_documents
from platform_portal.audit import services as audit
from platform_portal.page_cache import forget_public_pages

logger = logging.getLogger(__name__)
FIELDS = ("label", "title", "audience", "opens_at")
BATCH = 20


def add_document(*, meeting: Meeting, paper: CheckedPaper, values: Mapping[str, Any], by: Any) -> Document:
    """At the end of the meeting's papers. `values`: label, title, audience, opens_at, agenda_items.

    Raises Refused, ValidationError; then nothing is stored.
    """
    check_can_edit_documents(by, meeting)
    with stored(FILES, paper.data, paper.kind) as place, transaction.atomic():
        Meeting.objects.select_for_update(of=("self",)).get(pk=meeting.pk)
        last = Document.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
        document = Document(meeting=meeting, created_by=by, position=0 if last is None else last + 1)
        _write(document, values)
        version = _add_version(document, paper, place, number=1, by=by)
        audit.record(
            type="meetings.document_added",
            by=by,
            obj=document,
            new=_described(document) | {"file": version.name, "sha256": version.sha256},
        )
    return document


@transaction.atomic
def change_document(*, document: Document, values: Mapping[str, Any], by: Any) -> Document:
    """Its words, who may see it and from when, and the items it belongs to. Raises Refused, ValidationError."""
    locked = _lock(document)
    check_can_change_document(by, locked)
    before = _described(locked)
    _write(locked, values)
    old, new = audit.difference(before, _described(locked))
    if new:
        audit.record(type="meetings.document_changed", by=by, obj=locked, old=old, new=new)
        for version in locked.versions.select_related("document"):  # found by its name too
            refresh_paper(version)
        transaction.on_commit(forget_public_pages)
    return locked


def replace_document(
    *, document: Document, paper: CheckedPaper, change_note: str, by: Any
) -> DocumentVersion:
    """A newer version takes the place of the one before, which stays. Raises Refused, ValidationError."""
    with stored(FILES, paper.data, paper.kind) as place, transaction.atomic():
        locked = _lock(document)
        check_can_change_document(by, locked)
        newest = locked.versions.first()
        if newest is not None and newest.sha256 == paper.sha256:
            raise ValidationError(
                {"file": _("いま載っているファイルと同じです。差し替える必要はありません。")}
            )
        number = newest.number + 1 if newest is not None else 1
        version = _add_version(locked, paper, place, number=number, by=by, change_note=change_note)
        audit.record(
            type="meetings.document_replaced",
            by=by,
            obj=locked,
            old={"file": newest.name, "sha256": newest.sha256} if newest is not None else {},
            new={"file": version.name, "sha256": version.sha256},
            note=change_note,
        )
    return version


@transaction.atomic
def withdraw_document(*, document: Document, reason: str, notice: str = "", by: Any) -> Document:
    """From now on only the secretariat opens it; that there was one, and why it went, stays on record.

    `notice`: what the meeting's page says of a paper that everybody could open. Raises Refused, ValidationError.
    """
    locked = _lock(document)
    check_can_change_document(by, locked)
    locked.was_public = is_public(locked)
    locked.withdrawn_notice = notice if locked.was_public else ""
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = timezone.now(), by, reason
    locked.full_clean(exclude=["agenda_items"])
    names = ("withdrawn_notice", "was_public")
    locked.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason", *names])
    audit.record(
        type="meetings.document_withdrawn", by=by, obj=locked, new=audit.snapshot(locked, names), note=reason
    )
    transaction.on_commit(forget_public_pages)
    return locked


def is_public(document: Document) -> bool:
    """Whether everybody may open it now."""
    return bool(Document.objects.published().filter(pk=document.pk, versions__isnull=False).exists())


# --- Reading in the background ----------------------------------------------------------------------
def read_version(*, version: DocumentVersion) -> None:
    """Text, number of pages and preview. A second run finds nothing to do."""
    if version.read_at is not None:
        return
    try:
        with version.file.open("rb") as file:
            contents = read_paper(file.read(), version.kind)
    except FileNotFoundError:
        _note_unread(version, _("ファイルが見つかりません。もう一度載せてください。"))
    except UnreadableFileError as error:
        _note_unread(version, error.message)
    else:
        _keep_contents(version, contents)


def read_waiting_versions() -> int:
    """Those whose task was lost, for example while Redis was away; a batch at a time. Returns how many."""
    waiting = list(DocumentVersion.objects.filter(read_at=None).order_by("pk")[:BATCH])
    for version in waiting:
        read_version(version=version)
    return len(waiting)


def _keep_contents(version: DocumentVersion, contents: PaperContents) -> None:
    if not contents.preview:
        _keep(version, contents, preview="")
        return
    with stored(PREVIEWS, contents.preview, "png") as place:
        is_ours = _keep(version, contents, preview=place)
    if not is_ours:  # another worker was faster, and its picture is the one that counts
        default_storage.delete(place)


@transaction.atomic
def _keep(version: DocumentVersion, contents: PaperContents, *, preview: str) -> bool:
    kept = DocumentVersion.objects.filter(pk=version.pk, read_at=None).update(
        text=contents.text,
        pages=contents.pages if contents.pages is not None else version.pages,
        preview=preview,
        read_at=timezone.now(),
        reading_error="",
    )
    refresh_paper(_again(version))
    transaction.on_commit(forget_public_pages)
    return bool(kept)


def _note_unread(version: DocumentVersion, reason: str) -> None:
    unread = DocumentVersion.objects.filter(pk=version.pk, read_at=None)
    unread.update(reading_error=reason[:300], read_at=timezone.now())
    refresh_paper(_again(version))  # found by its name at least


def _again(version: DocumentVersion) -> DocumentVersion:
    read: DocumentVersion = DocumentVersion.objects.select_related("document").get(pk=version.pk)
    return read


def _queue_reading(version: DocumentVersion) -> None:
    """Once it is stored. Without a broker the tick finds it later; the paper itself is there already."""
    from meetings.tasks.documents import read_document_version

    try:
        read_document_version.apply_async(args=[version.pk], retry=False)
    except OperationalError as error:
        logger.warning("reading of paper %s is not queued: %s", version.pk, type(error).__name__)


# --- Parts --------------------------------------------------------------------------------------------
def _lock(document: Document) -> Document:
    locked: Document = (
        Document.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=document.pk)
    )
    return locked


def _write(document: Document, values: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in values:
            setattr(document, name, values[name])
    items = list(values.get("agenda_items", ()))
    if any(item.meeting_id != document.meeting_id for item in items):
        raise ValidationError({"agenda_items": _("ほかの会議の次第は選べません。")})
    document.full_clean(exclude=["agenda_items"])
    document.save()
    if "agenda_items" in values:
        document.agenda_items.set(items)


def _described(document: Document) -> dict[str, Any]:
    items = [str(item) for item in document.agenda_items.order_by("pk")]
    return audit.snapshot(document, FIELDS) | {"agenda_items": items}


def _add_version(
    document: Document, paper: CheckedPaper, place: str, *, number: int, by: Any, change_note: str = ""
) -> DocumentVersion:
    version = DocumentVersion(
        document=document,
        number=number,
        file=place,
        name=paper.name,
        kind=paper.kind,
        size=len(paper.data),
        sha256=paper.sha256,
        pages=paper.pages,
        change_note=change_note,
        uploaded_by=by,
    )
    version.full_clean()
    version.save()
    transaction.on_commit(forget_public_pages)
    transaction.on_commit(lambda: _queue_reading(version))
    return version
