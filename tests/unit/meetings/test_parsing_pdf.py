"""The same record out of a PDF: pages end without empty lines, long lines are wrapped, indentation is gone."""

import io

import pytest

from meetings.extracting import extract_text
from meetings.parsing import Proposal, parse_minutes
from tests.minutes_files import as_pdf
from tests.paper_files import run_here
from tests.unit.meetings.reading import assert_nothing_lost, fixture

HEAD = "会議録\n\n次第\n- 1 開会\n- 4 議事\n"


@pytest.fixture(scope="module")
def printed() -> str:
    """In this process: what keeps readers of files apart has its own tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("meetings.extracting.run_confined", run_here)
        return extract_text(io.BytesIO(as_pdf(fixture("tsunagari_05.txt"))), "a.pdf").text


@pytest.fixture(scope="module")
def proposal(printed: str) -> Proposal:
    return parse_minutes(printed)


@pytest.fixture(scope="module")
def of_text() -> Proposal:
    return parse_minutes(fixture("tsunagari_05.txt"))


def test_nothing_is_lost(printed: str, proposal: Proposal) -> None:
    assert "\f" in printed
    assert_nothing_lost(printed, proposal)


def test_same_turns(proposal: Proposal, of_text: Proposal) -> None:
    def turns(of: Proposal) -> list[tuple[object, ...]]:
        return [
            (each.kind, each.label, each.speaker, each.role, each.agenda, "".join(each.text.split()))
            for each in of.utterances
        ]

    assert turns(proposal) == turns(of_text)


def test_same_agenda(proposal: Proposal, of_text: Proposal) -> None:
    def items(of: Proposal) -> list[tuple[object, ...]]:
        return [(each.number, each.title, each.documents) for each in of.agenda]

    assert items(proposal) == items(of_text)


def test_same_doubts(proposal: Proposal, of_text: Proposal) -> None:
    assert {flag.code for flag in proposal.flags} == {flag.code for flag in of_text.flags}


@pytest.mark.parametrize(
    ("lines", "papers"),
    [
        ("- (1) 会則（案）について\n【資料1】 【資料2】", ("資料1", "資料2")),
        ("- (1) 会則（案）について 【資料\n1】", ("資料1",)),
        ("- (1) 会則（案）について 【資料1】【資料\n2 】", ("資料1", "資料2")),
        ("- (1) 会則（案）について\f【資料1】", ("資料1",)),
    ],
)
def test_papers_that_went_to_the_next_line(lines: str, papers: tuple[str, ...]) -> None:
    source = (
        HEAD
        + lines
        + "\n- (2) 取組について 【資料9】\n- 5 その他\n\n（会長）\n始めます。\n\n（委員）\nはい。\n"
    )
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert [(each.number, each.title, each.documents) for each in proposal.agenda][2:] == [
        ("4(1)", "会則（案）について", papers),
        ("4(2)", "取組について", ("資料9",)),
        ("5", "その他", ()),
    ]


def test_a_list_of_papers_still_begins_with_its_heading() -> None:
    source = HEAD + "【資料】\n資料1 会則（案）\n資料2 取組\n\n（会長）\n始めます。\n\n（委員）\nはい。\n"
    proposal = parse_minutes(source)
    assert [each.line for each in proposal.documents] == [7, 8]
    assert not any(each.documents for each in proposal.agenda)


@pytest.mark.parametrize("end", ["\f", "\n\n"])
def test_a_wrapped_closing_is_nobody_elses(end: str) -> None:
    said = "地域のつながりを広げるには、集まりの場を続けることが何より大切だと、わたしは考えて\nいます。\n\n"
    source = (
        "会議録\n\n"
        + f"（青木委員）\n{said}（上田委員）\n{said}" * 4
        + f"（参与）\n{said.strip()}{end}それでは、長い時間にわたりましたが、いただいた意見は次に生かすこととして、協議を終\n"
        "了いたします。\n\n（事務局）\nお疲れさまでした。\n"
    )
    proposal = parse_minutes(source)
    assert_nothing_lost(source, proposal)
    assert [each.label for each in proposal.utterances][-3:] == ["（参与）", "", "（事務局）"]
    assert proposal.utterances[-2].text.endswith("協議を終了いたします。")
    assert "unmarked_speech" in {flag.code for flag in proposal.flags}
