"""Reads a sentence the way the finder needs it: its words with what was done to them (not, want, was done to)."""

import re
from dataclasses import dataclass, replace

from platform_portal.japanese.text import kana, normalize, normalize_width
from platform_portal.japanese.tokens import Morpheme, morphemes

MAX_SENTENCE = 1_000
"""Characters of a resident's sentence that are read."""

NOT, WANT, SUFFERED = "not", "want", "suffered"

_WORD_CLASSES = {
    "名詞",
    "動詞",
    "形容詞",
    "形状詞",
    "副詞",
    "代名詞",
    "連体詞",
    "接頭辞",
    "感動詞",
    "補助記号",
}
# する, こと, よう: said in nearly every sentence, they mean nothing alone.
_EMPTY = {"為る", "様", "事", "の", "ん", "因る", "何"}
# After て these only colour the verb before them (食べている); alone they say something (家にいる).
_HELPERS = {"居る", "有る", "仕舞う", "呉れる", "貰う", "下さる", "頂く", "見る", "置く", "来る", "行く"}
_NEGATIVE = re.compile(
    r"^(な[いくかけきん]|無[いくか]|ん|ぬ|ず|へん|ひん|まへん|まい|れん|られん|ねえ|ねー|ねぇ|なん)"
)
_SUFFERED = {"れる", "られる"}
_U_ROW = set("うくぐすつぬぶむるゆふぷ")

# Western and Shikoku negations and wishes that the dictionary reads as something else.
_DIALECT = (
    (
        re.compile(r"(?<=[いきしちにひみりぎじびえけせてねめれげべ])と(?:う|お)?(?:ない|ねえ|へん)"),
        "たくない",
    ),
    (re.compile(r"(?<=[いきしちにひみりぎじびえけせてねめれげべ])たない"), "たくない"),
    (
        re.compile(r"(?<=[あかさたなまらわがざばえけせてねめれげべ])へん(?=[かねわのしけやとで。、!? ]|$)"),
        "ない",
    ),
    (re.compile(r"(?<=[きいしちにみり])(?:い|や|え)?[ひへ]ん(?=[かねわのしけやとで。、!? ]|$)"), "ない"),
    (re.compile(r"(?<=[しなたらどよきつ]い)けん"), "から"),
    (re.compile(r"(?<=[だやるたん])けん(?=[、。 ]|$)"), "から"),
    (re.compile(r"(?<![ぁ-ゖ])いけん(?=[。、 かねわのしけやと]|$)"), "行けない"),
    (re.compile(r"(?<=[にへ])いけ(?:へ)?ん"), "行けない"),
    (re.compile(r"でき(?:ひん|へん|ん)(?=[かねわのしけやとで。、!?]|$)"), "できない"),
    (re.compile(r"(?<=[えけせてねめれげべ])んけん"), "ないけん"),
    (re.compile(r"なんぼ"), "いくら"),
    (re.compile(r"(?<=[てで])し(?:も|ま)うた"), "しまった"),
    (re.compile(r"買うた"), "買った"),
    (re.compile(r"(?:言|ゆ|い)うてくる"), "言ってくる"),
    (re.compile(r"(?:言|ゆ)うた"), "言った"),
    (re.compile(r"(?:言|ゆ)われ"), "言われ"),
    (re.compile(r"払うて"), "払って"),
    (re.compile(r"もろうた|もろた"), "もらった"),
    (re.compile(r"おらん(?=[かねわのしけやとでよ。、!? ]|$)"), "いない"),
    (re.compile(r"おらへん|おれへん|いてへん"), "いない"),
    (re.compile(r"あらへん|あれへん"), "ない"),
    (re.compile(r"知らんと"), "知らないで"),
    (re.compile(r"ちゃう(?=[かねわ])"), "違う"),
    (re.compile(r"えらい(?=[わんけ]|$)"), "しんどい"),
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A word of the sentence: `normal` its one spelling, `marks` out of NOT, WANT, SUFFERED."""

    normal: str
    marks: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        return "+".join([self.normal, *sorted(self.marks)])


@dataclass(frozen=True, slots=True)
class Reading:
    """`plain` the search form, `units` its words, `sound` how it is read, in hiragana without spaces."""

    plain: str
    units: tuple[Unit, ...]
    sound: str


def read(text: str) -> Reading:
    """Never raises; reads at most MAX_SENTENCE characters."""
    plain = normalize_width(text, limit=MAX_SENTENCE)
    for pattern, standard in _DIALECT:
        plain = pattern.sub(standard, plain)
    pieces = morphemes(plain)
    sound = "".join(piece.reading for piece in pieces if piece.pos[0] != "空白")
    return Reading(normalize(plain), tuple(_units(pieces)), sound)


def in_hiragana(text: str) -> str:
    """`text` with katakana as hiragana: for whoever writes whole sentences in katakana, of half width or full.

    Not for everybody, since the dictionary knows borrowed words in katakana only.
    """
    return kana(normalize_width(text, limit=MAX_SENTENCE))


def _units(pieces: list[Morpheme]) -> list[Unit]:
    units: list[Unit] = []
    before: Morpheme | None = None
    for piece in pieces:
        mark = _mark(piece, before)
        if mark and units:
            units[-1] = replace(units[-1], marks=units[-1].marks | {mark})
        elif not mark and _is_word(piece) and not _is_helper(piece, before):
            units.append(Unit(piece.normal))
        before = piece
    return units


def _mark(piece: Morpheme, before: Morpheme | None) -> str:
    """What `piece` says about the word before it, if it is grammar."""
    kind = piece.pos[0]
    if kind == "助動詞":
        if piece.normal in _SUFFERED and not piece.surface.endswith("ん"):
            return SUFFERED
        if piece.normal == "たい":
            return WANT
        return NOT if _NEGATIVE.match(piece.surface) else ""
    if before is None:
        return ""
    if kind == "形容詞" and piece.normal == "無い" and before.pos[0] in {"助動詞", "動詞", "形容詞"}:
        return NOT
    if (
        piece.surface == "ん"
        and before.pos[0] in {"動詞", "助動詞"}
        and before.surface[-1] not in _U_ROW | {"た", "だ"}
    ):
        return NOT
    return ""


def _is_helper(piece: Morpheme, before: Morpheme | None) -> bool:
    return before is not None and before.surface in {"て", "で"} and piece.normal in _HELPERS


def _is_word(piece: Morpheme) -> bool:
    kind, detail = piece.pos[0], piece.pos[1]
    if kind == "補助記号":
        return any(map(str.isalpha, piece.surface.strip("ー")))
    if kind not in _WORD_CLASSES:
        return False
    if detail == "数詞" or piece.normal in _EMPTY:
        return False
    return any(map(str.isalnum, piece.normal.strip("ー")))
