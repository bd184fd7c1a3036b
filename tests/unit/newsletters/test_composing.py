"""From what an editor writes to what leaves: text first, HTML of the same blocks."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletters.composing import compose, compose_with_parts
from newsletters.composing.html import page_html
from newsletters.composing.plain import render_text
from newsletters.composing.source import Heading, Item, Items, Rule, Run, is_address, parse, read_line, tidy
from newsletters.composing.wrapping import WIDTH, width_of, wrap
from newsletters.content import TOKEN_MARK
from newsletters.models import Issue, Newsletter, Readership

TAG = re.compile(r"</?[a-zA-Z][^<>\n]*>")
NEWSLETTER = Newsletter(
    public_id="aaaaaa",
    name="つながりだより",
    sender_name="つながり事務局",
    sender_address="news@example.jp",
    reply_address="jimukyoku@example.jp",
)
# What people type, and what somebody hostile may paste.
PIECES = st.sampled_from(
    [
        "# ", "## ", "- ", "  - ", "・", "1. ", "**", "\n", "\n\n", "---", "━━━━━━", "{{催し}}", "{{x}}", "{{", "}}",
        "[こちら](https://example.jp/)", "[", "](", ")", "https://example.jp/a?b=1&c=2", "<b>", "</b>", "<script>",
        "<", ">", "<!--", "-->", "&lt;", TOKEN_MARK, "%%tok", "en%%", "髙﨑①㈱〜神", "👩‍👩‍👧", "か\u3099", "。", "」", "「",
        "　", " ", "\r\n", "\x00", "\u202e", "\u2028", "\ud800", "[a](javascript:alert(1))", "mailto:a@example.jp",
        "<mailto:a@example.jp>", "https://[::1", "https://example.jp:99999/", "長い文が続きます" * 9, "word" * 30,
    ]
)  # fmt: skip
SOURCES = st.lists(PIECES, max_size=25).map("".join) | st.text(max_size=200)


def composed(body: str, subject: str = "11月のお知らせ", **values: object):
    return compose(Issue(newsletter=NEWSLETTER, subject=subject, body=body, **values))


def text_of_body(body: str) -> str:
    return render_text(parse(body))


# --- Whatever somebody writes ----------------------------------------------------------------
@given(SOURCES)
@example("%%tok[en%%](javascript:x)")
@example("<<b>b>")
@example("%%tok**en%%**")
def test_any_body_becomes_a_mail(body):
    """One text, no tag in it, no line too long, and the reader's token in the footer alone."""
    blocks = [block for block in parse(body) if type(block).__name__ != "Fill"]
    text = render_text(blocks)
    assert not TAG.search(text)
    assert TOKEN_MARK not in text
    for line in text.splitlines():
        assert width_of(line) <= 2 * WIDTH or "http" in line, line
        assert line == line.rstrip()


@pytest.mark.django_db
@settings(max_examples=30)
@given(SOURCES, SOURCES)
def test_any_issue_is_composed(body, subject):
    content = composed(body, subject)
    for part in (content.text, content.html):
        before, mark, after = part.partition(TOKEN_MARK)
        assert mark
        assert TOKEN_MARK not in after
        assert "/newsletters/leave/" in before[-30:]
    assert "\n" not in content.subject
    assert "<script" not in content.html.lower()
    assert "javascript:" not in re.sub(r">[^<]*<", "><", content.html)
    content.text.encode()
    assert content.sha256 == composed(body, subject).sha256


@given(st.text(max_size=300), st.integers(min_value=0, max_value=8))
def test_wrapping_loses_no_letter(text, indent):
    text = " ".join(tidy(text).split("\n"))
    lines = wrap(text, first="・", rest=" " * indent)
    assert re.sub(r"\s", "", "".join(lines)) == "・" + re.sub(r"\s", "", text)


@given(st.text(max_size=300))
def test_a_page_of_the_portal_gets_no_style_and_no_way_out(text):
    html = page_html(f"<header></header><main>{text}</main><footer>x</footer>")
    assert "style=" not in html
    assert "<script" not in html


# --- What it looks like ----------------------------------------------------------------------
def test_a_newsletter_reads_as_one():
    text = text_of_body(
        "# 催しのお知らせ\n\n**お茶の会**を開きます。\nくわしくは[こちら](https://example.jp/tea)をご覧ください。\n\n"
        "## 持ち物\n\n- 飲み物\n- 上ばき\n  - [地図](https://example.jp/map)\n\n1. 受付\n2. 会\n\n---\n\n問い合わせは<mailto:a@example.jp>まで"
    )
    rule = "━" * 20
    assert text == (
        f"{rule}\n■ 催しのお知らせ\n{rule}\n\nお茶の会を開きます。\nくわしくはこちらをご覧ください。\nhttps://example.jp/tea\n\n"
        "◆ 持ち物\n\n・飲み物\n・上ばき\n  ・地図\n    https://example.jp/map\n\n1. 受付\n2. 会\n\n"
        f"{'─' * 20}\n\n問い合わせはmailto:a@example.jpまで\n"
    )


def test_an_address_among_words_gets_a_line_of_its_own():
    assert (
        text_of_body("くわしくはhttps://example.jp/a。ほかに、")
        == "くわしくは\nhttps://example.jp/a\n。ほかに、\n"
    )
    assert text_of_body("https://example.jp/a") == "https://example.jp/a\n"
    assert text_of_body("- https://example.jp/a") == "・https://example.jp/a\n"


def test_bold_needs_no_spaces_in_japanese():
    assert read_line("これは**「太字」**です") == (Run("これは"), Run("「太字」", True), Run("です"))
    assert read_line("**[地図](https://example.jp/)**") == (Run("地図", True, "https://example.jp/"),)
    assert read_line("[**地図**](https://example.jp/)") == (Run("地図", True, "https://example.jp/"),)
    assert read_line("5**の2乗") == (Run("5**の2乗"),)


def test_a_short_number_is_no_heading_and_a_decimal_no_item():
    assert text_of_body("#8103 に電話\n1.5倍") == "#8103 に電話\n1.5倍\n"


def test_headings_leave_no_gap():
    levels = [block.level for block in parse("## あ\n\n#### い\n\n###### う") if isinstance(block, Heading)]
    assert levels == [1, 2, 3]
    assert "▼ う" in text_of_body("# あ\n\n## い\n\n### う\n\n#### え")
    assert "・ え" in text_of_body("# あ\n\n## い\n\n### う\n\n#### え")


def test_lists_continue_and_nest():
    (block,) = parse("- 一\n  続き\n  - 内\n    続き\n- 二")
    assert isinstance(block, Items)
    assert [item.lines for item in block.items] == [[(Run("一"),), (Run("続き"),)], [(Run("二"),)]]
    assert block.items[0].inner == [Item(None, [(Run("内"),), (Run("続き"),)])]
    assert text_of_body("文\n- 一\n文") == "文\n\n・一\n\n文\n"


def test_typed_rules_are_rules():
    assert [type(block) for block in parse("━━━━━━━━\n＊＊＊＊＊＊\n* * *")] == [Rule] * 3


def test_names_stay_as_they_are():
    names = "髙﨑 神社 ㈱①〜～－"
    content_text = text_of_body(names)
    assert content_text == f"{names}\n"


def test_no_line_begins_or_ends_where_it_must_not():
    assert wrap("あ" * 34 + "い。うえお") == ["あ" * 34, "い。うえお"]
    assert wrap("あ" * 34 + "「いうえお") == ["あ" * 34, "「いうえお"]
    assert wrap("あ" * 34 + "――いうえお") == ["あ" * 34, "――いうえお"]
    assert wrap("。" * 80) == ["。" * 35, "。" * 35, "。" * 10]
    assert wrap("あ" * 33 + " word tail") == ["あ" * 33, "word tail"]
    assert wrap("あ" * 35 + "  いうえ") == ["あ" * 35, "いうえ"]
    assert wrap("あ" * 34 + " 。いうえ") == ["あ" * 34, "。いうえ"]
    assert wrap("あ" * 35 + " ") == ["あ" * 35]
    assert wrap("  あ") == ["  あ"]
    assert wrap("x" * 100) == ["x" * 70, "x" * 30]
    assert wrap("あ" * 34 + "か\u3099" * 5) == ["あ" * 34 + "か\u3099", "か\u3099" * 4]
    assert wrap("") == [""]


def test_a_row_of_signs_after_a_full_line_is_cut_hard():
    assert wrap("あ" + "。" * 34 + "」" * 34 + "x") == ["あ" + "。" * 34, "」" * 34 + "x"]


def test_the_end_of_a_word_does_not_stand_alone():
    """The last line has three letters at least, more where a word begins before them."""
    assert wrap("あ" * 34 + "す。") == ["あ" * 33, "あす。"]
    assert wrap("あ" * 35 + "ま") == ["あ" * 33, "ああま"]
    assert wrap("あ" * 35 + "ます。") == ["あ" * 35, "ます。"]
    assert wrap("あ" * 28 + "、おねがいします。") == ["あ" * 28 + "、", "おねがいします。"]
    assert wrap("あ" * 29 + "電話で話せます。") == ["あ" * 29 + "電話で", "話せます。"]
    assert wrap("あ" * 34 + "す。", first="・", rest="  ") == ["・" + "あ" * 33, "  あす。"]
    assert wrap("word " * 14 + "ab") == ["word " * 12 + "word", "word ab"]
    assert wrap("あ。" * 18 + "い", width=18) == ["あ。" * 9, "あ。" * 8, "あ。い"]
    # No better place: one word, or signs that cannot part.
    assert wrap("x" * 71) == ["x" * 70, "x"]
    assert wrap("」" * 36) == ["」" * 35, "」"]


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://example.jp/", True),
        ("mailto:a@example.jp", True),
        ("tel:0120279338", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://[::1", False),
        ("https://example.jp:99999/", False),
        ("/windows/", False),
    ],
)
def test_what_may_become_a_link(address, good):
    assert is_address(address) is good


def test_what_is_no_address_is_words_alone():
    assert text_of_body("[押す](javascript:alert%281%29)") == "押す\n"
    assert text_of_body("[電話](tel:0120279338)") == "電話（0120279338）\n"


# --- The whole mail --------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_html_part_is_plain_and_japanese():
    html = composed(
        "# 題\n\n<b>太</b> [公式](https://example.jp/?a=1&b=2)\n\n1. 一\n2. 二\n\n- 点\n\n3. 三\n\n---"
    ).html
    assert '<html lang="ja">' in html
    assert "&lt;b&gt;太&lt;/b&gt;" in html
    assert 'href="https://example.jp/?a=1&amp;b=2"' in html
    assert '<ol start="3"' in html
    assert "<img" not in html
    assert "<h1" in html
    assert "<h2" in html


@pytest.mark.django_db
def test_numbers_and_dots_in_a_row_become_two_lists():
    html = composed("1. 一\n- 点").html
    assert html.index("<ol") < html.index("<ul")


@pytest.mark.django_db
def test_the_footer_says_who_and_how_to_stop():
    content = composed("本文")
    assert "「つながりだより」をお申し込みになった方に" in content.text
    assert f"http://testserver/newsletters/leave/{TOKEN_MARK}/" in content.text
    assert "http://testserver/newsletters/\n" in content.text
    assert "お問い合わせ：jimukyoku@example.jp" in content.text
    assert 'href="mailto:jimukyoku@example.jp"' in content.html


@pytest.mark.django_db
def test_members_are_told_of_their_own_archive():
    issue = Issue(
        newsletter=Newsletter(name="会員だより", sender_name="事務局", readership=Readership.MEMBERS),
        body="本文",
    )
    text = compose(issue, number=7).text
    assert "会員団体の担当の方に" in text
    assert "http://testserver/my/newsletters/" in text
    assert "会員だより　第7号" in text
    assert "お問い合わせ" not in text


@pytest.mark.django_db
def test_a_block_that_nobody_knows_stays_as_it_was_written():
    parts = compose_with_parts(Issue(newsletter=NEWSLETTER, subject="題", body="{{天気}}"))
    assert "{{天気}}" in parts.content.text
    assert "{{天気}}" in parts.content.html
    assert parts.filled[0][1] is None


@pytest.mark.django_db
def test_an_empty_issue_is_still_a_mail():
    content = compose(Issue(newsletter=NEWSLETTER))
    assert content.text.startswith("━")
    assert content.subject == ""


@pytest.mark.django_db
def test_a_page_shows_the_words_without_the_way_out():
    html = composed("# 題\n\n[公式](https://example.jp/)").html
    page = page_html(html, top=2)
    assert "<h2>11月のお知らせ</h2>" in page
    assert "<h3>題</h3>" in page
    assert "leave" not in page
    assert 'rel="noreferrer"' in page
    assert "style" not in page
    preview = page_html(html, top=3, with_footer=True)
    assert "<strong>配信をやめる</strong>" in preview
    assert TOKEN_MARK not in preview
    assert page_html("<p>ほかから来た文</p>") == "<p>ほかから来た文</p>"


def test_a_large_paste_is_read_in_no_time():
    body = ("[[[](" * 2_000 + "**" * 5_000 + "https://" * 2_000 + "x" * 9_000)[:50_000]
    assert render_text(parse(body))
    assert render_text(parse("\u0301" * 50_000))
