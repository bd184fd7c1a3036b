"""Names of languages, in Japanese and as their speakers write them."""

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# BCP 47 code: (name in Japanese, name for its speakers). Those that windows in Japan offer.
LANGUAGES = {
    "ja": (gettext_lazy("日本語"), "日本語"),
    "en": (gettext_lazy("英語"), "English"),
    "zh": (gettext_lazy("中国語"), "中文"),
    "ko": (gettext_lazy("韓国語"), "한국어"),
    "vi": (gettext_lazy("ベトナム語"), "Tiếng Việt"),
    "fil": (gettext_lazy("フィリピノ語"), "Tagalog"),
    "pt": (gettext_lazy("ポルトガル語"), "Português"),
    "es": (gettext_lazy("スペイン語"), "Español"),
    "ne": (gettext_lazy("ネパール語"), "नेपाली"),
    "id": (gettext_lazy("インドネシア語"), "Bahasa Indonesia"),
    "th": (gettext_lazy("タイ語"), "ไทย"),
    "my": (gettext_lazy("ミャンマー語"), "မြန်မာ"),
    "km": (gettext_lazy("クメール語"), "ខ្មែរ"),
    "mn": (gettext_lazy("モンゴル語"), "Монгол"),
    "si": (gettext_lazy("シンハラ語"), "සිංහල"),
    "fr": (gettext_lazy("フランス語"), "Français"),
    "ru": (gettext_lazy("ロシア語"), "Русский"),
    "uk": (gettext_lazy("ウクライナ語"), "Українська"),
    "fa": (gettext_lazy("ペルシア語"), "فارسی"),
    "ur": (gettext_lazy("ウルドゥー語"), "اردو"),
    "bn": (gettext_lazy("ベンガル語"), "বাংলা"),
    "hi": (gettext_lazy("ヒンディー語"), "हिन्दी"),
    "jsl": (gettext_lazy("日本手話"), "日本手話"),
}


_ALIASES = {"tl": "fil"}


def language_name(code: str) -> str:
    code = _ALIASES.get(code, code)
    known = LANGUAGES.get(code) or LANGUAGES.get(code.split("-")[0])
    return str(known[0]) if known else code


def language_names(codes: Iterable[str]) -> str:
    return _("・").join(dict.fromkeys(language_name(code) for code in codes))


def brief_languages(codes: Sequence[str]) -> str:
    """All names when they are few, else the first two and the number."""
    if len(codes) <= 3:
        return language_names(codes)
    return _("%(names)sなど%(count)d言語") % {"names": language_names(codes[:2]), "count": len(codes)}


def all_language_choices() -> list[tuple[str, str | Promise]]:
    """For the staff's forms. A window says nothing else: forms and files refuse other codes."""
    return [(code, name) for code, (name, _own) in LANGUAGES.items()]


def language_like(code: str) -> str:
    """The code of the list that `code` probably means (pt-BR: pt), or nothing."""
    plain = code.lower().partition("-")[0]
    plain = _ALIASES.get(plain, plain)
    return plain if plain in LANGUAGES else ""


def language_choices() -> list[tuple[str, str]]:
    """For the filter: the speaker's own word first, so that it is found without Japanese."""
    return [
        (code, f"{own}（{name}）") for code, (name, own) in LANGUAGES.items() if code not in {"ja", "jsl"}
    ]
