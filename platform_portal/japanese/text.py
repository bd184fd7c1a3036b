"""Japanese text in two forms: one to show, one to compare.

What people type differs in width, case, kana and invisible characters. `clean` keeps the words as written and only
takes out what must never reach a page or the database; `normalize` gives the form in which texts are compared.
"""

import re
import unicodedata

MAX_LENGTH = 100_000
"""Characters read from one text; what is longer is cut. The longest minutes seen have about 60,000."""

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_HIRAGANA_TO_KATAKANA = {hiragana: katakana for katakana, hiragana in _KATAKANA_TO_HIRAGANA.items()}
# One spelling for the dashes and tildes that keyboards and offices mix; NFKC leaves these apart.
_PUNCTUATION = str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), "〜": "~"})
_SPACES = re.compile(r"\s+")
# Joiners hold emoji and some scripts together, so the shown form keeps them.
_JOINERS = "\u200c\u200d"


def clean(text: str, *, limit: int = MAX_LENGTH) -> str:
    """Return `text` safe to store and show: no control or bidi characters, single spaces, NFC, at most `limit` characters."""
    shown = "".join(map(_shown, text[:limit]))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", shown)).strip()[:limit]


def normalize(text: str, *, limit: int = MAX_LENGTH) -> str:
    """Return the search form: NFKC, lower case, katakana as hiragana, no invisible characters, single spaces.

    `normalize(normalize(x)) == normalize(x)`; at most `limit` characters.
    """
    return kana(normalize_width(text, limit=limit))


def normalize_width(text: str, *, limit: int = MAX_LENGTH) -> str:
    """Like `normalize`, but katakana stays katakana (word splitting needs the difference)."""
    # A character can unfold into eighteen, so the limit holds before and after.
    wide = unicodedata.normalize("NFKC", clean(text, limit=limit)).lower()
    plain = "".join(map(_compared, unicodedata.normalize("NFKC", wide))).translate(_PUNCTUATION)
    return _SPACES.sub(" ", plain)[:limit].strip()


def kana(text: str) -> str:
    """Fold katakana to hiragana, one character to one character; everything else stays."""
    return text.translate(_KATAKANA_TO_HIRAGANA)


def katakana(text: str) -> str:
    """Fold hiragana to katakana, one character to one character; everything else stays."""
    return text.translate(_HIRAGANA_TO_KATAKANA)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc" or category.startswith("Z"):
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} and character not in _JOINERS else character


def _compared(character: str) -> str:
    category = unicodedata.category(character)
    return "" if category in {"Cf", "Cs", "Co", "Cn", "Cc"} else character
