"""Where the words stand that somebody looked for: pieces of a text, marked or not. Templates escape them."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from meetings.words import terms_of
from platform_portal.japanese.text import kana
from platform_portal.japanese.tokens import morphemes, tokens

BEFORE, SHOWN = 40, 160
# Further in nobody looks for the first place of a word; a paper may have a million characters.
_MOST_READ = 20_000
_DROPPED = {"・", " "}


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    is_marked: bool = False


def excerpt(text: str, asked: str) -> list[Piece]:
    """The surroundings of the first place that has one of the words, with all of them marked."""
    terms = terms_of(asked)
    start = max(0, _first_place(text, terms) - BEFORE)
    shown = " ".join(text[start : start + SHOWN].split())
    pieces = mark(shown, terms)
    if start:
        pieces.insert(0, Piece("…"))
    if start + SHOWN < len(text):
        pieces.append(Piece("…"))
    return pieces


def mark(text: str, terms: Sequence[str]) -> list[Piece]:
    pieces, end = [], 0
    for first, last in _joined(_spans(text, terms)):
        if first > end:
            pieces.append(Piece(text[end:first]))
        pieces.append(Piece(text[first:last], is_marked=True))
        end = last
    if end < len(text):
        pieces.append(Piece(text[end:]))
    return pieces


def _first_place(text: str, terms: Sequence[str]) -> int:
    """As written is quickest; else in the beginning, as words are compared."""
    written = [place for term in terms if (place := text.find(term)) >= 0]
    if written:
        return min(written)
    return min((first for first, _last in _spans(text[:_MOST_READ], terms)), default=0)


def _spans(text: str, terms: Sequence[str]) -> list[tuple[int, int]]:
    folded, places = _fold(text)
    found: list[tuple[int, int]] = []
    for term in terms:
        wanted = _fold(term)[0]
        spans = _occurrences(folded, wanted) or [
            span
            for surface in _other_spellings(text, term)
            for span in _occurrences(folded, _fold(surface)[0])
        ]
        found += [(places[first], places[last - 1] + 1) for first, last in spans]
    return sorted(found)


def _other_spellings(text: str, term: str) -> set[str]:
    """How `text` writes the words of `term`: 引きこもり for ひきこもり."""
    wanted = set(tokens(term))
    pieces = [part for piece in morphemes(text) for part in (piece, *piece.parts)]
    return {piece.surface for piece in pieces if piece.normal in wanted}


def _occurrences(folded: str, wanted: str) -> list[tuple[int, int]]:
    found, start = [], folded.find(wanted) if wanted else -1
    while start >= 0:
        found.append((start, start + len(wanted)))
        start = folded.find(wanted, start + len(wanted))
    return found


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping ones as one."""
    found: list[tuple[int, int]] = []
    for first, last in spans:
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _fold(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its characters the place in `text` that it comes from."""
    folded, places = [], []
    for place, character in enumerate(text):
        for each in _folded(character):
            folded.append(each)
            places.append(place)
    return "".join(folded), places


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    plain = kana(unicodedata.normalize("NFKC", character).lower())
    return "" if plain in _DROPPED or plain.isspace() else plain
