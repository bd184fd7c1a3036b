import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.finding.crisis import has_crisis_words


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
        "夫に殺される",
        "ころされる",
        "殺すと言われた",
        "首を絞められた",
        "包丁を持って追いかけてくる",
        "たすけて",
        "I want to die",
        "thinking about suicide",
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
        "殺虫剤のにおいで気分が悪い",
    ],
)
def test_other_trouble_is_no_alarm(text):
    assert not has_crisis_words(text)


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_never_raises(text):
    assert has_crisis_words(text) in {True, False}
