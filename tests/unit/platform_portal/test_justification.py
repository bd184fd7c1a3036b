"""Lines of Japanese reach the edge, and the words in them stay what they were."""

import hashlib
import inspect
import re

import pypdfium2
import pytest
import weasyprint
from weasyprint.layout import inline
from weasyprint.text.line_break import Layout

from platform_portal import justification, pdf
from platform_portal.pdf import lay_out
from tests.justified import justified_lines

CSS = (
    "@page { size: A4; margin: 20mm 27mm } body { font: 10.5pt/1.75 'BIZ UDMincho'; text-align: justify }"
    " p { margin: 0; text-indent: 1em } .narrow { width: 42mm }"
)
PARAGRAPHS = [
    "庁内の各課に「孤独・孤立」に関わる事業と、つながりのある団体（社会福祉協議会、NPO、民生委員など）を尋ね、"
    "答えのあった42件を一覧にまとめて、ホームページで公表した。あわせて、11月15日には市町の担当者を集めて説明会を開いた。",
    "「話を聞いてもらえる場所が、歩いていける所にほしい。」――そう答えた人は、３割を超えた。①相談の窓口、②居場所、"
    "③見守り、の順に多く、年代による違いは小さい（くわしくは「別冊・資料編」（PDF）を参照）。",
    "担当は髙﨑 德子、辻󠄀 直人の2名で、㈱みなとの協力を得て、13:30～15:30に「つながりサポーター養成講座」をオンラインで"
    "開催した。Zoom Webinars を使い、参加者は 128 名、うち会場は 35 名だった。がきぐげご、ｶﾞｷﾞｸﾞも、そのまま読める。",
    "相談員が電話を受けると、はじめに「いま、話せますか」と確かめる。それから、困りごとを急がずに聞く。",
]


def printed(body: str) -> tuple[pdf.LaidOut, bytes]:
    laid = lay_out(f"<!doctype html><html lang='ja'><title>試し</title><body>{body}</body></html>", CSS)
    return laid, laid.write()


def body_of(paragraphs: list[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def words_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in document))


@pytest.fixture
def without(monkeypatch):
    """As WeasyPrint alone does it."""
    monkeypatch.setattr(inline, "justify_line", justification._weasyprints_own)
    monkeypatch.setattr(justification, "install", lambda: None)


def test_lines_reach_the_edge_and_have_no_holes():
    lines = justified_lines(*printed(body_of(PARAGRAPHS * 3)))
    assert len(lines) > 20
    assert [line for line in lines if abs(line.short) > 1] == []
    assert max(line.widest for line in lines) < 10.5 * 0.8  # a space, widened


def test_weasyprint_alone_leaves_lines_short(without):
    """When it no longer does, the replacement has had its day."""
    lines = justified_lines(*printed(body_of(PARAGRAPHS * 3)))
    assert [line for line in lines if line.short > 5]
    assert max(line.widest for line in lines) > 10.5 * 0.8


def test_words_come_out_as_they_went_in():
    _laid, data = printed(body_of(PARAGRAPHS))
    words = words_of(data)
    for text in PARAGRAPHS:
        assert re.sub(r"\s", "", text) in words


def test_bold_words_links_and_marks_inside_a_line():
    text = "相談は<strong>いつでも</strong>、<a href='https://portal.example.jp/'>つながりポータル</a>から<em>、</em>受け付ける。"
    laid, data = printed(f"<p>{text * 6}</p>")
    assert [line for line in justified_lines(laid, data) if abs(line.short) > 1] == []
    assert words_of(data) == re.sub(r"<[^>]+>", "", text * 6)


def test_line_that_would_fall_apart_stays_as_it_is():
    laid, data = printed("<p class='narrow'>くわしくは、LonelinessIsNobodysFaultを見る。</p>")
    lines = justified_lines(laid, data)
    assert lines[0].text == "くわしくは、"
    assert lines[0].short > 40
    assert max(line.widest for line in lines) < 2.3


def test_address_behind_a_space_tears_no_hole():
    address = f"https://portal.example.jp/{'0123456789' * 12}"
    laid, data = printed(f"<p>くわしくは <span style='overflow-wrap: anywhere'>{address}</span> を見る。</p>")
    assert max(line.widest for line in justified_lines(laid, data)) < 10.5


def test_english_is_justified_between_its_words():
    laid, data = printed("<p>" + "Loneliness is not the fault of those who are lonely. " * 6 + "</p>")
    lines = justified_lines(laid, data)
    assert lines
    assert all(abs(line.short) < 1 for line in lines)
    letters = re.sub(r"\s", "", "Loneliness is not the fault of those who are lonely. " * 6)
    assert words_of(data) == letters


def test_text_that_is_not_to_be_justified_is_left_alone():
    laid, data = printed(f"<div style='text-align: left'>{body_of(PARAGRAPHS)}</div>")
    assert justified_lines(laid, data) == []


def test_same_bytes_again():
    assert printed(body_of(PARAGRAPHS))[1] == printed(body_of(PARAGRAPHS))[1]


def test_weasyprint_is_the_one_that_this_was_written_for():
    """Private functions are replaced or relied upon. Changed ones need a look at justification.py, then a new value."""
    assert list(inspect.signature(justification._weasyprints_own).parameters) == [
        "context",
        "line",
        "extra_width",
    ]
    functions = (
        inline.text_align,
        justification._weasyprints_own,
        inline.count_expandable_spaces,
        inline.add_word_spacing,
        Layout,
    )
    source = "".join(inspect.getsource(function) for function in functions)
    assert (weasyprint.__version__, hashlib.sha256(source.encode()).hexdigest()[:16]) == (
        "70.0",
        "ecf3c7f5cc5f9a2a",
    )
