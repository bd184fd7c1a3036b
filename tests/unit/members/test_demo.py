"""What the trial shows of joining; loading it again adds nothing and undoes nothing."""

import pytest

from members.demo import load_demo_joining
from members.masters import load_member_masters
from members.models import Application, Charter
from platform_portal.mail.models import OutgoingMail
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
