"""One cell: from text to a value and back.

Readers take the text of a cell, as people and Excel write it, and raise ValidationError with a sentence to show.
Writers give the one spelling that readers turn into the same value again.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Sequence

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

Reader = Callable[[str], object]
Writer = Callable[[object], str]

MAX_CELL = 10_000
_ERAS = {
    "明治": 1868,
    "大正": 1912,
    "昭和": 1926,
    "平成": 1989,
    "令和": 2019,
    "M": 1868,
    "T": 1912,
    "S": 1926,
    "H": 1989,
    "R": 2019,
}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?:\s*[(（]?[月火水木金土日](?:曜日?)?[)）]?)?"
_DATE = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_WEEKDAY}", re.ASCII)
_ERA_DATE = re.compile(
    r"(明治|大正|昭和|平成|令和|[MTSHR])\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    + _WEEKDAY,
    re.ASCII | re.IGNORECASE,
)
_MONTH_DAY = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?", re.ASCII)
_DAY_MONTH = re.compile(r"(\d{1,2})-([A-Za-z]{3})")
_YES = {"はい", "○", "〇", "有", "あり", "1", "true", "yes", "y"}
_NO = {"いいえ", "×", "✕", "無", "なし", "0", "false", "no", "n"}
# Controls that no keyboard types; tab and line ends are all right inside a cell.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def neutralise(text: str) -> str:
    """Keeps a spreadsheet from running `text` as a formula. `restore` undoes it exactly."""
    return "'" + text if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """Undoes `neutralise`; other apostrophes stay."""
    return text[1:] if _NEUTRALISED.match(text) else text


def escape_apostrophe(text: str) -> str:
    """For cells that are text anyway: only what `restore` would take for its own mark is marked."""
    return "'" + text if _NEUTRALISED.match(text) else text


def tidy(text: str) -> str:
    """A cell as a form would take it: one kind of line end, no space around.

    Raises ValidationError for control characters and overlong cells.
    """
    if len(text) > MAX_CELL:
        raise ValidationError(
            _("長すぎます（%(count)s文字）。1つの欄は%(limit)s文字までです。"),
            params={"count": len(text), "limit": MAX_CELL},
        )
    if _CONTROLS.search(text):
        raise ValidationError(_("目に見えない制御文字が入っています。この欄を打ち直してください。"))
    return restore(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


# Shift_JIS has one code for each of these pairs, and Windows and the rest of the world read it differently.
_TWINS = str.maketrans("～∥－￠￡￢―", "〜‖−¢£¬—")


def are_same(text: str, other: str) -> bool:
    """Whether a cell says what is stored, also after a detour through Shift_JIS."""
    return text == other or text.translate(_TWINS) == other.translate(_TWINS)


def half(text: str) -> str:
    """For keys, numbers and dates: full width as half width."""
    return unicodedata.normalize("NFKC", text).strip()


def read_text(text: str) -> str:
    return text


def write_text(value: object) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def read_date(text: str) -> dt.date | None:
    """2026-04-01, 2026/4/1, 2026年4月1日, 令和8年4月1日, R8.4.1; a time of day that Excel adds is dropped."""
    plain = re.sub(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$", "", half(text))
    if not plain:
        return None
    try:
        if match := _DATE.fullmatch(plain):
            return dt.date(int(match[1]), int(match[2]), int(match[3]))
        if match := _ERA_DATE.fullmatch(plain):
            year = 1 if match[2] == "元" else int(match[2])
            return dt.date(_ERAS[match[1].upper()] + year - 1, int(match[3]), int(match[4]))
    except ValueError:
        pass  # 30 February: told below, as whatever else is no date
    raise ValidationError(_("日付として読めません。2026-04-01 か 令和8年4月1日 のように書いてください。"))


def write_date(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else ""


def read_month_day(text: str) -> str:
    """`MM-DD`. Excel turns 12-29 into a date of this year or 29-Dec; both are understood."""
    plain = half(text)
    if not plain:
        return ""
    if match := _MONTH_DAY.fullmatch(plain):
        return _month_day(int(match[1]), int(match[2]))
    if (match := _DAY_MONTH.fullmatch(plain)) and match[2].lower() in _MONTHS:
        return _month_day(_MONTHS.index(match[2].lower()) + 1, int(match[1]))
    try:
        day = read_date(plain)
    except ValidationError:
        day = None
    if day is None:
        raise ValidationError(_("月日として読めません。12-29 のように書いてください。"))
    return _month_day(day.month, day.day)


def _month_day(month: int, day: int) -> str:
    try:
        dt.date(2024, month, day)  # a leap year
    except ValueError as error:
        raise ValidationError(_("ない月日です。12-29 のように書いてください。")) from error
    return f"{month:02}-{day:02}"


def read_number(text: str) -> int | None:
    plain = half(text)
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,6}(?:\.0+)?", plain, re.ASCII):
        raise ValidationError(_("数字で書いてください。"))
    return int(plain.split(".")[0])


def read_flag(text: str) -> bool:
    return read_maybe(text) is True


def read_maybe(text: str) -> bool | None:
    """はい, いいえ, or nothing: not known."""
    plain = half(text).lower()
    if not plain:
        return None
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise ValidationError(_("「はい」か「いいえ」で書いてください。"))


def write_flag(value: object) -> str:
    return "はい" if value else ""


def write_maybe(value: object) -> str:
    return "" if value is None else "はい" if value else "いいえ"


def choice_reader(choices: type[models.TextChoices], default: str = "") -> Callable[[str], str]:
    """Reads a key or its Japanese label; nothing becomes `default`."""
    keys = {key.lower(): key for key in choices.values} | {half(str(c.label)): c.value for c in choices}

    def read(text: str) -> str:
        plain = half(text)
        if not plain:
            return default
        if (key := keys.get(plain.lower(), keys.get(plain))) is not None:
            return str(key)
        known = "、".join(f"{choice.value}（{choice.label}）" for choice in choices)
        raise ValidationError(_("使える言葉は %(known)s です。"), params={"known": known})

    return read


def split(text: str) -> list[str]:
    """Parts between `;`, `、`, `,` or line ends; the same part twice counts once."""
    parts = [part.strip() for part in re.split(r"[;；、,，\n]", text)]
    return list(dict.fromkeys(part for part in parts if part))


def choices_reader(choices: type[models.TextChoices]) -> Callable[[str], list[str]]:
    """Several keys or labels, in the order in which the choices stand."""
    read_one = choice_reader(choices)

    def read(text: str) -> list[str]:
        chosen = {read_one(part) for part in split(text)}
        return [key for key in choices.values if key in chosen]

    return read


def read_keys(text: str) -> list[str]:
    return [half(part) for part in split(text)]


def write_list(value: object) -> str:
    return ";".join(str(part) for part in value) if isinstance(value, Sequence) else ""
