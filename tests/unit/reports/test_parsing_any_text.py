"""Any text at all: answered, nothing lost, in time that grows with its length."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.parsing import parse_report, read_payees, read_timing, read_yen
from tests.unit.reports.reading import assert_nothing_lost, fixture

PIECES = st.sampled_from(
    [
        *"①②③⑨⑳❷➂→⇒●○・（）()[]【】「」、，,。:：~～〜ー-/.0159０５９\n\n\n\f\t \u3000\r\x00\u200b\u2028𠮷ﾊﾟ",
        *(
            "\r\n",
            "\n\n",
            "令和6年5月",
            "R6.9",
            "2024年12月～2月",
            "通年",
            "7月29日",
            "令和6年度",
            "平成31年4月",
            "2022.12～",
        ),
        *(
            "みおつくし交付金 事業実施報告書",
            "【事業内容】",
            "●つながりづくり",
            "1. 事業概要",
            "２　事業実施の経緯・背景及び目的",
        ),
        *(
            "３．事業の成果及び工夫した点",
            "4. 事業の課題と次年度に向けての展望",
            "(②調査、③ 共有)",
            "（⑨後方支援",
            "(②、⑨)",
        ),
        *(
            "窓口を並べた。",
            "聞き取り",
            "事業名称\t実施時期\t発注先\n",
            "講座\t2022.12\t講師 (45,200)\n",
            "\t計\t(45,200)\n",
            "- 3 -\n\f",
        ),
        *("あいうえおかきくけこさしすせそたちつてと" * 2, "(70,000)", "¥1,200円", "12万円", "小計", "元年"),
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=60).map("".join))


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_any_text_is_answered_and_nothing_lost(source: str) -> None:
    assert_nothing_lost(source, parse_report(source))


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_reports_with_pieces_cut_out_or_put_in(data: st.DataObject) -> None:
    source = fixture("irregular.txt")
    first = data.draw(st.integers(0, len(source)))
    last = data.draw(st.integers(first, min(len(source), first + 80)))
    changed = source[:first] + data.draw(TEXTS) + source[last:]
    assert_nothing_lost(changed, parse_report(changed))


@given(TEXTS, st.none() | st.integers(2020, 2099))
def test_any_words_are_a_time_or_none(text: str, year: int | None) -> None:
    days = read_timing(text, year)
    assert days.starts_on is not None or days.ends_on is None
    assert days.starts_on is None or days.ends_on is None or days.starts_on <= days.ends_on


@given(TEXTS)
def test_any_cell_is_read_and_no_letter_lost(text: str) -> None:
    lines = read_payees(text)
    said = "".join(line.payee + line.breakdown for line in lines) + "追加発注" * len(lines)
    for sign in set(text):
        if sign.isalpha() and sign not in "円千万億百十":
            assert text.count(sign) <= said.count(sign)
    assert all(line.amount_yen is None or line.amount_yen >= 0 for line in lines)
    assert (read_yen(text) or 0) >= 0


MEGABYTE = 1_000_000
HOSTILE = {
    "brackets": "(" * MEGABYTE,
    "labels": "(②" * (MEGABYTE // 4),
    "one line": "あ" * (MEGABYTE // 3),
    "spaces": " " * (MEGABYTE // 2) + "(" + " " * (MEGABYTE // 2),
    "line ends": "\n" * MEGABYTE,
    "months": "令和6年5月 会\n" * (MEGABYTE // 19),
    "open labels": "令和6年5月 会 (②\n" * (MEGABYTE // 24),
    "headings": "1. 事業概要\n" * (MEGABYTE // 16),
    "pages": "1. 事業概要\n- 1 -\n\f" * (MEGABYTE // 23),
    "remainder": "みおつくし\n\n" * (MEGABYTE // 17),
    "tables": "事業名称\t実施時期\t発注先\n\n" * (MEGABYTE // 34),
    "rows": "事業名称\t実施時期\t発注先\n" + "講座\t2022.12～\t講師 (45,200)\n" * (MEGABYTE // 36),
    "one cell": "事業名称\t実施時期\t発注先\n講座\t2022.12\t" + "講師 (45,200)" * (MEGABYTE // 16),
    "digits": "事業名称\t実施時期\t発注先\n講座\t" + "1" * (MEGABYTE // 2) + "\t" + "1" * (MEGABYTE // 2),
}
REPORT = "令和6年度みおつくし交付金 事業実施報告書\n1. 事業概要\n令和6年5月 会\n"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_loses_nothing(name: str) -> None:
    for source in (HOSTILE[name][:1_000], (REPORT + HOSTILE[name])[:1_000]):
        assert_nothing_lost(source, parse_report(source))


@pytest.mark.timed
@pytest.mark.parametrize("head", ["", REPORT])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_anything_is_read_in_seconds(name: str, head: str) -> None:
    assert _seconds(head + HOSTILE[name]) <= 5


@pytest.mark.timed
def test_twice_the_text_takes_about_twice_the_time() -> None:
    report = fixture("irregular.txt")
    once, twice = (_seconds(report * times) for times in (200, 400))
    assert twice <= once * 3 + 0.2


def _seconds(source: str) -> float:
    began = time.process_time()
    parse_report(source)
    return time.process_time() - began
