"""The text part of a mail, made first: a Japanese メルマガ that is complete without the other part.

Addresses stand on lines of their own, so that every mail program finds where they begin and end.
"""

import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from newsletters.composing.source import (
    Block,
    Heading,
    Item,
    Items,
    Line,
    Paragraph,
    Rule,
    is_address,
    without_mark,
)
from newsletters.composing.wrapping import width_of, wrap

RULED = 20  # full-width characters of a ruled line: what a telephone shows without breaking it
STRONG, LIGHT = "━" * RULED, "─" * RULED
# What looks like HTML has no place in a text; somebody pasted it.
_TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>|<!--[^\n]*?-->|<![a-zA-Z][^<>\n]*>")
_SIGNS = {2: "◆ ", 3: "▼ "}


def render_text(blocks: Sequence[Block]) -> str:
    """Ends with a line end. No line is longer than 35 full-width characters, except for an address."""
    pieces = ["\n".join(_lines_of(block)) for block in blocks]
    text = "\n\n".join(piece for piece in pieces if piece)
    return f"{text}\n" if text else ""


def without_tags(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _TAG.sub("", text)
    return text


def _lines_of(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from _heading(block)
    elif isinstance(block, Paragraph):
        for line in block.lines:
            yield from _line(line)
    elif isinstance(block, Items):
        for item in block.items:
            yield from _item(item, "")
    elif isinstance(block, Rule):
        yield LIGHT
    else:  # a block that nobody knows: the editor is told of it
        yield from wrap(_plain(f"{{{{{block.words}}}}}"))


def _heading(block: Heading) -> Iterator[str]:
    if block.level == 1:
        yield STRONG
    sign = "■ " if block.level == 1 else _SIGNS.get(block.level, "・ ")
    yield from _line(block.runs, first=sign, rest=" " * width_of(sign))
    if block.level == 1:
        yield STRONG


def _item(item: Item, indent: str) -> Iterator[str]:
    sign = "・" if item.number is None else f"{item.number}. "
    rest = indent + " " * width_of(sign)
    addresses: list[str] = []
    for number, line in enumerate(item.lines):
        yield from _line(line, first=rest if number else indent + sign, rest=rest, later=addresses)
    yield from (rest + address for address in dict.fromkeys(addresses))
    for inner in item.inner:
        yield from _item(inner, rest)


def _line(line: Line, *, first: str = "", rest: str = "", later: list[str] | None = None) -> Iterator[str]:
    """One line as it was written. Its addresses follow it; `later`: they are collected there instead."""
    addresses: list[str] = []
    words, start, is_said = "", first, False
    for run in line:
        if run.address == run.text and is_address(run.address) and run.address.startswith("http"):
            if _plain(words):
                yield from wrap(_plain(words), first=start, rest=rest)
                start = rest
            yield start + run.address
            start, words, is_said = rest, "", True
            continue
        words += run.text
        if run.address and is_address(run.address):
            if run.address.startswith("http"):
                addresses.append(run.address)
            else:
                words += _reached_by(run.address, run.text)
    if _plain(words) or not is_said:
        yield from wrap(_plain(words), first=start, rest=rest)
    if later is None:
        yield from (rest + address for address in dict.fromkeys(addresses))
    else:
        later += addresses


def _reached_by(address: str, words: str) -> str:
    """What a mail address or a number is, where the words do not say it."""
    reached = unquote(address.partition(":")[2].partition("?")[0])
    return "" if reached in words else f"（{reached}）"


def _plain(words: str) -> str:
    return without_mark(without_tags(words)).replace("\n", " ").rstrip()
