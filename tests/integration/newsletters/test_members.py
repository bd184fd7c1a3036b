"""What those who act for members get unasked, and what goes when they leave, merge, or ask to be forgotten."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.models import Membership
from members.people import person_of
from members.services.memberships import end_membership, start_membership
from members.services.merging import merge_organizations, merge_version
from members.services.personal_data import erase_person
from members.services.users import deactivate_user, reactivate_user
from newsletters.models import (
    Consent,
    Delivery,
    DeliveryState,
    HowAsked,
    HowEnded,
    Subscriber,
    Subscription,
    Suppression,
    SuppressionReason,
)
from newsletters.services import subscribing
from newsletters.services.consent_texts import current_text
from newsletters.services.members import subscribe_member
from newsletters.services.tending import check_may_get
from platform_portal import personal_data
from platform_portal.privacy import Person
from tests.factories.members import CharterFactory, MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.newsletters import (
    ConsentFactory,
    DeliveryFactory,
    NewsletterFactory,
    SubscriberFactory,
    SubscriptionFactory,
    SuppressionFactory,
)

pytestmark = pytest.mark.django_db
ADDRESS = "hana@example.jp"


@pytest.fixture
def newsletter():
    return NewsletterFactory(readership="members", is_for_new_members=True)


@pytest.fixture
def user():
    return UserFactory(member=True, email="Hana@example.jp")


def join(user, organization=None) -> Membership:
    return start_membership(
        organization=organization or OrganizationFactory(), user=user, role="manager", by=user
    )


class TestJoining:
    def test_the_charter_subscribes(self, newsletter, user):
        CharterFactory()
        NewsletterFactory(readership="members")
        membership = join(user)
        subscriber = Subscriber.objects.get()
        assert (subscriber.address, subscriber.user) == (ADDRESS, user)
        assert subscriber.organization == membership.organization
        assert list(Subscriber.objects.reading(newsletter)) == [subscriber]
        consent = Consent.objects.get()
        assert consent.how == HowAsked.CHARTER
        assert "設置要綱" in consent.proof
        join(user)  # for another one too
        assert Subscription.objects.count() == Consent.objects.count() == 1

    def test_nothing_to_get_makes_nobody_a_subscriber(self, user):
        join(user)
        assert not Subscriber.objects.exists()

    def test_what_they_left_stays_left(self, newsletter, user):
        membership = join(user)
        subscribing.choose_newsletters(subscriber=Subscriber.objects.get(), chosen=[], text=current_text())
        join(user)
        end_membership(membership=membership, by=UserFactory(secretariat=True))
        join(user, membership.organization)
        assert not Subscription.objects.current().exists()

    def test_a_stopped_address_stays_stopped(self, newsletter, user):
        SuppressionFactory(address=ADDRESS)
        join(user)
        assert not Subscriber.objects.exists()

    def test_one_who_reads_already(self, newsletter, user):
        reader = SubscriptionFactory(subscriber__address=ADDRESS).subscriber
        membership = join(user)
        reader.refresh_from_db()
        assert reader.organization == membership.organization
        assert reader.subscriptions.current().count() == 2

    def test_of_an_organization_that_has_left(self, newsletter):
        subscribe_member(MembershipFactory(organization=OrganizationFactory(left=True)))
        assert not Subscriber.objects.exists()


class TestLeaving:
    def test_what_is_for_members_ends(self, newsletter, user, secretariat):
        membership, other = join(user), join(user)
        own = SubscriptionFactory(subscriber=Subscriber.objects.get())
        end_membership(membership=membership, by=secretariat)
        subscriber = Subscriber.objects.get()
        assert subscriber.organization == other.organization
        assert subscriber.subscriptions.current().count() == 2
        end_membership(membership=other, by=secretariat)
        assert list(Subscription.objects.current()) == [own]
        assert Subscription.objects.get(newsletter=newsletter).how_ended == HowEnded.LEFT
        subscriber.refresh_from_db()
        assert subscriber.organization is None
        join(user)
        assert subscriber.subscriptions.current().count() == 2

    def test_of_somebody_who_reads_nothing(self, user, secretariat):
        end_membership(membership=join(user), by=secretariat)
        assert not Subscriber.objects.exists()


class TestAStoppedAccount:
    def test_gets_nothing_that_is_for_members(self, newsletter, user, administrator):
        join(user)
        reader = Subscriber.objects.get()
        own = SubscriptionFactory(subscriber=reader).newsletter
        deactivate_user(user=user, by=administrator)
        assert not Subscriber.objects.reading(newsletter).exists()
        assert Subscriber.objects.reading(own).get() == reader  # what they asked for as anybody may
        reader = subscribing.lock_subscriber(reader)
        assert list(subscribing.newsletters_for(reader)) == [own]
        with pytest.raises(ValidationError, match="利用を止めてあります"):
            check_may_get(reader, [newsletter])
        reactivate_user(user=user, by=administrator)
        assert Subscriber.objects.reading(newsletter).get() == reader

    def test_another_address_is_another_account(self, newsletter, user, administrator):
        """An account keeps its address; who has a new one is invited anew, and the one before is stopped."""
        organization = join(user).organization
        SuppressionFactory(address=ADDRESS)
        own = SubscriptionFactory(subscriber__address="hana.new@example.jp")
        asked = ConsentFactory(subscriber=own.subscriber)
        join(UserFactory(member=True, email="Hana.New@example.jp"), organization)
        deactivate_user(user=user, by=administrator)
        reader = Subscriber.objects.reading(newsletter).get()
        assert reader == own.subscriber  # the one who read already, no second one
        assert set(reader.subscriptions.current().values_list("newsletter", flat=True)) == {
            newsletter.pk,
            own.newsletter.pk,
        }
        assert list(reader.consents.order_by("pk").values_list("how", flat=True)) == [
            asked.how,
            HowAsked.CHARTER,
        ]
        assert not Suppression.objects.of(reader.address).exists()
        assert Suppression.objects.of(ADDRESS).exists()


def test_a_merged_organisation_keeps_its_readers(newsletter, user, administrator):
    source, target = OrganizationFactory(), OrganizationFactory()
    join(user, source)
    version = merge_version(source, target)
    merge_organizations(source=source, target=target, sides={}, version=version, by=administrator)
    assert Subscriber.objects.get().organization == target
    assert Subscriber.objects.reading(newsletter).exists()


class TestForgetting:
    def test_everything_about_an_address(self, administrator):
        subscription = SubscriptionFactory(subscriber__address=ADDRESS)
        subscriber = subscription.subscriber
        consent = ConsentFactory(subscriber=subscriber, how=HowAsked.STAFF, proof="申込用紙")
        consent.newsletters.add(subscription.newsletter)
        now = timezone.now()
        sent = DeliveryFactory(subscriber=subscriber, state=DeliveryState.ACCEPTED, accepted_at=now)
        waiting = DeliveryFactory(subscriber=subscriber)
        SuppressionFactory(address=ADDRESS, reason=SuppressionReason.STAFF, note="本人から電話")
        person = Person(None, frozenset({ADDRESS}))
        handed = {section.label for section in personal_data.collect(person)}
        assert {
            "newsletters.subscriber",
            "newsletters.consent",
            "newsletters.delivery",
            "newsletters.subscription",
            "newsletters.suppression",
        } <= handed
        personal_data.erase(personal_data.find(person), person=person, by=administrator)
        assert not Subscriber.objects.exists()
        assert not Consent.objects.exists()
        for copy, state in ((sent, DeliveryState.ACCEPTED), (waiting, DeliveryState.SUPPRESSED)):
            copy.refresh_from_db()
            assert (copy.address, copy.subscriber, copy.state) == ("", None, state)
        row = Suppression.objects.get()
        assert (row.address, row.note) == ("", "")
        assert Suppression.objects.of(ADDRESS).get() == row
        assert personal_data.find(person) == []

    def test_of_somebody_with_an_account(self, newsletter, user):
        join(user)
        titles = {entry.model for entry in personal_data.find(person_of(user))}
        assert {Subscriber, Consent, Subscription} <= titles

    def test_an_erased_account_gets_nothing_any_more(self, newsletter, user, administrator):
        organization = join(user).organization
        MembershipFactory(organization=organization)
        stopped = SuppressionFactory(address=ADDRESS, reason=SuppressionReason.STAFF)
        waiting = DeliveryFactory(issue__newsletter=newsletter, subscriber=Subscriber.objects.get())
        erase_person(person=person_of(user), by=administrator)
        assert not Subscriber.objects.exists()
        assert not Subscription.objects.exists()
        waiting.refresh_from_db()
        assert (waiting.address, waiting.state) == ("", DeliveryState.SUPPRESSED)
        # The same person under the same address later: still left in peace.
        assert Suppression.objects.of(ADDRESS).get() == stopped
        join(UserFactory(member=True, email=ADDRESS), organization)
        assert not Subscriber.objects.exists()

    def test_not_while_a_copy_is_on_its_way(self):
        subscriber = SubscriberFactory(address=ADDRESS)
        person = Person(None, frozenset({ADDRESS}))
        assert personal_data.obstacles(person) == []
        DeliveryFactory(
            subscriber=subscriber,
            state=DeliveryState.SENDING,
            token="0" * 32,
            lease_until_at=timezone.now(),
        )
        assert "15分ほど待って" in personal_data.obstacles(person)[0]
        assert Delivery.objects.exists()
