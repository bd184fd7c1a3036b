"""Finds names in one text. Reads it once from left to right: time grows with its length alone."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _

from meetings.leaks.folding import fold, folded, is_hiragana, is_kanji


class LeakKind(models.TextChoices):
    """How sure it is. The order is that in which they are looked at."""

    NAME = "name", _("この会議に関わる人の名前")
    PERHAPS = "perhaps", _("名前かもしれない言葉")
    UNKNOWN = "unknown", _("敬称の付いた言葉")
    ORGANIZATION = "organization", _("発言した団体の名前")


HONORIFICS = ("さん", "氏", "様", "さま", "君", "くん", "先生", "殿", "どの", "ちゃん")
# Enough to tell a person from a word; roles of the meeting itself are added.
ROLES = (
    "課長", "部長", "局長", "次長", "室長", "係長", "所長", "会長", "理事", "委員", "参与", "議長", "座長", "代表",
    "主任", "主査", "主幹", "館長", "園長", "校長", "院長", "教授", "講師", "顧問", "監事", "幹事", "専務", "常務",
    "事務局", "統括", "副", "担当", "相談員", "支援員", "社長", "町長", "市長", "村長", "知事", "議員", "医師",
)  # fmt: skip
_PLACES = (
    "県",
    "府",
    "都",
    "市",
    "町",
    "村",
    "区",
    "郡",
    "駅",
    "川",
    "港",
    "湾",
    "地区",
    "地域",
    "地方",
    "大学",
    "高校",
)
# Before 「さん」「様」 these are no names.
_NOBODY = {
    "皆", "お客", "客", "神", "仏", "多", "同", "仕", "模", "文", "紋", "一", "異", "有", "各", "両", "某", "彼", "摂",
    "華", "父", "母", "兄", "姉", "娘", "嫁", "孫", "息子", "祖父", "祖母", "奥", "親御", "旦那", "叔父", "叔母",
    "伯父", "伯母", "爺", "婆", "赤", "王", "殿", "諸", "貴", "無", "左", "今", "何", "学生", "家族", "大家", "親方",
    "近所", "隣", "相手方", "先方", "本屋", "魚屋", "八百屋", "業者", "子供", "双方", "奥方", "御子", "子", "担任", "学校",
}  # fmt: skip
_NOBODY_IN_KATAKANA = {
    "ヘルパー", "ケアマネ", "ケアマネジャー", "ケアマネージャー", "スタッフ", "ボランティア", "ワーカー", "ママ", "パパ",
    "ソーシャルワーカー", "リーダー", "サポーター", "メンバー", "マスター", "オーナー", "ドクター", "ナース", "カウンセラー",
    "コーディネーター", "アドバイザー", "パートナー", "ユーザー", "ゲスト", "ファシリテーター", "ピアサポーター",
}  # fmt: skip
# What somebody does or is, not what they are called: 患者さん, 看護師さん, 相談員さん.
_DOING = (
    *"者員師士官長人主医婦社店課係団会協族皆民",
    "企業",
    "親御",
    "事業所",
    "施設",
    "学生",
    "子供",
    "高齢",
)
_WITH_HONORIFIC = re.compile(r"([一-鿿々]{1,5})(?:さん|氏(?!名)|様(?![々式子相態変])|さま|先生|殿)")
_KATAKANA = re.compile(r"([ァ-ヴー・]{2,12})(?:さん|氏(?!名)|様(?![々式子])|さま|先生)")
GENERIC = {
    "事務局",
    "県",
    "市",
    "町",
    "村",
    "国",
    "議長",
    "委員",
    "会長",
    "座長",
    "参加者",
    "会場",
    "主催者",
    "全員",
}


@dataclass(frozen=True, slots=True)
class Found:
    """`start`, `end`: in the text, the honorific not among them."""

    start: int
    end: int
    kind: LeakKind
    name: str = ""  # as it is known, folded; empty for somebody unknown


@dataclass
class Known:
    """Whom a text might name. `roles`: what may stand in place of a name."""

    roles: dict[str, str] = field(default_factory=dict)  # folded name -> the words instead
    organizations: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    _by_first: dict[str, list[tuple[str, bool]]] = field(default_factory=dict, repr=False)

    def add_person(self, name: str, role: str = "") -> None:
        for form in forms_of(name):
            if role or form not in self.roles:
                self.roles[form] = self.roles.get(form) or role
        if role:
            self.titles.add(folded(role))

    def add_organization(self, name: str) -> None:
        form = folded(name)
        if len(form) > 1 and form not in GENERIC:
            self.organizations.add(form)

    def index(self) -> "Known":
        """Once everybody is in: by first character, the longest first."""
        entries = [(name, True) for name in self.roles] + [(name, False) for name in self.organizations]
        for name, role in self.roles.items():
            if not role:  # the whole name of somebody whose role is known by the family name
                families = [name[:length] for length in range(len(name) - 1, 0, -1)]
                self.roles[name] = next(filter(None, map(self.roles.get, families)), "")
        self._by_first = {}
        for name, is_person in sorted(entries, key=lambda entry: (-len(entry[0]), not entry[1], entry[0])):
            self._by_first.setdefault(name[0], []).append((name, is_person))
        return self

    def starting_at(self, text: str, place: int) -> Iterator[tuple[str, bool]]:
        for name, is_person in self._by_first.get(text[place], ()):
            if text.startswith(name, place):
                yield name, is_person


def forms_of(name: str) -> set[str]:
    """The whole name and the family name: before the space, or the usual two characters where there is none."""
    parts = name.replace("\u3000", " ").split()
    whole = folded(name)
    forms = {whole}
    if len(parts) > 1:
        forms.add(folded(parts[0]))
    elif len(whole) > 2 and all(map(is_kanji, whole)):
        forms.add(whole[: 2 if len(whole) < 5 else 3])
    return {form for form in forms if form}


def find(text: str, known: Known) -> list[Found]:
    """In the order of the text; nothing overlaps."""
    plain, places = fold(text)
    found = list(_find_known(plain, known))
    taken: set[int] = set()
    for start, end, _kind, _name in found:
        taken.update(range(start, end))
    for start, end in _find_unknown(plain):
        if taken.isdisjoint(range(start, end)):
            found.append((start, end, LeakKind.UNKNOWN, ""))
    hits = [Found(places[start], places[end - 1] + 1, kind, name) for start, end, kind, name in found]
    # Folding makes one of katakana and hiragana, and in hiragana nearly all such words are none.
    known_places = {place for each in hits for place in range(each.start, each.end)}
    hits += [
        Found(*match.span(1), LeakKind.UNKNOWN)
        for match in _KATAKANA.finditer(text)
        if match[1] not in _NOBODY_IN_KATAKANA and known_places.isdisjoint(range(*match.span(1)))
    ]
    return sorted(hits, key=lambda each: each.start)


def _find_known(plain: str, known: Known) -> Iterator[tuple[int, int, LeakKind, str]]:
    place = 0
    while place < len(plain):
        for name, is_person in known.starting_at(plain, place):
            kind = _kind_of(plain, place, name, known) if is_person else LeakKind.ORGANIZATION
            if kind is not None:
                yield place, place + len(name), kind, name
                place += len(name)
                break
        else:
            place += 1


def _kind_of(plain: str, place: int, name: str, known: Known) -> LeakKind | None:
    """How sure it is that these characters are meant as the name; None when they are plainly not."""
    end = place + len(name)
    before = plain[place - 1] if place else ""
    is_inside = bool(before) and is_kanji(before)
    if _is_addressed(plain, end, known.titles):
        return LeakKind.PERHAPS if is_inside and len(name) == 1 else LeakKind.NAME
    if len(name) == 1 or (is_hiragana(name) and len(name) < 4) or plain.startswith(_PLACES, end):
        return None
    after = plain[end] if end < len(plain) else ""
    is_inside = is_inside or (bool(after) and is_kanji(after))
    if is_hiragana(name):
        is_inside = is_hiragana(before or "。") or is_hiragana(after or "。")
    return LeakKind.PERHAPS if is_inside else LeakKind.NAME


def _is_addressed(plain: str, end: int, titles: Iterable[str]) -> bool:
    if plain.startswith(("様々", "様式", "様子", "氏名"), end):
        return False
    return plain.startswith((*HONORIFICS, *ROLES, *titles), end)


def _find_unknown(plain: str) -> Iterator[tuple[int, int]]:
    for match in _WITH_HONORIFIC.finditer(plain):
        if match[1] not in _NOBODY and not match[1].endswith(_DOING):
            yield match.span(1)


UNKNOWN_WORDS = "○○"
MOST_AFTER = 40  # characters that are looked at for a role or an honorific


def rewritten(text: str, found: Iterable[Found], known: Known) -> str:
    """A proposal: the role in place of the name. 「大谷さんは」 reads 「参与は」, 「大谷参与」 reads 「参与」."""
    pieces, at = [], 0
    for each in found:
        if each.kind not in {LeakKind.NAME, LeakKind.UNKNOWN}:
            continue
        pieces.append(text[at : each.start])
        role = known.roles.get(each.name, "")
        at = each.end
        rest = text[at : at + MOST_AFTER]
        gap = len(rest) - len(rest.lstrip())
        if rest.lstrip().startswith((*ROLES, *known.titles)):
            at += gap
            continue
        pieces.append(role or UNKNOWN_WORDS)
        if role:
            at += next((gap + len(each) for each in HONORIFICS if rest.lstrip().startswith(each)), 0)
    return "".join([*pieces, text[at:]])
