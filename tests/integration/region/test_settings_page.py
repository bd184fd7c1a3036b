"""The one row of settings, edited on the desk."""

import pytest
from django.urls import reverse

from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.region import services
from platform_portal.region.models import PortalSettings
from tests.factories.region import PortalSettingsFactory, PrefectureFactory

pytestmark = pytest.mark.django_db

ADDRESS = reverse("region:settings")


@pytest.fixture
def values() -> dict[str, str]:
    return {
        "portal_name": "つながりポータル",
        "platform_name": "香川県 つながる場",
        "prefecture": PrefectureFactory().pk,
        "secretariat_name": "地域福祉課",
        "secretariat_postal_code": "760-8570",
        "secretariat_address": "高松市番町四丁目1番10号",
        "secretariat_phone": "087-832-0000",
        "secretariat_email": "tsunagari@portal.example",
    }


def text(response) -> str:
    return response.content.decode()


def test_first_time_makes_the_row(secretariat_client, secretariat, values):
    response = secretariat_client.post(ADDRESS, values, follow=True)
    assert "設定を変えました" in text(response)
    assert PortalSettings.load().secretariat_name == "地域福祉課"
    event = AuditEvent.objects.get()
    assert (event.type, event.actor_id) == ("region.settings_changed", secretariat.pk)


def test_records_only_what_changed(secretariat_client, values):
    PortalSettingsFactory(**{**values, "prefecture": PrefectureFactory()})
    secretariat_client.post(ADDRESS, values | {"secretariat_name": "総務課"})
    event = AuditEvent.objects.get()
    assert (event.old, event.new) == ({"secretariat_name": "地域福祉課"}, {"secretariat_name": "総務課"})
    secretariat_client.post(ADDRESS, values | {"secretariat_name": "総務課"})
    assert AuditEvent.objects.count() == 1
    page = text(secretariat_client.get(ADDRESS))
    assert "事務 一郎" in page
    assert "事務局の名前：地域福祉課 → 総務課" in page


def test_full_width_and_missing_hyphens_are_put_right(secretariat_client, values):
    secretariat_client.post(
        ADDRESS,
        values
        | {"secretariat_postal_code": "〒７６０８５７０", "secretariat_phone": "０８７ー８３２ー００００"},
    )
    row = PortalSettings.load()
    assert (row.secretariat_postal_code, row.secretariat_phone) == ("760-8570", "087-832-0000")


@pytest.mark.parametrize(
    ("typed", "doubt"), [("0878-32-0000", "087-832-0000 ではありませんか"), ("087-832-000", "1 個足りない")]
)
def test_doubtful_number_is_doubted_once(secretariat_client, values, typed, doubt):
    doubtful = values | {"secretariat_phone": typed}
    assert doubt in text(secretariat_client.post(ADDRESS, doubtful, follow=True))
    assert PortalSettings.load().secretariat_phone == typed
    assert doubt not in text(secretariat_client.post(ADDRESS, doubtful, follow=True))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("portal_name", "", "必須"),
        ("platform_name", "あ" * 101, "100"),
        ("prefecture", "999999", "選び直して"),
        ("secretariat_postal_code", "12", "760-8570 のように"),
        ("secretariat_phone", "電話番号", "087-832-0000 のように"),
        ("secretariat_phone", "110", "087-832-0000 のように"),
        ("secretariat_phone", "<b>1</b>", "087-832-0000 のように"),
        ("secretariat_email", "x", "メールアドレス"),
        ("portal_name", "つな\x00がり", "目に見えない制御文字"),
    ],
)
def test_bad_values_are_refused(secretariat_client, values, field, value, words):
    response = secretariat_client.post(ADDRESS, values | {field: value})
    assert response.status_code == 200
    assert words in text(response)
    assert not PortalSettings.objects.exists()


def test_a_portal_without_prefectures_says_what_is_missing(secretariat_client):
    assert "load_region" in text(secretariat_client.get(ADDRESS))


def test_staff_may_not(owner, owner_client, values):
    assert owner_client.post(ADDRESS, values).status_code == 403
    with pytest.raises(Refused):
        services.save_portal_settings(values=values, by=owner)


@pytest.mark.django_db(transaction=True)
def test_residents_see_it_at_once(secretariat_client, values, client):
    home = reverse("consultations:home")
    PortalSettingsFactory(**{**values, "prefecture": PrefectureFactory()})
    assert "つながりポータル" in text(client.get(home))
    secretariat_client.post(ADDRESS, values | {"portal_name": "よりそいひろば"})
    assert "よりそいひろば" in text(client.get(home))


def test_without_the_audit_event_nothing_changes(secretariat, values, monkeypatch):
    def fail(**kwargs: object) -> None:
        raise RuntimeError("audit is away")

    monkeypatch.setattr("platform_portal.audit.services.record", fail)
    values["prefecture"] = PrefectureFactory()
    with pytest.raises(RuntimeError):
        services.save_portal_settings(values=values, by=secretariat)
    assert not PortalSettings.objects.exists()
