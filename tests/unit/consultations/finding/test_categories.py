"""What the finder understands; the sentences were written for these tests and are in no training file."""

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.finding.categories import LEAST, find_categories
from consultations.finding.lexicon import CATEGORY_SLUGS
from consultations.views.public.search import SURE_OF_SUBJECT

TRAINING = Path(__file__).resolve().parents[4] / "benchmarks" / "data" / "finding_sentences.tsv"

# Sentence → categories of which one must come first.
SENTENCES = {
    "来週までに家賃を払わんと出ていかないかん": {"living"},
    "母の介護でもう一年休んでいません": {"living"},
    "おふくろが最近よう物忘れする": {"living"},
    "ローンの支払いに追われて夜も落ち着かない": {"living", "consumer"},
    "赤ちゃんが朝まで泣きよる。もうふらふら": {"childcare"},
    "保育園がどこもいっぱいで入れません": {"childcare"},
    "妹の着替えと朝ごはんを用意してから中学校に行っています": {"young-carer", "children"},
    "ひいばあちゃんの世話は高校生の私の仕事です": {"young-carer"},
    "夫が皿を投げつけてくる": {"violence", "gender"},
    "別れた彼が毎日アパートの前に立っている": {"violence"},
    "バス停で知らない人に触られた": {"violence"},
    "三十五の息子が八年も部屋にこもったまま": {"hikikomori"},
    "人の目が怖くて玄関から出られへん": {"hikikomori"},
    "何を見ても涙が出て、起き上がる気力がない": {"mental"},
    "父の酒がやまず家族みんな疲れています": {"mental"},
    "手話のできる人に話を聞いてほしい": {"disability"},
    "療育手帳を持つ弟のグループホームを探しています": {"disability"},
    "小二の娘が登校をしぶって毎朝泣きます": {"education"},
    "担任の先生に何度言うても話にならん": {"education", "children"},
    "ハローワークに通っても採用されません": {"employment"},
    "店長が残業代を一円もくれへん": {"employment"},
    "ビザの期限がもうすぐ来ます。どこへ行けばいいですか": {"foreign"},
    "にほんごが よめません。たすけて ください": {"foreign"},
    "お試しのはずの化粧品が毎月届いて解約できない": {"consumer"},
    "警告画面が出て電話したら金を払えと言われた": {"consumer"},
    "同じ学年の男子が好き。ぼくも男です": {"minority", "children"},
    "心は女なのに男の制服を着なければならない": {"minority"},
    "家事は女の仕事だと夫も姑も言う": {"gender"},
    "離婚を切り出したいけど、この先のお金が不安": {"gender", "living"},
    "外国の名前だからとアパートを断られた": {"rights", "foreign", "minority"},
    "掲示板にうそと住所を書きこまれた": {"rights", "minority"},
    "休み時間に話す子がいない。教室がこわい": {"children", "education"},
    "ママがいつもおこってて家にいたくない": {"children"},
}


# A word or two is all that many people type; each must be enough for the page to name the subject.
WORDS = {
    "セクマイ": "minority",
    "性的少数者のこと": "minority",
    "国民年金": "living",
    "ゴミ屋敷": "living",
    "おとしよりの介護": "living",
    "お酒": "mental",
    "loneliness": "mental",
    "I am lonely": "mental",
    "I have nobody to talk to": "mental",
}


@pytest.mark.parametrize(("words", "slug"), WORDS.items())
def test_few_words_are_enough_to_be_sure(words, slug):
    best = find_categories(words)[0]
    assert best.slug == slug
    assert best.score >= SURE_OF_SUBJECT


@pytest.mark.parametrize(("sentence", "labels"), SENTENCES.items())
def test_sentence_leads_to_its_category(sentence, labels):
    assert find_categories(sentence)[0].slug in labels


def test_these_sentences_are_not_among_those_learnt_from():
    with TRAINING.open(encoding="utf-8") as file:
        learnt = {row["sentence"] for row in csv.DictReader(file, delimiter="\t")}
    assert not learnt & SENTENCES.keys()


@pytest.mark.parametrize(
    ("written", "other"),
    [
        ("ひきこもりの兄", "引籠りの兄"),
        ("家賃が払えない", "やちんが はらえない"),
        ("ＤＶ", "ドメスティックバイオレンス"),
        ("不登校", "ふとうこう"),
        ("お金がない", "おかねがない"),
    ],
)
def test_spelling_does_not_matter(written, other):
    assert find_categories(written)[0].slug == find_categories(other)[0].slug


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("My husband beats me every night", "violence"),
        ("I cannot pay my rent this month", "living"),
        ("My company has not paid my wages", "employment"),
        ("老板没有给我工资", "foreign"),
        ("남편이 무서워요", "foreign"),
        ("Meu visto vai vencer", "foreign"),
    ],
)
def test_another_language_means_foreign_and_keeps_the_subject(sentence, subject):
    first_three = [match.slug for match in find_categories(sentence)[:3]]
    assert {"foreign", subject} <= set(first_three)


def test_who_speaks_decides():
    """The same school: a child's own trouble, or a parent's."""
    assert find_categories("学校がつらい。ぼくは小5です")[0].slug == "children"
    assert find_categories("小5の息子が学校をつらがっています")[0].slug == "education"


def test_wanting_to_go_to_school_is_not_refusing_to():
    refusing = {match.slug: match.score for match in find_categories("学校に行けない")}
    wanting = {match.slug: match.score for match in find_categories("学校に行きたい")}
    assert refusing["education"] > wanting["education"]


@pytest.mark.parametrize("text", ["", "   ", "。。。", "zzqq", "\x00", "ーーー", "1234567"])
def test_nothing_understood_finds_nothing(text):
    assert find_categories(text) == []


def test_scores_fall_and_stay_between_nothing_and_one():
    found = find_categories("夫に殴られて、子どもを連れて逃げたいけどお金がない")
    scores = [match.score for match in found]
    assert len(found) >= 2
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert all(score >= LEAST for score in scores)
    assert len({match.slug for match in found}) == len(found)


@pytest.mark.parametrize("sentence", ["家賃が払えない", "ひきこもりの娘", "学校に行けない", "ざざざ"])
def test_what_is_hardly_meant_is_left_out(sentence):
    found = find_categories(sentence)
    assert found
    assert all(match.score >= LEAST for match in found[1:])


def test_words_of_staff_count():
    before = {match.slug: match.score for match in find_categories("うどんの解説")}
    words = {"gender": ["うどん"], "unknown-slug": ["解説"]}
    after = {match.slug: match.score for match in find_categories("うどんの解説", words=words)}
    assert after["gender"] > before.get("gender", 0)


def test_same_answer_every_time():
    assert len({tuple(find_categories("死にたいくらい借金がある")) for _ in range(5)}) == 1


def test_fast_enough_for_a_page():
    sentences = [*SENTENCES] * 3
    find_categories("暖機")
    began = time.process_time()
    for sentence in sentences:
        find_categories(sentence)
    assert (time.process_time() - began) / len(sentences) < 0.005


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_never_raises(text):
    assert {match.slug for match in find_categories(text)} <= set(CATEGORY_SLUGS)


@pytest.mark.parametrize(
    ("katakana", "hiragana"),
    [("ｶﾈｶﾞﾅｲ", "かねがない"), ("カネガナイ", "かねがない"), ("イジメラレテル", "いじめられてる")],
)
def test_whole_sentences_in_katakana_are_understood(katakana, hiragana):
    assert find_categories(katakana) == find_categories(hiragana)
    assert find_categories(katakana)


def test_word_for_drinking_that_families_use_is_known():
    first = find_categories("アル中の父")[0]
    assert first.slug == "mental"
    assert first.score > 0.5
