"""From uniform text to tokens: times, days, and the words that relate them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from consultations.hours.parsing.text import UniformText


class Kind(Enum):
    TIME = auto()
    ALL_DAY = auto()
    HALF_DAY = auto()
    EVERY_DAY = auto()
    WEEKDAY = auto()
    WORKDAYS = auto()
    OFFICE_DAYS = auto()
    OFFICE_CLOSED = auto()
    HOLIDAY = auto()
    REST_DAYS = auto()
    PERIOD = auto()  # a named stretch of the year, with its usual dates or None
    DATE = auto()
    MONTH_DAY = auto()
    MONTH = auto()
    MONTHS = auto()
    NTH = auto()
    NUMBER = auto()
    RANGE = auto()
    UNTIL = auto()
    SEPARATOR = auto()
    BREAK = auto()  # ends a clause
    OPEN = auto()
    CLOSE = auto()
    COLON = auto()
    EXCLUDE = auto()
    CLOSED = auto()
    ONLY = auto()
    ALSO = auto()
    INCLUDE = auto()
    IF_CASE = auto()
    LUNCH = auto()
    RECEPTION = auto()
    BEFORE_END = auto()
    CHANNEL = auto()
    BOOKING = auto()
    NONE_CLOSED = auto()
    FILLER = auto()
    PARTICLE = auto()
    WORD = auto()


@dataclass(frozen=True)
class Clock:
    """A time of day as written, `minutes` as typed."""

    minutes: int
    meridiem: str = ""  # "", "am", "pm" or "night"
    is_next_day: bool = False
    is_ambiguous: bool = False  # 午前12時, 午後12時: the law and everyday use disagree which is noon


@dataclass(frozen=True)
class Token:
    kind: Kind
    start: int
    end: int
    value: Any = None  # Clock, weekday bit, weeks, dates …, by kind


_N = r"(?:\d{1,2}|[〇一二三四五六七八九十]{1,3})"
_DIGITS = {character: index for index, character in enumerate("〇一二三四五六七八九")}
_DASH = r"\s*(?:~|-|から|より)\s*"
_BEFORE_NOON = ("午前", "朝", "AM", "am", "a.m.", "A.M.")
_AFTER_NOON = ("午後", "昼", "夕方", "PM", "pm", "p.m.", "P.M.")
# 昼12時 and 夜12時 leave no doubt; these do.
_TWELVE_HOUR_CLOCK = frozenset({*_BEFORE_NOON, *_AFTER_NOON} - {"朝", "昼", "夕方"})
_MERIDIEM = r"(?:午前|午後|朝|昼|夕方|夜間?|深夜|AM|PM|am|pm|[ap]\.m\.|[AP]\.M\.)"
_NEXT = r"(?:翌々?(?:日|朝)?の?)"


def number(text: str) -> int:
    """Arabic or kanji numeral below 100."""
    if text.isdecimal():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_DIGITS.get(tens, 1) if tens else 1) + (_DIGITS.get(ones, 0) if ones else 0)
    return int("".join(str(_DIGITS[character]) for character in text))


def _clock(match: re.Match[str]) -> Clock | None:
    """None when no clock shows such a time."""
    groups = match.groupdict()
    word = groups.get("meridiem") or groups.get("suffix") or ""
    hour = number(groups["hour"])
    minutes = 30 if groups.get("half") else number(groups.get("minute") or groups.get("colon") or "0")
    if hour > 36 or minutes > 59 or (word and hour > 24):
        return None
    meridiem = ""
    if word in _BEFORE_NOON:
        meridiem = "am"
    elif word in _AFTER_NOON:
        meridiem = "pm"
    elif word:
        meridiem = "night"
    is_ambiguous = hour == 12 and word in _TWELVE_HOUR_CLOCK
    return Clock(hour * 60 + minutes, meridiem, bool(groups.get("next")), is_ambiguous)


def _noon(match: re.Match[str]) -> Clock:
    return Clock(12 * 60, "pm")


def _midnight(match: re.Match[str]) -> Clock:
    return Clock(0, is_next_day=bool(match["next"]))


def _weeks(match: re.Match[str]) -> tuple[int, ...] | None:
    text = re.sub(r"最終|最後|末", "-1", re.sub(r"週|の|\s", "", match[0]))
    ranged = re.fullmatch(rf"第?({_N})~第?({_N})", text)
    if ranged:
        weeks = list(range(number(ranged[1]), number(ranged[2]) + 1))
    else:
        weeks = [int(each) if each == "-1" else number(each) for each in re.findall(rf"-1|{_N}", text)]
    return tuple(weeks) if weeks and all(week == -1 or 1 <= week <= 5 for week in weeks) else None


def _date(match: re.Match[str]) -> tuple[int, int, int] | None:
    """(year or 0, month, day)."""
    year = 0
    if match["reiwa"]:
        year = 2018 + (1 if match["reiwa"] == "元" else number(match["reiwa"]))
    elif match["year"]:
        year = int(match["year"])
    month, day = number(match["month"]), number(match["day"])
    return (year, month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _one_number(match: re.Match[str]) -> int:
    return number(match[1])


def _month(match: re.Match[str]) -> int | None:
    month = number(match[1])
    return month if 1 <= month <= 12 else None


def _weekday(match: re.Match[str]) -> int:
    return 1 << "月火水木金土日".index(match[1])


def _minutes_before_end(match: re.Match[str]) -> int:
    return number(match["amount"]) * (60 if match["unit"] == "時間" else 1)


def _constant(value: object) -> Callable[[re.Match[str]], Any]:
    return lambda match: value


def _text(match: re.Match[str]) -> str:
    return match[0]


_YEAR_END = ((12, 29), (1, 3))
_VISITS = r"来所|来庁|来館|来室|来訪|面接|面談|対面|訪問|出張|窓口での"
_WRITTEN = r"FAX|Fax|fax|ファックス|ファクス|ファクシミリ|メール|電子メール|E-?mail|LINE|ライン|チャット|SNS"
_ONLINE = r"インターネット|ネット|オンライン|Web|WEB|ウェブ|ビデオ通話|Zoom|ZOOM"
_PLACES = r"コールセンター|夜間センター|警備員|守衛室?|宿直"

# Order matters: the first pattern that matches at a position wins.
_PATTERNS: tuple[tuple[Kind, str, Callable[[re.Match[str]], Any]], ...] = (
    (Kind.FILLER, r"0\d{1,4}[-(]\d{1,4}[-)]\d{3,4}|[#♯]\d{4}", _text),  # a telephone number
    (Kind.PERIOD, r"年末[・、]?年始(?:期間|休業期間|休業|休暇|休み|休日)?(?!等)", _constant(_YEAR_END)),
    (Kind.PERIOD, r"(?:お?正月)?三[がケヶ箇]日|お?正月", _constant(((1, 1), (1, 3)))),
    (Kind.PERIOD, r"元日|元旦", _constant(((1, 1), (1, 1)))),
    (Kind.PERIOD, r"大晦日|大みそか", _constant(((12, 31), (12, 31)))),
    (Kind.PERIOD, r"慰霊の日", _constant(((6, 23), (6, 23)))),
    (Kind.PERIOD, r"(?:お盆|旧盆|盆|夏[季期])(?:期間|休業|休暇|休み|休館|休所)?", _constant(None)),
    (
        Kind.NONE_CLOSED,
        r"(?:年中)?無休|(?:定休日|休館日|休業日|休み)は?(?:特に)?(?:なし|"
        r"ありません|無し)|(?:特に)?なし(?=$|[。)])",
        _text,
    ),
    (Kind.EVERY_DAY, r"毎日|365日|三百六十五日|全日|曜日を?問わず|曜日不問", _text),
    (Kind.ALL_DAY, r"(?:24|二十四)時間", _text),
    (Kind.ALL_DAY, r"終日|一日中", _text),
    (
        Kind.BEFORE_END,
        rf"(?:相談|受付|業務|開設|利用)?(?:の)?(?:終了|閉館|閉所|終業)?(?:時間|"
        rf"時刻)?(?:の)?(?:終了)?(?:時間|時刻)?の?(?P<amount>{_N})(?P<unit>分|"
        rf"時間)前",
        _minutes_before_end,
    ),
    (Kind.WORD, r"(?:祝祭?日?|休日?)の?前日|(?:週|月)\s*(?:に\s*)?\d[日回](?!\s*\()", _text),
    (Kind.WORD, r"夜間(?=\s*[・、及びや]*\s*(?:休日|土|日|祝|早朝|も))(?!.{0,12}含)", _text),  # 「夜間・休日も対応」 names no hours
    (Kind.TIME, rf"(?P<next>{_NEXT})?(?:正午|昼の?12時)", _noon),
    (Kind.TIME, rf"(?P<next>{_NEXT})?(?:零時|真夜中)", _midnight),
    (
        Kind.TIME,
        rf"(?P<next>{_NEXT})?\s*(?P<meridiem>{_MERIDIEM})?の?\s*(?P<hour>{_N})"
        rf"\s*:\s*(?P<colon>\d{{2}})(?!\d)(?:\s*(?P<suffix>AM|PM|am|pm|[ap]\.m\.))?",
        _clock,
    ),
    (
        Kind.TIME,
        rf"(?P<next>{_NEXT})?\s*(?P<meridiem>{_MERIDIEM})?の?\s*(?P<hour>{_N})"
        rf"\s*時(?!間)(?:\s*(?:(?P<half>半)|(?P<minute>{_N})\s*分))?",
        _clock,
    ),
    (
        Kind.TIME,
        rf"(?P<next>{_NEXT})?\s*(?P<meridiem>{_MERIDIEM})?\s*(?P<hour>\d{{1,2}})"
        rf"(?={_DASH}{_NEXT}?{_MERIDIEM}?\s*\d{{1,2}}\s*(?:時|:))",
        _clock,
    ),
    (
        Kind.DATE,
        rf"(?:(?:令和|R)\s*(?P<reiwa>\d{{1,2}}|元)\s*[年./]|(?P<year>20\d\d)"
        rf"\s*[年./])?\s*(?:翌年の?)?(?P<month>{_N})(?:月\s*|/)(?P<day>{_N})"
        rf"(?:日|(?![\d:/時月]))",
        _date,
    ),
    (Kind.MONTHS, r"偶数月", _constant((2, 4, 6, 8, 10, 12))),
    (Kind.MONTHS, r"奇数月", _constant((1, 3, 5, 7, 9, 11))),
    (
        Kind.NTH,
        # At most six weeks, and each blank can be matched in one way only: no backtracking worth the name.
        rf"(?:第\s?{_N}|最終|最後の)(?:週)?"
        rf"(?:\s?(?:(?:[・,、と~]|及び|および|または)\s?)?(?:第\s?{_N}|最終|{_N}(?![\d:時分/]|[月日](?!曜)))){{0,5}}"
        rf"\s?週?\s?の?(?=\s?\(?[月火水木金土日])",
        _weeks,
    ),
    (Kind.NTH, r"月末の?(?=[月火水木金土日])", _constant((-1,))),
    (Kind.FILLER, r"毎週|毎月|通年|年間", _text),
    (Kind.MONTH, rf"({_N})月(?!曜)", _month),
    (Kind.MONTH_DAY, rf"({_N})日(?!間|曜)", _one_number),
    (Kind.FILLER, rf"月\s*{_N}\s*回(?=\s*\(?\s*(?:第|最終))", _text),
    (Kind.WORD, rf"月\s*{_N}\s*回", _text),
    (Kind.WORKDAYS, r"平日", _text),
    (Kind.OFFICE_DAYS, r"開庁日", _text),
    (Kind.OFFICE_CLOSED, r"閉庁日|休庁日", _text),
    (
        Kind.HOLIDAY,
        r"国民の祝日に関する法律(?:\([^)]*\))?に(?:規定|定め)する(?:国民の)"
        r"?(?:休日|祝日)|国民の祝日|国民の休日|祝祭日|祝休日|休祝日|祝・休日|"
        r"振替休日|祝日|祝(?![い典儀賀福])",
        _text,
    ),
    (Kind.REST_DAYS, r"休日(?!夜間)", _text),
    (Kind.WEEKDAY, r"([月火水木金土日])曜日?", _weekday),
    (
        Kind.WEEKDAY,
        r"([月火水木金土日])(?=$|[\s月火水木金土日祝休平・、,/~。;:()【】\[\]\d-]|"
        r"及び|および|並びに|と|または|の|は|も|午|正午|朝|夜|翌|第|を|"
        r"以外|から|より|まで|のみ|だけ|に)",
        _weekday,
    ),
    (Kind.HALF_DAY, r"午前中?(?!\d)", _constant((0, 12 * 60))),
    (Kind.HALF_DAY, r"午後(?!\d)", _constant((12 * 60, 24 * 60))),
    (
        Kind.IF_CASE,
        r"(?:の|に(?:当|あ)たる|に該当する|と重な(?:る|った)|に重な(?:る|"
        r"った)|が重な(?:る|った))(?:場合|とき|時(?!間)|日)に?",
        _text,
    ),
    (
        Kind.EXCLUDE,
        r"(?:を|は)?(?:除く|除き(?:ます)?|除いた|除いて|のぞく|のぞき|除外)"
        r"(?:日)?|以外",
        _text,
    ),
    (
        Kind.INCLUDE,
        r"(?:を|も)?(?:含む|含み(?:ます)?|含めて)|も(?:実施|開設|開所|開庁|"
        r"対応|受付|営業|相談|利用)(?:可能?|中|し(?:てい|ており)?ます)?|"
        r"も(?:可|行います|行っています|受け付けます|(?=[)。]|$))",
        _text,
    ),
    (Kind.LUNCH, r"(?:お?昼の?(?:休み|休憩)|昼休|休憩|昼食)(?:時間)?(?:帯)?", _text),
    (
        Kind.CLOSED,
        r"(?:相談|業務|受付|営業|開設|実施|対応|お電話)?(?:は|を)?(?:行|"
        r"実施|開設|開所|受け?付け?|営業|対応|開催)(?:って|い|け|て|し|"
        r"を)?(?:して|いたして|致して)?(?:おり|い|いたし|致し|し|き)?ません",
        _text,
    ),
    (
        Kind.CLOSED,
        r"(?:お|定)?休み(?:です|します|となります|とします|になります)?|"
        r"(?:定休|休業|休館|休所|休室|休診|休園|閉所|閉館|閉室|閉庁|閉鎖|"
        r"休止)(?:日)?(?:です|します|しています|となります|とします|になります)?|休(?=$|[)、。/\s])",
        _text,
    ),
    (Kind.ONLY, r"のみ(?:の?(?:対応|受付|実施|開設))?|だけ|に限(?:る|り(?:ます)?)|限定", _text),
    (
        Kind.BOOKING,
        r"(?:完全)?(?:事前)?予約制|(?:要|完全|事前)(?:事前)?予約(?:制)?|"
        r"予約が?必要|要(?:事前)?(?:電話|連絡|問い?合わ?せ|申し?込み?)|"
        r"予約優先",
        _text,
    ),
    (Kind.FILLER, r"予約(?:は)?不要|予約なしで?", _text),
    (
        Kind.RECEPTION,
        r"(?:最終|電話|相談|新規|窓口)?の?(?:受付|受け付け|入館|入室)(?:の?(?:終了|"
        r"締切|締め切り|最終))?(?:時間|時刻)?",
        _text,
    ),
    (Kind.CHANNEL, rf"(?:{_VISITS})(?:による|での)?(?:相談)?", _constant("visit")),
    (Kind.CHANNEL, rf"(?:{_WRITTEN})(?:による|での)?(?:相談)?", _constant("written")),
    (Kind.CHANNEL, rf"(?:{_ONLINE})(?:による|での)?(?:相談)?", _constant("online")),
    (Kind.CHANNEL, rf"(?:{_PLACES})", _constant("others")),
    (Kind.CHANNEL, r"(?:留守番)?お?電話(?:による|での)?(?:相談)?(?:窓口)?", _constant("phone")),
    (
        Kind.FILLER,
        r"(?:相談|受付|開設|開所|開館|開庁|開催|利用|業務|執務|営業|対応|実施|"
        r"稼働|電話|窓口)?(?:可能)?(?:日時|時間帯?|日(?=[:は\s])|曜日(?=[:は\s])"
        r")",
        _text,
    ),
    (
        Kind.FILLER,
        r"(?:ホットライン|ダイヤル)|ただし|但し|なお|また|原則(?:として)?|通常|緊急時|いずれも|ともに|"
        r"とも|各日|各|ご?相談(?:窓口|室|員)?|窓口|開設|開所|開館|開庁|"
        r"実施|対応|営業|受理|可能?|して(?:おり|い)ます|(?:行|おこな)って(?:おり|"
        r"い)ます|となり?って?(?:おり|い)?ます|できます|です|ます|夜間|"
        r"日中|昼間|延長|体制|ご利用",
        _text,
    ),
    (Kind.UNTIL, r"まで|迄|終了|締切", _text),
    (Kind.RANGE, r"~|-|から|より|至|乃至", _text),
    (Kind.BREAK, r"[/。;\n|■●◆◇○◎□★☆※]", _text),
    (Kind.SEPARATOR, r"[、,・&+]|及び|および|並びに|ならびに|または|又は|かつ|と", _text),
    (Kind.OPEN, r"[(\[【「『<〈《〔{]", _text),
    (Kind.CLOSE, r"[)\]】」』>〉》〕}]", _text),
    (Kind.COLON, r":", _text),
    (Kind.ALSO, r"も", _text),
    (Kind.PARTICLE, r"[はのにをがで]", _text),
    (Kind.NUMBER, rf"({_N})(?!\d)", _one_number),
    (Kind.WORD, r"[ァ-ヶー]+|[A-Za-z]+|\d+|[^\s]", _text),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern), read) for kind, pattern, read in _PATTERNS)
_SPACE = re.compile(r"[^\S\n]+")
_IDEOGRAPH = re.compile(r"[一-龠々]")
_WORD_PARTS = frozenset({Kind.WORD, Kind.FILLER, Kind.RECEPTION, Kind.CHANNEL, Kind.CLOSED, Kind.NUMBER})
_MARKED_WEEKDAY = re.compile(r"[月火水木金土日]曜")


def tokenise(text: UniformText) -> list[Token]:
    """Every character but white space belongs to exactly one token. Linear in the length."""
    tokens: list[Token] = []
    source, position = text.text, 0
    while position < len(source):
        space = _SPACE.match(source, position)
        if space:
            position = space.end()
            continue
        token = _next_token(source, position, tokens[-1] if tokens else None)
        tokens.append(token)
        position = token.end
    return tokens


def _next_token(source: str, position: int, previous: Token | None) -> Token:
    for kind, pattern, read in _COMPILED:
        match = pattern.match(source, position)
        if match is None or match.end() == position:
            continue
        if kind is Kind.WEEKDAY and _is_inside_word(source, position, previous):
            continue
        value = read(match)
        if value is None and kind is not Kind.PERIOD:
            continue
        return Token(kind, position, match.end(), value)
    return Token(Kind.WORD, position, position + 1, source[position])


def _is_inside_word(source: str, position: int, previous: Token | None) -> bool:
    """料金, 点検日, メンテナンス日: a weekday's character right after part of a word belongs to that word."""
    if previous is None or previous.end != position or _MARKED_WEEKDAY.match(source, position):
        return False
    if source[position] == "日":
        return previous.kind in _WORD_PARTS and previous.value not in ("毎週", "毎月")
    return previous.kind is Kind.WORD and bool(_IDEOGRAPH.match(source, position - 1))
