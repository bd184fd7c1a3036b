"""Addresses as people type them, and as somebody types them who means harm."""

import string

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from newsletters.addresses import LONGEST, clean_address, fingerprint_of, fingerprints_of, masked


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("hana@example.jp", "hana@example.jp"),
        ("  Hana@Example.JP \n", "hana@example.jp"),
        ("ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ", "hana@example.jp"),
        ("hana.o'neil+news@example.co.jp", "hana.o'neil+news@example.co.jp"),
        ("hana@日本語.jp", "hana@xn--wgv71a119e.jp"),
    ],
)
def test_one_spelling(typed: str, clean: str) -> None:
    assert clean_address(typed) == clean


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hana",
        "@example.jp",
        "hana@",
        "hana@example",
        "hana@@example.jp",
        "はな@example.jp",
        '"hana b"@example.jp',
        '"a\\"b"@example.jp',
        "ha na@example.jp",
        "hana@example.jp\r\nBcc: all@example.jp",
        "hana@exam\nple.jp",
        "hana\x00@example.jp",
        "hana@example.jp,other@example.jp",
        "Hana <hana@example.jp>",
        "hana\u202e@example.jp",
        "hana@" + "あ" * 70 + ".jp",
        "a" * LONGEST + "@example.jp",
        "a" * 50_000,
    ],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(ValidationError):
        clean_address(typed)


@given(st.one_of(st.text(max_size=80), st.text(string.printable + "＠．あ\u200b", max_size=40)))
@example("a@b.c\u2028.jp")
@example("\ud800@example.jp")
def test_never_anything_else(typed: str) -> None:
    """Either it is refused, or it is one word of plain characters that is its own clean form."""
    try:
        clean = clean_address(typed)
    except ValidationError:
        return
    assert clean.isascii()
    assert clean.isprintable()
    assert clean == clean.lower() == clean_address(clean)
    assert not set(clean) & set(' "<>,;')


def test_masked_and_fingerprinted(settings) -> None:
    assert masked("hana@example.jp") == "h***@example.jp"
    assert masked("") == ""
    before = fingerprint_of("Hana@example.jp")
    assert before == fingerprint_of("hana@example.jp") != fingerprint_of("hanb@example.jp")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert before in fingerprints_of("hana@example.jp")
    assert before != fingerprint_of("hana@example.jp")
