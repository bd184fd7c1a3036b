"""An organisation agrees to the words that its manager has read, once."""

import datetime as dt

import pytest
from django.utils import timezone

from members import services
from members.models import CharterConsent, Organization
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from tests.factories.members import CharterFactory, MembershipFactory, UserFactory
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def test_version_words_name_and_time_are_kept():
    charter, manager = CharterFactory(), MembershipFactory(user__name="管理 まり")
    consent = services.consent_to_charter(
        organization=manager.organization, text_hash=charter.text_hash, by=manager.user
    )
    assert (consent.charter, consent.organization) == (charter, manager.organization)
    assert (consent.text_hash, consent.person_name) == (charter.text_hash, "管理 まり")
    assert timezone.now() - consent.consented_at < dt.timedelta(minutes=1)
    event = AuditEvent.objects.about(manager.organization).get()
    assert (event.type, event.new["charter"]) == ("members.charter_consented", charter.number)
    assert list(Organization.objects.all().with_consent_to(charter)) == [manager.organization]
    assert not Organization.objects.all().without_consent_to(charter).exists()


def test_words_that_changed_meanwhile_are_not_agreed_to():
    read, manager = CharterFactory(), MembershipFactory()
    CharterFactory(text="まったく新しい本文")
    with pytest.raises(services.CharterChangedError):
        services.consent_to_charter(
            organization=manager.organization, text_hash=read.text_hash, by=manager.user
        )
    assert not CharterConsent.objects.exists()


@pytest.mark.parametrize("who", ["editor", "viewer", "staff"])
def test_only_a_manager_binds_the_organization(who):
    charter, manager = CharterFactory(), MembershipFactory()
    user = (
        UserFactory(role="staff")
        if who == "staff"
        else MembershipFactory(organization=manager.organization, role=who).user
    )
    with pytest.raises(Refused):
        services.consent_to_charter(organization=manager.organization, text_hash=charter.text_hash, by=user)


def test_without_a_charter_there_is_nothing_to_agree_to():
    manager = MembershipFactory()
    CharterFactory(draft=True)
    CharterFactory(effective_on=timezone.localdate() + dt.timedelta(days=1))
    with pytest.raises(Refused, match="同意する設置要綱はありません"):
        services.consent_to_charter(organization=manager.organization, text_hash="", by=manager.user)


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_make_one_consent():
    charter, manager = CharterFactory(), MembershipFactory()
    other = MembershipFactory(organization=manager.organization)

    def agree(user: object) -> None:
        services.consent_to_charter(organization=manager.organization, text_hash=charter.text_hash, by=user)

    assert at_once(lambda: agree(manager.user), lambda: agree(other.user)) == [None, None]
    assert CharterConsent.objects.count() == 1
