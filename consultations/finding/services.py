"""Counts words for which nothing was found, so that staff can add them. Nobody can be recognised by them."""

import re

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from consultations.finding.words import generic_words
from consultations.models import ZeroHitWord
from platform_portal.japanese.tokens import Morpheme, morphemes, tokens

SHORTEST, LONGEST = 2, 20
# One search cannot flood the list.
MOST_PER_SEARCH = 10
_NOT_A_WORD = re.compile(r"[\d@_./:#+-]|^[a-z]{1,2}$")
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
_KINDS = {"名詞", "動詞"}
# Of proper names only places are counted, and of these only whole municipalities: 山口 and 千葉 are people, too.
_PLACE_ENDINGS = ("市", "町", "区", "郡", "県", "府", "都", "道")


def record_zero_hits(text: str) -> list[str]:
    """Counts each word of `text` once and returns the words counted; the text itself is not kept.

    Left out: names of people, words unknown to the dictionary (they may be names), numbers, addresses, words of all
    sentences, what is shorter than 2 or longer than 20 characters.
    """
    words = {word for word in tokens(_ADDRESS.sub(" ", text)) if _is_countable(word)}
    countable = sorted(words)[:MOST_PER_SEARCH]
    today = timezone.localdate()
    with transaction.atomic():
        ZeroHitWord.objects.bulk_create(
            [ZeroHitWord(word=word, count=0, last_on=today) for word in countable], ignore_conflicts=True
        )
        ZeroHitWord.objects.filter(word__in=countable).update(count=F("count") + 1, last_on=today)
    return countable


def _is_countable(word: str) -> bool:
    if not SHORTEST <= len(word) <= LONGEST or _NOT_A_WORD.search(word) or word in generic_words():
        return False
    pieces = morphemes(word)
    return len(pieces) == 1 and _is_common(pieces[0])


def _is_common(piece: Morpheme) -> bool:
    if piece.pos[1] == "固有名詞":
        return piece.pos[2] == "地名" and piece.surface.endswith(_PLACE_ENDINGS)
    return piece.is_known and piece.pos[0] in _KINDS
