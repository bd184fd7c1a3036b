"""What a line of the record is when it is not the beginning of a turn."""

import re
from functools import lru_cache

from meetings.parsing.numbering import read_number
from meetings.parsing.source import fold, spellings, squeeze
from meetings.parsing.words import DIRECTION_WORDS, PRESENTING_WORDS, QA_HEADINGS, TIME_WORDS

_SENTENCE_ENDS = tuple("。？?！!")
_SPOKEN_ENDS = (
    "ます",
    "です",
    "ました",
    "でした",
    "ません",
    "ください",
    "下さい",
    "ですか",
    "ますか",
    "願います",
    "思う",
    "ある",
    "いる",
    "たい",
    "か",
    "ね",
)
_SHORT = 8
_PAIRS = {"(": ")", "[": "]", "【": "】", "<": ">", "{": "}"}
_DASHES = re.compile(r"-+[^-].{0,200}?[^-]-+")
_CLOCK = re.compile(r"(?:\d|[零一二三四五六七八九十])[時:]")
_MARKED = "○◎◇◆■□●▽▼★☆※"
# What a line of a kind begins with or has in it, as printed: most lines are told apart without reading them.
_BRACKETS = spellings("".join(_PAIRS) + "-")
_MARKS = spellings(_MARKED)
_TOLD = re.compile("[" + "".join({word[-1] for word in (*TIME_WORDS, *QA_HEADINGS)}) + "]")
_LONGEST_DIRECTION = 120
_LONGEST_HEADING = 70
_LONGEST_CLOCK_LINE = 24
_CLOSING_STARTS = (
    "それでは",
    "では",
    "以上で",
    "以上を",
    "以上、",
    "これで",
    "これを",
    "これにて",
    "本日は",
    "ほかに",
    "他に",
    "なければ",
    "ないよう",
    "よろしければ",
)
_CLOSING_MATTERS = (
    "協議",
    "会議",
    "議事",
    "審議",
    "議題",
    "意見交換",
    "質疑応答",
    "委員会",
    "懇談会",
    "協議会",
    "審議会",
    "部会",
    "検討会",
    "準備会",
    "連絡会",
    "会合",
)
_CLOSING_ENDS = (
    "終了いた",
    "終了し",
    "終わりた",
    "終わらせ",
    "終わりま",
    "終わりと",
    "閉会",
    "散会",
    "閉じ",
    "終了とさせ",
    "終えた",
    "終了させ",
    "進行を事務局",
)
_CHAIRS = ("議長", "座長", "会長", "委員長", "司会", "進行", "部会長", "事務局", "主査", "理事長", "代表")
_POLITE = re.compile(
    r"(?:ます|ました|です|でした|ません|でしょう|ください|下さい|願います|ましょう)(?:か|ね|が|よ)?[。？?！!]"
)


def is_speech(text: str) -> bool:
    """Whether words read as a sentence, not as a heading or a list of names."""
    plain = text.strip()
    if not plain:
        return False
    if "。" in plain or plain.endswith(_SENTENCE_ENDS):
        return True
    return len(plain) >= _SHORT and (
        plain.endswith(_SPOKEN_ENDS) or plain.endswith(("、", ",")) or len(plain) >= 60
    )


def inner_of(text: str) -> str | None:
    """The words of a line that is one bracket, or stands between dashes; None for any other line."""
    if not text or len(text) > _LONGEST_DIRECTION:
        return None
    plain = text.strip()
    if plain[:1] not in _BRACKETS:
        return None
    plain = fold(plain)
    closer = _PAIRS.get(plain[0])
    if closer is not None:
        return (
            plain[1:-1]
            if (plain[-1] == closer and plain.find(closer) == len(plain) - 1) or _is_nested(plain, closer)
            else None
        )
    return plain.strip("- ") if _DASHES.fullmatch(plain) else None


def _is_nested(plain: str, closer: str) -> bool:
    depth = 0
    for place, character in enumerate(plain):
        depth += (character == plain[0]) - (character == closer)
        if depth == 0:
            return place == len(plain) - 1
    return False


def is_direction(text: str) -> bool:
    inner = inner_of(text)
    return inner is not None and any(word in inner for word in DIRECTION_WORDS)


def presents(text: str) -> bool:
    """Somebody's account told instead of printed: 【事務局から資料に基づき説明】."""
    inner = inner_of(text)
    if inner is None:
        return False
    plain = squeeze(inner).rstrip("。)")
    for ending in (
        "があった",
        "がありました",
        "を行った",
        "した",
        "しました",
        "する",
        "いたしました",
        "を受けた",
    ):
        plain = plain.removesuffix(ending)
    return plain.endswith(PRESENTING_WORDS)


def is_clock_line(text: str) -> bool:
    """○午前10時開会, 14:30休憩, (15時再開), ◎休憩."""
    if len(text) > _LONGEST_CLOCK_LINE * 3 or not _TOLD.search(text):
        return False
    plain = squeeze(fold(text)).strip("()[]<>【】" + _MARKED + "-")
    if len(plain) > _LONGEST_CLOCK_LINE or "。" in plain:
        return False
    return (
        plain in TIME_WORDS
        or plain in ("暫時休憩", "小休憩")
        or (plain.endswith(TIME_WORDS) and (_CLOCK.search(plain) is not None or "正午" in plain))
    )


def is_qa_heading(text: str) -> bool:
    if len(text) > _LONGEST_CLOCK_LINE * 2 or not _TOLD.search(text):
        return False
    plain = squeeze(fold(text)).strip("()[]<>【】「」*#:-" + _MARKED + "・")
    return plain in QA_HEADINGS


def is_marked_heading(text: str) -> bool:
    """◎会議録署名議員の指名: a mark, few words, no sentence."""
    if len(text) > _LONGEST_HEADING or text[:1] not in _MARKS:
        return False
    plain = text
    return "。" not in plain and not is_speech(plain[1:]) and squeeze(plain[1:]) != ""


def is_numbered_heading(text: str) -> bool:
    if len(text) > _LONGEST_HEADING or "。" in text:
        return False
    number = read_number(text)
    if number is None:
        return False
    words = text[number.end :].strip()
    return len(words) > 1 and not is_speech(words) and not words.endswith(("、", ",", "は", "を", "が"))


@lru_cache(maxsize=1024)
def is_speech_like(text: str) -> bool:
    """Polite sentences are speech; 講演いただいた。 is told by the one who keeps the record."""
    return _POLITE.search(text + "。") is not None


def closes_meeting(text: str) -> bool:
    plain = squeeze(text)
    return (
        len(plain) < _LONGEST_DIRECTION
        and plain.startswith(_CLOSING_STARTS)
        and any(word in plain for word in _CLOSING_MATTERS)
        and any(word in plain for word in _CLOSING_ENDS)
    )


def is_chair(role: str) -> bool:
    return role.endswith(_CHAIRS)
