"""Words of a Japanese text, in one spelling each (Sudachi, core dictionary).

ひきこもり, 引きこもり and 引籠り come out as one token. Where Sudachi's dictionary does not know a word of this field
(mostly loan words and compounds in children's hiragana), `synonyms.tsv` puts the usual spelling in its place first.
"""

import csv
import itertools
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import sudachipy

from platform_portal.japanese.text import MAX_LENGTH, kana, normalize, normalize_width

# Sudachi refuses more than 49,149 bytes a call; a character has at most four.
CHUNK_LENGTH = 10_000
_SHORT_KANA = 4
_SHORTEST_COMPOUND = 3
# What Sudachi gives as the reading of signs.
_NO_READING = "キゴウ"

_CONTENT = {"名詞", "動詞", "形容詞", "形状詞"}
# Verbs and nouns that carry grammar, not matter. Normalised forms.
_STOP = """
    為る 居る 成る 有る 在る 出来る 遣る 仕舞う 呉れる 貰う 頂く 下さる 来る 行く 見る 置く 言う 思う 出す 無い 良い 回
    様 事 物 者 所 時 為 訳 筈 方 こと もの ため よう とき ところ そう もん やつ くださる ください ござる 御座る
"""
_CONTENT_STOP = frozenset(normalize(word) for word in _STOP.split())
_DIGITS_KEPT = 3

_dictionary_lock = threading.Lock()
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Morpheme:
    """One piece of a text. `surface` as written (width and case folded), `normal` the one spelling, `base` the
    dictionary form as written, `reading` in hiragana, `pos` Sudachi's part of speech, `parts` the short units inside,
    `is_known` whether the dictionary has it."""

    surface: str
    normal: str
    base: str
    reading: str
    pos: tuple[str, ...]
    parts: tuple["Morpheme", ...] = ()
    is_known: bool = True

    @property
    def is_content(self) -> bool:
        """A noun, verb or adjective that carries meaning of its own (numbers only from three digits: 110, 188)."""
        if self.pos[0] == "補助記号":
            # Rare kanji and scripts that the dictionary does not cover (Hangul, Thai) land here.
            return any(map(str.isalpha, self.surface))
        if self.pos[0] not in _CONTENT or self.normal in _CONTENT_STOP:
            return False
        if self.pos[1] == "数詞":
            return len(self.surface) >= _DIGITS_KEPT
        return not (len(self.normal) == 1 and _is_kana(self.normal))

    @property
    def is_person_name(self) -> bool:
        return self.pos[:3] == ("名詞", "固有名詞", "人名")


def likely_people(text: str) -> list[str]:
    """Family names followed by a given name or a form of address, sorted; as `surface` writes them."""
    pieces = morphemes(text)
    found = {
        one.surface + other.surface
        for one, other in itertools.pairwise(pieces)
        if one.is_person_name and (other.is_person_name or other.surface in {"さん", "氏", "様"})
    }
    return sorted(found)


def tokens(text: str) -> list[str]:
    """Return the distinct content words of `text` in order of appearance, normalised, compounds also in their parts.

    No particles, no grammar words. Never raises; reads at most `MAX_LENGTH` characters.
    """
    found: dict[str, None] = {}
    for morpheme in morphemes(text):
        if morpheme.is_content:
            found.setdefault(morpheme.normal)
            # One character out of a compound (市, 者) would match nearly everything.
            found.update(
                (part.normal, None) for part in morpheme.parts if part.is_content and len(part.surface) > 1
            )
    return list(found)


def whole_words(text: str) -> list[str]:
    """Return the same words without the parts of compounds: where a compound stands, its parts stand as well."""
    return list(dict.fromkeys(morpheme.normal for morpheme in morphemes(text) if morpheme.is_content))


def morphemes(text: str) -> list[Morpheme]:
    """Split `text` into all its pieces (mode C, parts from modes B and A), spaces left out. Never raises."""
    plain = _usual_spelling(normalize_width(text, limit=MAX_LENGTH))
    return [morpheme for chunk in _chunks(plain) for morpheme in _analyse(chunk)]


def _analyse(chunk: str) -> list[Morpheme]:
    try:
        return [
            _morpheme(raw, with_parts=True) for raw in _tokenizer().tokenize(chunk) if raw.surface().strip()
        ]
    except sudachipy.errors.SudachiError:
        # Better found by its plain words than not at all.
        return [_plain_word(word) for word in chunk.split()]


def _morpheme(raw: Any, *, with_parts: bool = False) -> Morpheme:
    surface = raw.surface()
    pos = raw.part_of_speech()
    reading = raw.reading_form()
    return Morpheme(
        surface=surface,
        normal=_folded(raw.normalized_form()) or surface,
        base=raw.dictionary_form(),
        reading=kana(reading if reading and reading != _NO_READING else surface),
        pos=tuple(pos),
        is_known=not raw.is_oov(),
        parts=_parts(raw) if with_parts and len(surface) >= _SHORTEST_COMPOUND and pos[0] == "名詞" else (),
    )


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return normalize(word)


def _parts(raw: Any) -> tuple[Morpheme, ...]:
    parts = {}
    for mode in (sudachipy.SplitMode.B, sudachipy.SplitMode.A):
        for part in raw.split(mode, add_single=False):
            parts[part.begin(), part.end()] = _morpheme(part)
    return tuple(parts.values())


def _plain_word(word: str) -> Morpheme:
    return Morpheme(word, normalize(word), word, kana(word), ("名詞", "普通名詞", "一般", "*", "*", "*"))


def _chunks(text: str) -> Iterator[str]:
    """Cut at sentence ends or spaces where there are any, so that words stay whole."""
    start = 0
    while start < len(text):
        end = start + CHUNK_LENGTH
        if end < len(text):
            cut = max(text.rfind(mark, start, end) for mark in "。 、\n")
            end = cut + 1 if cut > start else end
        yield text[start:end]
        start = end


def _tokenizer() -> Any:
    """A tokenizer of this thread's own (Sudachi forbids sharing one) over the one dictionary of the process."""
    if not hasattr(_local, "tokenizer"):
        with _dictionary_lock:
            dictionary = _dictionary()
        _local.tokenizer = dictionary.tokenizer(mode=sudachipy.SplitMode.C)
    return _local.tokenizer


@cache
def _dictionary() -> Any:
    return sudachipy.Dictionary(dict="core")


def _usual_spelling(text: str) -> str:
    """Replace the spellings of `synonyms.tsv` in width-folded `text`."""
    pattern, standards = _spellings()
    # Folding kana keeps positions, so what matches in the folded text is cut out of the other.
    pieces, end = [], 0
    for match in pattern.finditer(kana(text)):
        pieces += [text[end : match.start()], standards[match.group()]]
        end = match.end()
    return "".join([*pieces, text[end:]])


@cache
def _spellings() -> tuple[re.Pattern[str], dict[str, str]]:
    standards = {normalize(written): standard for written, standard in _synonym_rows()}
    longest_first = sorted(standards, key=len, reverse=True)
    return re.compile("|".join(map(_spelling_pattern, longest_first))), standards


def _spelling_pattern(written: str) -> str:
    """A short kana word counts only where a word can begin: びざ is a visa, くびざ is not."""
    if len(written) < _SHORT_KANA and _is_kana(written):
        return rf"(?<![ぁ-ゖー]){written}"
    if re.fullmatch(r"[a-z ]+", written):
        return rf"\b{written}\b"
    return re.escape(written)


@cache
def _synonym_rows() -> list[tuple[str, str]]:
    path = Path(__file__).with_name("synonyms.tsv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return [(row["written"], row["standard"]) for row in rows]


def _is_kana(text: str) -> bool:
    return re.fullmatch(r"[ぁ-ゖァ-ヺーゝゞ]+", text) is not None
