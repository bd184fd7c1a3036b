"""Whether a few words name a speaker, and what they say of them: organisation, name, role.

Nothing here knows where the words stood; `styles` decides whether a document uses such words for its speakers.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from meetings.parsing import words
from meetings.parsing.source import squeeze
from platform_portal.japanese.tokens import Morpheme, morphemes

MAX_LENGTH = 40
# How sure the words alone make us.
NONE, NAME, LIKELY, SURE = 0, 1, 2, 3

_NEVER = re.compile(r"[。、，,！!？?「」『』\"“”…‥;；:：=＝+＋*＊<>＜＞|｜\\/~～〜→⇒←%％&＆@＠#＃^_＿①-⑳]")
_SEAT = re.compile(r"(?:議席)?(?:第)?\d{1,3}番")
_NUMBERED = re.compile(
    r"(?P<word>委員|発言者|参加者|構成員|市民|住民|質問者|回答者|議員|団体|会員|出席者|傍聴者|職員|学生|当事者|話者|事務局|氏|パネリスト|メンバー|担当|担当者|県|市|発表者|保護者|事業者|来場者|speaker)"
    r"[ \-(]?(?P<mark>[A-Za-zア-ンⅠ-Ⅹ甲乙丙丁]|\d{1,3})\)?",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"(?P<mark>[A-Za-z]|[甲乙丙丁])(?P<word>委員|さん|氏|議員|先生|様|団体|社|市|町|県|課|構成員|会員|参加者|理事|教授|委員長|副委員長|会長|班)"
)
_LETTER = re.compile(r"[A-Z]|[甲乙丙丁]")
_QUESTION = re.compile(r"(?:[QA]|問|答|質問|回答|意見)(?:\d{1,3}|[\-.]\d{1,3})*")
_NAME = re.compile(
    r"[\u3005\u3006\u30f6\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f\ufe00-\ufe0f\U000e0100-\U000e01ef]{1,10}"
)
_REDACTED = re.compile(r"[○●◎□■△▲×*＊]+")
_HIRAGANA = re.compile(r"[\u3041-\u3096\u30fc]+")
_KATAKANA = re.compile(r"[\u30a1-\u30fa\u30fc]+")
_KANJI_NO_KANJI = re.compile(r"[\u3400-\u9fff]の[\u3400-\u9fff]")
_HONORIFICS = ("君", "氏", "さん", "様", "先生", "殿", "くん")


class Label(NamedTuple):
    """What a label says. `strength` is one of NONE, NAME, LIKELY, SURE."""

    strength: int
    organization: str = ""
    name: str = ""
    role: str = ""
    key: str = ""

    @property
    def is_role_only(self) -> bool:
        return bool(self.role) and not self.name


_NOTHING = Label(NONE)


@lru_cache(maxsize=4096)
def read_label(core: str) -> Label:
    """What `core`, the words between the marks, says of a speaker. Cheap: the name is found by `with_name`."""
    if len(core) > MAX_LENGTH * 2:
        return _NOTHING
    plain = squeeze(unicodedata.normalize("NFKC", _strip_marks(core)))
    if not plain or len(plain) > MAX_LENGTH or _NEVER.search(plain.replace("・", "")):
        return _NOTHING
    label = _read_bracketed(plain) if plain.endswith(")") and "(" in plain else _read_plain(plain)
    if not label.strength:
        return _NOTHING
    return Label(label.strength, label.organization, label.name, label.role, plain)


def _strip_marks(core: str) -> str:
    return core.strip().strip("*_").strip()


def _read_bracketed(plain: str) -> Label:
    """委員(A), 国務大臣(河野太郎君), 20番(鈴木議員), 山田(会長)."""
    outer, _bracket, inner = plain[:-1].partition("(")
    inner = inner.strip("()")
    if not inner or "(" in inner or ")" in inner:
        return _NOTHING
    if not outer:
        return _read_plain(inner)
    if _SEAT.fullmatch(outer):
        return Label(SURE, role=f"{outer}議員", name=without_honorific(inner))
    first, second = _read_plain(outer), _read_plain(inner)
    if first.strength == SURE and not _is_remark(inner):
        name = without_honorific(inner) if _NAME.fullmatch(inner) else ""
        return Label(SURE, first.organization, name or first.name, outer if name else first.role)
    if first.strength in (NAME, LIKELY) and second.strength == SURE:
        return Label(SURE, second.organization, outer if first.strength == NAME else "", inner)
    return _NOTHING


def _is_remark(inner: str) -> bool:
    return inner.endswith(words.PRESENTING_WORDS + words.TIME_WORDS)


def without_honorific(name: str) -> str:
    for ending in ("議員", "委員", *_HONORIFICS):
        if name.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def _read_plain(plain: str) -> Label:
    if plain in words.NOT_SPEAKERS and plain not in words.SPEAKERS_IN_COMPANY:
        return _NOTHING
    if plain in words.SPEAKERS_IN_COMPANY:
        return Label(LIKELY, role=plain)
    special = _read_special(plain)
    if special is not None:
        return special
    if plain.startswith(words.NOT_SPEAKER_STARTS) and not plain.startswith(words.ALLOWED_STARTS):
        return _NOTHING
    return _read_role(plain)


def _read_special(plain: str) -> Label | None:
    if (match := _NUMBERED.fullmatch(plain)) or (match := _LETTERED.fullmatch(plain)):
        return Label(SURE, name=match["mark"], role=match["word"])
    if _LETTER.fullmatch(plain) or _QUESTION.fullmatch(plain) or plain in words.QUESTION_WORDS:
        return Label(LIKELY, role=plain)
    if match := _SEAT.match(plain):
        rest = plain[match.end() :]
        if not rest:
            return Label(SURE, role=plain)
        return (
            Label(SURE, name=without_honorific(rest), role=f"{match[0]}議員")
            if _NAME.fullmatch(rest)
            else _NOTHING
        )
    return None


def _read_role(plain: str) -> Label:
    *before, last = plain.split("・")
    role = ending_role(last)
    if role:
        prefix = last[: -len(role)]
        if prefix and not _fits_before_role(prefix, role):
            return _NOTHING
        return Label(SURE, role=role)
    if _REDACTED.fullmatch(plain):
        return _NOTHING
    if plain.endswith(words.ORGANIZATION_ENDS) and len(plain) > 1:
        return Label(LIKELY, organization=plain)
    if plain.endswith(words.GENERIC_ENDS) and len(plain) > 2 and not _KANJI_NO_KANJI.search(plain):
        return Label(LIKELY, role=plain)
    if not before and _NAME.fullmatch(plain) and len(plain) >= 2:
        return Label(NAME, name=plain)
    return _NOTHING


def ending_role(plain: str) -> str:
    """The longest known role at the end of `plain`, or an empty string."""
    if plain[-1:] not in words.ROLE_LAST:
        return ""
    for length in range(min(len(plain), words.LONGEST_ROLE), 0, -1):
        if plain[-length:] in words.ROLES:
            return plain[-length:]
    return ""


def _fits_before_role(prefix: str, role: str) -> bool:
    if _KANJI_NO_KANJI.search(prefix) or (
        prefix.endswith(("の", "を", "は", "が", "に")) and len(prefix) > 3
    ):
        return False
    if role in ("氏", "君", "様", "殿", "さん", "くん", "ちゃん") and not (
        _NAME.fullmatch(prefix) or _REDACTED.fullmatch(prefix)
    ):
        return False
    return all(character.isalnum() or character in "○●◎□■△▲×*()々ヶ・ー-" for character in prefix)


@lru_cache(maxsize=4096)
def split_name(plain: str, known: frozenset[str] = frozenset()) -> tuple[str, str, str]:
    """(organisation, name, role) of a label that ends in a role; `known` are names printed elsewhere in the document."""
    *before, last = plain.split("・")
    organization = "・".join(before)
    role = ending_role(last)
    prefix = last[: len(last) - len(role)]
    if not prefix:
        return organization, "", last
    found = (
        _known_at_start(prefix, known) or _name_by_shape(prefix, role) or _name_by_words(last, prefix, role)
    )
    if found is None:
        return "", "", plain
    start, end = found
    own = last[:start]
    joined = f"{organization}・{own}" if organization and own else organization or own
    return joined, last[start:end], last[end:]


def _known_at_start(prefix: str, known: frozenset[str]) -> tuple[int, int] | None:
    for length in range(min(len(prefix), 10), 1, -1):
        if prefix[:length] in known:
            return 0, length
    return None


def _name_by_shape(prefix: str, role: str) -> tuple[int, int] | None:
    is_personal = role in words.PERSONAL_ROLES
    if _HIRAGANA.fullmatch(prefix) or _REDACTED.fullmatch(prefix):
        return 0, len(prefix)
    if is_personal and _KATAKANA.fullmatch(prefix) and len(prefix) <= 8:
        return 0, len(prefix)
    return None


def _name_by_words(last: str, prefix: str, role: str) -> tuple[int, int] | None:
    """The dictionary says which words are names; a place directly before a role is one too (山田部長)."""
    pieces = _placed(last)
    start = None
    for index, (place, piece) in enumerate(pieces):
        if place >= len(prefix):
            break
        if _is_surname(piece) or (_is_place(piece) and _may_be_surname(pieces, index, role)):
            start = index
            break
    is_personal = role in words.PERSONAL_ROLES
    if start is None:
        if (
            is_personal
            and _NAME.fullmatch(prefix)
            and len(prefix) <= 6
            and not prefix.endswith(words.ORGANIZATION_ENDS)
        ):
            return 0, len(prefix)
        return None
    begin = pieces[start][0]
    if is_personal and not prefix.endswith(words.ORGANIZATION_ENDS):
        return begin, len(prefix)
    end = begin + len(pieces[start][1].surface)
    for place, piece in pieces[start + 1 :]:
        if place >= len(prefix) or not _continues_name(piece):
            break
        end = place + len(piece.surface)
    return begin, min(end, len(prefix))


@lru_cache(maxsize=4096)
def looks_like_name(name: str) -> bool:
    """Whether the dictionary knows any part as a name of a person; names in hiragana it often does not."""
    if _HIRAGANA.fullmatch(name):
        return len(name) <= 5
    pieces = _placed(name)
    return any(_is_surname(piece) for _place, piece in pieces) or (
        len(pieces) == 1 and _is_place(pieces[0][1])
    )


@lru_cache(maxsize=4096)
def begins_with_surname(name: str) -> bool:
    pieces = _placed(name)
    return bool(pieces) and (_is_surname(pieces[0][1]) or (_is_place(pieces[0][1]) and len(pieces) > 1))


def is_family_name(name: str) -> bool:
    """One word that the dictionary has as a family name."""
    pieces = _placed(name)
    return len(pieces) == 1 and pieces[0][1].pos[2:4] == ("人名", "姓")


def _placed(text: str) -> list[tuple[int, Morpheme]]:
    pieces: list[tuple[int, Morpheme]] = []
    place = 0
    for piece in morphemes(text):
        pieces.append((place, piece))
        place += len(piece.surface)
    # Folding may change lengths; then no place can be trusted.
    return pieces if place == len(text) else []


def _is_surname(piece: Morpheme) -> bool:
    return piece.is_person_name


def _is_place(piece: Morpheme) -> bool:
    return piece.pos[:3] == ("名詞", "固有名詞", "地名") or (
        piece.pos[:3] == ("名詞", "固有名詞", "一般") and len(piece.surface) <= 3
    )


def _may_be_surname(pieces: list[tuple[int, Morpheme]], index: int, role: str) -> bool:
    follows = pieces[index + 1][1].surface if index + 1 < len(pieces) else ""
    if role in words.MUNICIPAL_ROLES and index == 0 and role != "議員":
        return False
    if follows in ("市", "町", "村", "区", "県", "府", "都"):
        return False
    return index == 0 or pieces[index - 1][1].surface.endswith(words.ORGANIZATION_ENDS)


def _continues_name(piece: Morpheme) -> bool:
    surface = piece.surface
    return (
        piece.is_person_name
        or bool(_HIRAGANA.fullmatch(surface))
        or (len(surface) == 1 and surface not in "副兼前元新主")
    )


def with_name(label: Label, known: frozenset[str] = frozenset()) -> Label:
    """The same label with name and organisation told apart from the role."""
    if (
        label.name
        or not label.role
        or label.strength != SURE
        or not label.key.endswith(ending_role(label.role) or "?")
    ):
        return label
    organization, name, role = split_name(label.key, known)
    return label._replace(organization=organization, name=name, role=role)
