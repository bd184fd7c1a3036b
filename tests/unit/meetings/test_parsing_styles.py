"""Other places' ways of marking who speaks: each fixture is the same invented meeting set in another way."""

import datetime as dt

import pytest

from meetings.parsing import parse_minutes
from meetings.parsing.source import squeeze
from tests.unit.meetings.reading import STYLES, assert_nothing_lost, fixture, truth_of


@pytest.mark.parametrize("style", STYLES)
def test_every_turn_and_no_other(style: str) -> None:
    source, truth = fixture(f"styles/{style}.txt"), truth_of(style)
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert [(turn.line, turn.label) for turn in proposal.turns()] == [
        (line, label) for line, label, _words in truth
    ]
    for turn, (_line, _label, words) in zip(proposal.turns(), truth, strict=True):
        assert squeeze(turn.text)[: len(words)] == words


@pytest.mark.parametrize("style", ["circle_wide_gap", "colon", "space", "own_line", "table", "tab"])
def test_name_and_role_told_apart(style: str) -> None:
    speakers = [(turn.speaker, turn.role) for turn in parse_minutes(fixture(f"styles/{style}.txt")).turns()]
    assert speakers[:3] == [("桐生", "委員長"), ("早乙女", "地域づくり推進課長"), ("小泉", "委員")]
    assert speakers[4] == ("つつみ", "委員")


def test_there_is_a_fixture_for_each_family_of_marks() -> None:
    assert len(STYLES) >= 25


RECORD = "○会長　ただいまから始めます。\n○委員　よろしくお願いします。\n{line}\n○会長　では、次に進みます。\n○委員　はい、わかりました。\n"


@pytest.mark.parametrize(
    "line",
    [
        "○出席者",
        "○議事日程",
        "〇午後２時３分休憩",
        "◎休憩",
        "◎議席の指定",
        "○会長あいさつ",
        "○会長の互選",
        "○出席委員",
        "○第１日",
        "（休憩）",
        "（案）",
        "(1) 道路について",
        "（「異議なし」の声あり）",
        "〔会長退席〕",
        "【資料１】",
        "―――――――",
        "○日時：令和７年５月１日",
        "○傍聴者　２名",
        "○事務局説明",
        "○会長　挨拶",
        "○委員　青木三郎、井上春子、上田夏男",
    ],
)
def test_headings_and_breaks_are_no_turns(line: str) -> None:
    source = RECORD.format(line=line)
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert [turn.line for turn in proposal.turns()] == [1, 2, 4, 5]


def test_calls_stay_in_the_turn_they_interrupt() -> None:
    proposal = parse_minutes(RECORD.format(line="　　〔「なし」と呼ぶ者あり〕\n　それでは了承します。"))
    assert "呼ぶ者あり" in list(proposal.turns())[1].text
    assert "了承します。" in list(proposal.turns())[1].text


COMMAS = """まちづくり会議　議事録
日時　令和７年２月１２日
番号,発言者,内容
1,会長,ただいまから始めます。
2,山田委員,"駅前の広場は,いつ直しますか。"
,,雨の日が困ります。
3,事務局,秋から始めます,来月に図面を出します。
"""


def test_cells_between_commas_under_a_head_are_turns() -> None:
    proposal = parse_minutes(COMMAS)
    assert_nothing_lost(COMMAS, proposal)
    assert [(turn.line, turn.label, turn.text) for turn in proposal.turns()] == [
        (4, "会長", "ただいまから始めます。"),
        (5, "山田委員", "駅前の広場は,いつ直しますか。\n雨の日が困ります。"),
        (7, "事務局", "秋から始めます,来月に図面を出します。"),
    ]
    assert proposal.title == "まちづくり会議　議事録"


def test_commas_without_a_head_are_no_table() -> None:
    source = COMMAS.replace("番号,発言者,内容\n", "")
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert not list(proposal.turns())


LEGEND = """まちづくり会議　議事録
（凡例　○＝委員　●＝事務局）
○　駅前の広場はいつ直しますか。
●　秋から始めます。
○　雨の日が困ります。
　屋根がほしいです。
●　屋根も考えます。
"""


def test_marks_that_the_head_explains_are_speakers() -> None:
    proposal = parse_minutes(LEGEND)
    assert_nothing_lost(LEGEND, proposal)
    assert [(turn.line, turn.label, turn.role, turn.text) for turn in proposal.turns()] == [
        (3, "○", "委員", "駅前の広場はいつ直しますか。"),
        (4, "●", "事務局", "秋から始めます。"),
        (5, "○", "委員", "雨の日が困ります。\n屋根がほしいです。"),
        (7, "●", "事務局", "屋根も考えます。"),
    ]


def test_marks_that_nothing_explains_are_no_speakers() -> None:
    source = LEGEND.replace("（凡例　○＝委員　●＝事務局）\n", "")
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert not list(proposal.turns())


TAILS = """まちづくり会議　議事要旨
日時　令和７年２月１２日

主な意見
・駅前の広場は、いつ直しますか。（委員）
・秋から始めます。来月に図面を出して、駅の利用者にも
　見てもらえるようにします。（事務局）
・雨の日が困ります。(1)
　屋根がほしいです。（山田委員）
　図面を見て決めましょう。（会長）
・広報にも載せます。（資料1）
以上で終わります。（拍手）
（以上）
"""


def test_speakers_at_the_end_of_their_words() -> None:
    proposal = parse_minutes(TAILS)
    assert_nothing_lost(TAILS, proposal)
    assert [(turn.line, turn.label, turn.speaker, turn.role, turn.text) for turn in proposal.turns()] == [
        (5, "（委員）", "", "委員", "・駅前の広場は、いつ直しますか。"),
        (
            6,
            "（事務局）",
            "",
            "事務局",
            "・秋から始めます。来月に図面を出して、駅の利用者にも\n見てもらえるようにします。",
        ),
        (8, "（山田委員）", "山田", "委員", "・雨の日が困ります。(1)\n屋根がほしいです。"),
        (10, "（会長）", "", "会長", "図面を見て決めましょう。"),
    ]
    rest = "".join(each.text for each in proposal.utterances if not each.label)
    assert "（資料1）" in rest
    assert "（拍手）" in rest


def test_a_single_name_at_the_end_is_no_speaker() -> None:
    source = "連絡会の記録\n\n道路について話した。（委員）\n広場について話した。（資料1）\n次は春に開く。（以上）\n"
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert not list(proposal.turns())


def test_text_without_speakers_is_kept_as_told() -> None:
    source = "連絡会の記録\n\n市民館の改修について話し合った。\n来年の春に始めることとした。\n"
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert not list(proposal.turns())
    assert "no_speakers" in {flag.code for flag in proposal.flags}


def test_lines_wrapped_by_a_page_are_one_paragraph() -> None:
    words = "駅前の広場には屋根のある場所が少なく雨の日に待つ人が困っているので、柱を生かして小さな屋根をかける案を次の会までに用意します。"
    wrapped = "\n".join(words[start : start + 20] for start in range(0, len(words), 20))
    source = "".join(f"○{role}　{wrapped}\n" for role in ("会長", "委員", "会長", "委員"))
    turns = list(parse_minutes(source).turns())
    assert len(turns) == 4
    assert turns[1].text == words


def test_page_numbers_are_set_aside() -> None:
    source = "○会長　始めます。\n○委員　はい、お願いします。\n- 1 -\n\f○会長　次に進みます。\n○委員　わかりました。\n- 2 -\n\f○会長　終わります。\n"
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert not any("1" in turn.text for turn in proposal.turns())
    assert [flag.code for flag in proposal.flags].count("page_number") == 1


def test_arrow_before_an_answer() -> None:
    source = "委員：遊具が古いので早めに見てください。\n→ 事務局：秋に見る予定です。\n委員：冬はどうですか。\n⇒ 事務局：検討します。\n"
    assert [turn.label for turn in parse_minutes(source).turns()] == [
        "委員：",
        "→ 事務局：",
        "委員：",
        "⇒ 事務局：",
    ]


def test_turn_that_is_only_told_keeps_its_label() -> None:
    source = "【会長】\n　始めます。説明をお願いします。\n【事務局】\n　（資料１に基づき説明）\n【会長】\n　ありがとうございます。\n"
    turns = list(parse_minutes(source).turns())
    assert [(turn.label, turn.text) for turn in turns][1] == ("【事務局】", "（資料１に基づき説明）")


def test_item_within_a_turn_ends_it_but_a_list_read_out_does_not() -> None:
    head = "議題\n（１）川の掃除について\n（２）祭りについて\n（３）その他\n\n"
    turn = "○会長　始めます。\n○委員　はい、始めましょう。\n"
    alone = parse_minutes(f"{head}{turn}（２）祭りについて\n　ここから二つ目です。\n○会長　以上です。\n")
    listed = parse_minutes(
        f"{head}{turn}（１）川の掃除について\n（２）祭りについて\nこの二つです。\n○会長　以上です。\n"
    )
    assert list(alone.turns())[1].text == "はい、始めましょう。"
    assert "（２）祭りについて" in list(listed.turns())[1].text


def test_hours_out_of_the_record_where_the_head_has_none() -> None:
    source = "○会長　始めます。\n○委員　はい、お願いします。\n　　午前十時一分開議\n○会長　次です。\n○委員　はい。\n　　午後零時半散会\n"
    proposal = parse_minutes(source)
    assert (proposal.starts_at, proposal.ends_at) == (dt.time(10, 1), dt.time(12, 30))


@pytest.mark.parametrize(
    "written",
    [
        "令和７年２月１２日",
        "令和 7 年 2 月 12 日（水）",
        "R7.2.12",
        "2025年2月12日",
        "2025/2/12",
        "令和七年二月十二日",
    ],
)
def test_days_as_offices_write_them(written: str) -> None:
    proposal = parse_minutes(f"会議録\n日　時　{written}　午後１時半から午後３時まで\n")
    assert proposal.held_on == dt.date(2025, 2, 12)
    assert (proposal.starts_at, proposal.ends_at) == (dt.time(13, 30), dt.time(15, 0))


def test_day_that_does_not_exist_is_asked_for() -> None:
    proposal = parse_minutes("会議録\n日時　令和７年２月３０日\n")
    assert proposal.held_on is None
    assert {"date_unread", "no_date"} <= {flag.code for flag in proposal.flags}
