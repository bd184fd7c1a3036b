"""The pages on which data are handed out and erased, step by step."""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import User
from platform_portal.audit.models import AuditEvent
from tests.conftest import text_of
from tests.factories.members import PASSWORD, ApplicationFactory, MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

SEARCH, PAGE = reverse("members:person-search"), reverse("members:person-page")
EXPORT, ERASE = reverse("members:person-export"), reverse("members:person-erase")
MINE = reverse("account_my_data")


def proven(user: User) -> Client:
    """Signed in with a password a moment ago."""
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def client(administrator) -> Client:
    return proven(administrator)


@pytest.fixture
def person(db) -> User:
    return UserFactory(name="消える 人", email="kieru@person.example", role="member")


def choose(client: Client, address: str) -> None:
    response = client.post(SEARCH, {"email": address})
    assert response.headers["Location"] == PAGE


class TestFinding:
    def test_address_stands_in_no_address_of_ours(self, client, person):
        response = client.post(SEARCH, {"email": " ＫＩＥＲＵ＠person.example "}, follow=True)
        assert [address for address, _status in response.redirect_chain] == [PAGE]
        text = text_of(response)
        assert "消える 人" in text
        assert 'scope="row">利用者<' in text

    def test_nothing_found_says_what_to_do(self, client):
        choose(client, "nobody@person.example")
        text = text_of(client.get(PAGE))
        assert "このアドレスのデータはありません" in text
        assert "書き出す" not in text

    @pytest.mark.parametrize("email", ["", "no address", "a@b" * 100])
    def test_garbage_is_answered_in_the_form(self, client, email):
        response = client.post(SEARCH, {"email": email})
        assert response.status_code == 200
        assert "メールアドレス" in text_of(response)

    @pytest.mark.parametrize("address", [PAGE, EXPORT, ERASE])
    def test_without_a_choice_back_to_the_search(self, address, client):
        assert client.get(address).headers["Location"] == SEARCH
        assert client.post(address).headers["Location"] == SEARCH

    @pytest.mark.parametrize("address", [PAGE, EXPORT, ERASE, MINE])
    def test_asks_for_proof_again_when_the_sign_in_is_old(self, address, administrator_client):
        """`force_login` leaves no record of a proof, as a sign-in of long ago."""
        for response in (administrator_client.get(address), administrator_client.post(address)):
            assert response.headers["Location"].startswith(reverse("account_reauthenticate"))

    def test_is_in_the_menu_of_administrators_alone(self, client, secretariat):
        assert SEARCH in text_of(client.get(reverse("desk:home")))
        assert SEARCH not in text_of(proven(secretariat).get(reverse("desk:home")))

    def test_queries_are_few(self, client, person, django_assert_max_num_queries):
        choose(client, person.email)
        with django_assert_max_num_queries(45):
            client.get(PAGE)


class TestHandingOut:
    def test_a_file_that_is_not_kept_and_names_nobody(self, client, person):
        choose(client, person.email)
        response = client.post(EXPORT, {"email": person.email})
        assert response.headers["Content-Type"] == "application/zip"
        assert response.headers["Cache-Control"] == "no-store"
        assert "kieru" not in response.headers["Content-Disposition"]
        assert response.content.startswith(b"PK")
        assert AuditEvent.objects.filter(type="members.personal_data_exported").count() == 1

    def test_looking_hands_nothing_out(self, client, person):
        choose(client, person.email)
        assert client.get(EXPORT).headers["Location"] == PAGE
        assert not AuditEvent.objects.filter(type="members.personal_data_exported").exists()

    def test_ones_own(self, person):
        client = proven(person)
        text = text_of(client.get(MINE))
        assert "わたしのデータ" in text
        assert client.post(MINE).content.startswith(b"PK")
        event = AuditEvent.objects.get(type="members.personal_data_exported")
        assert (event.actor_id, event.object_id) == (person.pk, str(person.pk))

    def test_ones_own_is_found_on_the_account_page(self, person):
        assert MINE in text_of(proven(person).get(reverse("account_home")))


class TestErasing:
    def test_asks_first_and_says_what_goes_and_what_stays(self, client, person):
        ApplicationFactory(contact_email=person.email)
        choose(client, person.email)
        text = text_of(client.get(ERASE))
        for words in ("元に戻せません", "「退会した利用者」", "審査中の申込は、取り下げ", "残るもの"):
            assert words in text
        person.refresh_from_db()
        assert person.name == "消える 人"

    def test_then_does_it_once(self, client, person):
        choose(client, person.email)
        response = client.post(ERASE, {"email": person.email}, follow=True)
        assert response.redirect_chain == [(SEARCH, 302)]
        assert "データを消しました" in text_of(response)
        person.refresh_from_db()
        assert person.name == "退会した利用者"
        choose(client, "kieru@person.example")
        again = client.post(ERASE, {"email": "kieru@person.example"}, follow=True)
        assert "すでに消されています" in text_of(again)

    def test_never_somebody_whom_another_tab_chose(self, client, person):
        """One tab asks about one person, a second tab looks for another, then the first tab's button is pressed."""
        other = UserFactory(name="別の 人", email="betsu@person.example", role="member")
        choose(client, person.email)
        shown = text_of(client.get(ERASE))
        assert f'name="email" value="{person.email}"' in shown
        choose(client, other.email)
        for address in (ERASE, EXPORT):
            response = client.post(address, {"email": person.email}, follow=True)
            assert response.redirect_chain == [(PAGE, 302)]
            assert "まだ何もしていません" in text_of(response)
        other.refresh_from_db()
        assert other.erased_at is None
        assert not AuditEvent.objects.filter(type="members.personal_data_exported").exists()

    def test_says_what_is_in_the_way(self, client, person):
        membership = MembershipFactory(user=person)
        choose(client, person.email)
        text = text_of(client.get(PAGE))
        assert f"「{membership.organization.name}」の最後の管理担当です" in text
        assert ERASE not in text
        assert client.get(ERASE).headers["Location"] == PAGE
        assert client.post(ERASE, {"email": person.email}).headers["Location"] == PAGE
        person.refresh_from_db()
        assert person.erased_at is None

    def test_erased_people_leave_the_list_of_users(self, client, person):
        choose(client, person.email)
        client.post(ERASE, {"email": person.email})
        assert "退会した利用者" not in text_of(client.get(reverse("members:user-list")))
        page = text_of(client.get(reverse("members:user-detail", args=[person.pk])))
        assert "退会した利用者" in page
        assert "利用を再開する" not in page


def test_list_of_accounts_that_nobody_uses(client):
    UserFactory(name="団体の ない人", role="member")
    UserFactory(name="使って いる人", role="staff")
    text = text_of(client.get(reverse("members:user-list"), {"active": "unused"}))
    assert "団体の ない人" in text
    assert "使って いる人" not in text
