"""Categories in brackets: (②孤独…、③ 関係…), （⑨ 管内…）, (②、⑨)."""

import re
from dataclasses import dataclass

from meetings.parsing.source import fold
from reports.parsing.reading import Label

SIGNS = {
    **{chr(ord("①") + number): number + 1 for number in range(20)},
    **{chr(first + number): number + 1 for first in (0x2776, 0x2780, 0x278A) for number in range(10)},
}
"""① to ⑳, and the black and sans-serif circles that some keyboards give in their place."""
_SIGN = f"[{''.join(SIGNS)}]"
_OPENING = re.compile(rf"[(\[]\s{{0,3}}(?={_SIGN})")
_ONE = re.compile(rf"({_SIGN})([^{''.join(SIGNS)}]*)")
_LONGEST = 800
UNCONFIRMED = "【未確認】"
_BETWEEN = " \t　、，,・/／;；"


@dataclass(frozen=True, slots=True)
class Found:
    """Brackets from `start` to `end`."""

    labels: tuple[Label, ...]
    start: int
    end: int


def find_labels(text: str, begin: int = 0) -> Found | None:
    """The first brackets in `text` that begin with a circled number and are closed."""
    folded = fold(text)
    opening = _OPENING.search(folded, begin)
    if opening is None:
        return None
    close = _closing(folded, opening.start())
    if close is None:
        return None
    return Found(read_labels(text[opening.end() : close]), opening.start(), close + 1)


def opens_labels(text: str) -> int | None:
    """Where brackets begin with a circled number and are not closed on the line."""
    folded = fold(text)
    opening = _OPENING.search(folded)
    if opening is None or _closing(folded, opening.start()) is not None:
        return None
    return opening.start()


def starts_with_labels(text: str) -> bool:
    return bool(_OPENING.match(fold(text[:10])))


def read_labels(inside: str) -> tuple[Label, ...]:
    """What the portal prints behind words that nobody has confirmed is none of them."""
    return tuple(
        Label(SIGNS[sign], words.strip(_BETWEEN).removesuffix(UNCONFIRMED))
        for sign, words in _ONE.findall(inside)
    )


def cited_in(text: str) -> tuple[int, ...]:
    """Numbers in the order in which they are first cited."""
    return tuple(dict.fromkeys(SIGNS[sign] for sign in text if sign in SIGNS))


def _closing(folded: str, start: int) -> int | None:
    depth = 0
    for place in range(start, min(len(folded), start + _LONGEST)):
        if folded[place] in "([":
            depth += 1
        elif folded[place] in ")]":
            depth -= 1
            if depth == 0:
                return place
    return None
