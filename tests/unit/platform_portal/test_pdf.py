"""Printing: the same bytes for the same words, no holes, nothing from elsewhere."""

import gc

import pypdfium2
import pytest
from django.conf import settings

from platform_portal.pdf import UnprintableError, print_pdf, source_hash

CSS = "@page { size: A4 } body { font-family: 'BIZ UDMincho' } h1 { font-family: 'BIZ UDGothic' }"


def page(body: str) -> str:
    return f"<!doctype html><html lang='ja'><head><title>会議</title></head><body>{body}</body></html>"


def test_same_words_give_same_bytes():
    html = page("<h1>会議</h1><p>孤独・孤立、髙﨑さん、①、㈱。</p>")
    first, second = print_pdf(html, CSS), print_pdf(html, CSS)
    assert first == second
    assert first.startswith(b"%PDF-")
    document = pypdfium2.PdfDocument(first)
    assert document.is_tagged()
    assert [entry.get_title() for entry in document.get_toc()] == ["会議"]
    assert document.get_metadata_dict()["Title"] == "会議"
    text = document[0].get_textpage().get_text_range()
    assert "孤独・孤立、髙﨑さん、①、㈱。" in text


def test_hash_names_words_and_look():
    assert (
        len({source_hash("a", "b"), source_hash("ab", ""), source_hash("a", "c"), source_hash("b", "b")}) == 4
    )
    assert source_hash("a", "b") == source_hash("a", "b")


def test_character_without_a_glyph_is_refused_in_words():
    with pytest.raises(UnprintableError, match=r"U\+E123") as refusal:
        print_pdf(page("<p>外字\ue123です</p>"), CSS)
    assert "Unicode" not in str(refusal.value)


@pytest.mark.parametrize(
    "body",
    [
        "<img src='file:///etc/hostname' alt=''>",
        "<img src='http://127.0.0.1:9/x.png' alt=''>",
        "<link rel='stylesheet' href='file:///etc/passwd'>",
        "<img src='static:../settings.py' alt=''>",
        "<p style=\"background: url('https://elsewhere.example/x')\">a</p>",
    ],
)
def test_nothing_is_fetched(body):
    from weasyprint.urls import FatalURLFetchingError

    with pytest.raises(FatalURLFetchingError):
        print_pdf(page(body), CSS)


def test_garbage_is_collected_as_before_when_a_print_is_over():
    before = gc.get_threshold()
    print_pdf(page("<p>会議</p>"), CSS)
    with pytest.raises(UnprintableError):
        print_pdf(page("<p>外字\ue123</p>"), CSS)
    assert gc.get_threshold() == before


def test_no_sheet_looks_for_siblings_far_away():
    """WeasyPrint counts them by recursion: behind a thousand activities or turns it gives up the whole document."""
    sheets = list(settings.BASE_DIR.glob("templates/*/print/*.css"))
    assert len(sheets) > 1
    assert [sheet for sheet in sheets if "~" in sheet.read_text(encoding="utf-8")] == []
