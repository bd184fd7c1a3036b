"""The desk's pages about users."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from members import services
from members.models import User
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.conftest import signed_in
from tests.factories.members import UserFactory
from tests.outbox import delivered

pytestmark = pytest.mark.django_db

LIST = reverse("members:user-list")
SEARCH = reverse("members:user-search")


def page_of(user: User) -> str:
    return reverse("members:user-detail", args=[user.pk])


def text(response) -> str:
    return response.content.decode()


# --- List ---------------------------------------------------------------------------------------
def test_list_shows_people_and_their_state(administrator_client, owner):
    UserFactory(name="停止 した人", inactive=True)
    Authenticator.objects.create(user=owner, type="totp", data={})
    page = text(administrator_client.get(LIST))
    assert "県庁 あおい" in page
    assert "停止中" in page
    assert page.count(">あり<") == 1


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"管理 花", "県庁 あおい", "停止 した人"}),
        ({"role": "staff"}, {"県庁 あおい", "停止 した人"}),
        ({"active": "false"}, {"停止 した人"}),
        ({"role": "administrator", "active": "true"}, {"管理 花"}),
        ({"role": "king"}, {"管理 花", "県庁 あおい", "停止 した人"}),
        ({"active": "maybe", "page": "-3"}, {"管理 花", "県庁 あおい", "停止 した人"}),
    ],
)
def test_list_can_be_narrowed(administrator_client, owner, query, shown):
    UserFactory(name="停止 した人", inactive=True)
    page = text(administrator_client.get(LIST, query))
    table = page[page.find("<tbody") :]
    assert {name for name in ("管理 花", "県庁 あおい", "停止 した人") if name in table} == shown


def test_search_words_never_stand_in_an_address(administrator_client, owner):
    response = administrator_client.post(SEARCH, {"words": "あおい"}, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    table = text(response).split("<tbody")[1]
    assert "県庁 あおい" in table
    assert "管理 花" not in table
    assert "管理 花" in text(administrator_client.post(SEARCH, {"words": ""}, follow=True)).split("<tbody")[1]


def test_search_for_nobody_and_too_long_a_word(administrator_client):
    assert "あてはまる利用者はいません" in text(
        administrator_client.post(SEARCH, {"words": "いない人"}, follow=True)
    )
    administrator_client.post(SEARCH, {"words": ""})
    assert "100文字" in text(administrator_client.post(SEARCH, {"words": "あ" * 101}, follow=True))


def test_pages_of_fifty(administrator_client):
    UserFactory.create_batch(60)
    assert text(administrator_client.get(LIST)).count('<th scope="row">') == 50
    assert text(administrator_client.get(LIST, {"page": "2"})).count('<th scope="row">') == 11


def test_queries_do_not_grow_with_the_list(administrator_client, django_assert_num_queries):
    administrator_client.get(LIST)  # the first page also writes the session's form token
    for rows in (3, 40):
        UserFactory.create_batch(rows)
        with django_assert_num_queries(5):
            assert administrator_client.get(LIST).status_code == 200


# --- One person ---------------------------------------------------------------------------------
def test_change_role_and_section(administrator_client, owner):
    data = {"name": owner.name, "section": "総務課", "role": "secretariat"}
    response = administrator_client.post(page_of(owner), data, follow=True)
    assert "登録を変えました" in text(response)
    assert "県職員 → 事務局" in text(response)  # the history at the foot of the page
    owner.refresh_from_db()
    assert owner.role == "secretariat"


def test_a_new_role_counts_from_the_next_click(administrator_client, owner):
    browser = signed_in(owner)
    data = {"name": owner.name, "section": "", "role": "member"}
    administrator_client.post(page_of(owner), data)
    refused = browser.get(LIST)
    assert refused.status_code == 403
    assert "会員団体の担当者" in text(refused)


def test_ones_own_role_is_locked_in_the_form_and_behind_it(administrator_client, administrator):
    UserFactory(administrator=True)
    assert "自分の権限は変えられません" in text(administrator_client.get(page_of(administrator)))
    data = {"name": "管理 花子", "section": "", "role": "staff"}
    administrator_client.post(page_of(administrator), data)
    administrator.refresh_from_db()
    assert (administrator.name, administrator.role) == ("管理 花子", "administrator")


@pytest.mark.parametrize(
    "data", [{"name": ""}, {"name": "あ" * 61}, {"name": "あ\u202eい"}, {"role": "king"}]
)
def test_bad_values_are_refused(administrator_client, owner, data):
    response = administrator_client.post(
        page_of(owner), {"name": "あ", "section": "", "role": "staff"} | data
    )
    assert response.status_code == 200
    assert "もう一度確かめてください" in text(response)
    owner.refresh_from_db()
    assert owner.name == "県庁 あおい"


def test_a_refusal_that_came_up_meanwhile_is_said(administrator_client, owner, monkeypatch):
    """Between the page and the click somebody else was faster."""

    def refuse(**kwargs: object) -> None:
        raise Refused("もう変わっています。")

    monkeypatch.setattr(services, "change_user", refuse)
    response = administrator_client.post(page_of(owner), {"name": "あ", "section": "", "role": "staff"})
    assert response.status_code == 200
    assert "もう変わっています。" in text(response)


def test_deactivated_people_are_out_at_once_and_stay_out(administrator_client, owner):
    browser = signed_in(owner)
    assert browser.get(reverse("account_home")).status_code == 200
    address = reverse("members:user-deactivate", args=[owner.pk])
    assert "利用を止めますか" in text(administrator_client.get(address))
    owner.refresh_from_db()
    assert owner.is_active  # looking changes nothing
    assert "利用を止めました" in text(administrator_client.post(address, follow=True))
    assert browser.get(reverse("account_home")).status_code == 302
    reactivate = reverse("members:user-reactivate", args=[owner.pk])
    assert "再開しますか" in text(administrator_client.get(reactivate))
    assert "また利用できる" in text(administrator_client.post(reactivate, follow=True))
    assert browser.get(reverse("account_home")).status_code == 302  # the old session does not come back


def test_the_last_administrator_cannot_be_stopped(administrator_client, administrator):
    assert "自分の利用は止められません" in text(administrator_client.get(page_of(administrator)))
    response = administrator_client.post(
        reverse("members:user-deactivate", args=[administrator.pk]), follow=True
    )
    assert "自分の利用は止められません" in text(response)
    administrator.refresh_from_db()
    assert administrator.is_active


@pytest.mark.django_db(transaction=True)
def test_reset_of_a_second_factor(administrator_client, owner):
    Authenticator.objects.create(user=owner, type="totp", data={})
    browser = signed_in(owner)
    address = reverse("members:user-reset-second-factor", args=[owner.pk])
    assert "本人であることを必ず確かめて" in text(administrator_client.get(address))
    assert "メールで知らせます" in text(administrator_client.post(address, follow=True))
    assert browser.get(reverse("account_home")).status_code == 302
    assert delivered()[0].to == [owner.email]
    assert "設定していません" in text(administrator_client.post(address, follow=True))


def test_nobody_of_that_number(administrator_client):
    assert administrator_client.get(reverse("members:user-detail", args=[999999])).status_code == 404


def test_names_are_escaped_everywhere(administrator_client):
    person = UserFactory(name="<script>alert(1)</script>", section="<b>課</b>")
    for address in (LIST, page_of(person), reverse("members:user-deactivate", args=[person.pk])):
        page = text(administrator_client.get(address))
        assert "<script>alert" not in page
        assert "<b>課" not in page


def test_history_names_actors_who_are_gone_and_the_portal(administrator_client, owner):
    from django.db import transaction

    from platform_portal.audit import services as audit

    with transaction.atomic():
        audit.record(type="members.user_created", by=None, obj=owner, new={"role": "staff"})
        audit.record(type="members.something_new", by=User(pk=424242), obj=owner, new={"is_active": False})
    page = text(administrator_client.get(page_of(owner)))
    assert "<strong>ポータル</strong>　利用者として登録した" in page
    assert "<strong>利用者 424242</strong>　members.something_new" in page
    assert "なし → 停止中" in page


def test_every_audit_type_of_this_app_has_words():
    """Types are found in the source, so that a new one cannot be forgotten."""
    import re
    from pathlib import Path

    from members import audit_labels
    from members.workflow import APPLICATION_WAYS

    sources = [path.read_text() for path in Path(audit_labels.__file__).parent.rglob("*.py")]
    used = {name for source in sources for name in re.findall(r'(?:type=|_move\()"(members\.\w+)"', source)}
    assert len(used) >= 13
    # A type put together from a verb: the verb stands as a word in the same module.
    for source in sources:
        for stem in re.findall(r'type=f"(members\.\w+_)\{verb\}"', source):
            verbs = {f"{stem}{word}" for word in re.findall(r'"([a-z_]+)"', source)}
            used |= verbs & set(audit_labels.LABELS)
    used |= {f"members.application_{way.verb}" for way in APPLICATION_WAYS.values()}
    assert used == set(audit_labels.LABELS)


def test_staff_are_told_why_not(owner_client):
    response = owner_client.get(LIST)
    assert response.status_code == 403
    assert "「県職員」の権限では" in text(response)
    assert not AuditEvent.objects.exists()
