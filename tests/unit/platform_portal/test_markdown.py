"""What staff write in Markdown is shown as meant, and can do no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_portal.markdown import render_markdown


def test_the_usual_things():
    html = render_markdown(
        "# 目的\n\n第1条　**守る**こと\n次の行\n\n1. 一つ\n2. 二つ\n\n| 条 | 内容 |\n|---|---|\n| 1 | 目的 |"
    )
    assert "<h2>目的</h2>" in html
    assert "<strong>守る</strong>" in html
    assert "<br>" in html
    assert "<ol>" in html
    assert "<td>目的</td>" in html


def test_headings_stay_below_that_of_the_page_and_leave_no_gap():
    html = render_markdown("## a\n\n#### b\n\n## c")
    assert [line for line in html.splitlines() if line] == ["<h2>a</h2>", "<h3>b</h3>", "<h2>c</h2>"]
    assert "<h3>a</h3>" in render_markdown("# a", top=3)
    assert "<h6>f</h6>" in render_markdown("\n\n".join(f"{'#' * n} {'abcdef'[n - 1]}" for n in range(1, 7)))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://elsewhere.example/spy.png)",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](https://a.example 'onclick=alert(1)')",
        "<style>body{display:none}</style>",
        "<a href='https://a.example' onclick='x()'>x</a>",
        "`<script>`",
    ],
)
def test_nothing_dangerous_gets_through(text):
    html = render_markdown(text)
    for word in ("<script", "<img", "<style", 'href="javascript', 'href="data', ' onclick="', ' onerror="'):
        assert word not in html


def test_links_tell_other_sites_nothing():
    html = render_markdown("[県](https://pref.example/)")
    assert html.strip() == '<p><a href="https://pref.example/" rel="noreferrer nofollow">県</a></p>'


@given(st.text(alphabet="<>&\"'#*[]()!`|-\n ajscript:/=", max_size=200))
def test_any_text_is_harmless(text):
    html = render_markdown(text).lower()
    for word in ("<script", "<img", "<iframe", "<style", 'href="javascript'):
        assert word not in html
