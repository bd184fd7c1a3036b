"""An application to join: every step of the table, for everybody, once."""

import datetime as dt
import uuid
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone

from members import services
from members.models import (
    Application,
    ApplicationState,
    CharterConsent,
    Invitation,
    JoiningRules,
    MembershipRole,
    Organization,
)
from members.private_links import Problem, application_token, find_application
from members.tasks import erase_unconfirmed_applications
from members.workflow import APPLICATION_WAYS, diagram, way_to
from platform_portal.access.checks import Refused
from platform_portal.access.roles import Role
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from platform_portal.open_pages import UnusableLinkError
from tests.factories.members import (
    ApplicationFactory,
    CharterFactory,
    OrganizationFactory,
    SectorFactory,
    UserFactory,
)
from tests.racing import at_once

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 21)
CRITERIA = [{"text": "県内で活動している。", "is_required": True, "is_met": True}]
DECISIONS = {
    "return": lambda application, by: services.return_application(
        application=application, questions="どこで活動していますか。", by=by
    ),
    "refuse": lambda application, by: services.refuse_application(
        application=application, reason="県外のため", by=by
    ),
    "approve": lambda application, by: services.approve_application(
        application=application, joined_on=TODAY, by=by
    ),
}


def words(**values):
    return {
        "organization_name": "みんなの食堂",
        "sector": SectorFactory(),
        "activity": "食堂を開いています。",
        "contact_name": "申込 花子",
        "contact_email": "hanako@group.example",
        "contact_phone": "087-000-0000",
    } | values


def submit(charter, form_id=None, **values):
    return services.submit_application(
        form_id=form_id or uuid.uuid4(),
        values=words(**values),
        criteria=CRITERIA,
        charter_hash=charter.text_hash,
    )


def mails_to(address):
    return list(OutgoingMail.objects.filter(address=address).order_by("pk").values_list("kind", flat=True))


class TestTable:
    def test_is_the_documented_one(self):
        text = (Path(settings.BASE_DIR) / "docs" / "workflow.md").read_text(encoding="utf-8")
        assert diagram() in text

    @pytest.mark.parametrize(("before", "after"), list(product(ApplicationState, ApplicationState)))
    def test_every_cell(self, before, after):
        application = Application(state=before)
        if (before, after) in APPLICATION_WAYS:
            assert way_to(application, after).verb
        else:
            with pytest.raises(Refused, match="今の状態を確かめてください"):
                way_to(application, after)

    @pytest.mark.parametrize("role", Role.values)
    @pytest.mark.parametrize("decision", DECISIONS)
    def test_who_decides(self, role, decision):
        application, user = ApplicationFactory(), UserFactory(role=role)
        if role == Role.MEMBER:
            with pytest.raises(Refused):
                DECISIONS[decision](application, user)
        else:
            assert DECISIONS[decision](application, user).state != ApplicationState.SUBMITTED

    @pytest.mark.parametrize("decision", DECISIONS)
    def test_nobody_decides_what_was_not_confirmed(self, decision, owner):
        with pytest.raises(Refused, match="メールの確認待ち"):
            DECISIONS[decision](ApplicationFactory(unconfirmed=True), owner)


class TestSubmitting:
    def test_keeps_words_consent_and_mail_together(self):
        charter = CharterFactory()
        application = submit(charter)
        assert application.state == ApplicationState.UNCONFIRMED
        assert application.criteria == CRITERIA
        consent = application.consent
        assert (consent.charter, consent.text_hash) == (charter, charter.text_hash)
        assert consent.person_name == "申込 花子"
        assert mails_to("hanako@group.example") == ["members.application_confirm"]

    def test_the_same_form_twice_makes_one(self):
        charter, form_id = CharterFactory(), uuid.uuid4()
        assert submit(charter, form_id) == submit(charter, form_id)
        assert Application.objects.count() == 1
        assert len(mails_to("hanako@group.example")) == 1

    def test_a_slip_in_the_address_is_put_right_from_the_same_form(self):
        charter, form_id = CharterFactory(), uuid.uuid4()
        first = application_token(submit(charter, form_id, contact_email="hanako@gruop.example"))
        second = submit(charter, form_id)
        assert Application.objects.count() == 1
        with pytest.raises(UnusableLinkError) as error:
            find_application(first)
        assert error.value.problem == Problem.REPLACED
        assert find_application(application_token(second)).contact_email == "hanako@group.example"
        assert OutgoingMail.objects.get(address="hanako@gruop.example").state == "cancelled"
        assert CharterConsent.objects.count() == 1

    def test_a_confirmed_one_is_not_changed_by_its_form(self):
        charter, form_id = CharterFactory(), uuid.uuid4()
        services.confirm_application(application=submit(charter, form_id))
        assert submit(charter, form_id, organization_name="別の名前").organization_name == "みんなの食堂"

    def test_words_of_a_charter_that_changed_meanwhile_are_not_taken(self):
        old = CharterFactory(number=1)
        CharterFactory(number=2, text="新しい本文")
        with pytest.raises(services.CharterChangedError):
            submit(old)
        assert not Application.objects.exists()

    def test_nothing_is_taken_while_closed(self):
        JoiningRules.objects.create(pk=1, is_open=False)
        with pytest.raises(Refused, match="受け付けていません"):
            submit(CharterFactory())

    @pytest.mark.parametrize(
        "broken", ["platform_portal.mail.storing.store", "platform_portal.audit.services.record"]
    )
    def test_failure_leaves_nothing_half_done(self, broken, monkeypatch):
        def fail(*args, **kwargs):
            raise OSError("away")

        monkeypatch.setattr(broken, fail)
        with pytest.raises(OSError, match="away"):
            submit(CharterFactory())
        assert not Application.objects.exists()
        assert not CharterConsent.objects.exists()

    def test_the_record_holds_no_personal_data(self):
        services.confirm_application(application=submit(CharterFactory()))
        text = str(list(AuditEvent.objects.values_list("old", "new", "note")))
        for secret in ("花子", "hanako", "087-000"):
            assert secret not in text


class TestLink:
    def test_leads_to_its_application(self):
        application = ApplicationFactory()
        assert find_application(application_token(application)) == application

    @pytest.mark.parametrize(
        "spoil", [lambda t: t[:-1], lambda t: "x" + t, lambda t: t.split(":")[0], lambda t: ""]
    )
    def test_tampered_ones_lead_nowhere(self, spoil):
        with pytest.raises(UnusableLinkError) as error:
            find_application(spoil(application_token(ApplicationFactory())))
        assert error.value.problem == Problem.BROKEN

    def test_expires_unless_confirmed(self):
        old = timezone.now() - dt.timedelta(days=7)
        unconfirmed = ApplicationFactory(unconfirmed=True, created_at=old)
        with pytest.raises(UnusableLinkError) as error:
            find_application(application_token(unconfirmed))
        assert error.value.problem == Problem.GONE
        confirmed = ApplicationFactory(created_at=old)
        assert find_application(application_token(confirmed)) == confirmed

    def test_unconfirmed_ones_are_erased_in_time(self):
        charter = CharterFactory()
        old, young = submit(charter), submit(charter)
        confirmed = submit(charter, organization_name="ほかの会")
        services.confirm_application(application=confirmed)
        long_ago = timezone.now() - dt.timedelta(days=7, minutes=1)
        Application.objects.exclude(pk=young.pk).update(created_at=long_ago)
        erase_unconfirmed_applications()
        assert set(Application.objects.all()) == {young, confirmed}
        assert not CharterConsent.objects.filter(application_id=old.pk).exists()
        assert OutgoingMail.objects.about(old).get().state == "cancelled"
        with pytest.raises(UnusableLinkError) as error:
            find_application(application_token(Application(pk=old.pk, link_version=1)))
        assert error.value.problem == Problem.GONE
        assert services.erase_unconfirmed() == 0


class TestDeciding:
    def test_approval_makes_the_organization_and_invites_the_contact(self, owner):
        application = services.confirm_application(
            application=submit(CharterFactory(), website="https://a.example")
        )
        approved = services.approve_application(application=application, joined_on=TODAY, by=owner)
        organization = Organization.objects.get()
        assert approved.organization == organization
        assert (organization.name, organization.joined_on) == ("みんなの食堂", TODAY)
        assert (organization.office_email, organization.public_email) == ("hanako@group.example", "")
        assert organization.address_visibility == "hidden"
        assert CharterConsent.objects.get().organization == organization
        invitation = Invitation.objects.get()
        assert (invitation.organization, invitation.membership_role) == (organization, MembershipRole.MANAGER)
        assert (approved.decided_by, invitation.invited_by) == (owner, owner)
        assert mails_to("hanako@group.example")[1:] == ["members.application_approved", "members.invitation"]
        assert AuditEvent.objects.about(approved).first().type == "members.application_approved"

    def test_questions_and_answer_go_back_and_forth(self, owner):
        application = ApplicationFactory(contact_email="hanako@group.example")
        for number in range(2):
            services.return_application(application=application, questions=f"質問{number}", by=owner)
            services.answer_questions(
                application=application, values={"activity": f"直した{number}"}, answer=f"返事{number}"
            )
        application.refresh_from_db()
        assert (application.state, application.activity) == (ApplicationState.SUBMITTED, "直した1")
        assert [(q.text, q.answer) for q in application.questions.all()] == [
            ("質問0", "返事0"),
            ("質問1", "返事1"),
        ]
        assert mails_to("hanako@group.example") == ["members.application_returned"] * 2

    def test_refusal_needs_and_keeps_its_reason(self, owner):
        application = ApplicationFactory()
        with pytest.raises(Refused, match="理由を書いて"):
            services.refuse_application(application=application, reason=" ", by=owner)
        refused = services.refuse_application(application=application, reason="県外のため", by=owner)
        assert (refused.state, refused.reason) == (ApplicationState.REFUSED, "県外のため")
        assert mails_to(application.contact_email) == ["members.application_refused"]

    def test_empty_questions_are_not_sent(self, owner):
        with pytest.raises(Refused, match="質問を書いて"):
            services.return_application(application=ApplicationFactory(), questions="", by=owner)

    def test_the_second_is_told_who_was_first(self, owner, colleague):
        application = ApplicationFactory()
        services.refuse_application(application=application, reason="県外", by=owner)
        with pytest.raises(Refused, match="「入会を断った」（県庁 あおい）"):
            services.approve_application(application=application, joined_on=TODAY, by=colleague)
        assert not Organization.objects.exists()

    def test_confirming_twice_is_said(self):
        application = ApplicationFactory(unconfirmed=True)
        services.confirm_application(application=application)
        with pytest.raises(Refused, match="もう確定されています"):
            services.confirm_application(application=application)

    def test_confirming_does_not_answer_questions(self, owner):
        application = services.return_application(application=ApplicationFactory(), questions="？", by=owner)
        with pytest.raises(Refused, match="もう確定されています"):
            services.confirm_application(application=application)

    def test_withdrawal_is_confirmed_by_mail_and_final(self, owner):
        application = ApplicationFactory()
        services.withdraw_application(application=application)
        assert mails_to(application.contact_email) == ["members.application_withdrawn"]
        with pytest.raises(Refused, match="取り下げ"):
            services.approve_application(application=application, joined_on=TODAY, by=owner)

    def test_a_batch_approves_each_wholly_or_not_at_all(self, owner):
        OrganizationFactory(corporate_number="7010705000725")
        good, twin, gone = (
            ApplicationFactory(),
            ApplicationFactory(corporate_number="7010705000725"),
            ApplicationFactory(),
        )
        services.withdraw_application(application=gone)
        outcomes = services.approve_applications(applications=[good, twin, gone], joined_on=TODAY, by=owner)
        assert [bool(outcome.against) for outcome in outcomes] == [False, True, True]
        assert "法人番号" in outcomes[1].against
        twin.refresh_from_db()
        assert twin.state == ApplicationState.SUBMITTED
        assert Organization.objects.count() == 2
        assert Invitation.objects.count() == 1

    def test_a_namesake_of_a_member_needs_a_look_of_its_own(self, owner):
        OrganizationFactory(name="NPO法人 まちの会")
        OrganizationFactory(name="去った会", left=True)
        twin, anew = (
            ApplicationFactory(organization_name="まちの会"),
            ApplicationFactory(organization_name="去った会"),
        )
        outcomes = services.approve_applications(applications=[twin, anew], joined_on=TODAY, by=owner)
        assert "「NPO法人 まちの会」" in outcomes[0].against
        assert outcomes[1].against == ""
        twin.refresh_from_db()
        assert twin.state == ApplicationState.SUBMITTED
        approved = services.approve_application(
            application=twin, joined_on=TODAY, by=owner, is_another_body=True
        )
        assert approved.state == ApplicationState.APPROVED

    def test_what_was_marked_as_another_body_is_no_namesake(self, owner):
        member, twin = (
            OrganizationFactory(name="まちの会"),
            ApplicationFactory(organization_name="まちの会"),
        )
        services.mark_different(one=member, other=twin, by=owner)
        assert not services.approve_applications(applications=[twin], joined_on=TODAY, by=owner)[0].against
        second = ApplicationFactory(organization_name="まちの会")
        services.mark_different(one=member, other=second, by=owner)
        (outcome,) = services.approve_applications(applications=[second], joined_on=TODAY, by=owner)
        assert outcome.against, "the body that was just made has that name as well"

    def test_of_two_of_one_name_a_batch_takes_the_first(self, owner):
        one, other = ApplicationFactory.create_batch(2, organization_name="まちの会")
        outcomes = services.approve_applications(applications=[one, other], joined_on=TODAY, by=owner)
        assert [bool(outcome.against) for outcome in outcomes] == [False, True]

    def test_failure_half_way_leaves_no_organization(self, owner, monkeypatch):
        def fail(**kwargs):
            raise OSError("away")

        monkeypatch.setattr("members.services.applications.invite_to_organization", fail)
        application = ApplicationFactory()
        with pytest.raises(OSError, match="away"):
            services.approve_application(application=application, joined_on=TODAY, by=owner)
        application.refresh_from_db()
        assert application.state == ApplicationState.SUBMITTED
        assert not Organization.objects.exists()
        assert not mails_to(application.contact_email)

    def test_a_note_is_recorded_without_its_words(self, owner):
        application = ApplicationFactory()
        services.note_on_application(application=application, note="電話で確認", by=owner)
        application.refresh_from_db()
        assert application.staff_note == "電話で確認"
        assert AuditEvent.objects.about(application).get().new == {}


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_at_once_one_is_told():
    application, first, second = ApplicationFactory(), UserFactory(), UserFactory()
    told = at_once(
        lambda: DECISIONS["approve"](application, first),
        lambda: DECISIONS["refuse"](application, second),
        refusals=(Refused, ValidationError),
    )
    assert told.count(None) == 1
    application.refresh_from_db()
    assert (application.state == ApplicationState.APPROVED) == Organization.objects.exists()
    assert len(mails_to(application.contact_email)) in {1, 2}


@pytest.mark.django_db(transaction=True)
def test_a_double_press_makes_one_application():
    charter, form_id, sector = CharterFactory(), uuid.uuid4(), SectorFactory()
    assert at_once(*[lambda: submit(charter, form_id, sector=sector)] * 2) == [None, None]
    assert Application.objects.count() == 1
    assert mails_to("hanako@group.example") == ["members.application_confirm"]
