"""The judge of the pages saves time and misses nothing: what was found good elsewhere, and grey words beside it."""

from typing import Any

from tests.functional.judging import rules_broken

PAGE = """<!doctype html><html lang="ja"><title>字</title><main><h1>見出し</h1>
<p style="color: #333">濃い灰色の文</p> <button disabled style="color: #bbb; background: #fff">押せない</button>
<div style="background: #fff">白い地 <span style="color: #222">の上の文</span></div> {more}</main></html>"""
CASES = {
    "lighter words": '<p style="color: #bbb">薄い文</p>',
    "the ink of a button that was not judged": '<button style="color: #bbb; background: #fff">押せる</button>',
    "the same ink on another ground": '<div style="background: #444"><p style="color: #333">濃い文</p></div>',
    "the same ink shining through": '<div style="opacity: 0.3"><p style="color: #333">濃い灰色の文</p></div>',
    "lies on another box": '<div style="position: relative"><div style="position: absolute; inset: 0; background: #444">'
    '</div><p style="position: relative; color: #333">濃い灰色の文</p></div>',
    "pushed over another box": '<div style="background: #444; height: 60px"></div>'
    '<p style="color: #333; margin-top: -40px">濃い灰色の文</p>',
    "out of its own box": '<div style="background: #444"><div style="background: #fff; height: 1px">'
    '<p style="color: #333">濃い灰色の文</p></div><br><br><br></div>',
}


def test_words_that_cannot_be_read_are_found(visit: Any) -> None:
    page = visit().page
    page.set_content(PAGE.format(more=""))
    assert rules_broken(page) == []
    found = {}
    for name, more in CASES.items():
        page.set_content(PAGE.format(more=more))
        found[name] = [rule.partition(":")[0] for rule in rules_broken(page)]
    assert found == {name: ["color-contrast"] for name in CASES}
