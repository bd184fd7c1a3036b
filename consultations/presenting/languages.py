"""Names of languages, in Japanese and as their speakers write them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

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
_RIGHT_TO_LEFT = {"fa", "ur"}


@dataclass(frozen=True, slots=True)
class Legend:
    """How to read a card, for whoever reads no Japanese. `lang`, `dir` as in HTML."""

    lang: str
    green: str
    free: str
    closed: str
    dir: str


# What the colour and the two words that decide mean: green, 通話無料, 受付時間外.
_LEGENDS = {
    "en": [("en", "green = open now", "free call", "closed now")],
    "zh": [
        ("zh-Hans", "绿色 = 现在可以咨询", "免费电话", "现在不在受理时间"),
        ("zh-Hant", "綠色 = 現在可以諮詢", "免費電話", "現在不在受理時間"),
    ],
    "ko": [("ko", "초록색 = 지금 상담 가능", "무료 전화", "지금은 접수 시간이 아님")],
    "vi": [("vi", "màu xanh lá = đang mở cửa", "gọi miễn phí", "hiện ngoài giờ làm việc")],
    "fil": [("fil", "berde = bukas ngayon", "libreng tawag", "sarado ngayon")],
    "pt": [("pt", "verde = aberto agora", "ligação grátis", "fechado agora")],
    "es": [("es", "verde = abierto ahora", "llamada gratuita", "cerrado ahora")],
    "ne": [("ne", "हरियो = अहिले खुला छ", "निःशुल्क फोन", "अहिले बन्द छ")],
    "id": [("id", "hijau = buka sekarang", "telepon gratis", "sekarang tutup")],
    "th": [("th", "สีเขียว = เปิดอยู่ตอนนี้", "โทรฟรี", "ปิดอยู่ตอนนี้")],
    "my": [("my", "အစိမ်း = ယခု ဖွင့်ထားသည်", "အခမဲ့ ဖုန်းခေါ်ဆိုမှု", "ယခု ပိတ်ထားသည်")],
    "km": [("km", "ពណ៌បៃតង = បើកឥឡូវនេះ", "ទូរស័ព្ទឥតគិតថ្លៃ", "បិទឥឡូវនេះ")],
    "mn": [("mn", "ногоон = одоо нээлттэй", "үнэгүй дуудлага", "одоо хаалттай")],
    "si": [("si", "කොළ = දැන් විවෘතයි", "නොමිලේ ඇමතුම්", "දැන් වසා ඇත")],
    "fr": [("fr", "vert = ouvert maintenant", "appel gratuit", "fermé maintenant")],
    "ru": [("ru", "зелёный = сейчас открыто", "бесплатный звонок", "сейчас закрыто")],
    "uk": [("uk", "зелений = зараз відчинено", "безкоштовний дзвінок", "зараз зачинено")],
    "fa": [("fa", "سبز = اکنون باز است", "تماس رایگان", "اکنون بسته است")],
    "ur": [("ur", "سبز = ابھی کھلا ہے", "مفت کال", "ابھی بند ہے")],
    "bn": [("bn", "সবুজ = এখন খোলা", "বিনামূল্যে কল", "এখন বন্ধ")],
    "hi": [("hi", "हरा = अभी खुला है", "मुफ़्त कॉल", "अभी बंद है")],
}


@dataclass(frozen=True, slots=True)
class SpokenLanguage:
    """A language to choose: its own name, its name in Japanese, and how to read a card."""

    code: str
    own: str
    name: str
    legends: list[Legend]


def spoken_language(code: str) -> SpokenLanguage:
    legends = [
        Legend(*words, dir="rtl" if code in _RIGHT_TO_LEFT else "ltr") for words in _LEGENDS.get(code, [])
    ]
    return SpokenLanguage(code, LANGUAGES[code][1], str(LANGUAGES[code][0]), legends)


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
