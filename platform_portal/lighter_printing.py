"""Long documents in less time and memory: what WeasyPrint does again and again for documents like ours is done once.

None of it changes a byte of a file. It replaces private functions: tests/unit/platform_portal/test_lighter_printing.py
compares the bytes, and fails when WeasyPrint or pydyf change what is replaced here.

Imported by the first print alone, as WeasyPrint is.
"""

import re
from typing import Any, NamedTuple

import pydyf
from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle
from weasyprint.document import Page
from weasyprint.html import UA
from weasyprint.layout import block, inline, percent, table

_own_percentages = percent.resolve_percentages
_own_strut = inline.strut
_own_paint = Page.paint
_SIDES = ("top", "right", "bottom", "left")
_LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES),
    *(f"{kind}{axis}" for axis in ("width", "height") for kind in ("", "min_", "max_")),
)
_LEAST = ("min_width", "min_height")


def install() -> None:
    """From now on in this process."""
    for module in (block, inline, table):
        module.resolve_percentages = resolve_percentages
    inline.strut = strut
    Page.paint = paint
    pydyf.PDF.page_references = property(page_references)


# --- Styles ----------------------------------------------------------------------------------------
def _fewer_rules() -> str:
    """WeasyPrint's own sheet gives six pseudo-elements to every element there is, though only items of lists have
    marks and nothing has notes: two fifths of the memory of the pages went there."""
    without_notes = re.sub(r"^::(?:foot)?note-\w+ \{[^}]*\}\n", "", UA, flags=re.MULTILINE)
    return without_notes.replace("\n::marker {", "\nli::marker {")


_SHEET = CSS(string=_fewer_rules(), counter_style=CounterStyle())


class Source(HTML):  # type: ignore[misc]  # ships no types
    """A document without footnotes, whose lists have items called `li`."""

    def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
        return [_SHEET]


class _Kept(NamedTuple):
    lengths: dict[str, Any]
    borders: dict[str, Any]
    is_collapsed: bool


def resolve_percentages(box: Any, containing_block: Any) -> None:
    """Lengths of a style without percentages are worked out once, not for each box on each page."""
    style = box.style
    try:
        kept = style.kept_lengths
    except AttributeError:
        kept = style.kept_lengths = _lengths_of(style)
    if kept is None:
        _own_percentages(box, containing_block)
        return
    values = box.__dict__
    values.update(kept.lengths)
    # Those of a table have been agreed upon between neighbours already.
    values.update(
        {name: kept.borders[name] for name in kept.borders.keys() - values.keys()}
        if kept.is_collapsed
        else kept.borders
    )
    percent.adjust_box_sizing(box, "width")
    percent.adjust_box_sizing(box, "height")


def _lengths_of(style: Any) -> _Kept | None:
    """None where a length depends on what is around the box."""
    lengths = {}
    for name in _LENGTHS:
        value = style[name]
        if value is None or value == "auto":
            lengths[name] = 0 if value and name in _LEAST else value
        elif getattr(value, "unit", None) == "px":
            lengths[name] = value.value
        else:
            return None
    borders = {f"border_{side}_width": style[f"border_{side}_width"] for side in _SIDES}
    return _Kept(lengths, borders, style["border_collapse"] == "collapse")


def strut(style: Any) -> Any:
    """The height of a line of this style: WeasyPrint finds it by a name of sixteen parts that it writes each time."""
    try:
        return style.kept_strut
    except AttributeError:
        style.kept_strut = _own_strut(style)
        return style.kept_strut


# --- Files -----------------------------------------------------------------------------------------
def paint(page: Any, stream: Any, scale: float = 1) -> None:
    """A finished page waits for the file as one piece, not as some thousand."""
    _own_paint(page, stream, scale)
    stream.stream = [b"\n".join(map(pydyf._to_bytes, stream.stream))]


def page_references(pdf: Any) -> tuple[bytes, ...]:
    """Asked for by each element of the structure: a list made anew each time takes the square of the pages."""
    pages = pdf.pages["Kids"]
    kept: tuple[bytes, ...] = getattr(pdf, "kept_references", ())
    if len(kept) != len(pages) // 3:
        kept = pdf.kept_references = tuple(b"%d 0 R" % number for number in pages[::3])
    return kept
