"""The HTML part: the same words for those whose program shows it. No image, no script, nothing loaded, no link rewritten.

Styles stand in the elements, as mail programs need it; a page of the portal, which forbids them, takes `page_html`.
"""

import re
from collections.abc import Sequence

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from newsletters.composing.source import (
    Block,
    Heading,
    Item,
    Items,
    Line,
    Paragraph,
    Rule,
    Run,
    is_address,
    without_mark,
)
from newsletters.content import TOKEN_MARK

_BODY = (
    "margin:0;padding:16px;background:#ffffff;color:#1a1a1a;font-size:16px;line-height:1.7;"
    "font-family:'Hiragino Sans','Noto Sans JP','Yu Gothic',Meiryo,sans-serif"
)
_FRAME = "max-width:40em;margin:0 auto"
_STYLES = {
    1: "font-size:22px;line-height:1.5;margin:0 0 24px",
    2: "font-size:20px;line-height:1.5;margin:32px 0 12px;padding:0 0 4px;border-bottom:2px solid #0017c1",
    3: "font-size:18px;line-height:1.5;margin:24px 0 8px",
}
_SMALLER = "font-size:16px;line-height:1.5;margin:24px 0 8px"
_LINK = "color:#0017c1"
_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "strong", "a"}
_FOOTER = "<footer"


def render_html(*, title: str, over: str, blocks: Sequence[Block], footer: Sequence[Block]) -> str:
    """A whole document. `over`: stands above the title."""
    above = f'<p style="margin:0;color:#4d4d4d">{escape(over)}</p>'
    heading = f'<h1 style="{_STYLES[1]}">{escape(title)}</h1>' if title else ""
    return (
        '<!DOCTYPE html>\n<html lang="ja">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n</head>\n"
        f'<body style="{_BODY}">\n<div style="{_FRAME}">\n<header>\n{above}\n{heading}\n</header>\n'
        f"<main>\n{without_mark(_blocks(blocks))}</main>\n"
        f'{_FOOTER} style="margin:40px 0 0;color:#4d4d4d;font-size:14px">\n{_blocks(footer)}</footer>\n'
        "</div>\n</body>\n</html>\n"
    )


def page_html(html: str, *, top: int = 2, with_footer: bool = False) -> SafeString:
    """What `render_html` made, for a page of the portal: words without styles, headings from h`top` down.

    Without the footer nothing in it leads to the page to leave; with it, for a preview, that link is words alone.
    """
    body = html.partition("<header>")[2] or html
    body = body if with_footer else body.partition(_FOOTER)[0]
    body = re.sub(
        rf'<a href="[^"]*{re.escape(TOKEN_MARK)}[^"]*"[^>]*>(.*?)</a>', r"<strong>\1</strong>", body
    )
    body = re.sub(r"<(/?)h([1-6])\b", lambda found: f"<{found[1]}h{min(6, int(found[2]) + top - 1)}", body)
    return clean_words(body)


def clean_words(html: str) -> SafeString:
    """No style, no script, no picture: whatever was composed once, this may stand on a page of the portal."""
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"https", "http", "mailto", "tel"},
        link_rel="noreferrer",
    )
    return mark_safe(clean)  # noqa: S308  cleaned in the line above


def _blocks(blocks: Sequence[Block]) -> str:
    return "".join(f"{_block(block)}\n" for block in blocks)


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        level = min(block.level + 1, 6)  # the title of the mail is 1
        return f'<h{level} style="{_STYLES.get(level, _SMALLER)}">{_runs(block.runs)}</h{level}>'
    if isinstance(block, Paragraph):
        return f'<p style="margin:0 0 16px">{_lines(block.lines)}</p>'
    if isinstance(block, Items):
        return _items(block.items)
    if isinstance(block, Rule):
        return '<hr style="border:0;border-top:1px solid #767676;margin:24px 0">'
    return f"<p>{escape(f'{{{{{block.words}}}}}')}</p>"


def _items(items: Sequence[Item]) -> str:
    """Dots and numbers in one row become lists beside each other, as they were written."""
    html, at = "", 0
    while at < len(items):
        is_numbered = items[at].number is not None
        end = at
        while end < len(items) and (items[end].number is not None) == is_numbered:
            end += 1
        rows = "".join(_item(item) for item in items[at:end])
        tag = "ol" if is_numbered else "ul"
        start = f' start="{items[at].number}"' if is_numbered and items[at].number != 1 else ""
        html += f'<{tag}{start} style="margin:0 0 16px;padding:0 0 0 1.5em">{rows}</{tag}>'
        at = end
    return html


def _item(item: Item) -> str:
    inner = _items(item.inner) if item.inner else ""
    return f'<li style="margin:0 0 8px">{_lines(item.lines)}{inner}</li>'


def _lines(lines: Sequence[Line]) -> str:
    return "<br>".join(_runs(line) for line in lines)


def _runs(runs: Line) -> str:
    return "".join(_run(run) for run in runs)


def _run(run: Run) -> str:
    words = str(escape(run.text))
    if run.address and is_address(run.address):
        words = f'<a href="{escape(run.address)}" style="{_LINK}">{words}</a>'
    return f"<strong>{words}</strong>" if run.is_bold else words
