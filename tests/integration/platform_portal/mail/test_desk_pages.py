"""The outbox as staff, secretariat and administrators meet it."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from platform_portal.mail import audit_labels, kinds
from platform_portal.mail.models import OutgoingMail
from tests.factories.mail import OutgoingMailFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db

LIST = reverse("mail:mail-list")
SEARCH = reverse("mail:mail-search")


def page_of(mail: OutgoingMail, action: str = "detail") -> str:
    return reverse(f"mail:mail-{action}", args=[mail.public_id])


def text(response) -> str:
    return response.content.decode()


# --- The list ---------------------------------------------------------------------------------
def test_empty_list_says_so(owner_client):
    assert "まだメールを出していません" in text(owner_client.get(LIST))
    assert "あてはまるメールはありません" in text(owner_client.get(LIST, {"state": "sent"}))


def test_list_is_in_the_menu_of_the_desk(owner_client):
    assert f'href="{LIST}" aria-current="true"' in text(owner_client.get(LIST))
    assert f'href="{LIST}"' in text(owner_client.get(reverse("desk:home")))


def test_newest_first_with_what_became_of_it(owner_client):
    OutgoingMailFactory(
        to="古い人 <a@x.example>", state="given_up", created_at=timezone.now() - dt.timedelta(1)
    )
    OutgoingMailFactory(to="新しい人 <b@x.example>", state="sent", subject="")
    page = text(owner_client.get(LIST))
    assert page.index("新しい人") < page.index("古い人")
    assert '<span class="state good">送りました</span>' in page
    assert '<span class="state bad">送れませんでした</span>' in page
    assert "（件名なし）" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "failed"}, "ab"),
        ({"kind": "members.invitation"}, "ac"),
        ({"period": "week"}, "bc"),
        ({"state": "failed", "period": "week"}, "b"),
        ({"period": "month"}, "abc"),
    ],
)
def test_filters(owner_client, query, found):
    old = timezone.now() - dt.timedelta(days=8)
    OutgoingMailFactory(to="a@x.example", state="failed", kind="members.invitation", created_at=old)
    OutgoingMailFactory(to="b@x.example", state="failed")
    OutgoingMailFactory(to="c@x.example", kind="members.invitation")
    page = text(owner_client.get(LIST, query))
    assert "".join(name for name in "abc" if f"{name}@x.example" in page) == found


@pytest.mark.parametrize("name", ["state", "kind", "period"])
def test_made_up_filters_are_said(owner_client, name):
    OutgoingMailFactory(to="a@x.example")
    page = text(owner_client.get(LIST, {name: "x\0"}))
    assert "読めない条件があった" in page
    assert "a@x.example" in page


def test_every_kind_can_be_chosen(owner_client):
    page = text(owner_client.get(LIST))
    for kind, words in kinds.choices():
        assert f'<option value="{kind}">{words}</option>' in page


def test_recipients_are_searched_without_an_address_in_the_url(owner_client):
    OutgoingMailFactory(to="会員 そら <sora@npo.example>", address="sora@npo.example")
    OutgoingMailFactory(to="riku@npo.example", address="riku@npo.example")
    answer = owner_client.post(SEARCH, {"words": "sora@npo"})
    assert answer.headers["Location"] == LIST
    table = text(owner_client.get(LIST)).split("<tbody")[1]
    assert "sora@npo.example" in table
    assert "riku" not in table
    assert "riku" in text(owner_client.post(SEARCH, {"words": ""}, follow=True))
    assert "100文字" in text(owner_client.post(SEARCH, {"words": "あ" * 101}, follow=True))


def test_pages_of_fifty(owner_client):
    OutgoingMailFactory.create_batch(53)
    assert text(owner_client.get(LIST)).count('<th scope="row">') == 50
    assert text(owner_client.get(LIST, {"page": "2"})).count('<th scope="row">') == 3


def test_queries_do_not_grow_with_the_list(owner_client, django_assert_num_queries):
    owner_client.get(LIST)
    for rows in (3, 40):
        OutgoingMailFactory.create_batch(rows)
        with django_assert_num_queries(5) as captured:
            assert owner_client.get(LIST).status_code == 200
        assert '"mail_outgoingmail"."text"' not in str(captured.captured_queries)


def test_given_up_mails_wait_on_the_first_page_for_who_may_send_again(secretariat_client, owner_client):
    OutgoingMailFactory(state="given_up", created_at=timezone.now() - dt.timedelta(days=8))
    OutgoingMailFactory(state="given_up", to="lost@x.example")
    home = text(secretariat_client.get(reverse("desk:home")))
    address = re.search(r'href="([^"]+)"><b>1</b><strong>送れなかったメール', home)[1].replace("&amp;", "&")
    assert text(secretariat_client.get(address)).count('<th scope="row">') == 1
    assert "送れなかったメール" not in text(owner_client.get(reverse("desk:home")))


# --- One mail ---------------------------------------------------------------------------------
def test_detail_tells_who_what_when(owner_client):
    mail = OutgoingMailFactory(state="sent", attempts=2, text="一行目\n<b>二行目</b>")
    page = text(owner_client.get(page_of(mail)))
    for words in (mail.to, mail.from_address, "アカウントの設定の変更", "2回", "一行目", "&lt;b&gt;二行目"):
        assert words in page
    assert "もう一度送る" not in page
    assert "送るのをやめる" not in page


def test_detail_shows_no_body_that_opens_something(administrator_client):
    mail = OutgoingMailFactory(is_confidential=True, text="sealed-text")
    page = text(administrator_client.get(page_of(mail)))
    assert "sealed-text" not in page
    assert "本人だけが使えるリンク" in page


def test_detail_of_a_forgotten_body(owner_client):
    mail = OutgoingMailFactory(state="sent", text="", erased_at=timezone.now())
    assert "残しておく期間が過ぎた" in text(owner_client.get(page_of(mail)))
    assert "文字だけの本文はありません" in text(owner_client.get(page_of(OutgoingMailFactory(text=""))))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Expired", "期限が過ぎました"),
        ("Unwritable", "メールの形にできません"),
        ("InDoubt", "届いているかもしれません"),
        ("NoReplyError", "届いているかもしれません"),
        ("SMTPRecipientsRefused 550", "アドレスが正しいか"),
        ("SMTPRecipientsRefused 451", "いまは受け取りません"),
        ("SMTPDataError 554", "このメールを断りました"),
        ("SMTPSenderRefused 530", "差出人のアドレス"),
        ("ConnectionResetError", "いまは受け取りません"),
    ],
)
def test_failures_are_explained(owner_client, error, words):
    page = text(owner_client.get(page_of(OutgoingMailFactory(state="given_up", last_error=error))))
    assert words in page
    assert error in page


def test_secretariat_sends_again(secretariat_client, secretariat):
    mail = OutgoingMailFactory(state="given_up", last_error="SMTPRecipientsRefused 550")
    page = text(secretariat_client.post(page_of(mail, "resend"), follow=True))
    assert "もう一度送ります" in page
    assert f"<strong>{secretariat.name}</strong>　もう一度送ることにした" in page
    assert "送れませんでした → 送信待ち" in page
    assert len(delivered()) == 1


def test_secretariat_calls_off_after_being_asked(secretariat_client):
    mail = OutgoingMailFactory()
    assert "送るのをやめますか" in text(secretariat_client.get(page_of(mail, "cancel")))
    mail.refresh_from_db()
    assert mail.state == "waiting"
    assert "送るのをやめました" in text(secretariat_client.post(page_of(mail, "cancel"), follow=True))
    again = text(secretariat_client.post(page_of(mail, "cancel"), follow=True))
    assert "これから送るメールではありません" in again
    assert "送れなかったメールだけ" in text(secretariat_client.post(page_of(mail, "resend"), follow=True))
    assert delivered() == []


def test_staff_see_why_they_cannot(owner_client):
    page = text(owner_client.get(page_of(OutgoingMailFactory(state="failed"))))
    assert page.count('aria-disabled="true"') == 2
    assert page.count("「県職員」の権限では") == 2


def test_queries_of_a_mail_with_a_history(
    secretariat_client, administrator_client, django_assert_num_queries
):
    mail = OutgoingMailFactory(state="given_up")
    secretariat_client.get(page_of(mail))
    for client in (secretariat_client, administrator_client):
        client.post(page_of(mail, "resend"))
        OutgoingMail.objects.update(state="given_up", next_attempt_at=None)
    secretariat_client.get(page_of(mail))  # takes the messages away
    with django_assert_num_queries(6):
        secretariat_client.get(page_of(mail))


def test_unknown_mail(owner_client):
    assert owner_client.get(reverse("mail:mail-detail", args=["aaaaaa"])).status_code == 404


def test_every_audit_type_has_words():
    source = "".join(path.read_text() for path in Path(audit_labels.__file__).parent.rglob("*.py"))
    assert set(re.findall(r'type="(mail\.\w+)"', source)) == set(audit_labels.LABELS)
