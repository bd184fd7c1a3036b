"""Words by which records and papers are found.

Sudachi gives words in one spelling; beside them stand pairs of neighbouring kanji (or katakana), so that 孤立 is found
in every compound, known to the dictionary or not, and 孤独孤立 finds 孤独・孤立.
"""

import re
from collections.abc import Iterator
from itertools import chain

from platform_portal.japanese.text import MAX_LENGTH, normalize, normalize_width
from platform_portal.japanese.tokens import tokens, whole_words
from platform_portal.japanese.vectors import Weight, query_of_terms

SPEAKER: Weight = "A"
TEXT: Weight = "D"

MOST_TERMS = 8
LONGEST_ASKED = 100
# A tsvector ends at 1 MB; papers of hundreds of pages repeat themselves long before.
_MOST_WORDS = 20_000
_RUN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af々〆ヶ]+|[ァ-ヺー]+")
_MIDDLE_DOT = {ord("・"): None}
# Of one term: it is met by all the words of any of them.
Spellings = list[list[str]]
_GAP = re.compile(r"[\s、。,.「」『』（）()【】!?/]+")


def words_of(text: str) -> list[str]:
    """Distinct words and pairs of `text`, whatever its length."""
    pieces = range(0, len(text), MAX_LENGTH)
    found = chain.from_iterable(_words_of_piece(text[start : start + MAX_LENGTH]) for start in pieces)
    return list(dict.fromkeys(found))[:_MOST_WORDS]


def _words_of_piece(text: str) -> Iterator[str]:
    yield from tokens(text)
    yield from _pairs(text)


def _pairs(text: str) -> Iterator[str]:
    for run in _RUN.findall(_without_dots(text)):
        for start in range(len(run) - 1):
            yield run[start : start + 2]


def _without_dots(text: str) -> str:
    return normalize_width(text).translate(_MIDDLE_DOT)


def speaker_words(*names: str) -> list[str]:
    """Words of a speaker's label, and each name as a whole (森 is no word to look for elsewhere)."""
    whole = [normalize(name) for name in names if name.strip()]
    return list(dict.fromkeys([*chain.from_iterable(map(words_of, names)), *whole]))


# --- Asking -------------------------------------------------------------------------------------
def terms_of(asked: str) -> list[str]:
    """What somebody typed, cut at spaces and punctuation."""
    terms = _GAP.split(normalize_width(asked, limit=LONGEST_ASKED))
    return list(dict.fromkeys(filter(None, terms)))[:MOST_TERMS]


def spellings_of(asked: str) -> list[Spellings]:
    """Of each term."""
    return [_spellings(term) for term in terms_of(asked)]


def text_query(asked: str) -> str:
    """tsquery of all the terms, empty where they carry no word to look for."""
    return query_of_terms(spellings_of(asked))


def speaker_query(asked: str) -> str:
    """The same among the labels of speakers alone."""
    return query_of_terms(
        [[*_spellings(term), [normalize(term)]] for term in terms_of(asked)], weights=SPEAKER
    )


def _spellings(term: str) -> Spellings:
    """As words, and where the term is all kanji or all katakana, as pairs.

    What adds nothing is left out, as PostgreSQL goes through the places of every word: parts of a compound word, and
    pairs that have all the words among them, which find no more than the words.
    """
    words, is_one_run = whole_words(term), _RUN.fullmatch(_without_dots(term)) is not None
    pairs = list(dict.fromkeys(_pairs(term))) if is_one_run else []
    return [words] if words and set(words) <= set(pairs) else [words, pairs]
