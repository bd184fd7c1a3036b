"""tsvector and tsquery as PostgreSQL reads them, built from our own tokens.

PostgreSQL ships no text-search configuration that splits Japanese, so the words come from Sudachi and the database only
stores, ranks and finds them. `array_to_tsvector` would lose the weights (they hang on positions), so the vector is
written as a literal with one position per word.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, Func, TextField, Value
from django.db.models.functions import Cast

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


def query_of_terms(terms: Sequence[Sequence[Sequence[str]]], *, weights: str = "") -> str:
    """Return the text of a tsquery that needs every term; a term is met by all words of one of its spellings.

    Empty without words. `weights` as in `query_literal`.
    """
    mark = f":{weights}" if weights else ""
    texts = []
    for spellings in terms:
        parts = [
            " & ".join(_quoted(word) + mark for word in words)
            for words in spellings
            if words and all(map(_is_storable, words))
        ]
        if parts:
            texts.append("(" + " | ".join(f"({part})" for part in dict.fromkeys(parts)) + ")")
    return " & ".join(texts)


def holds(field: str, literal: str) -> Func:
    """`field @@ literal`; Django's own lookup would send the words through a text-search configuration."""
    return Func(
        F(field),
        as_query(literal),
        template="(%(expressions)s)",
        arg_joiner=" @@ ",
        output_field=BooleanField(),
    )


def as_query(literal: str) -> Cast:
    return Cast(Value(literal, output_field=TextField()), SearchQueryField())


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_storable(word: str) -> bool:
    return 0 < len(word) <= _LONGEST_WORD and "\x00" not in word
