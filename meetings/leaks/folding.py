"""The form in which names are compared, with the way back to the characters of the text."""

import unicodedata
from functools import lru_cache

from platform_portal.japanese.text import kana

# Forms of one character that people use for one and the same name. NFKC leaves them apart.
_VARIANTS = {
    "髙": "高", "﨑": "崎", "碕": "崎", "嵜": "崎", "德": "徳", "濵": "浜", "濱": "浜", "邊": "辺",
    "邉": "辺", "齋": "斎", "齊": "斎", "斉": "斎", "澤": "沢", "廣": "広", "國": "国", "嶋": "島",
    "嶌": "島", "櫻": "桜", "𠮷": "吉", "眞": "真", "澁": "渋", "瀧": "滝", "槇": "槙", "曻": "昇",
    "惠": "恵", "冨": "富", "舘": "館", "龍": "竜", "條": "条", "藪": "薮", "桒": "桑", "栁": "柳",
    "萬": "万", "當": "当", "與": "与", "假": "仮", "檜": "桧", "籠": "篭", "莊": "荘", "庄": "荘",
    "鷗": "鴎", "壽": "寿", "榮": "栄", "禮": "礼", "淵": "渕", "豐": "豊", "穗": "穂", "圓": "円",
    "實": "実", "學": "学", "會": "会", "關": "関", "鐵": "鉄", "鹽": "塩", "靜": "静", "顯": "顕",
    "黑": "黒", "增": "増",
}  # fmt: skip
_VOICED, _HALF_VOICED = "\u3099", "\u309a"


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    """One character as it is compared: nothing for spaces and for what is not seen."""
    if character.isspace() or unicodedata.category(character) in {"Cf", "Mn", "Cc"}:
        return ""
    plain = unicodedata.normalize("NFKC", character).lower()
    return kana("".join(_VARIANTS.get(each, each) for each in plain if not each.isspace()))


def fold(text: str) -> tuple[str, list[int]]:
    """The text without spaces, in one width and one form; for each of its characters the place in `text`."""
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character in "ﾞﾟ゛゜\u3099\u309a" and characters:
            mark = _HALF_VOICED if character in "ﾟ゜\u309a" else _VOICED
            composed = unicodedata.normalize("NFC", characters[-1] + mark)
            if len(composed) == 1:
                characters[-1] = composed
            continue
        for each in _folded(character):
            characters.append(each)
            places.append(place)
    return "".join(characters), places


def folded(name: str) -> str:
    return fold(name)[0]


def is_kanji(character: str) -> bool:
    return "一" <= character <= "鿿" or character == "々"


def is_hiragana(text: str) -> bool:
    """Of a folded text: katakana counts too."""
    return all("ぁ" <= character <= "ゖ" or character == "ー" for character in text)
