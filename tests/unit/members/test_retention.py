"""People are forgotten when their time is over: not a day sooner, in batches, and once."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from members import services, tasks
from members.models import (
    Application,
    CharterConsent,
    Invitation,
    JoiningRules,
    Organization,
    OrganizationRevision,
    User,
)
from members.services import retention
from platform_portal.audit.models import AuditEvent
from platform_portal.celery import app
from tests.factories.members import (
    ApplicationFactory,
    CharterFactory,
    InvitationFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 21, 4, tzinfo=dt.UTC)
LEFT_LONG_AGO = NOW.date() - dt.timedelta(days=31 * 12)
LONG_AGO = NOW - dt.timedelta(days=31 * 12)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


def left(on: dt.date, **values: object) -> Organization:
    return OrganizationFactory(
        state="left",
        left_on=on,
        joined_on=dt.date(2020, 4, 1),
        address="高松市番町1-1",
        office_phone="087-999-9999",
        office_email="office@left.example",
        internal_note="代表は香川さん",
        leaving_reason="香川さんの転居",
        public_email="hello@left.example",
        **values,
    )


class TestOrganizationsThatLeft:
    def test_lose_contact_and_notes_but_not_their_name(self):
        organization = left(LEFT_LONG_AGO, name="去った会")
        assert services.scrub_left_organizations() == 1
        organization.refresh_from_db()
        emptied = (
            "address",
            "office_phone",
            "office_email",
            "internal_note",
            "leaving_reason",
            "public_email",
        )
        assert [getattr(organization, name) for name in emptied] == [""] * 6
        assert (organization.name, organization.left_on) == ("去った会", LEFT_LONG_AGO)
        assert organization.scrubbed_at == NOW
        event = AuditEvent.objects.get()
        assert (event.type, event.actor_id, event.old) == ("members.organization_scrubbed", None, {})

    def test_not_a_day_sooner(self):
        left(LEFT_LONG_AGO + dt.timedelta(days=1))
        OrganizationFactory(address="いまの会員")
        assert services.scrub_left_organizations() == 0

    def test_months_are_set_on_the_desk(self, secretariat):
        left(NOW.date() - dt.timedelta(days=62))
        assert services.scrub_left_organizations() == 0
        services.save_joining_rules(values={"left_kept_months": 2}, by=secretariat)
        assert services.scrub_left_organizations() == 1

    @pytest.mark.parametrize("state", ["withdrawn", "approved", "returned"])
    def test_proposals_lose_what_they_said(self, state, owner):
        organization = left(LEFT_LONG_AGO)
        OrganizationRevision.objects.create(
            organization=organization,
            before={"address": "高松市番町1-1"},
            proposed={"address": "高松市番町2-2"},
            base_at=LONG_AGO,
            state=state,
            note="" if state == "withdrawn" else "高松さんに聞いてください",
            proposed_by=owner,
            decided_at=LONG_AGO,
            decided_by=owner,
        )
        services.scrub_left_organizations()
        revision = OrganizationRevision.objects.get()
        assert "高松" not in revision.note
        assert (revision.before, revision.proposed, revision.proposed_by) == ({}, {}, owner)

    def test_application_consents_and_the_name_of_a_person_go_too(self, administrator):
        organization = left(LEFT_LONG_AGO, name="香川 花子", profile="わたしは")
        application = ApplicationFactory(
            state="approved", organization=organization, is_individual=True, organization_name="香川 花子"
        )
        charter = CharterFactory()
        for of in ({"application": application}, {"organization": organization}):
            CharterConsent.objects.create(
                charter=charter, text_hash=charter.text_hash, person_name="香川 花子", **of
            )
        services.scrub_left_organizations()
        stored = f"{list(Organization.objects.values())}{list(Application.objects.values())}"
        assert "香川" not in stored
        assert "わたしは" not in stored
        assert set(CharterConsent.objects.values_list("person_name", flat=True)) == {""}


class TestApplicationsThatCameToNothing:
    @pytest.mark.parametrize("state", ["refused", "withdrawn"])
    def test_lose_all_about_people(self, state, administrator):
        decided = {"decided_at": LONG_AGO, "decided_by": administrator} if state == "refused" else {}
        application = ApplicationFactory(state=state, staff_note="香川さんのこと", **decided)
        Application.objects.update(updated_at=LONG_AGO)
        assert services.scrub_closed_applications() == 1
        application.refresh_from_db()
        assert application.contact_email == application.contact_name == application.staff_note == ""
        assert application.activity == ""
        assert application.organization_name
        assert application.scrubbed_at == NOW

    def test_not_sooner_and_not_what_is_open(self, administrator):
        late = LONG_AGO + dt.timedelta(minutes=1)
        ApplicationFactory(state="refused", decided_at=late, decided_by=administrator)
        ApplicationFactory(state="submitted", confirmed_at=LONG_AGO)
        Application.objects.update(updated_at=LONG_AGO)
        assert services.scrub_closed_applications() == 0


class TestInvitationsThatAreOver:
    def test_lose_name_and_address(self, owner):
        accepted = InvitationFactory(accepted_at=LONG_AGO, accepted_by=owner)
        withdrawn = InvitationFactory(withdrawn_at=LONG_AGO, withdrawn_by=owner)
        InvitationFactory(expires_at=LONG_AGO)
        fresh = InvitationFactory()
        assert services.scrub_settled_invitations() == 3
        assert set(Invitation.objects.exclude(pk=fresh.pk).values_list("pk", "email", "name", "section")) == {
            (accepted.pk, "", "", ""),
            (withdrawn.pk, "", "", ""),
        }
        assert Invitation.objects.get(pk=fresh.pk).email


class TestEveryRun:
    def test_a_second_run_finds_nothing(self, administrator):
        left(LEFT_LONG_AGO)
        ApplicationFactory(state="refused", decided_at=LONG_AGO, decided_by=administrator)
        InvitationFactory(withdrawn_at=LONG_AGO, withdrawn_by=administrator)
        tasks.forget_people.delay()
        events = AuditEvent.objects.count()
        tasks.forget_people.delay()
        assert AuditEvent.objects.count() == events
        assert JoiningRules.load().left_kept_months == 12

    def test_is_bounded_and_goes_on_the_next_day(self, monkeypatch):
        monkeypatch.setattr(retention, "BATCH", 2)
        for _number in range(3):
            left(LEFT_LONG_AGO)
        assert [services.scrub_left_organizations() for _run in range(3)] == [2, 1, 0]

    def test_queries_do_not_grow_with_the_rows(self, django_assert_max_num_queries):
        for _number in range(20):
            left(LEFT_LONG_AGO)
        with django_assert_max_num_queries(20):
            services.scrub_left_organizations()

    def test_every_day(self):
        entry = app.conf.beat_schedule["forget-people"]
        assert entry["task"] == tasks.forget_people.name
        assert entry["schedule"].hour == {4}


class TestAccountsThatNobodyUses:
    def test_are_listed_and_stay(self):
        long_ago = timezone.now() - dt.timedelta(days=366)
        recently = timezone.now() - dt.timedelta(days=30)
        unused = {
            UserFactory(name="一年来ない", last_login=long_ago, created_at=long_ago),
            UserFactory(name="一度も来ない", created_at=long_ago),
            UserFactory(name="団体がない", role="member", last_login=recently),
        }
        UserFactory(name="使っている", last_login=recently)
        UserFactory(name="招いたばかり")
        UserFactory(name="止めてある", last_login=long_ago, is_active=False)
        MembershipFactory(user=UserFactory(role="member", last_login=recently))
        assert set(User.objects.get_queryset().unused()) == unused
        tasks.forget_people.delay()
        assert set(User.objects.get_queryset().unused()) == unused
