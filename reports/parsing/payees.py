"""The cell 発注先 (予算配分): payees with their amounts, `丸井 (70,000) 講師 (45,200)`, `… (618,182) (追加発注：372,728)`."""

import re

from meetings.parsing.source import fold
from reports.models.projects import MOST_YEN
from reports.snapshots import Line

_SIGN = r"[¥￥\\]?\s?"
_FIGURES = r"\d{1,3}(?:,\s?\d{3}){1,5}|\d{3,15}|\d{1,2}(?=\s?(?:百万|十万|億|万|千)?円)"
_UNIT = r"\s?(?P<unit>億|百万|十万|万|千)?\s?円?\s?-?\s?(?P<tax>\(?税(?:込み?|抜き?)\)?)?"
_AMOUNT = re.compile(rf"{_SIGN}(?P<figures>\d{{1,3}}(?:,\s?\d{{3}}){{1,5}}|\d{{1,15}}){_UNIT}")
_BRACKETS = re.compile(
    rf"\(\s?(?:(?P<words>[^()\d:¥￥\\]{{1,60}}?)\s?:?\s?)?{_SIGN}(?P<figures>{_FIGURES}){_UNIT}\s?\)"
)
# Without brackets an amount says that it is money: 70,000 or 70000円.
_BARE = re.compile(
    r"[ \t]?:?[ \t]?[¥￥\\]?[ \t]?(?<!\d)(?P<figures>\d{1,3}(?:,\d{3}){1,5}|\d{1,15}(?=[ \t]?(?:千|万)?円))"
    r"(?P<unit>千|万)?[ \t]?円?(?P<tax>税込|税抜)?(?=\s|$|[、,;])"
)
_NOT_YET = re.compile(r"\((?:追加発注:)?未定\)")
_UNITS = {"億": 100_000_000, "百万": 1_000_000, "十万": 100_000, "万": 10_000, "千": 1_000}
_ADDED = ("追加発注", "追加")
_BETWEEN = " \t\n　、，,;；・/／"
MOST_PAYEES = 200
LONGEST_CELL = 4_000


def read_yen(text: str) -> int | None:
    """An amount alone in its cell, with or without brackets and its unit; None where it is not one."""
    plain = fold(text[:LONGEST_CELL]).strip()
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1].strip()
    match = _AMOUNT.fullmatch(plain)
    return _yen(match) if match else None


def read_payees(text: str) -> tuple[Line, ...]:
    """Every word ends in a payee or a breakdown. A payee without an amount stands without one."""
    folded = fold(text) if len(text) <= LONGEST_CELL else ""
    lines: list[Line] = []
    place = 0
    while len(lines) < MOST_PAYEES and (match := _next(folded, place)):
        payee = " ".join(text[place : match.start()].strip(_BETWEEN).split())
        lines.append(_line(payee, match, text, lines))
        place = match.end()
    rest = " ".join(text[place:].strip(_BETWEEN).split())
    if rest:
        lines.append(Line(rest))
    return tuple(lines)


def _next(folded: str, place: int) -> "re.Match[str] | None":
    found = [match for pattern in (_BRACKETS, _BARE, _NOT_YET) if (match := pattern.search(folded, place))]
    return min(found, key=lambda match: match.start(), default=None)


def _line(payee: str, match: "re.Match[str]", text: str, before: list[Line]) -> Line:
    if not payee and before:
        payee = before[-1].payee
    printed = text[match.start() : match.end()].strip(_BETWEEN)
    if match.re is _NOT_YET:
        return Line(payee, None, is_additional=_ADDED[0] in printed)
    start, end = match.span("words") if match.re is _BRACKETS else (0, 0)
    words = text[start:end].strip()
    breakdown = "" if words == _ADDED[0] else words
    amount = _yen(match)
    if amount is None or match["unit"] or match["tax"]:
        breakdown = f"{breakdown} {printed}".strip()  # what the figure alone does not say
    return Line(payee, amount, breakdown, words.startswith(_ADDED))


def _yen(match: "re.Match[str]") -> int | None:
    amount = int(re.sub(r"\D", "", match["figures"])) * _UNITS.get(match["unit"] or "", 1)
    return amount if amount <= MOST_YEN else None
