"""Every shape of the first record that the portal was made for, in one invented document."""

import datetime as dt

import pytest

from meetings.parsing import Proposal, parse_minutes
from meetings.parsing.proposal import Utterance
from tests.unit.meetings.reading import assert_nothing_lost, fixture

THREE = ("4(1)", "4(2)", "4(3)")


@pytest.fixture(scope="module")
def source() -> str:
    return fixture("tsunagari_05.txt")


@pytest.fixture(scope="module")
def proposal(source: str) -> Proposal:
    return parse_minutes(source)


def flagged(proposal: Proposal, code: str) -> list[int]:
    return [flag.line for flag in proposal.flags if flag.code == code]


def saying(proposal: Proposal, words: str) -> Utterance:
    found = [each for each in proposal.utterances if words in each.text]
    assert len(found) == 1
    return found[0]


def test_nothing_is_lost(source: str, proposal: Proposal) -> None:
    assert_nothing_lost(source, proposal)


def test_head(proposal: Proposal) -> None:
    assert proposal.title == "みなと県つながり推進会議準備会 議事録（要旨）"
    assert proposal.level == "議事要旨"
    assert proposal.held_on == dt.date(2025, 10, 8)
    assert (proposal.starts_at, proposal.ends_at) == (dt.time(13, 30), dt.time(15, 0))
    assert proposal.place == "県民プラザ4階研修室"


def test_people_and_counts_apart(proposal: Proposal) -> None:
    people = [(each.organization, each.name, each.role) for each in proposal.attendance if each.name]
    counts = [(each.organization, each.count, each.unit) for each in proposal.attendance if each.count]
    assert people == [
        ("生活支援室", "北沢渚", "参与"),
        ("みなと女子大学社会学部", "水谷涼子", "准教授"),
    ]
    assert counts == [("幹事団体", 7, "団体"), ("庁内関係課", 12, "課"), ("", 45, "名")]


def test_agenda_is_a_tree_with_papers_and_performers(proposal: Proposal) -> None:
    assert [item.number for item in proposal.agenda] == [
        *("1", "2", "3", "4", "4(1)", "4(2)", "4(3)", "4(4)", "4(5)", "5", "6")
    ]
    by_number = {item.number: item for item in proposal.agenda}
    assert by_number["4(1)"].documents == ("資料1", "資料2")
    assert by_number["4(2)"].title == "つながり推進会議の会則（案）について"
    assert by_number["2"].performer == "暮らし安心部花村部長"
    assert by_number["3"].performer == "生活支援室 参与 北沢 渚氏"
    assert by_number["3"].note == "～声をかけ合うまちのはじめ方～"


def test_marked_turns(proposal: Proposal) -> None:
    assert [(turn.label, turn.organization, turn.speaker, turn.role) for turn in proposal.turns()] == [
        ("（県歯科衛生士会・小泉専務理事）", "県歯科衛生士会", "小泉", "専務理事"),
        ("(北沢参与)", "", "北沢", "参与"),
        ("(夜間電話の会・三枝常務理事)", "夜間電話の会", "三枝", "常務理事"),
        ("(北沢参与)", "", "北沢", "参与"),
        ("(青葉市・森下部長)", "青葉市", "森下", "部長"),
        ("(事務局)", "", "", "事務局"),
        ("(事務局)", "", "", "事務局"),
        ("(議長)", "", "花村", "議長"),
        ("(県社会福祉士会・桐生会長)", "県社会福祉士会", "桐生", "会長"),
        ("(若者支援の家・早乙女統括支援員)", "若者支援の家", "早乙女", "統括支援員"),
        ("(みなと女子大学・水谷准教授)", "みなと女子大学", "水谷", "准教授"),
        ("(北沢参与)", "", "北沢", "参与"),
        ("(事務局)", "", "", "事務局"),
    ]


def test_chair_known_from_a_sentence_is_said_so(proposal: Proposal) -> None:
    turn = saying(proposal, "商工の団体")
    assert flagged(proposal, "chair_inferred") == [turn.line]


def test_unmarked_closing_is_not_credited_to_who_spoke_before(proposal: Proposal) -> None:
    closing = saying(proposal, "協議を終了いたします")
    assert (closing.kind, closing.label, closing.speaker) == ("speech", "", "")
    assert saying(proposal, "県と市町の役割").text.endswith("感じました。")
    assert closing.line in flagged(proposal, "unmarked_speech")
    assert saying(proposal, "予定の時刻").line in flagged(proposal, "unmarked_speech")


def test_one_round_of_questions_for_three_items(proposal: Proposal) -> None:
    assert saying(proposal, "郵便とインターネット").agenda == THREE
    assert {each.agenda for each in proposal.utterances if each.kind == "stage_direction"} == {
        THREE,
        ("4(4)",),
        ("5",),
    }
    assert saying(proposal, "縦割り").agenda == ("4(5)",)


def test_told_and_directed(proposal: Proposal) -> None:
    assert saying(proposal, "講話いただいた").kind == "narrative"
    assert [each.text for each in proposal.utterances if each.kind == "stage_direction"] == [
        "【事務局から資料に基づき説明】",
        "【事務局から資料に基づき説明】",
        "(以上)",
    ]
    assert [each.kind for each in proposal.utterances if "質疑応答" in each.text] == [
        "narrative",
        "narrative",
    ]
    assert "(1)は場所、(2)は人" in saying(proposal, "次の三つ").text


def test_pages_joined_and_said_so(source: str, proposal: Proposal) -> None:
    lines = source.split("\n")
    assert "集まりの場が続かない理由" in saying(proposal, "茶話会").text.replace("\n", "")
    assert "顔を合わせることが大切だと思います。" in saying(proposal, "季節に一度").text
    overlap = flagged(proposal, "page_overlap")
    assert [lines[line - 1][:4] for line in overlap] == ["が続かな"]
    assert len(flagged(proposal, "page_join")) == 2
    assert [lines[line - 1] for line in flagged(proposal, "fragment")] == ["ております。"]


def test_rule_missing_item_and_drifting_title(source: str, proposal: Proposal) -> None:
    lines = source.split("\n")
    assert [lines[line - 1] for line in flagged(proposal, "rule_removed")] == ["-"]
    assert [lines[line - 1] for line in flagged(proposal, "agenda_missing")] == ["- 6 閉会"]
    assert [lines[line - 1] for line in flagged(proposal, "agenda_title")] == ["(5) 参加団体意見交換"]


def test_nothing_is_put_right_silently(proposal: Proposal) -> None:
    assert "できなかつた" in saying(proposal, "商工の団体").text
    assert "縦割りにについて" in saying(proposal, "縦割り").text


@pytest.mark.parametrize(("weekday", "codes"), [("水", []), ("木", ["weekday"])])
def test_weekday_is_checked_against_the_date(source: str, weekday: str, codes: list[str]) -> None:
    changed = parse_minutes(source.replace("8日(水)", f"8日({weekday})"))
    assert [flag.code for flag in changed.flags if flag.code == "weekday"] == codes


def test_json_has_the_agreed_keys(proposal: Proposal) -> None:
    data = proposal.as_json()
    assert list(data) == [
        *("title", "held_on", "starts_at", "ends_at", "place", "attendance", "agenda", "utterances", "flags")
    ]
    assert data["held_on"] == "2025-10-08"
    assert data["starts_at"] == "13:30"
    assert list(data["agenda"][0]) == ["number", "title", "documents"]
    assert list(data["utterances"][0]) == [
        *("kind", "label", "speaker", "role", "organization", "agenda", "text", "line")
    ]
    assert list(data["flags"][0]) == ["code", "line", "message"]
    assert all(isinstance(flag["message"], str) for flag in data["flags"])


@pytest.mark.parametrize(
    ("written", "name", "role"),
    [
        ("委員長野村　有信君", "野村有信", "委員長"),
        ("副委員長山田　太郎君", "山田太郎", "副委員長"),
        ("委員佐藤　花子", "佐藤花子", "委員"),
        ("事務局長田中　一郎", "田中一郎", "事務局長"),
        ("委員長野村有信君", "野村有信", "委員長"),
        ("会長長谷川　一郎", "長谷川一郎", "会長"),
        ("君塚　一郎", "君塚一郎", ""),
    ],
)
def test_role_and_name_without_a_gap(written: str, name: str, role: str) -> None:
    (person,) = parse_minutes(f"会議録\n出席者\n{written}\n").attendance
    assert (person.organization, person.name, person.role) == ("", name, role)
