"""Words that mean a life may be in danger: the page then puts the emergency numbers first.

Two kinds of danger, since they need different numbers: from oneself (somebody to talk to), from others (the police).
Rather one alarm too many: nobody is harmed by seeing the numbers. Denials are not trusted (「死にたいわけじゃないけど」).
"""

import re
from dataclasses import dataclass

from consultations.finding import crisis_abroad
from consultations.finding.reading import NOT, SUFFERED, WANT, Unit, read
from platform_portal.japanese.text import normalize

# Word → marks that must be there: what is suffered or wanted, not what is only mentioned.
_WORDS: dict[str, frozenset[str]] = {
    "死ぬ": frozenset({WANT}),
    "消える": frozenset({WANT}),
    "生きる": frozenset({NOT, WANT}),
    "自殺": frozenset(),
    "自死": frozenset(),
    "自傷": frozenset(),
    "心中": frozenset(),
    "飛び降りる": frozenset(),
    "希死念慮": frozenset(),
    "オーバードーズ": frozenset(),
    "首吊り": frozenset(),
    "練炭": frozenset(),
    "リストカット": frozenset(),
}
_BY_NORMAL = {normalize(word): marks for word, marks in _WORDS.items()}
_KILL = normalize("殺す")
# Characters that are searched for phrases. Far more than are split into words: the worst is often said last.
MAX_SEARCHED = 10_000

# Over the search form without spaces: slang, hiragana that is split wrongly, phrases, English.
_PATTERN = re.compile(
    "|".join(
        [
            r"(?:死|し|4|四|氏|タヒ|たひ|ﾀﾋ)に(?:た|て|と)(?!な(?:り|る)ま|くさん)(?:い|ぇ|え|く|う|かっ|ひ|すぎ)",
            # Sent before it was written to the end, or the finger slipped beside い.
            r"死にた(?:[あお]|$)|^しにた(?:[あお]|$)|^死$",
            r"(?:死|し|4|氏|たひ)の(?:う|っ)(?:かな|と(?:思|おも))",
            r"(?:死|し)んでしまいた",
            r"(?:死|し)んだ(?:ほう|方)が(?:まし|いい|良い|らく|楽)",
            r"(?:死|し)ぬ(?:しか|ほう|方|つもり|予定|ことばかり|準備|方法)",
            r"(?:死|し)んじゃ(?:いた|お)",
            r"(?:消|き)え(?:て)?(?:しまい|なくなり|ちゃい)?た(?:い|く|すぎ|かっ)",
            r"(?:居|い)なくなりた(?:い|く)",
            r"(?:生|い)きて(?:い|お)?(?:た|と)(?:くない|うない|ない)",
            r"(?:生|い)きる(?:の|こと)が?(?:つら|辛|しんど|いや|嫌|無理|むり|限界)",
            r"(?:生|い)きて(?:い)?る?(?:の|意味|いみ|価値).{0,6}(?:ない|な[しく]|つら|辛|しんど|分から|わから|疲れ)",
            r"(?:生|い)きる(?:意味|いみ|価値|かち).{0,8}(?:ない|なく|なし|わから|分から|見え|みえ)",
            r"(?:生|い)きてけない|(?:生|い)きていけない|(?:生|い)きていかれん",
            r"(?:首|くび)を?(?:吊|つ)(?:る|り|ろ|っ)",
            r"(?:飛|と)び(?:降|お)り|(?:飛|と)び(?:込|こ)(?:み|も|む)",
            r"(?:手首|てくび|腕|うで)を?(?:切|き)(?:る|っ|り)",
            r"りすか|りすとかっと|あむか|おばどず|じさつ|(?<![a-z])od(?:し|する|って|た)",
            r"(?:薬|くすり).{0,5}(?:大量|たくさん|いっぱい|全部|ぜんぶ|一気).{0,3}(?:飲|の)",
            r"(?:大量|たくさん|いっぱい).{0,3}(?:薬|くすり).{0,3}(?:飲|の)",
            r"(?:終|お)わりにした|(?:人生|じんせい)を?(?:終|お)(?:わら|え)",
            r"(?:首|くび)を?(?:絞|締|し)め(?!られ|て(?:く|き))",
            r"(?:自分|じぶん)(?:の(?:体|からだ|腹|おなか|喉|のど|首|くび|腕|うで))?を(?:刺|さ|切|き)",
            r"(?:助|たす)けて(?![くいもほ]|あげ|もら|ほし)|(?:助|たす)けて(?:くだ|下)さ",
            r"もう(?:限界|げんかい|無理|むり|だめ|駄目)(?:です|だ|なん|よ|ね)*$",
            r"(?:死|し)にそう|(?:殺|ころ)しそう|(?:殺|ころ)してしま(?:い|う)",
        ]
    )
)
# Somebody else is the danger.
_VIOLENCE = re.compile(
    "|".join(
        [
            r"(?:殺|ころ)(?:され|すぞ|してやる|すと(?:言|い|脅|おど))",
            r"(?:首|くび)を?(?:絞|締|し)め(?:られ|て(?:く|き))",
            r"(?:今|いま).{0,10}(?:殴|なぐ|叩|たた|蹴|け)られ",
            r"(?:刺|さ)され(?:そう|る|た)|(?:襲|おそ)われ(?:そう|る|て|た)",
            r"(?:監禁|かんきん)され|(?:閉|と)じ(?:込|こ)められ",
        ]
    )
)
# In whose hand, the sentence does not always say: from others, unless it speaks of harming oneself.
_WEAPON = re.compile(r"包丁|ほうちょう|(?:刃物|はもの|ないふ)(?:を|で|もっ|持)")
_ENGLISH_VIOLENCE = re.compile(
    r"\b(?:kill(?:ing)? (?:me|us)|threaten\w* to kill|(?<!am )(?<!i'm )(?<!im )(?:going to|gonna) kill(?! (?:my|him|her)self)"
    r"|chok(?:e|ed|es|ing) me|strangl\w* me|hold(?:s|ing)? a knife|with a knife|(?:is|keeps?) (?:beating|hitting) me)\b"
)
_ENGLISH = re.compile(
    r"\b(?:suicid\w*|kill (?:myself|himself|herself)|want to die|wanna die|want to be dead|end my life|"
    r"end it all|(?:don'?t|do not) want to (?:live|exist|be alive|be here any ?more)|feel(?:ing)? like dying|"
    r"wish i (?:was|were) dead|(?:no|any) reason to live|tired of living|self[- ]?harm\w*|cut(?:ting)? my(?:self| wrists?| arms?)|overdos\w*|"
    r"(?:am|i'?m) (?:going to|gonna) kill|hurt myself|better off dead)\b"
)
# A sentence that is nothing but these and what stands around them is a cry, though no word of it names a danger.
_CRY = re.compile(
    "|".join(
        [
            # Helped is written in haste: letters swapped, doubled, left out.
            r"(?:助|[ただ]す)け[えぇ]?[てでとれt](?:(?:くだ|下)さい|くれ|(?:ほ|欲)し[いく]|もらいたい)?|たすてけ|たけすて|たすけ$",
            r"(?:もう|も)(?:だめ|駄目|むり|無理|いや|嫌)|(?:^|(?<=に))(?:だめ|駄目|むり|無理)|限界|げんかい",
            r"(?:つら|辛|くるし|苦し)(?:い|く|すぎ|かった)|しんど(?:い|く|すぎ|かった)?",
            r"(?:死|し)にたあ*い|(?:消|き)えたい|誰か|だれか",
            r"tas[u]?kete?|sh?initai|kietai|へるぷ(?:み)?|えすおえす",
        ]
    )
)
_AROUND = re.compile(
    "|".join(
        [
            r"(?:本当|ほんと|ほんとう|まじ|とて|すご|めちゃ|めっちゃ)[もにうでく]*|毎日|まいにち|ずっと|ただ|なんか|全部|ぜんぶ",
            r"私|わたし|僕|ぼく|俺|おれ|うち|あたし|心|こころ|気持ち|きもち|今|いま|すぐ|もう|怖い|こわい",
            r"(?:お願|おねが)い(?:します)?|(?:くだ|下)さい|かも(?:しれ(?:ない|ません))?|(?:思|おも)(?:う|います)",
            r"なん|です|ました|ます|でし?た|すぎ|る|だ|よ|ね|な|の|ん|が|は|も|を|に|と|て|で|さ|わ|い|う|お|ぁ|あ|ぃ|ぅ|ぇ|ぉ|っ",
        ]
    )
)
_ENGLISH_CRY = re.compile(
    r"(?:(?:please|pls|plz|oh|god|can|could|will|somebody|someone|anybody|anyone|i|we|need|me|us|you|now|just|really|want to"
    r"|help|sos|disappear|it hurts)\b\W*)+"
)
_ENGLISH_CORE = re.compile(r"\b(?:help|sos|disappear)\b")
_NO_SPACES = re.compile(r"[\s、。・.…!?~ー]+")


@dataclass(frozen=True, slots=True)
class Danger:
    """What a sentence says of danger. `language`: code of the language it was said in, if not Japanese or English."""

    from_self: bool = False
    from_others: bool = False
    language: str = ""

    def __bool__(self) -> bool:
        return self.from_self or self.from_others


def find_danger(text: str) -> Danger:
    """Whether the sentence speaks of dying or harming oneself, and of being killed or hurt by others. Never raises."""
    units = read(text).units
    plain = normalize(text, limit=MAX_SEARCHED)
    joined = _NO_SPACES.sub("", plain)
    abroad = crisis_abroad.plain_form(plain)
    hurting = crisis_abroad.language_of_self_harm(abroad)
    hurt = crisis_abroad.language_of_violence(abroad)
    from_self = bool(
        hurting
        or any(map(_is_crisis, units))
        or _ENGLISH.search(plain)
        or _PATTERN.search(joined)
        or is_cry(plain)
    )
    from_others = bool(
        hurt
        or any(map(_is_violence, units))
        or _ENGLISH_VIOLENCE.search(plain)
        or _VIOLENCE.search(joined)
        or (not from_self and _WEAPON.search(joined))
    )
    return Danger(from_self, from_others, hurt or hurting)


def has_crisis_words(text: str) -> bool:
    """Whether the sentence speaks of dying, being killed or harming oneself. Never raises."""
    return bool(find_danger(text))


def is_cry(text: str) -> bool:
    """Whether the sentence is a cry for help and nothing else: 「もう無理」「誰か」「help me」."""
    return _is_cry(normalize(text, limit=1_000))


def _is_cry(plain: str) -> bool:
    if _ENGLISH_CORE.search(plain) and _ENGLISH_CRY.fullmatch(plain):
        return True
    rest, cries = _CRY.subn(" ", _NO_SPACES.sub("", plain))
    return bool(cries) and not _AROUND.sub("", rest).strip()


def _is_violence(unit: Unit) -> bool:
    return unit.normal == _KILL and SUFFERED in unit.marks


def _is_crisis(unit: Unit) -> bool:
    marks = _BY_NORMAL.get(unit.normal)
    return marks is not None and marks <= unit.marks and not (unit.normal == "死ぬ" and NOT in unit.marks)
