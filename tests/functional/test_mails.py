"""The outbox on the desk, in a real browser: every page at both widths, and a mail sent again."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from platform_portal.mail.models import OutgoingMail
from tests.factories.mail import OutgoingMailFactory
from tests.factories.region import PortalSettingsFactory
from tests.functional.conftest import DESK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mails(db: None) -> dict[str, OutgoingMail]:
    PortalSettingsFactory()
    long = "とても長い名前の会員団体の担当者 <" + "a" * 60 + "@" + "b" * 60 + ".example>"
    return {
        "sent": OutgoingMailFactory(state="sent", text="一行目\n\n二行目" + "と" * 200),
        "failed": OutgoingMailFactory(state="failed", to=long, last_error="SMTPRecipientsRefused 451"),
        "given_up": OutgoingMailFactory(state="given_up", last_error="SMTPRecipientsRefused 550"),
        "sending": OutgoingMailFactory(state="sending"),
        "cancelled": OutgoingMailFactory(state="cancelled", text="", erased_at=timezone.now()),
        "waiting": OutgoingMailFactory(is_confidential=True, kind="members.invitation"),
    }


def test_pages(visit, secretariat, mails):
    visitor = visit()
    visitor.be(secretariat)
    addresses = [reverse("mail:mail-list"), reverse("mail:mail-list") + "?state=sent&kind=other"]
    addresses += [reverse("mail:mail-detail", args=[one.public_id]) for one in mails.values()]
    addresses += [reverse("mail:mail-cancel", args=[mails["failed"].public_id])]
    for address in addresses:
        visitor.see(address)


def test_secretariat_sends_again_what_was_given_up(visit, secretariat, mails):
    visitor = visit(DESK)
    visitor.be(secretariat)
    visitor.open(reverse("mail:mail-list"))
    page = visitor.page
    page.get_by_label("状態").select_option("given_up")
    page.get_by_role("button", name="この条件で見る").click()
    page.get_by_role("link", name="アカウントの設定の変更").click()
    expect(page.locator("main")).to_contain_text("アドレスが正しいか確かめてください", use_inner_text=True)
    page.get_by_role("button", name="もう一度送る").click()
    expect(page.locator("main")).to_contain_text("もう一度送ることにした", use_inner_text=True)
    assert mails["given_up"].to in [message.to[0] for message in mail.outbox]
