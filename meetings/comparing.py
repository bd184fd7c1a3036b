"""Two texts beside each other, word by word."""

import difflib
import re
from dataclasses import dataclass

# Runs of one script are as near to words as a comparison needs; in kanji every character stands for itself.
_PIECES = re.compile(r"[ぁ-ゖー]+|[ァ-ヺー]+|[A-Za-z0-9Ａ-Ｚａ-ｚ０-９]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。\n]*[。\n]?")
MOST_PIECES = 3000  # beyond it sentences are compared: time grows with the square


@dataclass(frozen=True, slots=True)
class Part:
    """`kind`: "same", "del" or "ins"."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    before: list[Part]
    after: list[Part]

    @property
    def is_same(self) -> bool:
        return all(part.kind == "same" for part in (*self.before, *self.after))


def compare(before: str, after: str) -> Comparison:
    """What went marked on one side, what came on the other."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > MOST_PIECES:
        old = [piece for piece in _SENTENCES.findall(before) if piece]
        new = [piece for piece in _SENTENCES.findall(after) if piece]
    left: list[Part] = []
    right: list[Part] = []
    matcher = difflib.SequenceMatcher(a=old, b=new, autojunk=False)
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        if operation == "equal":
            left.append(Part("same", gone))
            right.append(Part("same", come))
            continue
        if gone:
            left.append(Part("del", gone))
        if come:
            right.append(Part("ins", come))
    return Comparison(left, right)
