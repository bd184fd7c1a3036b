"""Characters that no font has are known before anything is printed."""

import ctypes

import pytest

from platform_portal import glyphs
from platform_portal.pdf import UnprintableError, print_pdf

CSS = "@page { size: A4 } body { font-family: 'BIZ UDMincho' }"
# Of the plane of everyday signs and beyond it: kanji of names, old and private ones, scripts of elsewhere.
RARE = "𠮷髙﨑㋿㈱①〜辻ꙮ꙾ᚠ⸎𒀀𪚥\ue123ꡀ𞤀"


def is_printed(sign: str) -> bool:
    try:
        print_pdf(
            f"<!doctype html><html lang='ja'><head><title>字</title></head><body>字{sign}</body></html>", CSS
        )
    except UnprintableError:
        return False
    return True


def test_what_is_missing_is_what_printing_refuses():
    missing = glyphs.missing(RARE)
    assert missing == [sign for sign in RARE if not is_printed(sign)]
    assert "\ue123" in missing
    assert not set(missing) & set("髙﨑㋿㈱①〜辻")


def test_unseen_signs_are_not_missing():
    assert glyphs.missing("一\n\t\u3000\u200b\u200d\u2060\ufe0e\U000e0100\u2003二") == []


def test_each_is_told_once_in_its_place():
    assert glyphs.missing("\ue124か\ue123\ue124") == ["\ue124", "\ue123"]


@pytest.fixture
def asked_anew():
    glyphs._fonts.cache_clear()
    yield
    glyphs._fonts.cache_clear()


def test_without_the_library_printing_says_it(asked_anew, monkeypatch):
    def nothing(name: str) -> None:
        raise OSError(name)

    with monkeypatch.context() as patch:
        patch.setattr(ctypes, "CDLL", nothing)
        assert glyphs.missing("\ue123") == []
