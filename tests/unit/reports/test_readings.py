"""A reading is one on the page and in print alike, or in neither."""

import pytest

from reports.lints import lint
from reports.presenting import with_ruby
from reports.printing.wording import ruby_in_brackets
from reports.snapshots import Category, DoneActivity, Section, Snapshot


@pytest.mark.parametrize(
    ("text", "word", "reading"),
    [
        ("人の孤独《こどく》を", "孤独", "こどく"),
        ("人の｜孤独・孤立《こどく・こりつ》を", "孤独・孤立", "こどく・こりつ"),
        ("|NPO《エヌピーオー》の", "NPO", "エヌピーオー"),
    ],
)
def test_a_reading_stands_above_or_behind_its_word(text, word, reading):
    assert f"<ruby>{word}<rp>（</rp><rt>{reading}</rt>" in with_ruby(text)
    assert f"{word}（{reading}）" in ruby_in_brackets(text)


@pytest.mark.parametrize(
    "text", ["かな《こどく》", "孤独《lonely》", "孤独《》", "｜A&B《えーびー》", "｜<b>《びー》"]
)
def test_what_is_no_reading_stays_as_it_is(text):
    assert "<ruby>" not in with_ruby(text)
    assert ruby_in_brackets(text) == text


@pytest.mark.parametrize("sign", "②❷➁➋")
def test_a_category_is_cited_by_any_of_its_signs(sign):
    """What an import takes for a citation is one for whoever looks through the report."""
    snapshot = Snapshot(
        2024,
        "交付金",
        "県",
        categories=(Category(2, "調査", is_confirmed=True),),
        activities=(DoneActivity("調査", categories=(2,), result="調べた。"),),
        sections=(Section("overview", "事業概要"), Section("outcome", "成果", f"分かった。({sign})")),
    )
    assert [each.code for each in lint(snapshot) if each.is_error] == []
