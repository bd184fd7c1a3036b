"""Published meetings for programs: JSON (docs/meeting-json.md) and Atom. The public edition, whoever asks."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.models import (
    Correction,
    Document,
    DocumentVersion,
    Edition,
    Meeting,
    Minutes,
)
from meetings.presenting.atom import MOST_IN_FEED, Entry, absolute
from meetings.presenting.days import when_of
from meetings.presenting.record import (
    NAMED_FIRST,
    Amendment,
    Block,
    ItemLine,
    Record,
    agenda_of,
    amendment_of,
    editions_for,
    present_record,
)
from meetings.services.renderings import newest_pdf

FORMAT = "tsunagari-meeting/1"


# --- JSON ----------------------------------------------------------------------------------------
def meeting_json(meeting: Meeting, wanted: str = "") -> dict[str, Any]:
    """Of a meeting that everybody may know of. Constant queries."""
    return {
        "format": FORMAT,
        "id": meeting.public_id,
        "address": absolute("meetings:meeting-detail", meeting.public_id),
        "licence": settings.PORTAL_DATA_LICENCE or None,
        "body": {"id": meeting.body.public_id, "name": meeting.body.name},
        "number": meeting.number,
        "title": meeting.title,
        "fiscal_year": meeting.fiscal_year,
        "starts_at": _time(meeting.starts_at),
        "ends_at": _time(meeting.ends_at),
        "place": meeting.place,
        "state": meeting.state,
        "cancelled_reason": meeting.cancelled_reason,
        "summary": meeting.summary,
        "closed_reason": meeting.closed_reason,
        "observers": meeting.observers,
        "participants": [
            {"label": each.label, "unit": each.unit, "count": each.count} for each in meeting.counts.all()
        ],
        "agenda": [_item(item) for item in agenda_of(meeting)],
        "documents": [_document(document) for document in open_papers(meeting)],
        "minutes": _minutes(meeting, wanted),
    }


def open_papers(meeting: Meeting) -> list[Document]:
    """What everybody may open now."""
    newest = DocumentVersion.objects.order_by("-number").defer("text", "search_vector")
    rows = Document.objects.published().filter(meeting=meeting)
    return list(
        rows.order_by("position", "pk").prefetch_related("agenda_items", Prefetch("versions", newest))
    )


def _item(item: ItemLine) -> dict[str, Any]:
    return {
        "id": item.public_id,
        "number": item.number,
        "depth": item.depth,
        "title": item.title or None,
        "performer": item.performer,
        "closed": item.is_hidden,
        "closed_reason": item.reason,
    }


def _document(document: Document) -> dict[str, Any]:
    version = next(iter(document.versions.all()), None)
    file = version and {
        "kind": version.kind,
        "size": version.size,
        "sha256": version.sha256,
        "version": version.number,
    }
    return {
        "id": document.public_id,
        "address": absolute("meetings:document", document.public_id),
        "label": document.label,
        "title": document.title,
        "agenda": [item.public_id for item in document.agenda_items.all()],
        "file": file,
    }


def _minutes(meeting: Meeting, wanted: str) -> dict[str, Any] | None:
    row = Minutes.objects.select_related("meeting__body").filter(meeting=meeting).first()
    if row is None:
        return None
    editions = editions_for(AnonymousUser(), row)
    if not editions:
        return _suspended(row)
    record = present_record(row, editions, wanted)
    pdf = newest_pdf(row, record.edition)
    address = absolute("meetings:minutes-pdf", meeting.public_id) + f"?edition={record.edition}"
    return {
        "address": absolute("meetings:minutes", meeting.public_id),
        "edition": record.edition,
        "editions": list(record.editions),
        "published_at": _time(row.published_at),
        "suspended": None,
        "pdf": {"address": address, "sha256": pdf.sha256} if pdf else None,
        "utterances": [_utterance(block, record) for block in record.blocks],
    }


def _suspended(row: Minutes) -> dict[str, Any] | None:
    if not Minutes.objects.suspended_to(AnonymousUser()).filter(pk=row.pk).exists():
        return None
    return {
        "address": absolute("meetings:minutes", row.meeting.public_id),
        "suspended": {"at": _time(row.suspended_at), "reason": row.suspended_reason},
    }


def _utterance(block: Block, record: Record) -> dict[str, Any]:
    return {
        "id": block.public_id,
        "address": absolute("meetings:utterance", block.public_id),
        "kind": block.kind,
        "label": block.label,
        "text": None if block.removed_on else block.text,
        "agenda": block.items,
        "reply_to": block.reply_to.public_id if block.reply_to else None,
        "removed": {"on": block.removed_on.isoformat(), "reason": block.removed_reason}
        if block.removed_on
        else None,
        "corrections": [_amendment(each) for each in block.amendments],
    }


def _amendment(each: Amendment) -> dict[str, Any]:
    return {
        "id": each.public_id,
        "on": each.on.isoformat(),
        "removal": each.is_removal,
        "before": each.before or None,
        "after": each.after or None,
        "kind": each.kind,
        "reason": each.reason,
    }


def _time(at: dt.datetime | None) -> str | None:
    return timezone.localtime(at).isoformat() if at else None


# --- Atom ----------------------------------------------------------------------------------------
def newest_records() -> list[Entry]:
    """Published records, the one published last first."""
    found: dict[int, Minutes] = {}
    for edition in NAMED_FIRST:
        rows = Minutes.objects.published(edition).select_related("meeting__body")
        found |= {row.pk: row for row in rows.order_by("-published_at", "-pk")[:MOST_IN_FEED]}
    newest = sorted(found.values(), key=lambda row: (row.published_at, row.pk), reverse=True)[:MOST_IN_FEED]
    return [_record_entry(row) for row in newest]


def _record_entry(row: Minutes) -> Entry:
    address, at = absolute("meetings:minutes", row.meeting.public_id), row.published_at or row.created_at
    return Entry(
        title=_("%(meeting)s 議事録") % {"meeting": row.meeting.title},
        address=address,
        unique=address,
        text=f"{row.meeting.body.name}　{when_of(row.meeting)}",
        published_at=at,
        updated_at=at,
    )


def newest_corrections() -> list[Entry]:
    """Newest first, each in the best edition that everybody may read."""
    named = Minutes.objects.published(Edition.NAMED)
    rows: list[tuple[Correction, Edition]] = []
    for edition in NAMED_FIRST:
        found = Correction.objects.published(edition)
        if edition == Edition.LABELS:
            found = found.exclude(utterance__minutes__in=named)
        found = found.select_related("utterance__minutes__meeting")
        rows += [(row, edition) for row in found[:MOST_IN_FEED]]
    rows.sort(key=lambda pair: (pair[0].decided_at, pair[0].pk), reverse=True)
    return [_correction_entry(row, edition) for row, edition in rows[:MOST_IN_FEED]]


def _correction_entry(row: Correction, edition: Edition) -> Entry:
    each, block = amendment_of(row, edition), row.utterance
    label = block.label_in(edition)
    title = _("訂正：%(meeting)s") % {"meeting": block.minutes.meeting.title}
    parts = [
        _("発言を消しました") if each.is_removal else "",
        _("前の文：%(text)s") % {"text": each.before} if each.before else "",
        _("後の文：%(text)s") % {"text": each.after} if each.after else "",
        _("理由：%(kind)s（%(reason)s）") % {"kind": each.kind, "reason": each.reason},
    ]
    address, at = absolute("meetings:utterance", block.public_id), row.decided_at or row.proposed_at
    return Entry(
        title=f"{title} {label}".strip(),
        address=address,
        unique=f"{address}#{row.public_id}",
        text="\n".join(filter(None, parts)),
        published_at=at,
        updated_at=at,
    )
