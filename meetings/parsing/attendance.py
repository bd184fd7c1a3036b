"""Who was there: people and numbers of people, out of lists that every office sets in its own way."""

import re
import unicodedata

from meetings.parsing.labels import (
    LIKELY,
    NAME,
    NONE,
    SURE,
    begins_with_surname,
    ending_role,
    is_family_name,
    read_label,
    with_name,
    without_honorific,
)
from meetings.parsing.proposal import Attendance
from meetings.parsing.source import Line, fold, squeeze
from meetings.parsing.words import ORGANIZATION_ENDS, ROLES

_COUNT = re.compile(
    r"(?P<who>.{0,40}?)[:(]?(?P<count>\d{1,5})(?P<unit>名|人|団体|課室|課|室|社|機関|市町村|市町|町村|市|町|村|校|者|か所|箇所|カ所|組織|世帯|部局|局|部)\)?(?:程度|ほか)?"
)
_WIDE_GAP = re.compile(r"\s{2,}|\t")
_CHUNK = re.compile(r"[^、，,;；／]+")
_WORDS = re.compile(r"\S+")
_SEAT = re.compile(r"\d{1,3}番")
_LONGEST_CHUNK = 90
_LONGEST_NAME = 8
_LONGEST_FAMILY = 4


def read_attendance(line: Line, start: int, absent: bool) -> list[tuple[Attendance, int, int]]:
    """Entries of a line from `start`, each with its place in the line's text."""
    found: list[tuple[Attendance, int, int]] = []
    for match in _CHUNK.finditer(line.text, start):
        for first, last in _cells(line.text, match.start(), match.end()):
            entry = _entry(line.text[first:last], line.number, absent)
            if entry is not None:
                found.append((entry, first, last))
    return found


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A role and the name after a wide gap are one cell (区長　　青木　英二)."""
    spans: list[tuple[int, int]] = []
    place = start
    for gap in [*_WIDE_GAP.finditer(text, start, end), None]:
        stop = gap.start() if gap else end
        if text[place:stop].strip():
            spans.append((place, stop))
        place = gap.end() if gap else end
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if joined and _awaits_name(text[joined[-1][0] : joined[-1][1]]) and _is_name(text[first:last]):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _awaits_name(cell: str) -> bool:
    plain = unicodedata.normalize("NFKC", squeeze(cell))
    if _SEAT.fullmatch(plain):
        return True
    label = read_label(plain)
    return label.strength == SURE and with_name(label).is_role_only


def _is_name(cell: str) -> bool:
    plain = squeeze(cell)
    return read_label(plain).strength in (NAME, LIKELY) or plain.endswith(("君", "氏", "議員", "委員"))


def _entry(text: str, line: int, absent: bool) -> Attendance | None:
    shown = text.strip().strip("・-*○●◎◇◆■□|│").strip()
    plain = squeeze(unicodedata.normalize("NFKC", fold(shown)))
    if not plain or len(plain) > _LONGEST_CHUNK:
        return None
    counted = _COUNT.fullmatch(plain)
    if counted:
        return Attendance(
            counted["who"].strip("()[]:"), "", "", int(counted["count"]), counted["unit"], shown, line, absent
        )
    organization, name, role = _person(shown)
    return Attendance(organization, name, role, None, "", shown, line, absent) if name else None


def _person(shown: str) -> tuple[str, str, str]:
    parts = _WORDS.findall(shown)
    led = _led_by_role(parts)
    if led is not None:
        return led
    if len(parts) == 1:
        return _last_person(parts[0])
    seat_or_role, rest = parts[0], "".join(parts[1:])
    label = read_label(seat_or_role)
    if _SEAT.fullmatch(unicodedata.normalize("NFKC", seat_or_role)) or (
        label.strength == SURE and with_name(label).is_role_only
    ):
        organization, name, role = _last_person(rest)
        return organization, name or (rest if len(rest) <= 8 else ""), role or seat_or_role
    whole = _whole_name(parts) if len(parts) == 2 else None
    if whole is not None:
        return whole
    if all(len(part) <= 3 for part in parts) and len("".join(parts)) <= 8:
        return _last_person("".join(parts))
    return _with_organization(parts)


def _led_by_role(parts: list[str]) -> tuple[str, str, str] | None:
    """委員長野村　有信君: no gap between role and name. The longest role that leaves a family name is meant."""
    first = parts[0]
    name = without_honorific("".join(parts))
    if first in ROLES or (len(parts) == 1 and name == first):
        return None
    for length in range(len(first) - 1, 1, -1):
        rest = first[length:]
        is_role = first[:length] in ROLES or _is_office(first[:length])
        if not is_role or rest in ORGANIZATION_ENDS or not begins_with_surname(rest):
            continue
        if len(name) - length <= _LONGEST_NAME and read_label(name[length:]).strength in (NAME, LIKELY):
            return "", name[length:], first[:length]
    return None


def _is_office(words: str) -> bool:
    """都市整備部長: who heads a section, with its name."""
    role = ending_role(words)
    return role.endswith("長") and len(words) > len(role) and read_label(words).strength == SURE


def _whole_name(parts: list[str]) -> tuple[str, str, str] | None:
    """佐藤　一郎委員: the gap stands inside the name. 青森　佐藤委員 has a place before it instead."""
    family, rest = parts
    if len(family) > _LONGEST_FAMILY or family.endswith(ORGANIZATION_ENDS) or not begins_with_surname(family):
        return None
    given = with_name(read_label(rest)).name
    organization, name, role = _last_person(family + rest)
    is_one = not organization and name == family + given and 0 < len(given) <= _LONGEST_FAMILY
    return ("", name, role) if is_one and not is_family_name(given) else None


def _with_organization(parts: list[str]) -> tuple[str, str, str]:
    """内閣府孤独室 大谷花参与; 内閣府孤独室 参与 大谷 花氏; 福祉課 佐藤 一郎 課長."""
    for split in range(1, len(parts)):
        tail = "".join(parts[split:])
        organization, name, role = _last_person(tail)
        starts_name = begins_with_surname(parts[split]) and not organization
        if name and (starts_name or split == len(parts) - 1):
            before = parts[:split]
            if role in ("", "氏", "君", "様", "さん") and read_label(before[-1]).strength == SURE:
                role = before.pop()
            return " ".join([*before, organization]).strip(), name, role
    return "", "", ""


def _last_person(plain: str) -> tuple[str, str, str]:
    label = read_label(plain)
    if label.strength == NONE:
        return "", "", ""
    if label.strength == NAME:
        return (
            ("", label.name, "") if begins_with_surname(label.key) and len(label.key) <= 7 else ("", "", "")
        )
    named = with_name(label)
    role = "" if named.role in ("氏", "君", "様", "殿", "さん") else named.role
    return named.organization, named.name, role


def known_names(attendance: list[Attendance]) -> frozenset[str]:
    """Full names and family names, to recognise labels by."""
    names: set[str] = set()
    for entry in attendance:
        if not entry.name:
            continue
        names.add(entry.name)
        for part in _WORDS.findall(entry.text):
            if len(part) >= 2 and entry.name.startswith(part):
                names.add(part)
    return frozenset(names)
