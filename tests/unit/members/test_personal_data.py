"""All about one person is found, handed out and erased; of others nothing is."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction

from members import mails, services
from members.models import (
    Application,
    ApplicationQuestion,
    CharterConsent,
    Invitation,
    Membership,
    Organization,
    User,
)
from members.people import person_of, person_with
from platform_portal import personal_data
from platform_portal.access.checks import Refused
from platform_portal.audit import services as audit
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from platform_portal.privacy import Person, models_about_people, words_about_people
from tests.conftest import signed_in
from tests.factories.consultations import WindowFactory
from tests.factories.mail import OutgoingMailFactory
from tests.factories.members import (
    ApplicationFactory,
    CharterFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    OrganizationRevisionFactory,
    UserFactory,
)
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db

ADDRESS = "mejirushi@person.example"
# Every word below stands in some field about this person, and must be gone after an erasure.
MARKS = ("mejirushi", "目印", "087-999-9999")


@pytest.fixture
def person(administrator) -> User:
    """Somebody about whom there is something everywhere."""
    user = UserFactory(email=ADDRESS, name="目印 太郎", section="目印の課", role="member")
    EmailAddress.objects.create(user=user, email="Mejirushi.old@person.example", verified=True)
    Authenticator.objects.create(user=user, type="totp", data={"secret": "目印の秘密"})
    membership = MembershipFactory(user=user)
    MembershipFactory(organization=membership.organization)
    InvitationFactory(email=ADDRESS, name="目印 招待", section="目印の課")
    application = ApplicationFactory(
        contact_name="目印 申込",
        contact_email="Mejirushi@person.example",
        contact_phone="087-999-9999",
        motive="目印の願い",
        staff_note="目印についてのメモ",
    )
    ApplicationQuestion.objects.create(application=application, text="目印さんへ", asked_by=administrator)
    charter = CharterFactory()
    words = {"charter": charter, "text_hash": charter.text_hash}
    CharterConsent.objects.create(application=application, person_name="目印 申込", **words)
    CharterConsent.objects.create(organization=membership.organization, person_name="目印 太郎", **words)
    OrganizationFactory(name="連絡先の会", office_email=ADDRESS, office_phone="087-999-9999")
    OutgoingMailFactory(
        address=ADDRESS, to=f"目印 <{ADDRESS}>", text="目印さん、お知らせです。", state="sent"
    )
    with transaction.atomic():
        mails.send_password_reset(user, "https://portal.example/secret-of-目印")
        audit.record(type="members.tested", by=user, obj=user, new=audit.snapshot(user, ("name", "email")))
    return user


def words_of(content: bytes) -> tuple[dict[str, list[dict[str, object]]], str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sorted(archive.namelist()) == ["personal-data.html", "personal-data.json"]
        page = archive.read("personal-data.html").decode()
        return json.loads(archive.read("personal-data.json"))["data"], page


def everything_stored() -> str:
    """All values of all rows of all models. Not the sessions: what is in them is encoded."""
    return "\n".join(
        str(row)
        for model in apps.get_models()
        if model is not Session
        for row in model._base_manager.values()
    )


class TestHandingOut:
    def test_holds_all_about_the_person(self, person, administrator):
        data, page = words_of(services.export_personal_data(person=person_with(ADDRESS), by=administrator))
        assert {label: len(rows) for label, rows in data.items()} == {
            "audit.auditevent": 1,
            "mail.outgoingmail": 2,
            "members.user": 1,
            "members.membership": 1,
            "members.invitation": 1,
            "members.application": 1,
            "members.applicationquestion": 1,
            "members.charterconsent": 2,
            "members.organization": 1,
            "account.emailaddress": 1,
            "mfa.authenticator": 1,
        }
        assert data["members.user"][0]["name"] == "目印 太郎"
        assert data["members.application"][0]["contact_phone"] == "087-999-9999"
        assert {row["person_name"] for row in data["members.charterconsent"]} == {"目印 太郎", "目印 申込"}
        assert "目印さん、お知らせです。" in page

    def test_people_read_words_and_programs_keys(self, person, administrator):
        with transaction.atomic():
            audit.record(type="consultations.window_created", by=person, obj=WindowFactory())
            audit.record(type="region.settings_changed", by=person, obj=PortalSettingsFactory())
        data, page = words_of(services.export_personal_data(person=person_of(person), by=administrator))
        for words in ("作った", "設定を変えた", "相談窓口", "ポータルの設定", "パスワードの再設定"):
            assert f"<dd>{words}</dd>" in page
        for key in (
            "consultations.window_created",
            "region.settings_changed",
            "consultations.consultationwindow",
        ):
            assert key not in page
            assert key in json.dumps(data["audit.auditevent"])
        assert "members.password_reset" not in page

    def test_holds_no_secret_and_no_word_about_others(self, person, administrator):
        content = services.export_personal_data(person=person_of(person), by=administrator)
        data, page = words_of(content)
        for text in (page, json.dumps(data, ensure_ascii=False)):
            for hidden in (
                person.password,
                "目印の秘密",
                "目印についてのメモ",
                "secret-of",
                administrator.name,
            ):
                assert hidden not in text
        assert not {"secret_hash", "password", "data"} & {key for rows in data.values() for key in rows[0]}

    def test_every_address_of_the_account_leads_to_it(self, person):
        assert person_with(" mejirushi.OLD@person.example ") == person_of(person) == person_with(ADDRESS)

    def test_somebody_without_an_account_is_found_by_address(self, administrator):
        ApplicationFactory(contact_email="nobody@group.example")
        data, _page = words_of(
            services.export_personal_data(person=person_with("nobody@group.example"), by=administrator)
        )
        assert list(data) == ["members.application"]

    def test_people_without_account_do_not_get_what_leads_to_no_account(self):
        """A key that is empty is not the same as the key of nobody."""
        AuditEvent.objects.create(type="x.y", actor_id=None)
        assert personal_data.find(Person(None, frozenset({"stranger@x.example"}))) == []

    def test_is_recorded_without_saying_what(self, person, administrator):
        services.export_personal_data(person=person_of(person), by=administrator)
        event = AuditEvent.objects.latest("pk")
        assert (event.type, event.actor_id) == ("members.personal_data_exported", administrator.pk)
        assert event.object_id == str(person.pk)
        assert event.new["rows"]["members.user"] == 1
        assert not any(mark in str(event.new) for mark in MARKS)

    def test_everybody_may_have_their_own_and_no_others(self, person, owner):
        assert services.export_personal_data(person=person_of(person), by=person)
        with pytest.raises(Refused):
            services.export_personal_data(person=person_of(person), by=owner)

    def test_queries_do_not_grow_with_the_rows(self, person, django_assert_max_num_queries):
        for _number in range(30):
            OutgoingMailFactory(address=ADDRESS)
            MembershipFactory(user=person)
            InvitationFactory(email=ADDRESS, organization=OrganizationFactory(), membership_role="viewer")
        with django_assert_max_num_queries(len(list(models_about_people()))):
            personal_data.collect(Person(person.pk, frozenset({ADDRESS}), frozenset({person.name})))


class TestErasing:
    def test_nothing_about_the_person_is_left_anywhere(self, person, administrator):
        before = everything_stored()
        assert all(mark in before for mark in MARKS)
        services.erase_person(person=person_with(ADDRESS), by=administrator)
        after = everything_stored()
        assert [mark for mark in MARKS if mark.casefold() in after.casefold()] == []

    def test_what_belongs_to_others_stays(self, person, administrator):
        services.erase_person(person=person_of(person), by=administrator)
        person.refresh_from_db()
        assert (person.name, person.is_active, person.erased_at is None) == ("退会した利用者", False, False)
        assert person.email.endswith("@erased.invalid")
        assert not person.has_usable_password()
        assert Organization.objects.get(name="連絡先の会").is_active
        assert Application.objects.get().state == "withdrawn"
        assert Application.objects.get().scrubbed_at
        assert Invitation.objects.get().withdrawn_by == administrator
        assert Membership.objects.get(user=person).ended_at
        assert CharterConsent.objects.filter(person_name="").count() == 2
        assert set(OutgoingMail.objects.values_list("state", "address")) == {("sent", ""), ("cancelled", "")}

    def test_what_they_wrote_is_shown_without_a_name(self, administrator, owner):
        window = WindowFactory(author=owner)
        services.erase_person(person=person_of(owner), by=administrator)
        window.refresh_from_db()
        assert str(window.author) == "退会した利用者"

    def test_record_keeps_who_by_number(self, person, administrator):
        services.erase_person(person=person_of(person), by=administrator)
        event = AuditEvent.objects.latest("pk")
        assert (event.type, event.object_id) == ("members.person_erased", str(person.pk))
        assert event.new["rows"]["members.user"] == 1
        assert AuditEvent.objects.filter(actor_id=person.pk).count() == 1

    def test_ends_their_sessions_and_only_theirs(self, person, administrator):
        theirs, other = signed_in(person), signed_in(administrator)
        services.erase_person(person=person_of(person), by=administrator)
        keys = [SessionStore(session.session_key)[SESSION_KEY] for session in Session.objects.all()]
        assert keys == [str(administrator.pk)]
        assert theirs.get("/accounts/").status_code == 302
        assert other.get("/accounts/").status_code == 200

    def test_address_may_come_back_as_somebody_new(self, person, administrator):
        services.erase_person(person=person_of(person), by=administrator)
        services.invite(email=ADDRESS, name="新しい人", section="", role="staff", by=administrator)

    def test_somebody_without_an_account(self, administrator):
        application = ApplicationFactory(unconfirmed=True, contact_email="nobody@group.example")
        services.erase_person(person=person_with("nobody@group.example"), by=administrator)
        assert not Application.objects.filter(pk=application.pk).exists()

    def test_who_applied_as_a_person_loses_the_name_of_the_body(self, administrator):
        application = ApplicationFactory(
            is_individual=True, organization_name="目印 個人", contact_email=ADDRESS, state="refused",
            decided_at="2026-01-01T00:00Z", decided_by=administrator,
        )  # fmt: skip
        services.erase_person(person=person_with(ADDRESS), by=administrator)
        application.refresh_from_db()
        assert application.organization_name == "（個人）"

    def test_who_was_a_member_as_a_person_goes_without_waiting(self, administrator):
        """The rules keep it for months after leaving; whoever asks for an erasure does not wait."""
        organization = OrganizationFactory(
            left=True, name="目印 個人", profile="目印です", logo="organizations/logos/a.png"
        )
        ApplicationFactory(
            is_individual=True, organization_name="目印 個人", contact_email=ADDRESS, state="approved",
            organization=organization, decided_at="2025-03-01T00:00Z", decided_by=administrator,
        )  # fmt: skip
        OrganizationRevisionFactory(
            returned=True, organization=organization, note="目印さんへ",
            before={"name": "目印 花子", "address": "目印町1"}, proposed={"name": "目印 個人", "address": "目印町2"},
        )  # fmt: skip
        other = OrganizationRevisionFactory(organization=OrganizationFactory(left=True))
        services.erase_person(person=person_with(ADDRESS), by=administrator)
        assert "目印" not in everything_stored()
        other.refresh_from_db()
        assert other.proposed == {"name": "新しい名前の会"}
        organization.refresh_from_db()
        assert (bool(organization.scrubbed_at), organization.logo.name) == (True, "")

    @pytest.mark.parametrize("returned", [False, True])
    def test_own_address_in_what_was_proposed_for_an_organisation(self, returned, administrator):
        """What waits for the desk goes on without it; what is decided keeps no trace of it."""
        organization = OrganizationFactory(public_email="office@group.example")
        revision = OrganizationRevisionFactory(
            organization=organization, returned=returned,
            before={"name": organization.name, "public_email": "office@group.example"},
            proposed={"name": "新しい名前の会", "public_email": "Mejirushi@person.example"},
        )  # fmt: skip
        services.erase_person(person=person_with(ADDRESS), by=administrator)
        revision.refresh_from_db()
        assert "mejirushi" not in everything_stored().casefold()
        assert revision.proposed == {"name": "新しい名前の会"}
        assert revision.is_open != returned
        if not returned:
            services.approve_organization_revision(revision=revision, by=administrator)
            organization.refresh_from_db()
            assert (organization.name, organization.public_email) == (
                "新しい名前の会",
                "office@group.example",
            )

    def test_a_proposal_that_holds_nothing_else_is_withdrawn(self, administrator):
        revision = OrganizationRevisionFactory(
            before={"public_email": ""}, proposed={"public_email": ADDRESS}
        )
        services.erase_person(person=person_with(ADDRESS), by=administrator)
        revision.refresh_from_db()
        assert (revision.state, revision.proposed) == ("withdrawn", {})

    def test_a_former_public_address_is_gone_from_what_was_approved(self, administrator):
        revision = OrganizationRevisionFactory(
            state="approved", decided_at="2025-03-01T00:00Z", decided_by=administrator,
            before={"public_email": ADDRESS}, proposed={"public_email": "office@group.example"},
        )  # fmt: skip
        services.erase_person(person=person_with(ADDRESS), by=administrator)
        revision.refresh_from_db()
        assert revision.before == {"public_email": ""}
        assert revision.proposed == {"public_email": "office@group.example"}

    def test_twice_is_refused_kindly(self, person, administrator):
        same = person_of(person)
        services.erase_person(person=same, by=administrator)
        with pytest.raises(Refused, match="すでに消されています"):
            services.erase_person(person=same, by=administrator)
        with pytest.raises(Refused, match="もうありません"):
            services.erase_person(person=person_with(ADDRESS), by=administrator)

    @pytest.mark.parametrize("act", [services.reactivate_user, services.deactivate_user])
    def test_erased_account_stays_closed(self, act, person, administrator):
        services.erase_person(person=person_of(person), by=administrator)
        with pytest.raises(Refused):
            act(user=person, by=administrator)
        with pytest.raises(Refused, match="すでに消されています"):
            services.change_user(user=person, name="戻る", section="", role="member", by=administrator)

    def test_half_is_never_done(self, person, administrator, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError

        before = everything_stored()
        monkeypatch.setattr("platform_portal.audit.services.record", fail)
        with pytest.raises(RuntimeError):
            services.erase_person(person=person_of(person), by=administrator)
        assert everything_stored() == before


class TestInTheWay:
    """| last manager | individual member | mail on its way | oneself | last administrator | not an administrator |"""

    def test_last_manager(self, administrator):
        membership = MembershipFactory()
        with pytest.raises(Refused, match=f"「{membership.organization.name}」の最後の管理担当"):
            services.erase_person(person=person_of(membership.user), by=administrator)
        MembershipFactory(organization=membership.organization)
        services.erase_person(person=person_of(membership.user), by=administrator)

    def test_another_manager_who_was_stopped_does_not_count(self, administrator):
        membership = MembershipFactory()
        MembershipFactory(organization=membership.organization, user=UserFactory(inactive=True))
        with pytest.raises(Refused, match="最後の管理担当"):
            services.erase_person(person=person_of(membership.user), by=administrator)

    def test_organization_that_left_needs_no_manager(self, administrator):
        membership = MembershipFactory(organization=OrganizationFactory(left=True))
        services.erase_person(person=person_of(membership.user), by=administrator)

    def test_individual_member(self, administrator):
        ApplicationFactory(
            is_individual=True, contact_email=ADDRESS, state="approved", organization=OrganizationFactory()
        )
        with pytest.raises(Refused, match="先に、退会の手続き"):
            services.erase_person(person=person_with(ADDRESS), by=administrator)

    def test_mail_on_its_way(self, administrator):
        OutgoingMailFactory(address=ADDRESS, state="sending")
        with pytest.raises(Refused, match="15分ほど待って"):
            services.erase_person(person=person_with(ADDRESS), by=administrator)

    def test_oneself_and_the_last_administrator(self, administrator):
        with pytest.raises(Refused, match="自分のデータは消せません"):
            services.erase_person(person=person_of(administrator), by=administrator)

    @pytest.mark.parametrize("role", ["member", "staff", "secretariat"])
    def test_only_administrators(self, role, person):
        with pytest.raises(Refused):
            services.erase_person(person=person_of(person), by=UserFactory(role=role))


@pytest.mark.parametrize("model", list(models_about_people()), ids=lambda model: model._meta.label)
def test_an_erasure_knows_what_to_do_with_every_model(model):
    """A new personal field that cannot be emptied fails here, before somebody asks for it."""
    handling = personal_data._handling_of(model)
    assert str(handling.words)
    if handling.erase is personal_data.scrub:
        assert set(personal_data.empty_values(model)) == set(words_about_people(model))
