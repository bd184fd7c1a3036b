"""Which words of a window are stored, and which words of a query are looked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from platform_portal.japanese.text import normalize
from platform_portal.japanese.tokens import Morpheme, morphemes, tokens
from platform_portal.japanese.vectors import Weight

# In the names of nearly all windows: looked for only where a query has no other word.
_GENERIC = """相談 窓口 センター 支援 電話 ダイヤル 悩み 困る サポート 相談所 相談室 相談窓口 ナビ ライン ホットライン
    受付 無料 教える 知る 分かる 話す 聞く 欲しい 探す 人 自分 毎日 今 今日 最近 県 市 町 さん 利用 家 日 年 月 時間"""
_SHORTEST_PREFIX = 2
_LONGEST_PREFIX = 20
MOST_WORDS = 40


@cache
def generic_words() -> frozenset[str]:
    """Asked for by the first search: a process that never looks for anything does without the dictionary (90 MB)."""
    return frozenset(word for written in _GENERIC.split() for word in (*tokens(written), normalize(written)))


@dataclass(frozen=True, slots=True)
class Query:
    """`words` are whole tokens, `prefixes` beginnings of names as they are read."""

    words: tuple[str, ...]
    prefixes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.words or self.prefixes)


def category_word(slug: str) -> str:
    """The token that stands for a category in a window's vector; no text can contain it (it has a space)."""
    return f"category {slug}"


def document_words(
    *, name: str, kana: str, slugs: Iterable[str], about: Sequence[str], places: Sequence[str]
) -> list[tuple[str, Weight]]:
    """Return (word, weight): A the name, its reading and where its words begin, B its categories, C `about`, D `places`."""
    found: list[tuple[str, Weight]] = [(word, "A") for word in _name_words(name, kana)]
    found += [(category_word(slug), "B") for slug in slugs]
    found += [(word, "C") for text in about for word in tokens(text)]
    found += [(word, "D") for text in places for word in tokens(text)]
    return found


def query_words(text: str, *, beside: Iterable[str] = ()) -> Query:
    """Return what to look for. A single word in kana may be the beginning of a name.

    `beside`: names of towns that were understood already. 「高松市 家賃」 asks for no window because 高松市 is its name.
    """
    plain = normalize(text, limit=1_000)
    found = tokens(text)[:MOST_WORDS]
    said = {word for name in beside for word in (*tokens(name), *tokens(name[:-1]))}
    telling = [word for word in found if word not in generic_words() and word not in said]
    joined = plain.replace(" ", "")
    prefixes = (joined,) if _SHORTEST_PREFIX <= len(joined) <= _LONGEST_PREFIX else ()
    return Query(tuple(telling or found), prefixes)


def _name_words(name: str, kana: str) -> list[str]:
    sounds = ["".join(piece.reading for piece in pieces) for pieces in _tails(name)]
    whole = [normalize(text).replace(" ", "") for text in (name, kana)]
    parts = [normalize(part) for part in kana.split()]
    return list(dict.fromkeys(word for word in (*tokens(name), *whole, *parts, *sounds) if word))


def _tails(name: str) -> list[list[Morpheme]]:
    """The name from each of its words on: somebody who types しえんせん means the 支援センター in the middle of it."""
    pieces = morphemes(name)
    return [pieces[start:] for start, piece in enumerate(pieces) if piece.is_content]
