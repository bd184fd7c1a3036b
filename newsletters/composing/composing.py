"""Puts an issue together. Reads, and writes nothing; the same rows give the same content."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from newsletters.composing.filling import Filled, Filler
from newsletters.composing.footer import footer_of
from newsletters.composing.html import render_html
from newsletters.composing.plain import STRONG, render_text, without_tags
from newsletters.composing.source import Block, Fill, parse, tidy, without_mark
from newsletters.composing.wrapping import wrap
from newsletters.content import AttachedFile, Content
from newsletters.models import Issue
from platform_portal.region.models import PortalSettings


@dataclass(frozen=True, slots=True)
class Composed:
    """The content, and what it was made of: whoever looks for mistakes needs both."""

    content: Content
    blocks: tuple[Block, ...]  # as written, not filled
    filled: tuple[tuple[Fill, Filled | None], ...]  # None: a block that nobody knows
    portal: PortalSettings
    at: dt.datetime  # what came later is not in it


def compose(issue: Issue, *, number: int | None = None) -> Content:
    """What would leave now. `number`: the one it will have, where it has none yet."""
    return compose_with_parts(issue, number=number).content


def compose_with_parts(issue: Issue, *, number: int | None = None) -> Composed:
    """Also for an issue that was never saved. Never raises for what somebody wrote."""
    newsletter, portal = issue.newsletter, PortalSettings.load()
    blocks = parse(issue.body)
    filler = Filler(issue, portal)
    filled = [(block, filler.fill(block)) for block in blocks if isinstance(block, Fill)]
    shown = _with_fillings(blocks, [filling for _block, filling in filled])
    footer = footer_of(newsletter, portal)
    subject = " ".join(tidy(issue.subject).split())
    over = _over(issue, number)
    content = Content(
        newsletter=newsletter.public_id,
        readership=newsletter.readership,
        sender_name=newsletter.sender_name,
        sender_address=newsletter.sender_address,
        reply_address=newsletter.reply_address,
        subject=subject,
        text=_text(over, subject, shown) + render_footer(footer),
        html=render_html(title=subject, over=over, blocks=shown, footer=footer),
        attachments=attachments_of(issue),
    )
    return Composed(content, tuple(blocks), tuple(filled), portal, filler.now)


def attachments_of(issue: Issue) -> tuple[AttachedFile, ...]:
    if issue._state.adding:
        return ()
    return tuple(
        AttachedFile(row.public_id, row.name, row.content_type, row.size, row.sha256)
        for row in issue.attachments.order_by("pk")
    )


def render_footer(footer: Sequence[Block]) -> str:
    return f"\n{render_text(footer)}"


def _text(over: str, subject: str, blocks: Sequence[Block]) -> str:
    head = [STRONG, *_wrapped(over), *_wrapped(subject), STRONG]
    body = render_text(blocks)
    return "\n".join(head) + f"\n\n{body}" if body else "\n".join(head) + "\n"


def _wrapped(words: str) -> list[str]:
    plain = without_mark(without_tags(words))
    return wrap(plain) if plain else []


def _over(issue: Issue, number: int | None) -> str:
    name = " ".join(tidy(issue.newsletter.name).split())
    known = issue.number or number
    return _("%(name)s　第%(number)s号") % {"name": name, "number": known} if known else name


def _with_fillings(blocks: Sequence[Block], fillings: Sequence[Filled | None]) -> list[Block]:
    """Those that nobody knows stay as they were written; the issue cannot be approved with them."""
    waiting = iter(fillings)
    shown: list[Block] = []
    for block in blocks:
        filling = next(waiting) if isinstance(block, Fill) else None
        shown += filling.blocks if filling else [block]
    return shown
