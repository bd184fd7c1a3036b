"""What should be mended in an issue before it leaves. Each finding says where it is.

An error keeps the issue from being sent to review and approved; a warning is for somebody to look at. Links of the portal
itself are looked up here; what pages outside have answered is known from the background (newsletters.outside).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.links.wording import in_words
from consultations.models import ConsultationWindow
from meetings.models import Event, Meeting
from newsletters.composing import Composed
from newsletters.composing.filling import MOST_BLOCKS, NAMES, wish_of
from newsletters.composing.plain import without_tags
from newsletters.composing.source import Run, is_address, lines_of, tidy
from newsletters.composing.wrapping import width_of
from newsletters.models import Issue, LinkAnswer, Readership
from newsletters.outside import addresses_in, answers_of, is_own, is_within, leads_out
from platform_portal.japanese.tokens import likely_people

SHORT_SUBJECT = 25  # full-width characters that a telephone shows
MEGABYTE = 1024 * 1024
MOST_BYTES = 8 * MEGABYTE  # of one copy as it leaves, encoded
MANY_BYTES = MEGABYTE
LEFT_TO_WRITE = re.compile(r"（ここに、[^（）\n]{1,60}書きます。）")
# What stays in the mail as it was typed, because it was not typed as it has to be.
_INLINE_BLOCK = re.compile(r"(?:\{\{|｛｛)[^{}｛｝]*(?:\}\}|｝｝)")
_RAW_BOLD = re.compile(r"\*\*|＊＊")
_RAW_HEADING = re.compile(r"[#＃]{1,6}[^\s#＃0-9０-９]")  # not #8008
_MOBILE = re.compile(r"(?<!\d)0[789]0[-\s]?\d{4}[-\s]?\d{4}(?!\d)")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ーｰ", "-"))
# Rows that an address of ours speaks of: readers must be able to open them.
_PUBLISHED: dict[str, Any] = {
    "consultations:window-detail": lambda: ConsultationWindow.objects.published(),
    "meetings:event-detail": lambda: Event.objects.published(),
    "meetings:meeting-detail": lambda: Meeting.objects.published(),
    "meetings:minutes": lambda: Meeting.objects.published(),
}


class Place(StrEnum):
    """Where a finding is mended."""

    SUBJECT = "subject"
    BODY = "body"
    ATTACHMENTS = "attachments"
    NEWSLETTER = "newsletter"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    words: str
    place: Place
    is_error: bool = True


def lint(issue: Issue, composed: Composed) -> list[Finding]:
    """Must-fix first, then in the order of the mail. A few queries, and one for each distinct address of our own."""
    found = [
        *_of_subject(composed),
        *_of_body(issue, composed),
        *_of_links(issue, composed),
        *_of_people(issue),
        *_of_size(composed),
        *_of_sender(issue, composed),
    ]
    return sorted(found, key=lambda finding: not finding.is_error)


def errors_in(findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.is_error]


def _of_subject(composed: Composed) -> Iterator[Finding]:
    subject = composed.content.subject
    if not subject:
        yield Finding("no_subject", _("件名がありません。"), Place.SUBJECT)
    elif width_of(subject) > 2 * SHORT_SUBJECT:
        words = _("件名が全角%(count)s文字より長いので、携帯電話では途中で切れます。") % {
            "count": SHORT_SUBJECT
        }
        yield Finding("long_subject", words, Place.SUBJECT, is_error=False)


def _of_body(issue: Issue, composed: Composed) -> Iterator[Finding]:
    if not composed.blocks:
        yield Finding("no_body", _("本文がありません。"), Place.BODY)
    for block, filled in composed.filled:
        where = {"block": f"{{{{{block.words}}}}}", "line": block.number}
        if filled is not None and filled.count == 0:
            words = _("%(line)s行めの「%(block)s」に入るものが、いまはありません。") % where
            yield Finding("empty_block", words, Place.BODY, is_error=False)
        elif filled is None and wish_of(block.words) is not None:
            words = _("自動で入る部分は、%(most)s種類までです。「%(block)s」を減らしてください。") % {
                **where,
                "most": MOST_BLOCKS,
            }
            yield Finding("many_blocks", words, Place.BODY)
        elif filled is None:
            words = _(
                "%(line)s行めの「%(block)s」という部分はありません。"
                "使えるのは %(known)s と、それに「5件」「30日」などを付けたものです。"
            ) % {**where, "known": "、".join(f"{{{{{name}}}}}" for name in NAMES)}
            yield Finding("unknown_block", words, Place.BODY)
    yield from _of_marks(composed)
    body = tidy(issue.body)
    if left := LEFT_TO_WRITE.findall(body):
        words = _("ひな形の文が残っています：%(left)s") % {"left": "、".join(dict.fromkeys(left))}
        yield Finding("left_to_write", words, Place.BODY)
    if without_tags(body) != body:
        words = _(
            "HTMLのタグのようなものがあります。文字だけのメールからは消え、HTMLのメールではそのまま見えます。"
        )
        yield Finding("tags", words, Place.BODY, is_error=False)


def _of_marks(composed: Composed) -> Iterator[Finding]:
    lines = ["".join(run.text for run in line) for block in composed.blocks for line in lines_of(block)]
    inline = [found for line in lines for found in _INLINE_BLOCK.findall(line)]
    if inline:
        words = _(
            "「%(block)s」は、1行にそれだけを書いたときに、内容に入れかわります。前後の言葉を、別の行に移してください。"
        )
        yield Finding("inline_block", words % {"block": inline[0]}, Place.BODY)
    if any(_RAW_BOLD.search(line) for line in lines):
        words = _(
            "太字にならない「**」が、そのまま見えます。半角の * を2つずつ、言葉の前と後ろに書いてください。"
        )
        yield Finding("raw_bold", words, Place.BODY, is_error=False)
    if any(_RAW_HEADING.match(line) for line in lines):
        words = _(
            "「#」で始まっていても見出しにならない行があります。# と言葉のあいだに、空白を1つ入れてください。"
        )
        yield Finding("raw_heading", words, Place.BODY, is_error=False)


def _of_links(issue: Issue, composed: Composed) -> Iterator[Finding]:
    addresses = addresses_in(composed.blocks)
    answers = answers_of(addresses)
    for address in addresses:
        finding = _of_link(address, issue.newsletter.readership)
        if finding is not None:
            yield finding
        if leads_out(address) and (hint := _of_page(address, answers.get(address), issue)):
            yield hint
    if "](" in issue.body and any("](" in run.text for run in _all_runs(composed)):
        words = _("リンクの書き方がちがうところがあります。[言葉](https://…) のように書いてください。")
        yield Finding("broken_link", words, Place.BODY)


def _all_runs(composed: Composed) -> Iterator[Run]:
    for block in composed.blocks:
        for line in lines_of(block):
            yield from line


def _of_link(address: str, readership: str) -> Finding | None:
    shown = {"address": address[:100]}
    if not is_address(address):
        words = _("リンク先「%(address)s」が読めません。https:// から書いてください。") % shown
        return Finding("broken_link", words, Place.BODY)
    if not address.startswith("http"):
        return None
    parts = urlsplit(address)
    if is_own(address):
        return _of_own_link(parts.path or "/", shown, readership)
    if is_within(parts.hostname or ""):
        words = _("リンク先「%(address)s」は、読む人からは開けない場所です。") % shown
        return Finding("inner_link", words, Place.BODY)
    if parts.scheme == "http":
        words = (
            _("リンク先「%(address)s」は、暗号化されない http です。https で開けないか確かめてください。")
            % shown
        )
        return Finding("http_link", words, Place.BODY, is_error=False)
    return None


def _of_own_link(path: str, shown: dict[str, str], readership: str) -> Finding | None:
    try:
        found = resolve(path)
    except Resolver404:
        words = _("リンク先「%(address)s」というページは、このポータルにありません。") % shown
        return Finding("lost_link", words, Place.BODY)
    is_for_members = readership == Readership.MEMBERS and path.startswith("/my/")
    if getattr(found.func, "login_required", True) and not is_for_members:
        words = _("リンク先「%(address)s」は、サインインした人だけのページです。読む人は開けません。") % shown
        return Finding("closed_link", words, Place.BODY)
    rows = _PUBLISHED.get(found.view_name)
    if rows is not None and not rows().filter(public_id=found.kwargs["public_id"]).exists():
        words = _("リンク先「%(address)s」は、いま公開されていません。") % shown
        return Finding("unpublished_link", words, Place.BODY)
    return None


def _of_page(address: str, answer: LinkAnswer | None, issue: Issue) -> Finding | None:
    """Never keeps an issue back: the line may be down on our side."""
    shown = {"address": address[:100]}
    if answer is not None and not answer.is_ok:
        words = _(
            "リンク先「%(address)s」は、%(day)s に確かめたとき、つながりませんでした（%(reason)s）。"
            "アドレスが正しいか、開いて確かめてください。"
        ) % {
            **shown,
            "day": f"{timezone.localtime(answer.asked_at):%-m月%-d日 %-H:%M}",
            "reason": in_words(answer.status),
        }
        return Finding("dead_link", words, Place.BODY, is_error=False)
    if answer is None and settings.PORTAL_CHECK_LINKS and not issue._state.adding:
        words = _("リンク先「%(address)s」は、まだ確かめていません。数分のうちに、自動で確かめます。") % shown
        return Finding("unchecked_link", words, Place.BODY, is_error=False)
    return None


def _of_people(issue: Issue) -> Iterator[Finding]:
    """What may say something about a private person: for somebody to look at."""
    numbers = _MOBILE.findall(unicodedata.normalize("NFKC", issue.body).translate(_DASHES))
    if numbers:
        words = _("携帯電話の番号があります：%(numbers)s。個人の番号なら消してください。") % {
            "numbers": "、".join(dict.fromkeys(numbers))
        }
        yield Finding("mobile", words, Place.BODY, is_error=False)
    people = likely_people(f"{issue.subject}\n{issue.body}")
    if people:
        words = _("人の名前かもしれない言葉があります：%(names)s。載せてよいか、本人に確かめてください。") % {
            "names": "、".join(people[:20])
        }
        yield Finding("person", words, Place.BODY, is_error=False)


def _of_size(composed: Composed) -> Iterator[Finding]:
    size = size_of(composed)
    values = {"size": f"{size / MEGABYTE:.1f}"}
    if size > MOST_BYTES:
        words = _(
            "1通が %(size)s MB になります。受け取れないメールサーバーがあるので、添付を減らしてください。"
        )
        yield Finding("too_large", words % values, Place.ATTACHMENTS)
    elif size > MANY_BYTES:
        words = _(
            "1通が %(size)s MB になります。携帯電話で読む人のために、リンクにできないか考えてください。"
        )
        yield Finding("large", words % values, Place.ATTACHMENTS, is_error=False)


def size_of(composed: Composed) -> int:
    """Bytes of one copy as it leaves: base64 makes four of three."""
    content = composed.content
    raw = len(content.text.encode()) + len(content.html.encode())
    return (raw + sum(file.size for file in content.attachments)) * 4 // 3


def _of_sender(issue: Issue, composed: Composed) -> Iterator[Finding]:
    newsletter, portal = issue.newsletter, composed.portal
    if not newsletter.is_active:
        words = _("メルマガ「%(name)s」は、発行をやめています。") % {"name": newsletter.name}
        yield Finding("stopped", words, Place.NEWSLETTER)
    if not newsletter.reply_address:
        yield Finding("no_contact", _("お問い合わせのメールアドレスがありません。"), Place.NEWSLETTER)
    if not portal.secretariat_address:
        words = _("事務局の住所がありません。メールの終わりに、必ず書くものです。")
        yield Finding("no_postal_address", words, Place.SETTINGS)
