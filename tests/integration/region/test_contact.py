"""Nobody is told to ask the secretariat where there is nothing to ask it by; where there is, it stands beside."""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import JoiningRules
from members.private_links import application_token
from platform_portal.region.models import PortalSettings
from tests.conftest import signed_in, text_of
from tests.factories.members import (
    PASSWORD,
    ApplicationFactory,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
)
from tests.factories.region import PortalSettingsFactory

pytestmark = pytest.mark.django_db

PHONE, MAIL = "087-832-0000", "jimukyoku@portal.example"
ASKS = ("事務局に聞いて", "事務局に知らせて", "事務局に連絡して", "か事務局に")


def pages(client: Client) -> dict[str, str]:
    """Whatever sends people to the secretariat, as a stranger, a member and one without an organisation meet it."""
    member = MembershipFactory()
    own, alone = Client(), signed_in(UserFactory(member=True))
    own.post(reverse("account_login"), {"login": member.user.email, "password": PASSWORD})
    approved = ApplicationFactory(state="approved", organization=OrganizationFactory())
    found = {
        "sent": client.get(reverse("members:join-sent")),
        "approved": client.get(reverse("members:application-open", args=[application_token(approved)])),
        "unusable": client.get(reverse("members:application-open", args=["nothing"])),
        "unconfirmable": client.get(reverse("consultations:confirm", args=["nothing"])),
        "reset": client.get(reverse("account_reset_password_done")),
        "inactive": client.get(reverse("account_inactive")),
        "home": own.get(reverse("my:home")),
        "organization": own.get(reverse("my:organization", args=[member.organization.public_id])),
        "windows": own.get(reverse("my:window-list")),
        "data": own.get(reverse("account_my_data")),
        "home of nobody": alone.get(reverse("my:home")),
        "windows of nobody": alone.get(reverse("my:window-list")),
    }
    JoiningRules.objects.update_or_create(pk=1, defaults={"is_open": False})
    found["closed"] = client.get(reverse("members:join"))
    return {name: text_of(response) for name, response in found.items()}


@pytest.mark.parametrize("way", ["secretariat_phone", "secretariat_email"])
def test_the_way_stands_on_the_page_that_says_ask(client, way):
    value = PHONE if way == "secretariat_phone" else MAIL
    PortalSettingsFactory(**{way: value})
    for name, page in pages(client).items():
        assert value in page, name


def test_without_a_way_nobody_is_sent_there(client):
    PortalSettingsFactory(secretariat_phone="", secretariat_email="")
    for name, page in pages(client).items():
        assert not [words for words in ASKS if words in page], name


def test_settings_know_whether_there_is_a_way():
    assert not PortalSettings().can_be_reached
    assert PortalSettings(secretariat_phone=PHONE).can_be_reached
    assert PortalSettings(secretariat_email=MAIL).can_be_reached
