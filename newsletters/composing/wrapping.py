"""Lines of a Japanese mail: none longer than 35 full-width characters, none that begins or ends where it must not, and
no last line that holds but the end of a word (「す。」)."""

import re
import unicodedata

WIDTH = 35  # full-width characters, as newsletters in Japanese are written
# A last line of so many characters or fewer gets more from the line before: up to so many where a word begins there,
# else one more.
_TOO_FEW, _MOST = 2, 10
# 行頭禁則 and 行末禁則: what never begins a line, what never ends one.
_NEVER_FIRST = frozenset(
    "、。，．・：；？！ー々ゝゞヽヾ゛゜ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
    "）］｝〕〉》」』】〙〗〟’”｠»‐゠–〜～‼⁇⁈⁉…‥,.:;?!)]}%％℃°"
    "｡､･ｰﾞﾟ｣ｧｨｩｪｫｬｭｮｯ"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝‘“｟«｢([{¥￥＄$№＃")
# An English word, an address or a number stays whole; signs that belong to the one before stay with it.
_MARKS = "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef\U0001f3fb-\U0001f3ff"
_PIECE = re.compile(rf"[!-~]+|\s|[―—]{{2}}|\S(?:[{_MARKS}]|\u200d\S)*")
_ENDS_OF_WORDS = frozenset("、。，．！？」』）｝］・ ")
_KANA = re.compile("[\u3041-\u309f]")  # hiragana
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
    pieces = _pieces(text, room)
    starts = _starts(pieces, room)
    if len(starts) > 1:
        starts[-1] = _start_of_the_last(pieces, starts, room)
    ends = [*starts[1:], len(pieces)]
    words = ["".join(pieces[start:end]).rstrip() for start, end in zip(starts, ends, strict=True)]
    return [f"{rest if number else first}{each}" for number, each in enumerate(words)]


def _starts(pieces: list[str], room: int) -> list[int]:
    """With which piece each line begins. No line but the first begins with a space."""
    starts = [0]
    used = 0
    for number, piece in enumerate(pieces):
        size = width_of(piece)
        if used + size > room and number > starts[-1]:
            start = _cut(pieces, starts[-1], number)
            while start < number and pieces[start] == " ":
                start += 1
            used = sum(map(width_of, pieces[start:number]))
            if used + size > room and start < number:
                # What was carried over leaves no room: a row of signs that must not begin a line.
                starts.append(start)
                start, used = number, 0
            starts.append(start)
        if piece == " " and len(starts) > 1 and number == starts[-1]:
            starts[-1] += 1
        else:
            used += size
    return starts[:-1] if len(starts) > 1 and starts[-1] == len(pieces) else starts


def _pieces(text: str, room: int) -> list[str]:
    found = []
    for piece in _PIECE.findall(text):
        if piece.isascii() and len(piece) > room:
            found += [piece[start : start + room] for start in range(0, len(piece), room)]
        else:
            found.append(piece)
    return found


def _cut(pieces: list[str], start: int, number: int) -> int:
    """Before which piece the line from `start` ends; before `number`, which has no room, if there is no better place."""
    for each in range(number, start, -1):
        if _may_part(pieces[each - 1], pieces[each]):
            return each
    return number


def _may_part(before: str, after: str) -> bool:
    return after[0] not in _NEVER_FIRST and before[-1] not in _NEVER_LAST


def _start_of_the_last(pieces: list[str], starts: list[int], room: int) -> int:
    """Where it begins now, or earlier, when it would be too short to stand alone."""
    found = starts[-1]
    used = sum(map(width_of, pieces[found:]))
    if used > 2 * _TOO_FEW:
        return found
    for number in range(starts[-1] - 1, starts[-2], -1):
        used += width_of(pieces[number])
        if used > min(room, 2 * _MOST):
            break
        before, after = pieces[number - 1], pieces[number]
        if used <= 2 * _TOO_FEW or after == " " or not _may_part(before, after):
            continue
        if _begins_a_word(before, after):
            return number
        if found == starts[-1]:
            found = number
    return found


def _begins_a_word(before: str, after: str) -> bool:
    """After a sign or a space; or where a word in kanji follows on kana, as most words do."""
    is_kana = _KANA.fullmatch(before[-1]) is not None
    return before[-1] in _ENDS_OF_WORDS or (is_kana and not _KANA.match(after))
