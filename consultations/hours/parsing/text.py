"""Text as offices type it, made uniform character by character, so that every piece can be traced back."""

import re
import unicodedata
from dataclasses import dataclass

# NFKC leaves these alone; all of them are typed between two times or two weekdays.
_DASHES = dict.fromkeys("〜∼˜−–—―‐‑‒→⇒", "~")
_SINGLE = {**_DASHES, "､": "、", "，": "、", "｡": "。", "．": ".", "\u3000": " ", "\t": " ", "\xa0": " "}
# A long vowel mark in a word (センター) is none of our business; after a time or weekday it is a dash.
_VOWEL_MARK_AS_DASH = re.compile(r"(?<=[0-9時分曜半月火水木金土日)])ー(?=\s*[0-9午翌正月火水木金土日])")


@dataclass(frozen=True)
class UniformText:
    """`text` is for reading; `original` is what was typed; `origins[i]` is where text[i] came from."""

    text: str
    original: str
    origins: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """The original wording of text[start:end]."""
        if start >= end:
            return ""
        return self.original[self.origins[start] : self.origins[end - 1] + 1].strip()


def make_uniform(original: str) -> UniformText:
    characters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(original):
        for piece in _SINGLE.get(character) or unicodedata.normalize("NFKC", character):
            uniform = _SINGLE.get(piece, piece)
            if uniform.isspace() and characters and characters[-1].isspace():
                continue  # one blank is enough, and patterns need not look past thousands
            characters.append(uniform)
            origins.append(index)
    return UniformText(_VOWEL_MARK_AS_DASH.sub("~", "".join(characters)), original, tuple(origins))
