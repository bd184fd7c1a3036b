"""The parts of accepting a proposal. Inside its transaction, under the locks that services/imports.py holds."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from meetings.importing.planning import BlockRow
from meetings.importing.proposals import Data
from meetings.models import (
    AgendaItem,
    Answer,
    AnswerWay,
    Attendance,
    Attendee,
    Audience,
    Document,
    Meeting,
    Minutes,
    MinutesFlag,
    Utterance,
)
from meetings.presenting.agenda import DEEPEST, by_number, tree_of
from meetings.services.agenda import add_agenda_item, change_agenda_item
from meetings.services.meetings import record_numbers
from members.models import Organization
from platform_portal.audit import services as audit
from platform_portal.records_language import in_records_language

# Doubts that the editor raised itself outlive another import.
OF_THE_EDITOR = {"labels_text"}
_STEP = re.compile(r"\([^)]*\)|[^()]+")


# --- Agenda, papers, people ---------------------------------------------------------------------
def apply_agenda(data: Data, meeting: Meeting, *, by: Any, overwrites: bool) -> dict[str, AgendaItem]:
    """Items by their whole number in the tree, as utterances name them. What is there is kept unless `overwrites`."""
    nodes = by_number(tree_of(meeting))
    known = {number: node.item for number, node in nodes.items()}
    depths = {number: node.depth for number, node in nodes.items()}
    titles = {item.title for item in known.values()}
    for row in data["agenda"]:
        number, title = row["number"], row["title"] or row["number"]
        values = {"title": title, "performer": row["performer"]}
        if number in known:
            if overwrites:
                known[number] = change_agenda_item(item=known[number], values=values, by=by)
            continue
        if not number and title in titles:
            continue
        above = _above(number, depths)
        item = add_agenda_item(
            meeting=meeting,
            values=values | {"number": number[len(above) :][:12]},
            parent=known[above] if above else None,
            by=by,
        )
        depths[number or item.number] = depths[above] + 1 if above else 0
        known.setdefault(number or item.number, item)
    return known


def _above(number: str, depths: Mapping[str, int]) -> str:
    """The number that this one stands under: 4 for 4(1). None deeper than an agenda goes."""
    steps = _STEP.findall(number)
    for length in range(len(steps) - 1, 0, -1):
        above = "".join(steps[:length])
        if above in depths and depths[above] < DEEPEST:
            return above
    return ""


def apply_documents(data: Data, meeting: Meeting, items: Mapping[str, AgendaItem], *, by: Any) -> list[Data]:
    """Papers that are named, without their files: only the secretariat sees them until somebody adds one.

    Returns doubts: a number that several papers have ties none of them to an item.
    """
    there: dict[str, list[Document]] = {}
    for each in Document.objects.filter(meeting=meeting).order_by("position", "pk"):
        there.setdefault(each.label, []).append(each)
    for label, title in _papers_to_add(data, there):
        there.setdefault(label, []).append(_add_paper(meeting, label, title, by))
    doubts = []
    for row in data["agenda"]:
        item = items.get(row["number"])
        if item is None:
            continue
        for label in row["documents"]:
            papers = _in_use(there[label[:30]])
            if len(papers) == 1:
                papers[0].agenda_items.add(item)
            elif not any(item in paper.agenda_items.all() for paper in papers):
                doubts.append(_which_paper(label, len(papers), row))
    return doubts


def _papers_to_add(data: Data, there: Mapping[str, object]) -> list[tuple[str, str]]:
    """(number, title); two under one number when the file lists two."""
    titles: dict[str, list[str]] = {row["label"]: [] for row in data["documents"] if row["label"]}
    for row in data["documents"]:
        if row["label"] and row["title"] and row["title"] not in titles[row["label"]]:
            titles[row["label"]].append(row["title"])
    matters = {label: row["title"] for row in data["agenda"] for label in row["documents"]}
    return [
        (label[:30], title)
        for label in dict.fromkeys([*titles, *matters])
        if label[:30] not in there
        for title in titles.get(label) or [matters.get(label) or label[:200]]
    ]


def _add_paper(meeting: Meeting, label: str, title: str, by: Any) -> Document:
    last = Document.objects.filter(meeting=meeting).aggregate(last=Max("position"))["last"]
    paper = Document(
        meeting=meeting,
        label=label,
        title=title,
        audience=Audience.CLOSED,
        position=0 if last is None else last + 1,
        created_by=by,
    )
    paper.full_clean()
    paper.save()
    audit.record(type="meetings.document_added", by=by, obj=paper, new={"label": label, "audience": "closed"})
    return paper


def _in_use(papers: Sequence[Document]) -> Sequence[Document]:
    """Withdrawn ones only where there is no other."""
    return [paper for paper in papers if paper.withdrawn_at is None] or papers


def _which_paper(label: str, count: int, row: Data) -> Data:
    with in_records_language():
        message = _(
            "「%(label)s」という番号の資料が%(count)s件あるので、次第の「%(title)s」に結び付けていません。どの資料かを確かめて、資料のページで次第の項目を選んでください。"
        ) % {"label": label[:30], "count": count, "title": f"{row['number']} {row['title']}".strip()[:40]}
    return {"code": "paper_number_twice", "line": row["line"], "message": message, "remainder": ""}


def apply_numbers(data: Data, meeting: Meeting, *, by: Any, overwrites: bool) -> None:
    with in_records_language():
        people = _("名")
    counted: dict[tuple[str, str], int] = {}
    for row in data["attendance"]:
        if row["count"] is not None:
            key = ((row["organization"] or row["name"])[:60], (row["unit"] or people)[:10])
            counted[key] = counted.get(key, 0) + row["count"]
    if not counted or (meeting.counts.exists() and not overwrites):
        return
    counts = [(label, number, unit) for (label, unit), number in counted.items()]
    record_numbers(meeting=meeting, observers=meeting.observers, counts=counts, by=by)


def apply_people(data: Data, meeting: Meeting, *, by: Any) -> None:
    """Who came, as it is printed. People that the list has already stay as they are."""
    rows = [
        row for row in data["attendance"] if row["count"] is None and (row["organization"] or row["name"])
    ]
    there = {each.name: each for each in meeting.attendances.select_related("organization")}
    known = set(Attendee._default_manager.filter(attendance__meeting=meeting).values_list("name", flat=True))
    named = {row["organization"] for row in rows if row["organization"]}
    members = {each.name: each for each in Organization.objects.active().filter(name__in=named)}
    for position, row in enumerate(rows, start=len(there)):
        name = row["organization"] or row["name"]
        attendance = there.get(name)
        if attendance is None:
            attendance = Attendance(
                meeting=meeting,
                organization=members.get(name),
                guest_name="" if name in members else name,
                position=position,
                answer=Answer.ABSENT if row["absent"] else Answer.PRESENT,
                answer_way=AnswerWay.DESK,
                answered_at=timezone.now(),
                answered_as=by,
            )
            attendance.full_clean()
            attendance.save()
            there[name] = attendance
        if row["name"] and row["name"] not in known:
            known.add(row["name"])
            Attendee._default_manager.create(
                attendance=attendance,
                name=row["name"],
                role=row["role"],
                has_come=not row["absent"],
                position=attendance.attendees.count(),
            )


# --- Blocks and doubts --------------------------------------------------------------------------
def apply_blocks(
    minutes: Minutes,
    rows: Sequence[BlockRow],
    items: Mapping[str, AgendaItem],
    *,
    file: frozenset[str] | None,
    drop_missing: bool,
) -> list[tuple[int, Utterance]]:
    """The draft in its new order. Returns (line, block) of what the file has, in its order."""
    gone = list(minutes.utterances.exclude(removed_at=None))
    standing: list[Utterance] = []
    of_file: list[tuple[int, Utterance]] = []
    fresh: list[Utterance] = []
    for row in rows:
        if row.proposed is None:
            assert row.block is not None  # noqa: S101  a row without either is never made
            if not drop_missing or not _drop(row.block):
                standing.append(row.block)
            continue
        block = row.block or Utterance(minutes=minutes)
        if row.block is None:
            fresh.append(block)
        takes = row.takes_file if file is None else block.public_id in file
        if row.block is None or (row.fate == "changed" and takes):
            _take(block, row.proposed, minutes)
        standing.append(block)
        of_file.append((row.proposed["line"], block))
    _store(minutes, [*standing, *gone], fresh)
    _link_items(of_file, rows, items, fresh)
    return of_file


def _drop(block: Utterance) -> bool:
    """What a promise or a proposed change hangs on stays."""
    if block.action_items.exists() or block.proposed_changes.exists() or block.corrections.exists():
        return False
    Utterance.objects.filter(pk=block.pk).delete()
    return True


def _take(block: Utterance, row: Data, minutes: Minutes) -> None:
    is_other_text = block.text != row["text"]
    for name in ("kind", "label", "organization_name", "speaker", "role", "text"):
        setattr(block, name, row[name])
    block.organization_id = row["organization"]
    block.source_line = row["line"]
    if block._state.adding:
        # Whoever put it right in the proposal has edited it: another file does not write over it unasked.
        block.version = 2 if row.get("is_edited") else 1
        return
    block.version += 1
    if block.labels_text and is_other_text:
        with in_records_language():
            message = _("取り込みで本文が変わりました。役職名だけの議事要旨での本文も、確かめてください。")
        MinutesFlag._default_manager.create(
            minutes=minutes, utterance=block, code="labels_text", line=row["line"], message=message
        )


def _store(minutes: Minutes, order: Sequence[Utterance], fresh: Sequence[Utterance]) -> None:
    ids = Utterance.draw_public_ids(len(fresh))
    for block, public_id in zip(fresh, ids, strict=True):
        block.public_id = public_id
    for position, block in enumerate(order):
        block.position = position
    for block in fresh:
        block.full_clean(
            exclude=["minutes", "text", "organization"], validate_unique=False, validate_constraints=False
        )
    Utterance.objects.bulk_create(fresh, batch_size=500)
    new = {id(block) for block in fresh}
    old = [block for block in order if id(block) not in new]
    names = ["position", "kind", "label", "organization_name", "speaker", "role", "organization", "text"]
    Utterance.objects.bulk_update(old, [*names, "source_line", "version"], batch_size=200)


def _link_items(
    of_file: Sequence[tuple[int, Utterance]],
    rows: Sequence[BlockRow],
    items: Mapping[str, AgendaItem],
    fresh: Sequence[Utterance],
) -> None:
    """Only new blocks: whoever has edited a block has also said where it belongs."""
    new = {id(block) for block in fresh}
    numbers = [row.proposed["agenda"] for row in rows if row.proposed is not None]
    through: Any = Utterance.agenda_items.through
    links = [
        through(utterance_id=block.pk, agendaitem_id=items[number].pk)
        for (_line, block), wanted in zip(of_file, numbers, strict=True)
        if id(block) in new
        for number in dict.fromkeys(wanted)
        if number in items
    ]
    through._default_manager.bulk_create(links, batch_size=1000, ignore_conflicts=True)


def raise_flags(
    found: Sequence[Data], minutes: Minutes, blocks: Sequence[tuple[int, Utterance]], *, by: Any
) -> int:
    """The doubts of this file take the place of those of an earlier one. What somebody has settled stays settled."""
    earlier = MinutesFlag._default_manager.filter(minutes=minutes).exclude(code__in=OF_THE_EDITOR)
    settled = {(each.code, each.message, each.remainder) for each in earlier.exclude(resolved_at=None)}
    with in_records_language():
        replaced = _("新しい取り込みに置きかわった")
    earlier.filter(resolved_at=None).update(resolved_at=timezone.now(), resolved_by=by, resolution=replaced)
    flags = [
        MinutesFlag(
            minutes=minutes,
            utterance=_block_at(row["line"], blocks),
            code=row["code"],
            line=row["line"],
            message=row["message"],
            remainder=row["remainder"],
        )
        for row in found
        if (row["code"], row["message"], row["remainder"]) not in settled
    ]
    MinutesFlag._default_manager.bulk_create(flags, batch_size=500)
    return len(flags)


def _block_at(line: int, blocks: Sequence[tuple[int, Utterance]]) -> Utterance | None:
    """The last block that begins on that line or before it."""
    return next((block for begin, block in reversed(blocks) if begin <= line), None)
