"""Crisis words in the languages that the portal offers, but Japanese and English (these are in `crisis`).

Plain phrases, as people type them in distress: with or without accents, with or without spaces. Danger from oneself,
danger from somebody else, and cries, which count only where nothing else is said ("ajuda" is a cry, "ajuda com o
visto" is not). Where two languages write the same, the one that more people in Japan speak comes first.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from platform_portal.japanese.text import normalize


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one language, parted by "/"."""

    self_harm: str
    violence: str
    cries: str
    beside: str = ""  # what may stand around a cry


PHRASES: Mapping[str, Phrases] = {
    "zh": Phrases(
        "我想死/想死了/不想活/活不下去/想自杀/想自殺/自殺念頭/自杀念头/割腕/結束生命/结束生命/去死算了/活著沒意思/活着没意思",
        "要杀我/要殺我/想杀我/想殺我/杀了我/殺了我/被杀/掐我脖子/掐我的脖子/拿刀/家暴/打我",
        "想死/救命/救救我/帮帮我/幫幫我/帮我/幫我/求救",
    ),
    "ko": Phrases(
        "죽고 싶/죽고싶/자살/살기 싫/살고 싶지 않/사라지고 싶/죽을래/죽어버리고 싶/손목을 그/자해",
        "죽이려고/죽인다고/죽일 거/목을 졸/칼을 들/때리고 있/살해 협박",
        "도와줘/도와주세요/살려줘/살려주세요/도와 주세요/살려 주세요/너무 힘들어/너무 힘들어요",
    ),
    "vi": Phrases(
        "muốn chết/tự tử/tự sát/không muốn sống/chán sống/kết thúc cuộc đời/rạch tay",
        "giết tôi/giết em/giết mình/bóp cổ/cầm dao/đang bị đánh/đánh tôi/dọa giết",
        "cứu tôi/cứu tôi với/cứu với/cứu em với/giúp tôi/giúp tôi với/giúp với/làm ơn giúp tôi",
    ),
    "pt": Phrases(
        "quero morrer/queria morrer/quero me matar/vou me matar/penso em me matar/não quero mais viver"
        "/não quero viver/tirar minha vida/acabar com a minha vida/suicídio/me cortar/quero sumir",
        "vai me matar/quer me matar/ameaça me matar/ameaçou me matar/vão me matar/me enforcou/está me batendo"
        "/me bateu/me bate/com uma faca",
        "ajuda/me ajuda/me ajude/ajude me/ajuda me/me ajudem/socorro/preciso de ajuda",
        "por favor",
    ),
    "es": Phrases(
        "quiero morir/quisiera morir/quiero morirme/me quiero morir/quiero matarme/me quiero matar/voy a matarme"
        "/no quiero vivir/no quiero seguir viviendo/quitarme la vida/acabar con mi vida/suicidio/suicidarme/cortarme",
        "me va a matar/me quiere matar/quiere matarme/va a matarme/amenaza con matarme/me amenaza/me estrangula"
        "/me ahorca/me está pegando/me pega/me golpea/con un cuchillo",
        "ayuda/ayúdame/ayúdenme/auxilio/socorro/necesito ayuda",
        "por favor",
    ),
    "fil": Phrases(
        "gusto ko nang mamatay/gusto ko ng mamatay/gusto kong mamatay/magpakamatay/magpapakamatay/ayoko nang mabuhay"
        "/ayaw ko nang mabuhay/pagpapakamatay/ayoko na mabuhay/papatayin ko ang sarili ko",
        "papatayin ako/papatayin niya ako/sinasaktan ako/binubugbog ako/sinasakal ako/sinakal ako/may kutsilyo",
        "tulong/tulungan mo ako/tulungan niyo ako/tulungan nyo ako/saklolo/kailangan ko ng tulong",
        "pakiusap",
    ),
    "ne": Phrases(
        "मर्न चाहन्छु/मर्न मन लाग/मर्न मन छ/आत्महत्या/बाँच्न मन छैन/बाँच्न चाहन्न/बाच्न मन छैन/marna man lag/marna chahanchhu/atmahatya",
        "मलाई मार्छ/मार्न खोज/मार्ने धम्की/घाँटी थिच/मलाई कुट",
        "मद्दत गर्नुहोस्/मलाई मद्दत गर्नुहोस्/मलाई बचाउनुहोस्/बचाउनुहोस्/गुहार/सहयोग गर्नुहोस्/malai maddat garnuhos",
    ),
    "id": Phrases(
        "ingin mati/mau mati/pengen mati/pingin mati/bunuh diri/tidak ingin hidup/tidak mau hidup/gak mau hidup"
        "/nggak mau hidup/mengakhiri hidup",
        "membunuh saya/membunuhku/mau dibunuh/akan dibunuh/dicekik/bawa pisau/memukul saya/dipukuli",
        "tolong/tolong saya/tolong aku/tolongin/selamatkan saya/butuh bantuan/saya butuh bantuan/bantu saya",
    ),
    "th": Phrases(
        "อยากตาย/ฆ่าตัวตาย/ไม่อยากมีชีวิตอยู่/ไม่อยากอยู่แล้ว/อยากหายไปจากโลก/ทำร้ายตัวเอง/กรีดข้อมือ",
        "จะฆ่าฉัน/จะฆ่าหนู/จะฆ่าเรา/ขู่ฆ่า/บีบคอ/ถือมีด/ทำร้ายฉัน/ทุบตี",
        "ช่วยด้วย/ช่วยฉันด้วย/ช่วยหนูด้วย/ช่วยที/ขอความช่วยเหลือ",
        "ค่ะ/ครับ",
    ),
    "my": Phrases("သေချင်/သတ်သေ/မနေချင်တော့/အသက်မရှင်ချင်/အဆုံးစီရင်", "သတ်မယ်/သတ်တော့မယ်/လည်ပင်းညှစ်/ရိုက်နေ", "ကယ်ပါ/ကူညီပါ/ကယ်ကြပါ"),
    "km": Phrases("ចង់ស្លាប់/ធ្វើអត្តឃាត/សម្លាប់ខ្លួន/មិនចង់រស់", "សម្លាប់ខ្ញុំ/ច្របាច់ក/វាយខ្ញុំ", "ជួយផង/ជួយខ្ញុំផង/ជួយខ្ញុំ"),
    "mn": Phrases(
        "үхмээр байна/үхэхийг хүсэж/амиа хорлох/амиа хорлом/амьдрахыг хүсэхгүй/амьдармааргүй",
        "намайг алах/намайг ална/хоолой боож/намайг зодож/хутга барьж",
        "туслаач/надад туслаач/авраач/намайг авраач/тусламж хэрэгтэй",
    ),
    "si": Phrases(
        "මැරෙන්න ඕන/මැරෙන්න ඕනේ/සියදිවි නසා/ජීවත් වෙන්න බැ", "මාව මරන/මට ගහනවා", "උදව් කරන්න/මට උදව් කරන්න/බේරගන්න"
    ),
    "fr": Phrases(
        "je veux mourir/envie de mourir/me suicider/suicide/me tuer/plus envie de vivre/veux plus vivre"
        "/mettre fin à mes jours/me couper les veines",
        "il va me tuer/elle va me tuer/veut me tuer/menace de me tuer/m'étrangle/avec un couteau/il me frappe/me bat",
        "aidez moi/aide moi/à l'aide/au secours/j'ai besoin d'aide",
        "s'il vous plaît/svp",
    ),
    "ru": Phrases(
        "хочу умереть/не хочу жить/покончить с собой/покончить жизнь/самоубийство/суицид/убить себя/убью себя",
        "меня убьет/хочет убить меня/хочет меня убить/угрожает убить/душит меня/меня душит/с ножом/меня бьет/бьет меня",
        "помогите/помогите мне/помоги мне/спасите/на помощь",
        "пожалуйста",
    ),
    "uk": Phrases(
        "хочу померти/хочу вмерти/не хочу жити/накласти на себе руки/самогубство/вбити себе/вкоротити собі віку",
        "мене вб'є/хоче мене вбити/хоче вбити мене/погрожує вбити/душить мене/мене душить/з ножем/мене б'є/б'є мене",
        "допоможіть/допоможіть мені/допоможи мені/рятуйте/врятуйте",
        "будь ласка",
    ),
    "fa": Phrases(
        "میخواهم بمیرم/می خواهم بمیرم/میخوام بمیرم/می خوام بمیرم/خودکشی/نمیخوام زنده/نمی خواهم زنده",
        "میخواهد مرا بکشد/می خواهد مرا بکشد/منو میکشه/تهدید به قتل/کتکم میزند",
        "کمک/کمکم کنید/کمک کنید/به من کمک کنید/نجاتم دهید",
        "لطفا",
    ),
    "ur": Phrases(
        "مرنا چاہتا ہوں/مرنا چاہتی ہوں/خودکشی/خود کشی/جینا نہیں چاہتا/جینا نہیں چاہتی/جینے کا دل نہیں",
        "مجھے مار ڈالے/مجھے قتل/جان سے مارنے/گلا گھونٹ/مجھے مارتا",
        "مدد/مدد کریں/میری مدد کریں/بچاؤ/مجھے بچاؤ",
    ),
    "bn": Phrases(
        "মরতে চাই/মরে যেতে চাই/আত্মহত্যা/বাঁচতে চাই না/বাচতে চাই না/বাঁচতে ইচ্ছা করে না",
        "আমাকে মেরে ফেল/খুন করবে/গলা টিপে/আমাকে মারছে/আমাকে মারে",
        "সাহায্য করুন/আমাকে সাহায্য করুন/বাঁচাও/আমাকে বাঁচান/বাঁচান",
    ),
    "hi": Phrases(
        "मरना चाहता हूँ/मरना चाहती हूँ/मरना चाहता हूं/मरना चाहती हूं/मर जाना चाहत/खुदकुशी/ख़ुदकुशी/जीना नहीं चाहत/जीने का मन नहीं"
        "/marna chahta/marna chahti/khudkushi",
        "मुझे मार डाल/मुझे मार देगा/जान से मार/गला दबा/मुझे मारता",
        "मदद करो/मदद कीजिए/मेरी मदद करो/मेरी मदद कीजिए/बचाओ/मुझे बचाओ/मुझे बचाइए",
    ),
}

# Marks over Latin and Cyrillic letters; signs of other scripts carry the word and stay.
_ACCENTS = re.compile("[\u0300-\u036f]")
_APART = str.maketrans({"đ": "d", "ı": "i", "’": "'"})
_NO_LETTERS = re.compile(r"[\s.,!?;:…¡¿()\"'`~、。！？・।॥၊။،؟។-]+")


def plain_form(text: str) -> str:
    """`text` as these phrases are compared: lower case, without accents, words parted by one space."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", normalize(text, limit=10_000).translate(_APART)))
    return _NO_LETTERS.sub(" ", unicodedata.normalize("NFC", bare)).strip()


def _has_word_spaces(phrase: str) -> bool:
    """Latin and Cyrillic phrases stand between spaces; others run into what follows."""
    return all(character < "\u0530" for character in phrase)


def _any_of(phrases: str) -> re.Pattern[str]:
    forms = sorted(map(plain_form, filter(None, phrases.split("/"))), key=len, reverse=True)
    spaced = [re.escape(form) for form in forms if _has_word_spaces(form)]
    joined = [re.escape(form).replace(r"\ ", " ?") for form in forms if not _has_word_spaces(form)]
    parts = [rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)"] if spaced else []
    return re.compile("|".join([*parts, *joined]) or r"(?!)")


_SELF_HARM = {code: _any_of(phrases.self_harm) for code, phrases in PHRASES.items()}
_VIOLENCE = {code: _any_of(phrases.violence) for code, phrases in PHRASES.items()}
_CRIES = {code: _any_of(phrases.cries) for code, phrases in PHRASES.items()}
_BESIDE = {code: _any_of(phrases.beside) for code, phrases in PHRASES.items()}


def _first(patterns: Mapping[str, re.Pattern[str]], plain: str) -> str:
    return next((code for code, pattern in patterns.items() if pattern.search(plain)), "")


def language_of_self_harm(plain: str) -> str:
    """Code of the language in which `plain` (see `plain_form`) speaks of dying or harming oneself, or nothing.

    A mere cry for help counts, too.
    """
    return _first(_SELF_HARM, plain) or _language_of_cry(plain)


def language_of_violence(plain: str) -> str:
    """Code of the language in which `plain` speaks of being killed, strangled, beaten, or nothing."""
    return _first(_VIOLENCE, plain)


def _language_of_cry(plain: str) -> str:
    for code, pattern in _CRIES.items():
        rest, cries = pattern.subn("", plain)
        if cries and not _BESIDE[code].sub("", rest).strip():
            return code
    return ""
