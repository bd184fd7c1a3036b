"""Long documents are printed in less time and memory, and not one byte differs."""

import hashlib
import inspect
import io

import pikepdf
import pydyf
import pytest
import weasyprint
from weasyprint.document import Page
from weasyprint.html import UA
from weasyprint.layout import block, inline, percent, table

from platform_portal import lighter_printing, pdf

CSS = (
    "@page { size: 120mm 90mm; margin: 10%; @bottom-center { content: counter(page) } }"
    " body { font: 10.5pt/1.75 'BIZ UDMincho' } h1 { font-family: 'BIZ UDGothic' }"
    " table { width: 100%; table-layout: fixed; border-collapse: collapse } td { border: 1px solid; padding: 2% 1mm }"
    " th { border: 3px double; box-sizing: border-box; min-width: 12mm } .wide { margin: 0 auto; width: 80% }"
    " .boxed { border: 2px solid; padding: 1em; min-height: 20mm; max-width: 60mm } q::before { content: '「' }"
)
BODY = (
    "<h1 id='a'>会議</h1><p>孤独・孤立、<strong>髙﨑</strong>さん、<a href='#a'>前</a>、<q>①</q><br>㈱。</p>"
    "<ul><li>一つ<ol><li>その一<li>その二</ol><li><p>二つ</p></ul><div class='wide'><p>中ほど</p></div>"
    "<table><thead><tr><th>名<th>数</thead><tbody>"
    + "".join(f"<tr><th>行{number}<td>{number}<br>件</tr>" for number in range(12))
    + "</tbody></table><div class='boxed'>囲み<pre>  そのまま</pre></div>"
    + "<p>続き。</p>" * 20
)
HTML = f"<!doctype html><html lang='ja'><head><title>会議</title></head><body>{BODY}</body></html>"


@pytest.fixture
def without(monkeypatch):
    """As WeasyPrint alone does it."""
    for module in (block, inline, table):
        monkeypatch.setattr(module, "resolve_percentages", lighter_printing._own_percentages)
    monkeypatch.setattr(inline, "strut", lighter_printing._own_strut)
    monkeypatch.setattr(Page, "paint", lighter_printing._own_paint)
    monkeypatch.delattr(lighter_printing.Source, "_ua_stylesheets")
    monkeypatch.setattr(pydyf.PDF, "page_references", property(_references))
    monkeypatch.setattr(lighter_printing, "install", lambda: None)


def _references(document: pydyf.PDF) -> tuple[bytes, ...]:
    return tuple(f"{number} 0 R".encode() for number in document.pages["Kids"][::3])


@pytest.fixture(scope="module")
def printed() -> bytes:
    return pdf.print_pdf(HTML, CSS)


def test_it_is_the_file_that_weasyprint_would_make(printed, without):
    alone = pdf.print_pdf(HTML, CSS)
    assert len(pikepdf.open(io.BytesIO(alone)).pages) > 4
    assert hashlib.sha256(printed).hexdigest() == hashlib.sha256(alone).hexdigest()


def test_only_items_of_lists_have_marks_and_nothing_has_notes():
    own, rules = UA.count("::"), lighter_printing._fewer_rules().count("::")
    assert own - rules == 5
    assert "\nli::marker {" in lighter_printing._fewer_rules()
    assert "\n::" not in lighter_printing._fewer_rules()


def test_pages_are_found_as_they_are_added():
    document = pydyf.PDF()
    for count in (1, 2):
        document.add_page(pydyf.Dictionary({}))
        assert len(lighter_printing.page_references(document)) == count
        assert lighter_printing.page_references(document) == _references(document)


def test_weasyprint_is_the_one_that_this_was_written_for():
    """Private functions are replaced. Changed ones need a look at lighter_printing.py, then a new value."""
    functions = (
        lighter_printing._own_percentages,
        lighter_printing._own_strut,
        lighter_printing._own_paint,
        percent.resolve_one_percentage,
        percent.percentage,
        weasyprint.HTML._ua_stylesheets,
        pydyf._to_bytes,
        pydyf.Stream,
    )
    source = "".join(inspect.getsource(function) for function in functions) + UA
    assert (weasyprint.__version__, pydyf.__version__, hashlib.sha256(source.encode()).hexdigest()[:16]) == (
        "70.0",
        "0.13.0",
        "d51d358e743402d1",
    )
