"""Which town a sentence names: what only other towns offer is of no use to whoever lives there."""

from consultations.finding.reading import MAX_SENTENCE
from platform_portal.japanese.text import normalize_width
from platform_portal.japanese.tokens import Morpheme, morphemes
from platform_portal.region.models import Municipality

_TITLES = {"さん", "ちゃん", "くん", "君", "様", "氏", "先生"}
_LIVING = {"住む", "暮らす", "居る", "引っ越す"}


def towns_named(text: str) -> dict[str, str]:
    """Codes and names of the prefecture's own municipalities in `text`, in full (高松市) or without 市 or 町 (高松).

    Not when it is a person's name: 「三木さん」. One query, and none when no proper name is in the text.
    """
    plain = normalize_width(text, limit=MAX_SENTENCE)
    pieces = morphemes(plain)
    if not any(piece.pos[1] == "固有名詞" for piece in pieces):
        return {}
    short = {
        piece.surface for place, piece in enumerate(pieces) if _is_place(piece, pieces[place + 1 : place + 3])
    }
    towns = Municipality.objects.own().values_list("code", "name")
    return {
        code: name
        for code, name in towns
        if normalize_width(name) in plain or normalize_width(name[:-1]) in short
    }


def _is_place(piece: Morpheme, after: list[Morpheme]) -> bool:
    """Some towns are surnames to the dictionary; these count where somebody lives in them: 「坂出に住んで」."""
    if piece.pos[1] != "固有名詞" or (after and after[0].surface in _TITLES):
        return False
    is_home = [each.surface for each in after[:1]] == ["に"] and any(each.normal in _LIVING for each in after)
    return piece.pos[2] == "地名" or is_home
