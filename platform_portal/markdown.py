"""Markdown to HTML that may stand on a page: no raw HTML, no image, no script, whatever somebody writes."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "strong", "em", "s", "blockquote", "code",
    "pre", "a", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
_SCHEMES = {"https", "http", "mailto", "tel"}

_parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_parser.disable("image")


def render_markdown(text: str, *, top: int = 2) -> SafeString:
    """Twice safe: the parser escapes HTML, and what it makes is cut down to a short list of elements.

    The highest heading in `text` becomes h`top`, the next h`top+1`: screen readers meet no gap below the page's own.
    """
    tokens = _parser.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    levels = sorted({token.tag for token in headings})
    for token in headings:
        token.tag = f"h{min(6, top + levels.index(token.tag))}"
    html = _parser.renderer.render(tokens, _parser.options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noreferrer nofollow"
    )
    return mark_safe(clean)  # noqa: S308  cleaned in the line above
