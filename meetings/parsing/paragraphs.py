"""Words of one turn put together from lines: paragraphs kept, lines wrapped by a page joined again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from meetings.parsing.numbering import read_number
from meetings.parsing.source import Line
from meetings.parsing.words import words

_ENDS = "。．.」）)』】〕］]！!？?…:：;；|"
_OPENERS = "「（(『【〔［[＜<・○●◎■□◆◇※→⇒-－―*#"
_LONG = 20
_WRAPPED = 0.3
_OVERLAP = 8
_FRAGMENT = 12
# What is looked at of the words before a page ends.
_TAIL = 40
# How the rest of a sentence begins when its head was lost at the end of a page.
_TAILS = words(
    """
    ておりま ていま てい おりま います いたしま ります きます します ました ます でした です ません した った
    ある。 いる。 する。 なる。 こと を に へ が ら れ っ ん り る
    """
)
_WHOLE_ANSWERS = words(
    """
    はい いいえ 以上 よろしい ありがと お願い 了解 承知 そうです 異議 なし 賛成 失礼 これ それ 次に ただいま
    """
)


class Part(NamedTuple):
    """A stretch of a line that belongs to a turn; `after_gap` when blank lines or a page end come before it."""

    line: Line
    start: int
    end: int
    after_gap: bool

    @property
    def text(self) -> str:
        whole = self.line.text
        return whole if self.start == 0 and self.end >= len(whole) else whole[self.start : self.end].strip()


@dataclass(slots=True)
class Composed:
    """`overlaps` are (part, characters at its head that stood at the end of the page before already)."""

    text: str = ""
    joins: list[Part] = field(default_factory=list)
    overlaps: list[tuple[Part, int]] = field(default_factory=list)
    fragments: list[Part] = field(default_factory=list)


def width_of_wrap(lines: list[Line]) -> int:
    """The number of characters at which a page breaks its lines; 0 where lines are paragraphs."""
    lengths: Counter[int] = Counter()
    total = 0
    for line in lines:
        size = len(line.text)
        if size < _LONG - 4:
            continue
        size += min(line.indent, 4)
        if size < _LONG:
            continue
        total += 1
        if line.text[-1] not in _ENDS and size < 120:
            lengths[size] += 1
    if total < 6 or not lengths:
        return 0
    peak = max(lengths, key=lambda size: sum(lengths[size + step] for step in (-2, -1, 0, 1, 2)))
    around = sum(lengths[peak + step] for step in (-2, -1, 0, 1, 2))
    return peak if around >= total * _WRAPPED else 0


def gather(parts: Sequence[Part], wrap: int, *, breaks: str = "") -> Iterator[tuple[int, int, str]]:
    """Lines that only the edge of the page broke, put together again: the first part, the part after the last, the words."""
    if not wrap:
        for index, part in enumerate(parts):
            yield index, index + 1, _broken(part.text, breaks) if breaks else part.text
        return
    first, before = 0, ""
    texts: list[str] = []
    for index, part in enumerate(parts):
        whole = part.text
        text = _broken(whole, breaks) if breaks else whole
        if texts:
            if not part.after_gap and _is_wrapped(parts[index - 1], before, part, whole, wrap):
                texts.append(_seam(before, text) + text)
                before = whole
                continue
            yield first, index, "".join(texts)
        first, texts, before = index, [text], whole
    if texts:
        yield first, len(parts), "".join(texts)


def stretches(parts: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Places of the parts in the source; lines with nothing but a line end between them are one stretch."""
    first = end = -1
    for part in parts:
        start = part.line.start + part.start
        if start != end + 1 or end < 0:
            if end >= 0:
                yield first, end
            first = start
        end = min(part.line.start + part.end, part.line.end)
    if end >= 0:
        yield first, end


def compose(parts: Sequence[Part], wrap: int, *, breaks: str = "") -> Composed:
    composed = Composed()
    previous: Part | None = None
    before = ""
    texts: list[str] = []
    for first, end, text in gather(parts, wrap, breaks=breaks):
        part = parts[first]
        if previous is None:
            texts.append(text)
            before = text
        elif not part.after_gap:
            texts.append("\n")
            texts.append(text)
            before = text
        elif _runs_over(previous, before, part, text):
            again = _overlap(before, text)
            if again:
                composed.overlaps.append((part, again))
            composed.joins.append(part)
            texts.append(text[again:])
            before = (before + text)[-_TAIL:]
        else:
            if _is_fragment(text):
                composed.fragments.append(part)
            texts.append("\n\n")
            texts.append(text)
            before = text
        previous = parts[end - 1]
    composed.text = "".join(texts).strip()
    return composed


def _broken(text: str, breaks: str) -> str:
    if breaks not in text:
        return text
    return "\n".join(piece.strip() for piece in text.split(breaks)).strip("\n")


def _runs_over(previous: Part, before: str, part: Part, after: str) -> bool:
    """A sentence cut by the end of a page; `before` and `after` are the paragraphs on both sides, however they are wrapped."""
    if len(before) < _LONG or not after or before[-1] in _ENDS:
        return False
    if after[0] in _OPENERS or part.line.text[:1] in _OPENERS or read_number(after) is not None:
        return False
    return (
        part.start == 0
        and (part.line.indent == 0 or part.line.indent == previous.line.indent)
        and "。" in after
    )


def _is_wrapped(previous: Part, before: str, part: Part, after: str, wrap: int) -> bool:
    if before[-1:] in ("。", "") or after[:1] in "・○●◎■□◆◇※→⇒":
        return False
    size = len(previous.line.text) + min(previous.line.indent, 4)
    return size >= wrap - 3 and previous.end == len(previous.line.text) and part.start == 0


def _seam(before: str, after: str) -> str:
    """Words in Latin letters keep the space that the end of the line stood for."""
    return (
        " "
        if before[-1:].isascii() and before[-1:].isalnum() and after[:1].isascii() and after[:1].isalnum()
        else ""
    )


def _overlap(before: str, after: str) -> int:
    for length in range(min(_OVERLAP, len(before), len(after)), 0, -1):
        if before.endswith(after[:length]):
            return length
    return 0


def _is_fragment(text: str) -> bool:
    return len(text) < _FRAGMENT and text.startswith(_TAILS) and not text.startswith(_WHOLE_ANSWERS)
