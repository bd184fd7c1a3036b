"""What one copy looks like to the programs that read it."""

import base64
import email
import email.policy
import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from newsletters.content import AttachedFile
from newsletters.links import delivery_id_of
from newsletters.mime import Letter, message_for
from newsletters.models import Newsletter, Readership
from tests.factories.newsletters import NewsletterFactory, content_of


@dataclass(frozen=True)
class Copy:
    id: int = 123
    address: str = "髙﨑@例え.example".replace("髙﨑", "takasaki")
    message_id: str = "<abc.0000007b.0123@example.jp>"


@pytest.fixture
def newsletter() -> Newsletter:
    return NewsletterFactory.build(public_id="abcdef", name="つながりだより", list_label="tayori")


def longest_line(written: bytes) -> int:
    """But for the address to leave by, which nobody may fold."""
    return max(len(line) for line in written.splitlines() if not line.startswith(b"List-Unsubscribe:"))


def parsed(written: bytes) -> Any:
    return email.message_from_bytes(written, policy=email.policy.SMTP)


def said(written: bytes, header: str) -> str:
    """As a mail program shows it. The parser of `parsed` puts spaces between the words of a long encoded name."""
    value = email.message_from_bytes(written, policy=email.policy.compat32)[header]
    return str(make_header(decode_header(value.replace("\r\n", ""))))


@time_machine.travel("2026-11-22T09:00:00+09:00")
def test_headers(newsletter: Newsletter, settings: Any) -> None:
    settings.PORTAL_ORIGIN = "https://portal.example.jp"
    message = parsed(message_for(content_of(newsletter, subject="髙﨑さんの①月号㈱～"), Copy(), newsletter))
    assert message["Subject"] == "髙﨑さんの①月号㈱～"
    assert message["From"] == "つながりポータル事務局 <news@example.jp>"
    assert message["Reply-To"] == "jimukyoku@example.jp"
    assert message["To"] == "takasaki@xn--r8jz45g.example"
    assert message["Message-ID"] == Copy.message_id
    assert message["Date"] == "Sun, 22 Nov 2026 09:00:00 +0900"
    assert message["List-Id"] == "つながりだより <tayori.portal.example.jp>"
    found = re.fullmatch(
        r"<https://portal\.example\.jp/newsletters/leave/([^/>]+)/>", message["List-Unsubscribe"]
    )
    assert found
    assert delivery_id_of(found[1]) == 123
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Archive"] == "<https://portal.example.jp/newsletters/>"
    page = "<https://portal.example.jp/newsletters/subscribe/>"
    assert (message["List-Help"], message["List-Subscribe"]) == (page, page)
    assert message["List-Owner"] == "<mailto:jimukyoku@example.jp>"
    assert message["Precedence"] == "list"
    assert message["Auto-Submitted"] is None
    assert not message.defects
    assert len(message.keys()) == len(set(message.keys()))


# What people type into subjects and names: letters of one and of many bytes, spaces, what headers use themselves.
WORDS = st.text(
    st.sampled_from("あ髙㈱①〜～👩\u200d😀aZ09 .,:;\"'<>()@=?_-\\%&"), min_size=1, max_size=100
).map(lambda words: " ".join(words.split()) or "題")


@given(WORDS, WORDS)
def test_any_words_come_back_as_they_were(subject: str, name: str) -> None:
    newsletter = NewsletterFactory.build(public_id="abcdef", name=name, list_label="tayori")
    content = content_of(newsletter, subject=subject, sender_name=name)
    written = message_for(content, Copy(), newsletter)
    message = parsed(written)
    assert message["Subject"] == subject
    assert said(written, "From") == f"{name} <news@example.jp>"
    assert said(written, "List-Id") == f"{name} <tayori.testserver>"
    assert written.partition(b"\r\n\r\n")[0].isascii()
    assert longest_line(written) <= 78
    assert not message.defects


def test_bodies_text_first_and_in_base64(newsletter: Newsletter) -> None:
    text = "とても長い一行" * 300 + "\n%%token%%\n絵文字😀\r\n.\n"
    content = content_of(newsletter, text=text, html="<p>%%token%%と%%token%%</p>")
    written = message_for(content, Copy(), newsletter)
    message = parsed(written)
    assert message.get_content_type() == "multipart/alternative"
    plain, html = message.iter_parts()
    assert [part.get_content_type() for part in (plain, html)] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in (plain, html)] == ["base64", "base64"]
    token = message["List-Unsubscribe"].split("/")[-2]
    wanted = text.replace("\r\n", "\n").replace("%%token%%", token).replace("\n", "\r\n")
    assert base64.b64decode(plain.get_payload()).decode() == wanted
    assert html.get_content().count(token) == 2
    assert written.isascii()
    assert longest_line(written) <= 78
    assert b"\n" not in written.replace(b"\r\n", b"")


def test_members_have_no_public_archive(newsletter: Newsletter) -> None:
    content = content_of(newsletter, readership=Readership.MEMBERS)
    message = parsed(message_for(content, Copy(), newsletter))
    assert message["List-Archive"] is message["List-Subscribe"] is None
    assert message["List-Help"] == message["List-Owner"] == "<mailto:jimukyoku@example.jp>"


def test_long_and_plain_names(newsletter: Newsletter) -> None:
    content = content_of(newsletter, subject="あ" * 100, sender_name="Portal News")
    written = message_for(content, Copy(), newsletter)
    assert parsed(written)["Subject"] == "あ" * 100
    assert b"From: Portal News\r\n <news@example.jp>\r\n" in written
    assert longest_line(written) <= 78


@pytest.mark.parametrize(
    "name", ["参加 申込書①.pdf", "flyer.pdf", "長い名前👩" * 23 + ".pdf", "a'b\"c;d.pdf"]
)
def test_attachments(newsletter: Newsletter, name: str) -> None:
    data = bytes(range(256)) * 40
    file = AttachedFile("aaaaaa", name, "application/pdf", len(data), "0" * 64)
    letter = Letter(content_of(newsletter, attachments=(file,)), newsletter, [(file, data)])
    written = letter.copy_for(Copy())
    message = parsed(written)
    assert longest_line(written) <= 78
    assert message.get_content_type() == "multipart/mixed"
    alternative, attached = message.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    assert (attached.get_filename(), attached.get_content_type()) == (name, "application/pdf")
    assert attached.get_content() == data
    assert not message.defects


def test_copies_differ_in_what_is_their_own(newsletter: Newsletter) -> None:
    letter = Letter(content_of(newsletter), newsletter)
    one, other = letter.copy_for(Copy()), letter.copy_for(Copy(id=124))
    assert one != other
    assert len(one.splitlines()) == len(other.splitlines())


@pytest.mark.parametrize("name", ["subject", "sender_name", "sender_address", "reply_address"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0"])
def test_no_content_writes_headers_of_its_own(newsletter: Newsletter, name: str, end: str) -> None:
    """Forms and rows refuse it before; here it would leave."""
    words = f"news@example.jp{end}Bcc: x@example.jp"
    with pytest.raises(ValueError, match=r"line break|Invalid address"):
        message_for(content_of(newsletter, **{name: words}), Copy(), newsletter)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\0"])
def test_nor_does_the_name_of_a_newsletter(newsletter: Newsletter, end: str) -> None:
    newsletter.name = f"便り{end}Bcc: x@example.jp"
    with pytest.raises(ValueError, match="line break"):
        message_for(content_of(newsletter), Copy(), newsletter)


@pytest.mark.parametrize(
    "copy",
    [Copy(address="a@example.jp\r\nBcc: x@example.jp"), Copy(message_id="<a>\n"), Copy(address="\0@a.jp")],
)
def test_nobody_writes_headers_of_their_own(newsletter: Newsletter, copy: Copy) -> None:
    with pytest.raises(ValueError, match="line break"):
        message_for(content_of(newsletter), copy, newsletter)
