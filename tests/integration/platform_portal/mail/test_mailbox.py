"""The mails of a trial in the browser; and that there is no such thing anywhere else."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse

from platform_portal.mail import mailbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.PORTAL_DEMO = True
    settings.PORTAL_MAIL_BACKEND = mailbox.FILES
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def deliver(*subjects: str) -> None:
    mails = []
    for subject in subjects:
        text = f"{subject}です。\n\nhttp://127.0.0.1:8000/newsletters/confirm/abc/\n<b>太字</b>"
        mail = EmailMultiAlternatives(subject, text, "news@example.jp", ["hanako@example.jp"])
        mail.attach_alternative("<p>見せない</p>", "text/html")
        mail.attach("ちらし.pdf", b"%PDF", "application/pdf")
        mail.extra_headers["List-Unsubscribe"] = "<http://127.0.0.1:8000/newsletters/leave/abc/>"
        mails.append(mail)
    get_connection(mailbox.FILES).send_messages(mails)


def test_delivered_mails_can_be_opened(owner_client: Client, folder: Path) -> None:
    address = reverse("mail:mailbox")
    assert address in owner_client.get(reverse("mail:mail-list")).content.decode()
    assert "まだ1通も届いていません" in owner_client.get(address).content.decode()
    deliver("春の号", "夏の号")
    shown = owner_client.get(address).content.decode()
    assert shown.index("夏の号") < shown.index("春の号")
    (name,) = mailbox.file_names()
    text = owner_client.get(reverse("mail:mailbox-mail", args=[name, 0])).content.decode()
    for words in (
        "春の号です。",
        '<a href="http://127.0.0.1:8000/newsletters/confirm/abc/"',
        "&lt;b&gt;太字",
        "ちらし.pdf",
        "hanako@example.jp",
        "List-Unsubscribe",
    ):
        assert words in text
    assert "見せない" not in text


@pytest.mark.parametrize(
    ("name", "number"),
    [("20260101-000000-1.log", 0), ("..", 0), ("settings.py", 0), ("20260101-000000-1.log%00", 0)],
)
def test_nothing_else_can_be_read(owner_client: Client, folder: Path, name: str, number: int) -> None:
    deliver("春の号")
    (folder / "settings.py").write_text("secret")
    assert owner_client.get(f"/desk/mails/delivered/{name}/{number}/").status_code == 404
    (own,) = mailbox.file_names()
    assert owner_client.get(reverse("mail:mailbox-mail", args=[own, 7])).status_code == 404


def test_mail_without_text_or_subject_is_shown(owner_client: Client, folder: Path) -> None:
    folder.mkdir()
    (folder / "20260101-000000-1.log").write_bytes(
        b"Content-Type: text/html\nTo: a@example.jp\n\n<p>x</p>\n" + b"-" * 79 + b"\n"
    )
    text = owner_client.get(reverse("mail:mailbox-mail", args=["20260101-000000-1.log", 0])).content.decode()
    assert "（件名なし）" in text
    assert "文字だけの本文はありません" in text


@pytest.mark.parametrize(
    "values", [{"PORTAL_DEMO": False}, {"PORTAL_MAIL_BACKEND": "platform_portal.mail.smtp.CarefulBackend"}]
)
def test_no_mailbox_where_mails_leave(
    owner_client: Client, folder: Path, settings: Any, values: dict[str, Any]
) -> None:
    deliver("春の号")
    (name,) = mailbox.file_names()
    for key, value in values.items():
        setattr(settings, key, value)
    assert owner_client.get(reverse("mail:mailbox")).status_code == 404
    assert owner_client.get(reverse("mail:mailbox-mail", args=[name, 0])).status_code == 404
    assert reverse("mail:mailbox") not in owner_client.get(reverse("mail:mail-list")).content.decode()


def test_members_do_not_see_it(outsider_client: Client, folder: Path) -> None:
    assert outsider_client.get(reverse("mail:mailbox")).status_code == 403
