"""tsvector and tsquery as PostgreSQL reads them, built from our own tokens.

PostgreSQL ships no text-search configuration that splits Japanese, so the words come from Sudachi and the database only
stores, ranks and finds them. `array_to_tsvector` would lose the weights (they hang on positions), so the vector is
written as a literal with one position per word.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

Weight = Literal["A", "B", "C", "D"]

# PostgreSQL's limits: a lexeme has less than 2 KB; positions end at 16,383.
_LONGEST_WORD = 200
_LAST_POSITION = 16_383
_FALLING = {"A": 0, "B": 1, "C": 2, "D": 3}


def vector_literal(weighted: Iterable[tuple[str, Weight]]) -> str:
    """Return the text of a tsvector; a word given twice keeps its best weight. Cast it: `%s::tsvector`."""
    best: dict[str, Weight] = {}
    for word, weight in weighted:
        known = best.get(word, "D")
        best[word] = weight if word not in best or _FALLING[weight] < _FALLING[known] else known
    words = [(word, weight) for word, weight in best.items() if _is_storable(word)]
    return " ".join(
        f"{_quoted(word)}:{min(place, _LAST_POSITION)}{weight}"
        for place, (word, weight) in enumerate(words, 1)
    )


def query_literal(words: Sequence[str], *, prefixes: Sequence[str] = (), weights: str = "") -> str:
    """Return the text of a tsquery that any of the words satisfies, empty without words. Cast it: `%s::tsquery`.

    `prefixes` match words that begin so; `weights` ("A", "AB") limits to words stored with these weights.
    """
    exact = (
        f"{_quoted(word)}:{weights}" if weights else _quoted(word) for word in words if _is_storable(word)
    )
    begun = (f"{_quoted(prefix)}:*{weights}" for prefix in prefixes if _is_storable(prefix))
    return " | ".join(dict.fromkeys([*exact, *begun]))


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_storable(word: str) -> bool:
    return 0 < len(word) <= _LONGEST_WORD and "\x00" not in word
