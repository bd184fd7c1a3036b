"""Looks through a text for what may point to a person. Finds too much rather than too little: a person decides.

Linear in the length of the text: no pattern can run away.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

CONTEXT = 20  # characters on each side


class SignKind(StrEnum):
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    BIRTH = "birth"
    AGE = "age"
    SCHOOL = "school"
    NUMBER = "number"


LABELS = {
    SignKind.NAME: _("人の名前のようです"),
    SignKind.PHONE: _("電話番号のようです"),
    SignKind.EMAIL: _("メールアドレスのようです"),
    SignKind.ADDRESS: _("住所のようです"),
    SignKind.BIRTH: _("生まれた日のようです"),
    SignKind.AGE: _("年齢と場所から、だれか分かるかもしれません"),
    SignKind.SCHOOL: _("学校や施設の名前のようです"),
    SignKind.NUMBER: _("番号から、だれか分かるかもしれません"),
}
HINTS = {
    SignKind.NAME: _("「Aさん」「本人」「母」のように書き換えます。"),
    SignKind.PHONE: _("番号を消します。"),
    SignKind.EMAIL: _("アドレスを消します。"),
    SignKind.ADDRESS: _("市町の名前までにします。"),
    SignKind.BIRTH: _("「40代」のように書き換えます。"),
    SignKind.AGE: _("年齢を「40代」のようにするか、場所を「県内」にします。"),
    SignKind.SCHOOL: _("「小学校」「通っている施設」のように書き換えます。"),
    SignKind.NUMBER: _("番号を消します。"),
}

_NAME = r"[一-鿿々ヶヵ]{1,4}|[ァ-ヴー]{2,8}|[A-Za-z]{2,12}"
_PATTERNS: tuple[tuple[SignKind, re.Pattern[str]], ...] = (
    (SignKind.EMAIL, re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.ASCII)),
    (
        SignKind.PHONE,
        re.compile(r"(?<![\d-])(?:\+81[- ]?|0)\d{1,4}[- ()]{0,2}\d{1,4}[- ()]{0,2}\d{3,4}(?![\d-])"),
    ),
    (
        SignKind.BIRTH,
        re.compile(
            r"(?:(?:明治|大正|昭和|平成|令和|[MTSHR])\s?(?:\d{1,2}|元)|(?:18|19|20)\d\d)\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?"
            r"|\d{1,2}月\d{1,2}日\s?(?:生まれ|生)|生年月日"
        ),
    ),
    (
        SignKind.ADDRESS,
        re.compile(
            r"[一-鿿ァ-ヴー]{0,8}[\d一二三四五六七八九十]{1,4}\s?(?:丁目|番地|番町)|\d{1,4}-\d{1,4}-\d{1,4}(?!\d)|〒\s?\d{3}-?\d{4}"
        ),
    ),
    (
        SignKind.SCHOOL,
        re.compile(
            r"(?:[一-鿿ァ-ヴー]{2,10}|[A-Za-z]{2,12})(?:小学校|中学校|高校|高等学校|大学|専門学校|幼稚園|保育園|保育所|こども園|特別支援学校|学園|病院|クリニック|医院)"
        ),
    ),
    (SignKind.NAME, re.compile(rf"(?:{_NAME})\s?(?:さん|ちゃん|くん|君|氏|様|さま)(?!々)")),
    # Names in hiragana run into the words before them: the find is longer than the name.
    (SignKind.NAME, re.compile(r"[ぁ-ゖー]{2,8}?(?:さん|ちゃん|くん|さま)(?![ざん])")),
    (
        SignKind.NUMBER,
        re.compile(r"(?<![\d.,-])\d{7,16}(?![\d.,-])|(?:番号|No\.?|ID|№)\s?[:：]?\s?[A-Za-z]{0,3}\d{3,16}"),
    ),
)
_AGE = re.compile(r"\d{1,3}\s?(?:歳|才)")
_PLACE = re.compile(r"[一-鿿ァ-ヴー]{1,8}(?:市|町|村|区|島)")
_NEAR = 40  # characters between an age and a place that name somebody together
# Words of relation and of places to go, not names; letters that stand for somebody are what the hint asks for.
_NOBODY = frozenset(
    "皆 奥 母 父 兄 姉 弟 妹 祖父 祖母 息子 娘 子 孫 妻 夫 本人 親 隣 医者 看護師 保健師 民生委員 大家 神 仏 王 "  # noqa: SIM905  readable
    "相談者 利用者 患者 若者 学生 生徒 児童 会員 職員 支援員 住民 同 仕 有 異 多 諸 ヘルパー ケアマネ ボランティア スタッフ".split()
)
_KANA_NOBODY = (
    "みなさん",
    "みなさま",
    "たくさん",
    "かあさん",
    "とうさん",
    "じいさん",
    "ばあさん",
    "おじさん",
    "おばさん",
    "にいさん",
    "ねえさん",
    "おくさん",
    "お子さん",
    "赤ちゃん",
    "おかげさま",
    "ごくろうさま",
    "おつかれさま",
    "さまざま",
)


@dataclass(frozen=True, slots=True)
class Sign:
    """One place of one text. `words` as they stand there."""

    kind: SignKind
    field: str
    words: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return str(LABELS[self.kind])

    @property
    def hint(self) -> str:
        return str(HINTS[self.kind])

    @property
    def key(self) -> tuple[str, str]:
        """What a reason is given for: the same words of the same kind, wherever they stand."""
        return self.kind.value, self.words


def find_signs(texts: Mapping[str, str]) -> list[Sign]:
    """In the order of the texts and of the words in them; what lies inside another find is not told twice."""
    return [sign for field, text in texts.items() for sign in _signs_of(field, text)]


def _signs_of(field: str, text: str) -> list[Sign]:
    # Character by character, so that places in the one are places in the other.
    folded = "".join(_fold(character) for character in text)
    found: list[tuple[int, int, SignKind]] = []
    for kind, start, end in sorted(_raw(folded), key=lambda item: (item[1], -item[2])):
        if not found or start >= found[-1][1]:
            found.append((start, end, kind))
    return [
        Sign(
            kind,
            field,
            text[start:end].strip()[:200],
            text[max(0, start - CONTEXT) : start],
            text[end : end + CONTEXT],
        )
        for start, end, kind in found
    ]


_AS_HYPHEN = dict.fromkeys("‐‑‒–—―−－", "-")


def _fold(character: str) -> str:
    """Full-width letters and digits as half-width ones, each as one character."""
    folded = unicodedata.normalize("NFKC", _AS_HYPHEN.get(character, character))
    return folded if len(folded) == 1 else character


def _raw(text: str) -> Iterator[tuple[SignKind, int, int]]:
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if kind == SignKind.NAME and _is_nobody(match.group()):
                continue
            yield kind, match.start(), match.end()
    places = [match.start() for match in _PLACE.finditer(text)]
    position = 0
    for match in _AGE.finditer(text):
        while position < len(places) and places[position] < match.start() - _NEAR:
            position += 1
        if position < len(places) and places[position] <= match.end() + _NEAR:
            yield SignKind.AGE, match.start(), match.end()


def _is_nobody(words: str) -> bool:
    name = re.sub(r"\s?(?:さん|ちゃん|くん|君|氏|様|さま)$", "", words)
    return name in _NOBODY or words.endswith(_KANA_NOBODY)
