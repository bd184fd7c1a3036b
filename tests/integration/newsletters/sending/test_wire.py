"""One issue as a mail server gets it, byte by byte: composed, approved, sent, and taken apart again."""

import base64
import email
import email.policy
import hashlib
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from newsletters.composing import compose
from newsletters.content import to_json
from newsletters.models import Subscription
from newsletters.sending import pumping
from tests.factories.newsletters import (
    IssueAttachmentFactory,
    IssueFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
)
from tests.factories.region import PortalSettingsFactory
from tests.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db

SUBJECT = "髙﨑さんに聞く①：㈱つながりの居場所づくりと、これからの催し〜2026年11月号"
DATA = b"%PDF-1.4 " + bytes(range(256)) + b"\r\n.\r\n%%EOF"


def test_an_issue_on_the_wire(server: SmtpServer, settings: Any) -> None:
    PortalSettingsFactory(secretariat_address="高松市番町四丁目1番10号")
    settings.PORTAL_ORIGIN = "https://portal.example.jp"
    newsletter = NewsletterFactory(name="県民向けつながりだより", list_label="tayori")
    SubscriptionFactory(newsletter=newsletter, subscriber=SubscriberFactory(address="o'hara+a@npo.example"))
    issue = IssueFactory(
        newsletter=newsletter, subject=SUBJECT, body="# 催し\n\n.\nお茶の会を開きます。\n" * 40
    )
    IssueAttachmentFactory(
        issue=issue,
        name="ちらし①.pdf",
        file=ContentFile(DATA, name="file.pdf"),
        sha256=hashlib.sha256(DATA).hexdigest(),
    )
    content = compose(issue, number=1)
    bound = IssueFactory.build(scheduled=True, newsletter=newsletter)
    for name in ("state", "requested_at", "approved_at", "send_at", "scheduled_at"):
        setattr(issue, name, getattr(bound, name))
    issue.requested_by = issue.approved_by = issue.scheduled_by = issue.author
    issue.number, issue.content, issue.approved_sha256 = 1, to_json(content), content.sha256
    issue.save()

    (issue_id,) = pumping.tick()
    row = issue.deliveries.get()
    assert pumping.pump(issue_id).accepted == 1
    (written,) = server.written

    # As every server may ask for it: seven bits, short lines, CRLF alone.
    assert written.isascii()
    assert b"\n" not in written.replace(b"\r\n", b"")
    lines = written.split(b"\r\n")
    assert max(len(line) for line in lines if not line.startswith(b"List-Unsubscribe:")) <= 78
    message: Any = email.message_from_bytes(written, policy=email.policy.SMTP)
    assert not any(part.defects for part in message.walk())
    assert {name: len(message.get_all(name)) for name in message} == dict.fromkeys(
        [
            "Date", "To", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "From", "Reply-To", "Subject",
            "List-Id", "List-Help", "List-Subscribe", "List-Owner", "List-Archive", "Precedence", "MIME-Version",
            "Content-Type",
        ],
        1,
    )  # fmt: skip
    assert message["Subject"] == SUBJECT
    assert message["To"].addresses[0].addr_spec == row.address
    assert message["Message-ID"] == row.message_id
    assert message["List-Id"] == "県民向けつながりだより <tayori.portal.example.jp>"
    assert (message["Precedence"], message["MIME-Version"]) == ("list", "1.0")

    # The words, twice, and the file: all of it base64, and just what was approved.
    alternative, attached = message.iter_parts()
    plain, html = alternative.iter_parts()
    parts = (plain, html, attached)
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["base64"] * 3
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "application/pdf"]
    assert (attached.get_filename(), base64.b64decode(attached.get_payload())) == ("ちらし①.pdf", DATA)
    leave = message["List-Unsubscribe"].removeprefix("<").removesuffix(">")
    token = leave.split("/")[-2]
    for part, approved in ((plain, content.text), (html, content.html)):
        assert part.get_content().replace("\r\n", "\n") == approved.replace("%%token%%", token)

    # One click, without a cookie: this reader is off the list.
    assert leave.startswith("https://portal.example.jp/")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = leave.removeprefix("https://portal.example.jp")
    answer = Client().post(
        path, b"List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200
    assert not Subscription.objects.current().exists()
