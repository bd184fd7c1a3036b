"""An issue as it is read on a page: what was sent, without what belongs to one reader's copy alone."""

import re
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from newsletters.composing.html import clean_words
from newsletters.content import TOKEN_MARK

LONGEST_SUMMARY = 400
_BLOCK = "p|li|td|div|footer|section"
# The smallest block that holds the mark: its start has no other block's start between itself and the mark.
_PERSONAL = re.compile(
    rf"<({_BLOCK})\b[^>]*>(?:(?!<(?:{_BLOCK})\b).)*?{re.escape(TOKEN_MARK)}.*?</\1>", re.DOTALL
)


def archived_html(content: dict[str, Any]) -> SafeString:
    """`content`: as the issue keeps it. No style, no script, no picture, and no way to a reader's own page."""
    body = content["html"]
    main = body.partition("<main>")[2].partition("</main>")[0]
    body = _PERSONAL.sub("", main or body.partition("<footer")[0])
    return clean_words(body.replace(TOKEN_MARK, ""))


def summary_of(content: dict[str, Any]) -> str:
    """The first words, as plain text."""
    text = strip_tags(re.sub(r"<(?:/p|/li|/h[2-6]|br)[^>]*>", "\n", archived_html(content)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return Truncator("\n".join(line for line in lines if line)).chars(LONGEST_SUMMARY)
