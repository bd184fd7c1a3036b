"""What one copy looks like to the programs that read it."""

import base64
import email
import email.policy
import re
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine

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
    assert message["Precedence"] == "list"
    assert message["Auto-Submitted"] is None
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
    assert parsed(message_for(content, Copy(), newsletter))["List-Archive"] is None


def test_long_and_plain_names(newsletter: Newsletter) -> None:
    content = content_of(newsletter, subject="あ" * 100, sender_name="Portal News")
    written = message_for(content, Copy(), newsletter)
    assert parsed(written)["Subject"] == "あ" * 100
    assert b"From: Portal News\r\n <news@example.jp>\r\n" in written
    assert longest_line(written) <= 78


def test_attachments(newsletter: Newsletter) -> None:
    data = bytes(range(256)) * 40
    file = AttachedFile("aaaaaa", "参加 申込書①.pdf", "application/pdf", len(data), "0" * 64)
    letter = Letter(content_of(newsletter, attachments=(file,)), newsletter, [(file, data)])
    message = parsed(letter.copy_for(Copy()))
    assert message.get_content_type() == "multipart/mixed"
    alternative, attached = message.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    assert (attached.get_filename(), attached.get_content_type()) == ("参加 申込書①.pdf", "application/pdf")
    assert attached.get_content() == data
    assert not message.defects


def test_copies_differ_in_what_is_their_own(newsletter: Newsletter) -> None:
    letter = Letter(content_of(newsletter), newsletter)
    one, other = letter.copy_for(Copy()), letter.copy_for(Copy(id=124))
    assert one != other
    assert len(one.splitlines()) == len(other.splitlines())


@pytest.mark.parametrize(
    "copy",
    [Copy(address="a@example.jp\r\nBcc: x@example.jp"), Copy(message_id="<a>\n"), Copy(address="\0@a.jp")],
)
def test_nobody_writes_headers_of_their_own(newsletter: Newsletter, copy: Copy) -> None:
    with pytest.raises(ValueError, match="line break"):
        message_for(content_of(newsletter), copy, newsletter)
