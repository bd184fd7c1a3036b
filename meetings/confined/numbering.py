"""The numbers that Word puts before paragraphs. They stand nowhere in the text, yet people cite them: 「(2) の説明」."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

BULLET = "・"
_KANJI = "〇一二三四五六七八九"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    text = "c" * (number // 100) + ("xc" if number % 100 >= 90 else "l" if number % 100 >= 50 else "")
    rest = number % 100 - (90 if number % 100 >= 90 else 50 if number % 100 >= 50 else 0)
    for value, letters in _ROMAN:
        text, rest = text + letters * (rest // value), rest % value
    return text


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _kanji(number: int) -> str:
    if number >= 100:
        return "".join(_KANJI[int(digit)] for digit in str(number))
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else _KANJI[tens] + "十") + (_KANJI[ones] if ones else "")


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def _of(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)]


def _half_width(signs: str) -> Callable[[int], str]:
    return _of(signs)  # half-width kana are written in full width: they are read, not counted


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalZero": lambda number: f"{number:02}",
    "decimalEnclosedParen": lambda number: chr(0x2474 + number - 1) if 1 <= number <= 20 else f"({number})",
    "aiueo": _half_width(_AIUEO),
    "aiueoFullWidth": _of(_AIUEO),
    "iroha": _half_width(_IROHA),
    "irohaFullWidth": _of(_IROHA),
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "japaneseCounting": _kanji,
    "japaneseDigitalTenThousand": _kanji,
    "chineseCounting": _kanji,
    "taiwaneseCountingThousand": _kanji,
}


@dataclass(slots=True)
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1
    after: str = "tab"


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    shared: str = ""  # lists of the same definition go on counting together
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    def __init__(self, document: Document) -> None:
        self._lists = _lists(document)
        self._styles = _numbered_styles(document)
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def label(self, paragraph: Any) -> str:
        """What Word shows before the paragraph, with a space after it; empty for most."""
        number, depth = self._place(paragraph)
        wanted = self._lists.get(number)
        level = wanted.levels.get(depth) if wanted else None
        if wanted is None or level is None or level.form == "none":
            return ""
        if level.form == "bullet":
            return f"{_bullet(level.text)} "
        counts = self._count(number, wanted, depth)
        text = level.text
        for each in range(depth + 1):
            shown = wanted.levels.get(each, _Level())
            text = text.replace(f"%{each + 1}", _written(shown.form, counts.get(each, shown.start)))
        return text + ("" if level.after == "nothing" else " ") if text.strip() else ""

    def _place(self, paragraph: Any) -> tuple[str, int]:
        """(list, level), from the paragraph or from its style."""
        properties = paragraph.find(qn("w:pPr"))
        if properties is None:
            return "", 0
        style = properties.find(qn("w:pStyle"))
        inherited = self._styles.get(style.get(qn("w:val")) if style is not None else "", ("", 0))
        own = properties.find(qn("w:numPr"))
        if own is None:
            return inherited
        return _value(own, "w:numId", inherited[0]), int(_value(own, "w:ilvl", str(inherited[1])))

    def _count(self, number: str, wanted: _List, depth: int) -> dict[int, int]:
        counts = self._counts.setdefault(wanted.shared, {})
        if number not in self._begun:
            self._begun.add(number)
            for level in wanted.starts:  # a list that begins anew in the midst of its definition
                counts.pop(level, None)
        start = wanted.starts.get(depth, wanted.levels[depth].start)
        counts[depth] = counts[depth] + 1 if depth in counts else start
        for deeper in [each for each in counts if each > depth]:
            del counts[deeper]
        return counts


def _written(form: str, number: int) -> str:
    write = _FORMATS.get(form)
    return write(number) if write and number > 0 else str(number)


def _bullet(text: str) -> str:
    """Bullets of fonts of symbols have no character of their own."""
    return text if text.strip() and all(ord(sign) < 0xE000 for sign in text) else BULLET


def _value(parent: Any, name: str, otherwise: str) -> str:
    node = parent.find(qn(name)) if parent is not None else None
    return otherwise if node is None else node.get(qn("w:val"), otherwise)


def _lists(document: Document) -> dict[str, _List]:
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):  # python-docx's ways to say that there is none
        return {}
    abstract = {
        each.get(qn("w:abstractNumId")): {
            int(level.get(qn("w:ilvl"), "0")): _level(level) for level in each.findall(qn("w:lvl"))
        }
        for each in root.findall(qn("w:abstractNum"))
    }
    found = {}
    for each in root.findall(qn("w:num")):
        shared = _value(each, "w:abstractNumId", "")
        made = _List(dict(abstract.get(shared, {})), shared)
        for override in each.findall(qn("w:lvlOverride")):
            depth = int(override.get(qn("w:ilvl"), "0"))
            level = override.find(qn("w:lvl"))
            if level is not None:
                made.levels[depth] = _level(level)
            if override.find(qn("w:startOverride")) is not None:
                made.starts[depth] = int(_value(override, "w:startOverride", "1"))
        found[each.get(qn("w:numId"))] = made
    return found


def _level(level: Any) -> _Level:
    return _Level(
        form=_value(level, "w:numFmt", "decimal"),
        text=_value(level, "w:lvlText", ""),
        start=int(_value(level, "w:start", "1")),
        after=_value(level, "w:suff", "tab"),
    )


def _numbered_styles(document: Document) -> dict[str, tuple[str, int]]:
    found = {}
    for style in document.styles.element.findall(qn("w:style")):
        numbers = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if numbers is not None:
            place = _value(numbers, "w:numId", ""), int(_value(numbers, "w:ilvl", "0"))
            found[style.get(qn("w:styleId"), "")] = place
    return found
