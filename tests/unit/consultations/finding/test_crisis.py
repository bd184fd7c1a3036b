import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.finding import find
from consultations.finding.crisis import find_danger, has_crisis_words, is_cry
from consultations.finding.crisis_abroad import PHRASES
from consultations.presenting.languages import LANGUAGES

CRIES = [
    "たすけて",
    "助けて",
    "助けてください",
    "たすけてください",
    "助けて下さい",
    "助けてくれ",
    "助けてほしい",
    "誰か助けて",
    "だれかたすけて",
    "タスケテ",
    "ﾀｽｹﾃ",
    "たすけてー！！",
    "た、す、け、て",
    "たすてけ",
    "たすけれ",
    "たすけえて",
    "だすけて",
    "tasukete",
    "もうだめ",
    "もうダメです",
    "もう駄目だ",
    "もうだめかもしれない",
    "もうむり",
    "もう無理です",
    "もうムリ…",
    "ほんとうにもう無理",
    "限界です",
    "もう限界",
    "げんかいです",
    "限界なんです",
    "死にたい",
    "しにたい",
    "シニタイ",
    "死にたいです",
    "しにたあい",
    "shinitai",
    "消えたい",
    "きえたい",
    "キエタイ",
    "消えたいです",
    "消えてしまいたいです",
    "きえたいよ",
    "誰か",
    "だれか",
    "ダレカ",
    "誰か…",
    "つらい",
    "辛い",
    "ツライ",
    "つらいです",
    "とてもつらいです",
    "つらすぎる",
    "毎日つらい",
    "しんどい",
    "シンドイ",
    "しんどいです",
    "もうしんどい、つらい",
    "苦しい",
    "HELP",
    "sos",
    "help me",
    "Help me!!",
    "please help me",
    "somebody help",
    "I need help",
    "I want to die",
    "i wanna die",
    "want to disappear",
]


@pytest.mark.parametrize(
    "text",
    [
        "死にたい",
        "もう死んでしまいたい",
        "しにたい",
        "しに たい",
        "し に た い",
        "死…に…た…い",
        "しにたーい",
        "きのうおーばーどーずした",
        "4にたい",
        "４にたい",
        "氏にたい",
        "タヒにたい",
        "ﾀﾋにたい",
        "死にたくなる",
        "死にてえ",
        "消えたい",
        "きえたい",
        "消えてしまいたい",
        "いなくなりたい",
        "生きていたくない",
        "もう生きとうない",
        "生きるのがつらい",
        "生きる意味が分からない",
        "リスカがやめられない",
        "りすか",
        "手首を切った",
        "ODした",
        "オーバードーズしてしまう",
        "薬をいっぱい飲んだ",
        "自殺する方法",
        "じさつ",
        "飛び降りようと思う",
        "首を吊る",
        "死",
        "死にた",
        "しにた",
        "しにたお",
        "毎日死にたあ",
        "夫に殺される",
        "ころされる",
        "殺すと言われた",
        "首を絞められた",
        "包丁を持って追いかけてくる",
        "たすけて",
        "夫がこわいです。助けてください",
        "母の介護がもう限界です",
        "仕事もう無理",
        "I want to die",
        "thinking about suicide",
        "I feel like dying",
        "sometimes I wish I was dead",
        "I don't want to be alive",
        "there is no reason to live",
        "I'm tired of living",
        "I cut myself... I want to end my life",
        "He threatened to kill me",
        "娘が死にたいと言っている",
    ],
)
def test_danger_is_heard(text):
    assert has_crisis_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "家賃が払えない",
        "母が死んで片付けが大変",
        "犬が死んでさみしい",
        "つらたん",
        "疲れた",
        "消しゴムがない",
        "仕事をやめたい",
        "学校に行きたくない",
        "消費者センターに相談したい",
        "死亡届の出し方",
        "電気が消えて困っている",
        "手伝ってくれて助かった",
        "お母さんを助けてあげたい",
        "od",
        "My bike died",
        "引っ越しにたくさんお金がかかった",
        "a reason to live in Kagawa",
        "殺虫剤のにおいで気分が悪い",
    ],
)
def test_other_trouble_is_no_alarm(text):
    assert not has_crisis_words(text)


@pytest.mark.parametrize("text", CRIES)
def test_a_cry_is_heard_and_answered(text):
    assert has_crisis_words(text)
    first = find(text, windows=None).categories[0]
    assert first.score >= 0.1


@pytest.mark.parametrize("text", [cry for cry in CRIES if not cry.isascii()])
def test_a_cry_leads_to_mental_help(text):
    assert find(text, windows=None).categories[0].slug == "mental"


@pytest.mark.parametrize(
    "text",
    [
        "誰かと話せる場所",
        "隣の人がうるさくて誰かに相談したい",
        "英語がつらい",
        "腰が痛くてしんどいので病院を探したい",
        "助けてくれた人にお礼がしたい",
        "知りたい",
        "無理のない返済",
        "家のローンが無理なく払えるか",
        "Can you help me find a school for my son",
        "help me to fill in the form",
        "むりょう",
        "だめな契約",
    ],
)
def test_a_subject_is_no_mere_cry(text):
    assert not is_cry(text)
    assert not has_crisis_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "殺される",
        "お父さんにころされる",
        "夫に殺されそう",
        "コロサレル",
        "首を絞められた",
        "首を絞めてくる",
        "包丁",
        "包丁を持って追いかけてくる",
        "今殴られている",
        "いま、父に殴られています",
        "刺されそう",
        "部屋に監禁されている",
        "he is going to kill me",
        "He threatened to kill me",
        "my husband is choking me",
        "meu marido vai me matar",
        "me quiere matar",
        "他要杀我",
        "남편이 죽이려고 해요",
        "chồng tôi dọa giết tôi",
        "papatayin ako ng asawa ko",
    ],
)
def test_danger_from_others_is_told_apart(text):
    danger = find_danger(text)
    assert danger.from_others
    assert not danger.from_self


@pytest.mark.parametrize(
    "text", ["死にたい", "首を絞めて死ぬ方法", "包丁で手首を切った", "もう無理", "I want to kill myself"]
)
def test_danger_from_oneself_is_no_matter_for_the_police(text):
    danger = find_danger(text)
    assert danger.from_self
    assert not danger.from_others


def test_both_dangers_can_be_said_at_once():
    danger = find_danger("夫に殺されるくらいなら死にたい")
    assert danger.from_self
    assert danger.from_others


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Quero morrer", "pt"),
        ("eu nao quero mais viver", "pt"),
        ("me ajuda", "pt"),
        ("Ajuda!", "pt"),
        ("SOCORRO por favor", "pt"),
        ("quiero morir", "es"),
        ("ayudame", "es"),
        ("我想死", "zh"),
        ("想死", "zh"),
        ("不想活了", "zh"),
        ("救命！", "zh"),
        ("幫幫我", "zh"),
        ("죽고 싶어", "ko"),
        ("죽고싶어요", "ko"),
        ("도와주세요", "ko"),
        ("muốn chết", "vi"),
        ("toi muon chet", "vi"),
        ("cứu tôi với", "vi"),
        ("gusto ko nang mamatay", "fil"),
        ("tulong", "fil"),
        ("मर्न मन लाग्यो", "ne"),
        ("saya ingin mati", "id"),
        ("tolong saya", "id"),
        ("อยากตาย", "th"),
        ("ช่วยด้วยค่ะ", "th"),
        ("သေချင်တယ်", "my"),
        ("je veux mourir", "fr"),
        ("хочу умереть", "ru"),
        ("не хочу жити", "uk"),
        ("मैं मरना चाहता हूँ", "hi"),
        ("আমি মরতে চাই", "bn"),
    ],
)
def test_danger_is_heard_in_every_language(text, language):
    assert find_danger(text).language == language
    assert has_crisis_words(text)


def test_every_language_offered_has_crisis_words():
    assert set(PHRASES) == set(LANGUAGES) - {"ja", "en", "jsl"}
    for code, phrases in PHRASES.items():
        for phrase in "/".join([phrases.self_harm, phrases.violence, phrases.cries]).split("/"):
            assert find_danger(phrase), (code, phrase)


@pytest.mark.parametrize(
    "text",
    ["ajuda com o visto", "necesito ayuda con mi visa", "quero morar no Japão", "救命講習", "我想学日语", "想死你了", "한국어 상담",
     "tolong isi formulir ini"],
)  # fmt: skip
def test_other_trouble_abroad_is_no_alarm(text):
    assert not has_crisis_words(text)


def test_the_worst_said_last_is_heard():
    assert has_crisis_words("家賃が払えません。" * 400 + "死にたい")


@pytest.mark.parametrize("text", ["シニタイ", "ｼﾆﾀｲ", "コロサレル", "ｷｴﾀｲ", "ﾀｽｹﾃ"])
def test_kana_of_any_width_is_heard(text):
    assert has_crisis_words(text)


def test_a_long_cry_is_read_in_no_time():
    began = time.perf_counter()
    has_crisis_words("なのもうんですたすけ" * 100 + "x")
    assert time.perf_counter() - began < 0.5


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_never_raises(text):
    assert has_crisis_words(text) in {True, False}
