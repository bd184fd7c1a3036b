"""The whole life of an issue, as its people walk it; and the mailbox in which a trial shows what would have arrived.

Senders run only where the test calls them: what a page says is never a matter of how fast something else was.
"""

import re
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import get_connection, send_mail
from django.urls import reverse
from playwright.sync_api import Page

from newsletters.ledger import counts_of
from newsletters.links import leave_token
from newsletters.models import Delivery, Issue, IssueState
from newsletters.sending import pumping
from platform_portal.mail import mailbox
from tests.factories.members import UserFactory
from tests.factories.newsletters import NewsletterFactory, SubscriptionFactory
from tests.factories.region import PortalSettingsFactory
from tests.functional.conftest import DESK, PHONE
from tests.outbox import delivered
from tests.smtp_server import SmtpServer, smtp_server

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "hanako@example.jp"


@pytest.fixture
def sending_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletters.waking.wake_senders", lambda issue_id: None)
    monkeypatch.setattr("platform_portal.public_forms.TOKEN_MIN_AGE", 0)


def says(page: Page, words: str) -> None:
    page.locator("main", has_text=words).wait_for()


def press(page: Page, button: str, then: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    says(page, then)


def test_the_whole_life(visit: Any, settings: Any, sending_waits: None) -> None:
    PortalSettingsFactory(
        secretariat_postal_code="760-8570",
        secretariat_address="高松市番町1-1",
        secretariat_email="office@example.jp",
    )
    newsletter = NewsletterFactory(name="つながりだより")
    readers = [SubscriptionFactory(newsletter=newsletter).subscriber for _each in range(3)]
    reader = visit(PHONE, java_script_enabled=False)
    writer, sender = visit(DESK), visit(DESK)
    writer.be(UserFactory(role="staff", name="県庁 あおい"))
    sender.be(UserFactory(role="secretariat", name="事務 いちろう"))

    subscribe(reader)
    issue = write(writer)
    refuse(sender, issue)
    mend(writer, issue)
    approve_and_schedule(sender, issue)
    with smtp_server() as server:
        send_through(settings, server)
        send_and_pause(sender, issue, server)
        left = leave_meanwhile(reader, issue)
        resume(sender, issue)
    assert left not in server.recipients
    assert sorted([*server.recipients, left]) == sorted([ADDRESS, *(each.address for each in readers)])
    assert set(server.copies().values()) == {1}
    read_archive(reader, issue, server)
    assert reader.context.cookies() == []
    assert reader.problems == writer.problems == sender.problems == []


def subscribe(reader: Any) -> None:
    page = reader.page
    reader.open(reverse("newsletters:archive"))
    page.get_by_role("link", name="メールで受け取る").click()
    page.get_by_label("つながりだより").check()
    page.get_by_label("メールアドレス").fill(ADDRESS)
    page.get_by_label("上の文に同意します").check()
    page.get_by_role("button", name="確認のメールを受け取る").click()
    page.wait_for_url(f"**{reverse('newsletters:subscribe-sent')}")
    (mail,) = delivered()
    assert mail.to == [ADDRESS]
    found = re.search(r"http://testserver(/newsletters/confirm/\S+)", mail.body)
    assert found
    reader.open(found[1])
    page.get_by_role("button", name="登録する").click()
    says(page, "つながりだより")


def write(writer: Any) -> Issue:
    page = writer.page
    writer.open(reverse("newsletters:desk-issue-create"))
    page.locator("#id_subject").fill("秋の号")
    page.locator("#id_body").fill("# 催し\n\nお茶の会は 10月1日です。")
    page.get_by_role("button", name="保存する", exact=True).click()
    says(page, "秋の号")
    issue = Issue.objects.get()
    ask_for_review(writer, issue)
    return issue


def ask_for_review(writer: Any, issue: Issue) -> None:
    writer.open(reverse("newsletters:desk-issue", args=[issue.public_id]))
    press(writer.page, "確認を頼む", "確認待ち")


def refuse(sender: Any, issue: Issue) -> None:
    page = sender.page
    sender.open(reverse("newsletters:desk-issue", args=[issue.public_id]))
    page.get_by_label("下書きに戻す理由").fill("日にちが違います。")
    press(page, "下書きに戻す", "日にちが違います。")
    issue.refresh_from_db()
    assert issue.state == IssueState.DRAFT


def mend(writer: Any, issue: Issue) -> None:
    page = writer.page
    writer.open(reverse("newsletters:desk-issue", args=[issue.public_id]))
    says(page, "日にちが違います。")
    writer.open(reverse("newsletters:desk-issue-write", args=[issue.public_id]))
    page.locator("#id_body").fill("# 催し\n\nお茶の会は 10月2日です。")
    page.get_by_role("button", name="保存する", exact=True).click()
    says(page, "10月2日")
    ask_for_review(writer, issue)


def approve_and_schedule(sender: Any, issue: Issue) -> None:
    page = sender.page
    sender.open(reverse("newsletters:desk-issue-approve", args=[issue.public_id]))
    says(page, "10月2日")
    press(page, "この内容で承認する", "承認しました")
    sender.open(reverse("newsletters:desk-issue-schedule", args=[issue.public_id]))
    page.get_by_label("いますぐ送る").check()
    page.get_by_label("夜に届いてもよい").check()
    press(page, "決める", "まもなく送りはじめます")


def send_through(settings: Any, server: SmtpServer) -> None:
    settings.PORTAL_MAIL_BACKEND = "platform_portal.mail.smtp.CarefulBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.PORTAL_NEWSLETTER_SENDERS = 1


def send_and_pause(sender: Any, issue: Issue, server: SmtpServer) -> None:
    """The senders are stopped while the first copy is in the air: that one arrives, no other is begun."""
    page, stop = sender.page, threading.Event()
    server.on_message = lambda recipient: stop.set()
    pumping.tick()
    pumping.pump(issue.pk, stop)
    sender.open(reverse("newsletters:desk-sending", args=[issue.public_id]))
    says(page, "4通のうち 1通が終わりました")
    press(page, "一時停止する", "一時停止しました")
    assert pumping.pump(issue.pk).handled == 0
    assert len(server.taken) == 1


def leave_meanwhile(reader: Any, issue: Issue) -> str:
    """Somebody who waits for a copy leaves by the link of an earlier mail. Their address."""
    row = Delivery.objects.filter(issue=issue, state="queued").order_by("pk").last()
    reader.open(reverse("newsletters:leave", args=[leave_token(row.pk)]))
    press(reader.page, "「つながりだより」の配信を止める", "配信は止まっています")
    return str(row.address)


def resume(sender: Any, issue: Issue) -> None:
    page = sender.page
    press(page, "再開する", "再開しました")
    pumping.pump(issue.pk)
    pumping.tick()
    sender.open(reverse("newsletters:desk-sending", args=[issue.public_id]))
    says(page, "4通のうち 4通が終わりました（100%）")
    issue.refresh_from_db()
    assert issue.state == IssueState.COMPLETED
    counts = counts_of(issue)
    assert counts.is_balanced
    assert counts.terms == [3, 0, 0, 1, 0, 0]


def read_archive(reader: Any, issue: Issue, server: SmtpServer) -> None:
    reader.open(reverse("newsletters:archive"))
    reader.page.get_by_role("link", name="秋の号").click()
    says(reader.page, "お茶の会は 10月2日です。")
    whole = reader.page.content()
    assert "newsletters/leave" not in whole
    for _recipient, message in server.taken:
        token = re.search(r"/newsletters/leave/([^/]+)/", str(message["List-Unsubscribe"]))
        assert token
        assert token[1] not in whole


def test_a_trial_opens_its_mails_in_the_browser(
    visit: Any, settings: Any, tmp_path: Path, transactional_db: None
) -> None:
    settings.PORTAL_DEMO = True
    settings.PORTAL_MAIL_BACKEND = mailbox.FILES
    settings.EMAIL_FILE_PATH = str(tmp_path)
    send_mail(
        "長い件名" * 20,
        "http://127.0.0.1:8000/newsletters/confirm/" + "a" * 120 + "/",
        "news@example.jp",
        [ADDRESS],
        connection=get_connection(mailbox.FILES),
    )
    visitor = visit(DESK)
    visitor.be(UserFactory(role="administrator"))
    (name,) = mailbox.file_names()
    visitor.see(reverse("mail:mailbox"))
    visitor.see(reverse("mail:mailbox-mail", args=[name, 0]))
