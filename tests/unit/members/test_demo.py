"""What the trial shows of joining; loading it again adds nothing and undoes nothing."""

import pytest

from consultations.models import ConsultationWindow
from members.demo import load_demo_joining, load_demo_organizations
from members.masters import load_member_masters
from members.models import Application, Charter, Membership, MembershipRole, Organization, User
from platform_portal.mail.models import OutgoingMail
from tests.factories.members import PASSWORD
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db


def test_a_charter_and_three_states(secretariat, owner):
    PortalSettingsFactory()
    MunicipalityFactory()
    load_member_masters()
    for _time in range(2):
        load_demo_joining(secretariat=secretariat, staff=owner)
    assert "守秘義務" in Charter.objects.in_force().text
    assert sorted(Application.objects.values_list("state", flat=True)) == ["refused", "returned", "submitted"]
    assert all(mail.address.endswith(".example") for mail in OutgoingMail.objects.all())
    Application.objects.filter(state="submitted").delete()
    load_demo_joining(secretariat=secretariat, staff=owner)
    assert Application.objects.count() == 2


def test_made_up_members_and_sections_with_people(secretariat):
    PortalSettingsFactory()
    MunicipalityFactory()
    load_member_masters()
    for _time in range(2):
        load_demo_organizations(by=secretariat, password=PASSWORD)
    sections = Organization.objects.filter(kind="section")
    assert (Organization.objects.count(), sections.count()) == (14, 2)
    assert Organization.objects.values("kind").distinct().count() == 5
    assert Organization.objects.public().count() == 11
    assert not sections.filter(memberships=None).exists()
    people = User.objects.filter(memberships__isnull=False)
    assert all(person.email.endswith(".example") and person.check_password(PASSWORD) for person in people)
    assert set(Membership.objects.values_list("role", flat=True)) == set(MembershipRole.values)
    assert not ConsultationWindow.objects.filter(organization__isnull=False).exists()
