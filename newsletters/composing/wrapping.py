"""Lines of a Japanese mail: none longer than 38 full-width characters, none that begins or ends where it must not."""

import re
import unicodedata

WIDTH = 38  # full-width characters
# 行頭禁則 and 行末禁則: what never begins a line, what never ends one.
_NEVER_FIRST = frozenset(
    "、。，．・：；？！ー々ゝゞヽヾ゛゜ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
    "）］｝〕〉》」』】〙〗〟’”｠»‐゠–〜～‼⁇⁈⁉…‥,.:;?!)]}%％℃°"
    "｡､･ｰﾞﾟ｣ｧｨｩｪｫｬｭｮｯ"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝‘“｟«｢([{¥￥＄$№＃")
# An English word, an address or a number stays whole; signs that belong to the one before stay with it.
_MARKS = "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff"
_PIECE = re.compile(rf"[!-~]+|\s|\S(?:[{_MARKS}]|\u200d\S)*")
_WIDE = {"F", "W", "A"}


def width_of(text: str) -> int:
    """In halves: a full-width character counts 2. What mail programs may show either way counts as wide."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def wrap(text: str, *, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """Lines of `text`; the first begins with `first`, the others with `rest` (an indent)."""
    room = 2 * width - max(width_of(first), width_of(rest))
    lines: list[list[str]] = []
    line: list[str] = []
    used = 0
    for piece in _pieces(text, room):
        size = width_of(piece)
        if used + size > room and line:
            cut = _cut(line, piece)
            lines.append(line[:cut])
            line = _without_spaces_before(line[cut:])
            used = sum(map(width_of, line))
            if used + size > room and line:
                # What was carried over leaves no room: a row of signs that must not begin a line.
                lines.append(line)
                line, used = [], 0
        if piece != " " or line or not lines:
            line.append(piece)
            used += size
    lines.append(line)
    words = ["".join(each).rstrip() for each in lines]
    return [f"{rest if number else first}{each}" for number, each in enumerate(words)]


def _pieces(text: str, room: int) -> list[str]:
    found = []
    for piece in _PIECE.findall(text):
        if piece.isascii() and len(piece) > room:
            found += [piece[start : start + room] for start in range(0, len(piece), room)]
        else:
            found.append(piece)
    return found


def _cut(line: list[str], following: str) -> int:
    """Before which piece the line ends; after the last one where there is no better place."""
    after = following
    for number in range(len(line), 0, -1):
        before = line[number - 1]
        if after[0] not in _NEVER_FIRST and before[-1] not in _NEVER_LAST:
            return number
        after = before
    return len(line)


def _without_spaces_before(line: list[str]) -> list[str]:
    start = 0
    while start < len(line) and line[start] == " ":
        start += 1
    return line[start:]
