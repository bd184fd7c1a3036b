"""Cells that only windows have."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from consultations.importing.columns import read_exceptions, read_languages, write_exceptions


def test_reads_languages():
    assert read_languages("ja; en、pt") == ["ja", "en", "pt"]


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("日本語", "使える記号は ja、en"),
        ("xx", "使える記号は ja、en"),
        ("pt-BR", "pt と書いて"),
        ("zh-Hant", "zh と書いて"),
        ("tl", "fil と書いて"),
        ("EN", "en と書いて"),
    ],
)
def test_refuses_languages_that_the_form_does_not_offer(tag, words):
    with pytest.raises(ValidationError) as refused:
        read_languages(f"ja;{tag}")
    assert words in refused.value.messages[0]
    assert f"「{tag}」" in refused.value.messages[0]


def test_reads_days_that_differ():
    text = "2026-12-28 休み 館内工事; 令和8年12月30日 １０:００-12:00,13:00-15:00 年末\\;特別"
    assert read_exceptions(text) == [
        (dt.date(2026, 12, 28), "", "館内工事"),
        (dt.date(2026, 12, 30), "10:00-12:00,13:00-15:00", "年末;特別"),
    ]


@pytest.mark.parametrize("text", ["2026-12-28", "休み", "2026-12-28 休み a; 2026-12-28 休み b"])
def test_refuses_days_it_cannot_read(text):
    with pytest.raises(ValidationError):
        read_exceptions(text)


REASONS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\\;；\n"), min_size=1
).map(str.strip)


@given(
    st.lists(
        st.tuples(st.dates(dt.date(1000, 1, 1)), st.sampled_from(["", "10:00-12:00"]), REASONS.filter(bool)),
        unique_by=lambda entry: entry[0],
    ).map(sorted)
)
def test_days_that_differ_come_back(entries):
    assert read_exceptions(write_exceptions(entries)) == entries
