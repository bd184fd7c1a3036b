"""The desk's pages about organisations, the review of their changes, and who has agreed to the charter."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from members.correspondence import mails_to
from members.models import Membership, Organization
from platform_portal.mail.models import MailState
from platform_portal.publishing.revisions import RevisionState
from tests.conftest import signed_in, text_of
from tests.factories.consultations import WindowFactory
from tests.factories.mail import OutgoingMailFactory
from tests.factories.members import (
    ApplicationFactory,
    CharterFactory,
    ConversationFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    OrganizationRevisionFactory,
    SectorFactory,
    StrengthFactory,
    UserFactory,
)
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db

LIST = reverse("members:organization-list")
CONSENTS = reverse("members:consent-list")


def at(name: str, organization: Organization, *more: object) -> str:
    return reverse(f"members:organization-{name}", args=[organization.public_id, *more])


def table(response) -> str:
    return text_of(response).partition("<tbody")[2]


# --- List ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"幹事の会", "福祉の会"}),
        ({"kind": "leading"}, {"幹事の会"}),
        ({"sector": "police"}, {"幹事の会"}),
        ({"strength": "place"}, {"福祉の会"}),
        ({"state": "left"}, {"去った会"}),
        ({"contact": "none"}, {"幹事の会"}),
        ({"kind": "king"}, {"幹事の会", "福祉の会"}),
        ({"page": "-3"}, {"幹事の会", "福祉の会"}),
    ],
)
def test_list_can_be_narrowed(owner_client, query, shown):
    OrganizationFactory(name="幹事の会", kind="leading", sector=SectorFactory(slug="police"))
    welfare = OrganizationFactory(name="福祉の会")
    welfare.strengths.add(StrengthFactory())
    MembershipFactory(organization=welfare)
    OrganizationFactory(name="去った会", left=True)
    rows = table(owner_client.get(LIST, query))
    assert {name for name in ("幹事の会", "福祉の会", "去った会") if name in rows} == shown


def test_list_by_municipality(owner_client):
    portal = PortalSettingsFactory()
    town = MunicipalityFactory(prefecture=portal.prefecture)
    OrganizationFactory(name="町の会", municipality=town)
    OrganizationFactory(name="よその会")
    rows = table(owner_client.get(LIST, {"municipality": town.pk}))
    assert "町の会" in rows
    assert "よその会" not in rows


def test_search_goes_by_post(owner_client):
    OrganizationFactory(name="みなとの会")
    OrganizationFactory(name="やまの会")
    response = owner_client.post(reverse("members:organization-search"), {"words": "みなと"}, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert "みなとの会" in table(response)
    assert "やまの会" not in table(response)


def test_empty_list_says_what_to_do(owner_client):
    assert "会員団体はまだありません" in text_of(owner_client.get(LIST))
    assert "条件をへらす" in text_of(owner_client.get(LIST, {"kind": "expert"}))


def test_constant_queries_with_a_thousand(owner_client, django_assert_max_num_queries):
    sector = SectorFactory()
    ids = Organization.draw_public_ids(1000)
    Organization.objects.bulk_create(
        Organization(public_id=public_id, name=f"会{number}", kana=f"{number:04}", sector=sector)
        for number, public_id in enumerate(ids)
    )
    for organization in Organization.objects.all()[:60]:
        MembershipFactory(organization=organization)
    with django_assert_max_num_queries(14):
        assert "1000団体" in text_of(owner_client.get(LIST))
    with django_assert_max_num_queries(14):
        assert "940団体" in text_of(owner_client.get(LIST, {"contact": "none"}))
    CharterFactory()
    with django_assert_max_num_queries(14):
        assert "まだの団体 1000" in text_of(owner_client.get(CONSENTS))


def test_a_contact_whose_mails_fail_is_none(owner_client):
    reached, failing = (MembershipFactory(organization__name=name) for name in ("届く会", "届かない会"))
    MembershipFactory(organization__name="連絡を受けない会", is_contact=False)
    MembershipFactory(organization__name="停止の会", user=UserFactory(member=True, inactive=True))
    address = failing.user.email
    OutgoingMailFactory(
        to=address, address=address, state=MailState.GIVEN_UP, next_attempt_at=None, last_error="SMTP550"
    )
    rows = table(owner_client.get(LIST, {"contact": "none"}))
    assert reached.organization.name not in rows
    for name in ("届かない会", "連絡を受けない会", "停止の会"):
        assert name in rows


# --- One organisation -----------------------------------------------------------------------------
class TestMails:
    """Which mails went to an organisation: about its own things to anybody, about shared ones to its people."""

    def subjects(self, client, organization, **query) -> list[str]:
        section = text_of(client.get(at("page", organization), query)).partition('id="mails-title"')[2]
        return re.findall(r"<a href=\"/desk/mails/\w+/\">([^<]+)</a>", section.partition("</section>")[0])

    def test_newest_first(self, owner_client):
        manager = MembershipFactory()
        body, window = manager.organization, WindowFactory(organization=manager.organization)
        party = ConversationFactory(asker=body)
        to_it = [
            ("団体", body, "office@npo.example"),
            ("担当", manager, manager.user.email),
            (
                "招待",
                InvitationFactory(organization=body, role="member", membership_role="viewer"),
                "new@npo.example",
            ),
            ("変更", OrganizationRevisionFactory(organization=body), "hand@npo.example"),
            ("申込", ApplicationFactory(organization=body, state="approved"), "first@npo.example"),
            ("窓口", window, manager.user.email),
            ("掲示", party, manager.user.email),
        ]
        others = [
            ("本人", manager.user, manager.user.email),
            ("県庁", window, "staff@pref.example"),
            ("相手", party, "other@npo.example"),
            ("別の団体", OrganizationFactory(), manager.user.email),
        ]
        for words, thing, address in to_it + others:
            OutgoingMailFactory(subject=words, about=thing, address=address)
        assert self.subjects(owner_client, body) == [words for words, *_rest in reversed(to_it)]

    def test_in_pages_that_lead_back_to_them(self, owner_client):
        body = OrganizationFactory()
        for number in range(12):
            OutgoingMailFactory(subject=f"知らせ{number}", about=body)
        assert self.subjects(owner_client, body)[::9] == ["知らせ11", "知らせ2"]
        assert self.subjects(owner_client, body, page=2) == ["知らせ1", "知らせ0"]
        assert self.subjects(owner_client, body, page="x")[0] == "知らせ11"
        assert 'href="?page=2#mails-title"' in text_of(owner_client.get(at("page", body)))

    def test_none_yet(self, owner_client):
        page = text_of(owner_client.get(at("page", OrganizationFactory())))
        assert "まだありません。" in page.partition('id="mails-title"')[2]

    def test_queries_do_not_grow(self, owner_client, django_assert_max_num_queries):
        """One for each kind of thing that mails are about, and the mails."""
        body = OrganizationFactory()
        list(mails_to(body))
        with django_assert_max_num_queries(20) as few:
            list(mails_to(body))
        for _each in range(15):
            OutgoingMailFactory(about=MembershipFactory(organization=body))
            OutgoingMailFactory(about=WindowFactory(organization=body))
        with django_assert_max_num_queries(len(few)):
            list(mails_to(body))


def test_page_shows_everything_about_it(owner_client):
    manager = MembershipFactory(user__name="管理 まり", organization__internal_note="ひみつのメモ")
    organization = manager.organization
    InvitationFactory(organization=organization, membership_role="editor", role="member", name="招かれた人")
    OrganizationRevisionFactory(organization=organization, proposed_by=manager.user)
    charter = CharterFactory()
    charter.consents.create(organization=organization, text_hash=charter.text_hash, person_name="同意 した")
    WindowFactory(name="この会の窓口", organization=organization)
    page = text_of(owner_client.get(at("page", organization)))
    for words in ("管理 まり", "招かれた人", "確認待ち", "同意 した", "この会の窓口", "ひみつのメモ"):
        assert words in page


def test_staff_enter_and_change_at_once(owner_client):
    data = {
        "name": "県が入れた会",
        "kind": "general",
        "sector": SectorFactory().pk,
        "address_visibility": "hidden",
        "joined_on": "2026-04-01",
        "version": "",
    }
    owner_client.post(reverse("members:organization-create"), data)
    organization = Organization.objects.get()
    assert organization.name == "県が入れた会"
    page = owner_client.get(at("edit", organization))
    data |= {"name": "直した会", "internal_note": "メモ", "version": page.context["version"]}
    assert owner_client.post(at("edit", organization), data).status_code == 302
    assert Organization.objects.get().name == "直した会"
    late = owner_client.post(at("edit", organization), data | {"name": "遅れた会"})
    assert late.status_code == 409
    assert "遅れた会" in text_of(late)
    assert Organization.objects.get().name == "直した会"


@pytest.mark.parametrize("days", [-50_000, 367])
def test_day_of_joining_is_one_that_can_be(days, owner_client):
    data = {
        "name": "県が入れた会",
        "kind": "general",
        "sector": SectorFactory().pk,
        "address_visibility": "hidden",
        "joined_on": (timezone.localdate() + dt.timedelta(days=days)).isoformat(),
        "version": "",
    }
    response = owner_client.post(reverse("members:organization-create"), data)
    assert response.status_code == 422
    assert "入会日は、1900年から1年先までの日付に" in text_of(response)
    assert not Organization.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"joined_on": dt.date(1899, 12, 31)}, "入会日は、1900年から2100年まで"),
        ({"joined_on": dt.date(2101, 1, 1)}, "入会日は、1900年から2100年まで"),
        ({"left_on": dt.date(2101, 1, 1), "state": "left"}, "退会日は、1900年から2100年まで"),
    ],
)
def test_days_that_cannot_be_are_refused_by_the_tables(values, words):
    organization = OrganizationFactory()
    for name, value in values.items():
        setattr(organization, name, value)
    with pytest.raises(ValidationError, match=words):
        organization.full_clean()
    with pytest.raises(IntegrityError, match="plausible"), transaction.atomic():
        organization.save()


def test_leaving_and_coming_back(owner_client):
    manager = MembershipFactory()
    organization = manager.organization
    WindowFactory(name="残された窓口", organization=organization)
    assert "残された窓口" in text_of(owner_client.get(at("leave", organization)))
    future = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    assert owner_client.post(at("leave", organization), {"on": future, "reason": "x"}).status_code == 422
    today = timezone.localdate().isoformat()
    owner_client.post(at("leave", organization), {"on": today, "reason": "解散のため"})
    page = text_of(owner_client.get(at("page", organization)))
    assert "解散のため" in page
    assert "新しい運営者を決める" in page
    assert signed_in(manager.user).get(reverse("my:people", args=[organization.public_id])).status_code == 404
    assert owner_client.get(at("come-back", organization)).status_code == 200
    owner_client.post(at("come-back", organization))
    assert Organization.objects.get().is_active


def test_people_on_the_desk(owner_client):
    manager = MembershipFactory()
    editor = MembershipFactory(organization=manager.organization, editor=True)
    organization = manager.organization
    owner_client.post(at("invite", organization), {"email": "n@npo.example", "name": "新", "role": "viewer"})
    assert organization.invitations.count() == 1
    owner_client.post(at("person", organization, editor.pk), {"role": "viewer", "is_contact": "on"})
    editor.refresh_from_db()
    assert editor.role == "viewer"
    owner_client.post(at("person-end", organization, editor.pk))
    owner_client.post(at("person-end", organization, manager.pk))
    assert not Membership.objects.current().exists()
    assert owner_client.get(at("person", OrganizationFactory(), manager.pk)).status_code == 404


# --- Changes that wait ----------------------------------------------------------------------------
def test_review_side_by_side_approve_and_return(owner_client):
    revision = OrganizationRevisionFactory()
    other = OrganizationRevisionFactory()
    queue = reverse("members:revision-list")
    assert revision.organization.name in table(owner_client.get(queue))
    page = text_of(owner_client.get(reverse("members:revision-page", args=[revision.public_id])))
    assert "新しい名前の会" in page
    approve = reverse("members:revision-approve", args=[revision.public_id])
    read = revision.proposed_at.isoformat()
    assert f'name="version" value="{read}"' in page
    revision.proposed_at = timezone.now()  # the organisation writes it anew
    revision.save()
    for version in (read, "garbage"):
        response = owner_client.post(approve, {"version": version}, follow=True)
        assert "団体が内容を書き直しました" in text_of(response)
    revision.organization.refresh_from_db()
    assert revision.organization.name != "新しい名前の会"
    owner_client.post(approve, {"version": revision.proposed_at.isoformat()})
    revision.organization.refresh_from_db()
    assert revision.organization.name == "新しい名前の会"
    back = reverse("members:revision-return", args=[other.public_id])
    assert owner_client.post(back, {"reason": ""}).status_code == 422
    owner_client.post(back, {"reason": "根拠は？"})
    other.refresh_from_db()
    assert (other.state, other.note) == ("returned", "根拠は？")
    assert "確認を待っている変更はありません" in text_of(owner_client.get(queue))


def test_author_meets_a_disabled_button_with_the_reason(owner, owner_client):
    revision = OrganizationRevisionFactory(proposed_by=owner)
    page = text_of(owner_client.get(reverse("members:revision-page", args=[revision.public_id])))
    assert "自分が書いた変更を" in page
    assert 'aria-disabled="true"' in page
    sent = {"version": revision.proposed_at.isoformat()}
    owner_client.post(reverse("members:revision-approve", args=[revision.public_id]), sent)
    revision.refresh_from_db()
    assert revision.state == RevisionState.PENDING


# --- Consents -----------------------------------------------------------------------------------
def test_who_has_agreed_and_who_has_not(owner_client):
    old, new = CharterFactory(), CharterFactory()
    agreed, behind = OrganizationFactory(name="同意の会"), OrganizationFactory(name="=まだの会")
    new.consents.create(organization=agreed, text_hash=new.text_hash, person_name="同意 した")
    old.consents.create(organization=behind, text_hash=old.text_hash, person_name="前に した")
    assert "同意 した" in table(owner_client.get(CONSENTS))
    missing = table(owner_client.get(CONSENTS, {"answer": "missing"}))
    assert "まだの会" in missing
    assert "同意の会" not in missing
    assert "まだの会" not in table(owner_client.get(CONSENTS, {"answer": "given"}))
    file = owner_client.get(reverse("members:consent-export"), {"answer": "missing"})
    text = b"".join(file.streaming_content).decode()
    assert "\n=" not in text
    assert new.text_hash not in text


@pytest.mark.parametrize("name", ["organization-list", "revision-list", "consent-list"])
def test_members_do_not_reach_the_desk(outsider_client, name):
    assert outsider_client.get(reverse(f"members:{name}")).status_code == 403


# --- What was there already -----------------------------------------------------------------------
def test_second_entry_of_the_same_body_is_asked_about(owner_client):
    there = OrganizationFactory(name="つながりの会", profile="")
    address = reverse("members:organization-create")
    data = {
        "name": "NPO法人 つながりの会",
        "sector": there.sector_id,
        "kind": "general",
        "address_visibility": "hidden",
        "joined_on": "2026-04-01",
    }
    response = owner_client.post(address, data)
    page = text_of(response)
    assert response.status_code == 422
    assert f"もうあります：つながりの会（{there.public_id}、加入中）。まだ保存していません" in page
    assert Organization.objects.count() == 1
    told = {"known": there.public_id}
    assert f'name="known" value="{there.public_id}"' in page
    assert owner_client.post(address, data | {"known": "x"}).status_code == 422
    assert owner_client.post(address, data | told).status_code == 302
    assert Organization.objects.count() == 2


def test_history_is_in_words_and_names_only_what_changed(owner_client):
    data = {
        "name": "県が入れた会",
        "kind": "general",
        "sector": SectorFactory(name="まちづくり").pk,
        "address_visibility": "hidden",
        "joined_on": "2026-04-01",
    }
    owner_client.post(reverse("members:organization-create"), data)
    page = " ".join(text_of(owner_client.get(at("page", Organization.objects.get()))).split())
    history = page[page.index("これまでの変更") :]
    assert "まちづくり" in history
    assert "2026年4月1日" in history
    assert "ウェブサイト" not in history


def test_merged_one_leads_to_the_one_it_became(owner_client):
    whole = OrganizationFactory(name="残った会")
    gone = OrganizationFactory(state="merged", merged_into=whole, left_on=timezone.localdate())
    page = text_of(owner_client.get(at("page", gone)))
    assert "次の団体に統合しました" in page
    assert f'<a href="{reverse("members:organization-page", args=[whole.public_id])}">残った会</a>' in page
    assert "退会しました" not in page
    assert "招待してください" not in page


def test_note_of_the_office_is_said_to_stay_there(owner_client):
    page = " ".join(text_of(owner_client.get(at("page", OrganizationFactory()))).split())
    assert "県・事務局だけ" in page
