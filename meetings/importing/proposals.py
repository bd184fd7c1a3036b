"""What was read from a file, as it is kept until somebody accepts it: plain JSON that the screen changes part by part."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from meetings.models import Body, SpeakerAlias
from meetings.parsing import Proposal, parse_minutes
from meetings.speakers import alias_key
from members.models import Organization
from platform_portal.records_language import in_records_language

Data = dict[str, Any]
_ORDINAL = re.compile(r"第\s*(\d{1,3})\s*回")
# What makes the name of a meeting the name of its record.
_RECORD_WORDS = re.compile(
    r"[\s　]*(?:議事録|会議録|議事要旨|議事概要|議事要録)(?:[（(][^（()）]*[）)])?[\s　]*$"
)
_BRACKETS = "()（）【】[]［］〔〕〈〉<>「」『』○〇◯●◎◆■□：: 　\t"


def propose(text: str, body: Body) -> Data:
    """Reads `text`; who is known to the body or is a member by that very name is filled in. Three queries."""
    with in_records_language():
        data = as_data(parse_minutes(text), text)
    _fill_in_known(data["utterances"], body)
    return data


def as_data(proposal: Proposal, text: str) -> Data:
    remainders = _remainders(proposal, text)
    return {
        "header": {
            "title": _one_line(_RECORD_WORDS.sub("", proposal.title) or proposal.title, 150),
            "number": _number_in(proposal.title),
            "held_on": proposal.held_on.isoformat() if proposal.held_on else "",
            "starts_at": proposal.starts_at.strftime("%H:%M") if proposal.starts_at else "",
            "ends_at": proposal.ends_at.strftime("%H:%M") if proposal.ends_at else "",
            "place": _one_line(proposal.place, 200),
            "level": proposal.level,
        },
        "agenda": [
            {
                "number": item.number,
                "title": _one_line(f"{item.title} {item.note}".strip(), 200),
                "performer": _one_line(item.performer, 100),
                "documents": list(item.documents),
                "line": item.line,
            }
            for item in proposal.agenda
        ],
        "documents": [
            {"label": _one_line(each.number, 30), "title": _one_line(each.title, 200), "line": each.line}
            for each in proposal.documents
        ],
        "attendance": [
            {
                "organization": _one_line(each.organization, 100),
                "name": _one_line(each.name, 60),
                "role": _one_line(each.role, 60),
                "count": each.count,
                "unit": _one_line(each.unit, 10),
                "absent": each.absent,
                "line": each.line,
            }
            for each in proposal.attendance
        ],
        "utterances": [
            {
                "kind": each.kind,
                "label": _one_line(each.label.strip(_BRACKETS), 150),
                "organization_name": _one_line(each.organization, 100),
                "speaker": _one_line(each.speaker, 40),
                "role": _one_line(each.role, 60),
                "organization": None,
                "agenda": list(each.agenda),
                "text": _storable(part),
                "line": each.line,
            }
            for each in proposal.utterances
            for part in _in_parts(each.text)
        ],
        "flags": [
            {
                "code": flag.code[:40],
                "line": flag.line,
                "message": str(flag.message)[:500],
                "remainder": _storable("\n".join(remainders.get(index, ()))),
            }
            for index, flag in enumerate(proposal.flags)
        ],
    }


def _remainders(proposal: Proposal, text: str) -> dict[int, list[str]]:
    """Words that found no place, by index of the doubt about them."""
    found: dict[int, list[str]] = {}
    for piece in proposal.pieces:
        if piece.kind == "remainder":
            found.setdefault(piece.index, []).append(text[piece.start : piece.end])
    return found


def _storable(text: str) -> str:
    """The database takes no NUL; the source is read without any."""
    return text.replace("\x00", "")


def _one_line(text: str, limit: int) -> str:
    """For fields that hold one line. What is too long stays whole in the source beside it."""
    kept = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(kept.split())[:limit].strip()


def _in_parts(text: str, limit: int = 20_000) -> Iterable[str]:
    """A speech longer than a block may be goes on in the next; cut after a line if there is one. No character is lost."""
    while len(text) > limit:
        cut = text.rfind("\n", limit // 2, limit) + 1 or limit
        yield text[:cut]
        text = text[cut:]
    yield text


def _number_in(title: str) -> int | None:
    found = _ORDINAL.search(unicodedata.normalize("NFKC", title))
    return int(found[1]) if found and int(found[1]) else None


# --- Who is known -------------------------------------------------------------------------------
def _fill_in_known(rows: list[Data], body: Body) -> None:
    aliases = {
        each.label: each
        for each in SpeakerAlias._default_manager.filter(body=body).select_related("organization")
    }
    names = {row["organization_name"] for row in rows if row["organization_name"]}
    members = dict(Organization.objects.active().filter(name__in=names).values_list("name", "pk"))
    for row in rows:
        row["organization"] = members.get(row["organization_name"])
        alias = aliases.get(alias_key(row["label"])) if row["label"] else None
        if alias is not None:
            _apply(alias, row)


def _apply(alias: SpeakerAlias, row: Data) -> None:
    row["speaker"], row["role"] = alias.speaker or row["speaker"], alias.role or row["role"]
    if alias.organization is not None:
        row["organization"] = alias.organization.pk
        row["organization_name"] = row["organization_name"] or alias.organization.name


def learnable(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """By label, what is worth knowing next time: names that the label itself holds, and member organisations.

    A chair is somebody else next time, so a role alone teaches nothing; nor does a label that two people share.
    """
    found: dict[str, Mapping[str, Any]] = {}
    shared: set[str] = set()
    for row in rows:
        key = alias_key(row["label"])
        names_somebody = bool(row["speaker"]) and alias_key(row["speaker"]) in key
        names_member = not row["speaker"] and row["organization"] is not None
        if not key or not (names_somebody or names_member):
            continue
        known = found.setdefault(key, row)
        if any(known[name] != row[name] for name in ("speaker", "role", "organization")):
            shared.add(key)
    return {key: row for key, row in found.items() if key not in shared}
