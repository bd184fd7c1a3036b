"""What an editor writes, taken apart: headings, paragraphs, lists, rules, and blocks that fill themselves.

A small part of Markdown, read line by line. Unlike the real one it knows Japanese: 「**太字**です」 is bold although no
space stands beside the marks, and 「・」 begins an item. Nothing that anybody writes fails here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from newsletters.content import TOKEN_MARK

SCHEMES = ("https", "http", "mailto", "tel")
_JOINERS = "\u200c\u200d"
_SPACE = " \t\u3000"
_HEADING = re.compile(rf"[#＃]{{1,6}}[{_SPACE}]+(\S.*)")
_ITEM = re.compile(
    rf"([{_SPACE}]*)(?:[-*+][{_SPACE}]+|・[{_SPACE}]*|([0-9０-９]{{1,3}})[.．)）][{_SPACE}]+)(\S.*)"
)
_RULE = re.compile(rf"(?:[-*_][{_SPACE}]*){{3,}}|[━─―＝=＿＊※◇◆…‥ー－*_-]{{5,}}")
_FILL = re.compile(r"(?:\{\{|｛｛)([^{}｛｝]*)(?:\}\}|｝｝)")
_INLINE = re.compile(
    r"(?P<bold>\*\*)"
    r"|\[(?P<words>[^\[\]]{1,300})\]\([ ]*(?P<address>[^\s()<>]{0,1000}(?:\([^\s()<>]{0,300}\)[^\s()<>]{0,1000})?)[ ]*\)"
    r"|<(?P<closed>(?:https?://|mailto:|tel:)[^\s<>]{1,2000})>"
    r"|(?P<bare>https?://[!#-;=?-~]{1,2000})"
)
_ENDS_NO_ADDRESS = ".,;:!?'\"*)]}"


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look. `address`: where they lead, as it was written; see `is_address`."""

    text: str
    is_bold: bool = False
    address: str = ""


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int  # from 1
    runs: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    lines: tuple[Line, ...]


@dataclass(slots=True)
class Item:
    """`number`: as it was written, None for a dot."""

    number: int | None
    lines: list[Line]
    inner: "list[Item]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    pass


@dataclass(frozen=True, slots=True)
class Fill:
    """A block that fills itself. `words`: between its braces."""

    words: str
    number: int = 0  # of its line, from 1


Block = Heading | Paragraph | Items | Rule | Fill


def tidy(text: str) -> str:
    """Without what nobody sees and what is ours; the letters stay as they are. Line ends become \\n.

    Never NFC or NFKC: they write other letters for 神 or ㈱, and names are not ours to change.
    """
    lines = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text).replace("\t", " ")
    seen = "".join(each for each in lines if each == "\n" or each in _JOINERS or _is_seen(each))
    return without_mark(seen)


def without_mark(text: str) -> str:
    """The mark stands in the footer alone, where the page to leave is."""
    while TOKEN_MARK in text:
        text = text.replace(TOKEN_MARK, "")
    return text


def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def is_address(address: str) -> bool:
    """Whether it may become a link. What cannot is shown in words alone."""
    try:
        parts = urlsplit(address)
        if parts.scheme in {"http", "https"}:
            return bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.path)


def parse(body: str) -> list[Block]:
    return _ranked(list(_Parser(tidy(body)).blocks()))


def fills_in(blocks: list[Block]) -> list[Fill]:
    return [block for block in blocks if isinstance(block, Fill)]


def lines_of(block: Block) -> Iterator[Line]:
    """Every line of words in it, in order."""
    if isinstance(block, Heading):
        yield block.runs
    elif isinstance(block, Paragraph):
        yield from block.lines
    elif isinstance(block, Items):
        for item in block.items:
            yield from item.lines
            for inner in item.inner:
                yield from inner.lines


class _Parser:
    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.paragraph: list[Line] = []
        self.items: list[Item] = []

    def blocks(self) -> Iterator[Block]:
        for number, line in enumerate(self.lines, 1):
            bare = line.strip(_SPACE)
            if not bare:
                yield from self._close()
            elif found := _HEADING.fullmatch(bare):
                yield from self._close()
                level = len(bare) - len(bare.lstrip("#＃"))
                yield Heading(level, read_line(found[1]))
            elif _RULE.fullmatch(bare):
                yield from self._close()
                yield Rule()
            elif found := _FILL.fullmatch(bare):
                yield from self._close()
                yield Fill(found[1].strip(), number)
            else:
                yield from self._take(line.rstrip(_SPACE))
        yield from self._close()

    def _take(self, line: str) -> Iterator[Block]:
        found = _ITEM.fullmatch(line)
        if found is None:
            if self.items and line[0] in _SPACE:
                self._last().lines.append(read_line(line.strip(_SPACE)))
                return
            if self.items:
                yield from self._close()
            self.paragraph.append(read_line(line.lstrip(" ")))
            return
        if self.paragraph:
            yield from self._close()
        number = int(unicodedata.normalize("NFKC", found[2])) if found[2] else None
        item = Item(number, [read_line(found[3])])
        is_inner = self.items and len(found[1].replace("\u3000", "  ")) >= 2
        (self.items[-1].inner if is_inner else self.items).append(item)

    def _last(self) -> Item:
        outer = self.items[-1]
        return outer.inner[-1] if outer.inner else outer

    def _close(self) -> Iterator[Block]:
        if self.paragraph:
            yield Paragraph(tuple(self.paragraph))
        if self.items:
            yield Items(tuple(self.items))
        self.paragraph, self.items = [], []


def _ranked(blocks: list[Block]) -> list[Block]:
    """The highest heading that is used becomes 1, the next 2: no gap for those who hear the page."""
    levels = sorted({block.level for block in blocks if isinstance(block, Heading)})
    return [
        Heading(levels.index(block.level) + 1, block.runs) if isinstance(block, Heading) else block
        for block in blocks
    ]


def read_line(text: str) -> Line:
    """Bold and links in one line. A mark without its partner stays what it is."""
    marks = sum(found.lastgroup == "bold" for found in _INLINE.finditer(text))
    pairs = marks - marks % 2
    runs: list[Run] = []
    is_bold, at, met = False, 0, 0
    for found in _INLINE.finditer(text):
        if found.lastgroup == "bold":
            met += 1
            if met > pairs:
                continue
            runs.append(Run(text[at : found.start()], is_bold))
            is_bold, at = not is_bold, found.end()
            continue
        runs.append(Run(text[at : found.start()], is_bold))
        words, address, at = _link_of(found)
        runs.append(Run(words.replace("**", ""), is_bold or "**" in words, address))
    runs.append(Run(text[at:], is_bold))
    return tuple(run for run in runs if run.text)


def _link_of(found: re.Match[str]) -> tuple[str, str, int]:
    """(words, address, where it ends). The full stop after a bare address is none of it."""
    if found["words"]:
        return found["words"], found["address"], found.end()
    if found["closed"]:
        return found["closed"], found["closed"], found.end()
    address = found["bare"].rstrip(_ENDS_NO_ADDRESS)
    return address, address, found.start() + len(address)
