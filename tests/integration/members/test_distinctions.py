"""「別の団体です」: two that look alike are kept apart, once, with a record, until somebody takes it back."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from members import services
from members.duplicates import find_duplicates, find_pairs
from members.models import Application, ApplicationState, Distinction, Organization
from platform_portal.access.checks import Refused
from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Permission, Role
from platform_portal.audit.models import AuditEvent
from tests.conftest import text_of
from tests.factories.members import ApplicationFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> tuple[Organization, Organization]:
    return OrganizationFactory(name="NPO法人みどりの会"), OrganizationFactory(name="みどりの会")


@pytest.fixture
def application(pair) -> Application:
    return ApplicationFactory(organization_name="みどりの会")


def let_in(application: Application, organization: Organization, by: Any) -> Application:
    """As if it had been approved and had become this organisation."""
    application.state, application.organization = ApplicationState.APPROVED, organization
    application.decided_at, application.decided_by = timezone.now(), by
    application.save()
    return application


def names_of(pairs: Any) -> list[set[str]]:
    return [{pair.one.name, pair.other.name} for pair in pairs]


class TestPairs:
    @pytest.mark.parametrize("turned", [False, True])
    def test_is_hinted_no_more_until_taken_back(self, turned, pair, secretariat):
        one, other = reversed(pair) if turned else pair
        assert len(find_pairs()) == 1
        services.mark_different(one=one, other=other, by=secretariat)
        assert find_pairs() == []
        services.take_back_difference(one=other, other=one, by=secretariat)
        assert len(find_pairs()) == 1

    def test_other_pairs_of_the_two_stay(self, pair, secretariat):
        third = OrganizationFactory(name="社会福祉法人みどりの会")
        services.mark_different(one=pair[0], other=pair[1], by=secretariat)
        assert sorted(map(sorted, names_of(find_pairs()))) == sorted(
            sorted([each.name, third.name]) for each in pair
        )

    def test_stands_in_the_record_of_both(self, pair, secretariat):
        one, other = pair
        services.mark_different(one=one, other=other, by=secretariat)
        services.take_back_difference(one=one, other=other, by=secretariat)
        for each, counterpart in ((one, other), (other, one)):
            back, marked = AuditEvent.objects.about(each)
            assert (marked.type, marked.actor_id) == ("members.marked_different", secretariat.pk)
            assert marked.new == {"different_from": counterpart.public_id}
            assert (back.type, back.old) == ("members.difference_taken_back", marked.new)

    def test_twice_is_once(self, pair, secretariat, administrator):
        one, other = pair
        first = services.mark_different(one=one, other=other, by=secretariat)
        assert services.mark_different(one=other, other=one, by=administrator) == first
        assert AuditEvent.objects.about(one).count() == 1

    @pytest.mark.parametrize("turned", [False, True])
    def test_the_database_keeps_a_pair_once_in_any_order(self, turned, pair, secretariat):
        one, other = pair
        Distinction.objects.create(one=one, other=other, marked_by=secretariat)
        again = (other, one) if turned else (one, other)
        with pytest.raises(IntegrityError, match="members_distinction_pair_once"), transaction.atomic():
            Distinction.objects.create(one=again[0], other=again[1], marked_by=secretariat)

    def test_nobody_is_another_than_oneself(self, pair, secretariat):
        with pytest.raises(IntegrityError, match="members_distinction_not_of_itself"), transaction.atomic():
            Distinction.objects.create(one=pair[0], other=pair[0], marked_by=secretariat)

    def test_is_of_two_bodies(self, pair, application, secretariat):
        for values in ({}, {"other": pair[1], "application": application}):
            with pytest.raises(IntegrityError, match="members_distinction_of_two"), transaction.atomic():
                Distinction.objects.create(one=pair[0], marked_by=secretariat, **values)

    def test_taking_back_what_is_not_there(self, pair, secretariat):
        with pytest.raises(Refused, match="記録されていません"):
            services.take_back_difference(one=pair[0], other=pair[1], by=secretariat)

    @pytest.mark.parametrize("role", Role.values)
    def test_who_may(self, role, pair):
        by = UserFactory(role=role)
        if Permission.MERGE_ORGANIZATIONS in PERMISSIONS_OF_ROLE[role]:
            assert services.mark_different(one=pair[0], other=pair[1], by=by)
            return
        with pytest.raises(Refused):
            services.mark_different(one=pair[0], other=pair[1], by=by)
        with pytest.raises(Refused):
            services.take_back_difference(one=pair[0], other=pair[1], by=by)


class TestApplications:
    def test_is_hinted_no_more_until_taken_back(self, pair, application, owner):
        services.mark_different(one=pair[0], other=application, by=owner)
        assert [hint.name for hint in find_duplicates(application)] == [pair[1].name]
        services.take_back_difference(one=pair[0], other=application, by=owner)
        assert len(find_duplicates(application)) == 2

    def test_another_application_is_still_hinted(self, pair, application, owner):
        services.mark_different(one=pair[0], other=application, by=owner)
        assert len(find_duplicates(ApplicationFactory(organization_name="みどりの会"))) == 3

    def test_holds_for_the_organisation_that_it_becomes(self, application, pair, owner):
        for each in pair:
            services.mark_different(one=each, other=application, by=owner)
        let_in(application, OrganizationFactory(name="みどりの会"), owner)
        assert names_of(find_pairs()) == [{each.name for each in pair}]

    def test_what_was_said_of_the_organisation_holds_for_its_application(
        self, pair, application, secretariat
    ):
        let_in(application, pair[1], secretariat)
        services.mark_different(one=pair[1], other=pair[0], by=secretariat)
        assert find_duplicates(application) == []

    def test_the_database_keeps_it_once(self, pair, application, owner):
        Distinction.objects.create(one=pair[0], application=application, marked_by=owner)
        with (
            pytest.raises(IntegrityError, match="members_distinction_application_once"),
            transaction.atomic(),
        ):
            Distinction.objects.create(one=pair[0], application=application, marked_by=owner)


class TestMerging:
    def merge(self, source: Organization, target: Organization, by: Any) -> None:
        version = services.merge_version(source, target)
        services.merge_organizations(source=source, target=target, sides={}, version=version, by=by)

    def test_two_that_are_marked_are_not_merged(self, pair, secretariat):
        services.mark_different(one=pair[0], other=pair[1], by=secretariat)
        with pytest.raises(Refused, match="先にその記録を取り消してください"):
            self.merge(*pair, secretariat)

    def test_what_is_another_than_the_source_is_another_than_the_target(self, pair, secretariat):
        source, third = pair
        target, strange = OrganizationFactory(), ApplicationFactory()
        services.mark_different(one=third, other=source, by=secretariat)
        services.mark_different(one=source, other=strange, by=secretariat)
        self.merge(source, target, secretariat)
        assert Distinction.objects.between(target.pk, third.pk).count() == 1
        assert Distinction.objects.about(target, strange).count() == 1
        assert not Distinction.objects.of(source).exists()

    def test_said_of_both_it_stays_once(self, pair, secretariat):
        source, third = pair
        target = OrganizationFactory()
        for each in (source, target):
            services.mark_different(one=third, other=each, by=secretariat)
        self.merge(source, target, secretariat)
        assert Distinction.objects.count() == 1

    def test_one_that_is_merged_already_is_marked_no_more(self, pair, secretariat):
        source, third = pair
        self.merge(source, OrganizationFactory(), secretariat)
        with pytest.raises(Refused, match="もう「"):
            services.mark_different(one=third, other=source, by=secretariat)


class TestPages:
    def test_from_the_list_and_back(self, pair, secretariat_client):
        duplicates = reverse("members:organization-duplicates")
        address = reverse("members:organization-different", args=[each.public_id for each in pair])
        assert address in text_of(secretariat_client.get(duplicates))
        page = text_of(secretariat_client.post(address, follow=True))
        assert "別の団体として記録しました" in page
        assert "重なっていそうな団体はありません" in page
        listed = text_of(secretariat_client.get(reverse("members:distinction-list")))
        assert address in listed
        assert "みどりの会" in listed
        page = text_of(secretariat_client.post(address, {"undo": "1"}, follow=True))
        assert "記録を取り消しました" in page
        assert "別の団体とした組はありません" in page

    def test_comparing_says_that_they_are_two(self, pair, secretariat, secretariat_client):
        services.mark_different(one=pair[0], other=pair[1], by=secretariat)
        address = reverse("members:organization-merge", args=[each.public_id for each in pair])
        page = text_of(secretariat_client.get(address))
        assert "「別の団体です」と記録されています" in page
        assert secretariat.name in page
        assert "「別の団体です」を取り消す" in page

    def test_on_the_page_of_an_application(self, pair, application, owner_client):
        page = reverse("members:application-page", args=[application.public_id])
        address = reverse("members:application-different", args=[application.public_id, pair[0].public_id])
        assert address in text_of(owner_client.get(page))
        after = text_of(owner_client.post(address, follow=True))
        assert "別の団体とした会員団体" in after
        back = text_of(owner_client.post(address, {"undo": "1"}, follow=True))
        assert "別の団体とした会員団体" not in back

    def test_list_costs_the_same_however_long(self, secretariat, secretariat_client):
        counts = []
        for size in (1, 20):
            for _each in range(size):
                Distinction.objects.create(
                    one=OrganizationFactory(), other=OrganizationFactory(), marked_by=secretariat
                )
                Distinction.objects.create(
                    one=OrganizationFactory(), application=ApplicationFactory(), marked_by=secretariat
                )
            secretariat_client.get(reverse("members:distinction-list"))
            with CaptureQueriesContext(connection) as queries:
                secretariat_client.get(reverse("members:distinction-list"))
            counts.append(len(queries))
        assert counts[0] == counts[1]
