"""The title of a report and the headings of its sections, as they are printed or nearly so."""

import difflib
import re
from typing import NamedTuple

from meetings.parsing.source import fold, squeeze
from reports.parsing.reading import SECTIONS, SectionName

_TITLE = re.compile(r"事業(?:実施|実績)?報告書|実(?:施|績)報告書")
_NAME = re.compile(
    r"年度(?P<name>.+?)(?:[にの]?(?:係る|関する|かかる))?の?(?:事業(?:実施|実績)?報告書|実(?:施|績)報告書)"
)
_LONGEST = 60
_NUMBERED = re.compile(
    r"第?(?P<number>[1-4一二三四])(?:[.．、:)章]|\s)\s*|\((?P<inside>[1-4])\)\s*|(?P<glued>[1-4])(?=事業)"
)
_MARKS = "■●◆○◎□◇"
_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4}
_WORDS: dict[SectionName, str] = {
    "overview": "事業概要",
    "background": "事業実施の経緯・背景及び目的",
    "outcome": "事業の成果及び工夫した点",
    "outlook": "事業の課題と次年度に向けての展望",
}
_LIKE: dict[SectionName, re.Pattern[str]] = {
    "overview": re.compile(r".{0,8}概要"),
    "background": re.compile(r".{0,10}(?:経緯|背景).{0,12}"),
    "outcome": re.compile(r".{0,8}成果.{0,12}"),
    "outlook": re.compile(r".{0,8}課題.{0,20}"),
}
_ANY_WORD = re.compile("概要|経緯|背景|目的|成果|工夫|課題|展望")
_SAME = 0.75
FORM_WORDS = ("【事業内容】", "事業内容")
APPENDIX_WORDS = "【資料】"
HEADING_MARKS = "●○◎■◆▼"


class Heading(NamedTuple):
    """`is_exact`: the words are those of the form. `is_in_place`: the number too, or there is none."""

    kind: SectionName
    is_exact: bool
    is_in_place: bool


def is_title(text: str) -> bool:
    return len(text) <= 120 and bool(_TITLE.search(squeeze(fold(text))))


def official_name_in(title: str) -> str:
    """What stands between the year and 事業実施報告書."""
    match = _NAME.search(squeeze(title))
    return match["name"].strip("「」『』・") if match else ""


def words_of(kind: SectionName) -> str:
    return _WORDS[kind]


def is_form(text: str) -> bool:
    return squeeze(text) in FORM_WORDS


def is_appendix(text: str) -> bool:
    """Where the report ends and tables and charts begin."""
    return squeeze(text) == APPENDIX_WORDS


def section_heading(text: str) -> Heading | None:
    """Numbered as in the form and alike in its words, or just the words of the form."""
    if len(text) > _LONGEST or text.endswith("。"):
        return None
    if not _ANY_WORD.search(text):
        return None
    folded = fold(text).lstrip(_MARKS).strip()
    match = _NUMBERED.match(folded)
    words = _bare(folded[match.end() :] if match else folded)
    number = _number(match) if match else None
    for position, kind in enumerate(SECTIONS, start=1):
        is_exact = words == _bare(_WORDS[kind])
        if is_exact or (number == position and _LIKE[kind].fullmatch(words)):
            return Heading(kind, is_exact, number in (None, position))
        if number and difflib.SequenceMatcher(None, words, _bare(_WORDS[kind])).ratio() >= _SAME:
            return Heading(kind, False, number == position)
    return None


def _number(match: "re.Match[str]") -> int:
    sign = match["number"] or match["inside"] or match["glued"]
    return _KANJI.get(sign) or int(sign)


def _bare(words: str) -> str:
    return re.sub(r"[・、,/]|および|及び", "", squeeze(fold(words))).rstrip(":")
