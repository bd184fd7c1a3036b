"""Whole numbers as people write them: 1,234,567, ３５万, 12万3,456, 三十五万, 1.5億, 350千. Nothing is rounded or guessed."""

import re

_WIDE = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_KANJI = "〇零一二三四五六七八九壱弐参"
# One sign for one sign, and no more: NFKC would make 5² to 52.
_PLAIN = str.maketrans({**_WIDE, "　": " ", "、": ",", "￥": "¥"})
_DIGITS = str.maketrans(f"{_KANJI}拾萬", "00123456789123十万")
_MIXED = re.compile(rf"[0-9][{_KANJI}]|[{_KANJI}][0-9]")
_SPACE_BETWEEN_THOUSANDS = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
_SPACES_BESIDE_WORDS = re.compile(r"(?<![0-9])\s+|\s+(?![0-9])")
_FIGURE = r"[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+"
_WHOLE = re.compile(_FIGURE)
_OF_A_UNIT = re.compile(
    rf"(?P<whole>{_FIGURE})(?:\.(?P<part>[0-9]{{1,8}}))?(?P<unit>千|百万|千万|万|億|百億|千億)"
)
_UNITS = {
    "千": 10**3,
    "万": 10**4,
    "百万": 10**6,
    "千万": 10**7,
    "億": 10**8,
    "百億": 10**10,
    "千億": 10**11,
}
_GROUPS = re.compile(r"(?:(?P<upper>[^億万]+)億)?(?:(?P<middle>[^億万]+)万)?(?P<lower>[^億万]+)?")
_MYRIAD = 10**4
# 2千3百4十5; a place without a digit counts once, as in 十五.
_SMALL = re.compile(r"(?:([1-9]?)千)?(?:([1-9]?)百)?(?:([1-9]?)十)?([1-9]?)")


def plain(text: str) -> str:
    """Wide signs narrow, white space out; between digits a space stays unless it divides thousands."""
    narrow = _SPACES_BESIDE_WORDS.sub("", text.translate(_PLAIN))
    return _SPACE_BETWEEN_THOUSANDS.sub(",", narrow)


def read_number(text: str) -> int:
    """Raises ValueError for what is no whole number, and for 千 and 百万 alone: those are what a column counts in."""
    number = plain(text)
    if _MIXED.search(number):
        raise ValueError
    number = number.translate(_DIGITS)
    if not re.search("[0-9十]", number):
        raise ValueError
    if _WHOLE.fullmatch(number):
        return int(number.replace(",", ""))
    if match := _OF_A_UNIT.fullmatch(number):
        return _of_a_unit(match["whole"].replace(",", ""), match["part"] or "", _UNITS[match["unit"]])
    return _of_groups(number)


def _of_a_unit(whole: str, part: str, unit: int) -> int:
    scale: int = 10 ** len(part)
    amount, rest = divmod(int(whole + part) * unit, scale)
    if rest:
        raise ValueError
    return amount


def _of_groups(number: str) -> int:
    match = _GROUPS.fullmatch(number)
    if match is None:
        raise ValueError
    groups = [0 if words is None else _below_a_myriad(words) for words in match.groups()]
    return (groups[0] * _MYRIAD + groups[1]) * _MYRIAD + groups[2]


def _below_a_myriad(words: str) -> int:
    if _WHOLE.fullmatch(words):
        number = int(words.replace(",", ""))
    elif match := _SMALL.fullmatch(words):
        number = sum(
            int(digit or 1) * place
            for digit, place in zip(match.groups()[:3], (1000, 100, 10), strict=True)
            if digit is not None
        )
        number += int(match[4] or 0)
    else:
        raise ValueError
    if number >= _MYRIAD:
        raise ValueError
    return number
