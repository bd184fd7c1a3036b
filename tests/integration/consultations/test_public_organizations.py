"""Members as residents see them: what is public and nothing else, cacheable, in constant queries."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.db import models
from django.test import Client
from django.urls import reverse

from members.models import Organization
from platform_portal.privacy import FieldClass, classification_of
from tests.conftest import text_of
from tests.factories.consultations import CategoryFactory, WindowFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, SectorFactory, StrengthFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db

LIST = reverse("consultations:organization-list")
MARK = "決して出ない印"


def page_of(organization: Organization) -> str:
    return reverse("consultations:organization-detail", args=[organization.public_id])


def test_only_public_fields_appear(client):
    """Every text field that is not public holds the mark."""
    secret = {
        field.name: MARK if not isinstance(field, models.EmailField) else f"{MARK}@npo.example"
        for field in Organization._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and classification_of(Organization)[field.name] != FieldClass.PUBLIC
        and not field.primary_key
    }
    assert {"address", "office_phone", "office_email", "internal_note"} <= set(secret)
    organization = OrganizationFactory(name="見える会", address_visibility="hidden")
    Organization.objects.update(**secret)
    MembershipFactory(organization=organization, user__name=MARK, user__email="mark@npo.example")
    for address in (LIST, page_of(organization)):
        cache.clear()
        page = text_of(client.get(address))
        assert "見える会" in page
        assert MARK not in page
        assert "mark@npo.example" not in page


def test_those_not_listed_or_gone_are_not_found(client):
    hidden, left = OrganizationFactory(name="載らない会", is_listed=False), OrganizationFactory(left=True)
    for organization in (hidden, left):
        assert client.get(page_of(organization)).status_code == 404
    assert "載らない会" not in text_of(client.get(LIST))
    assert hidden.public_id not in text_of(client.get(reverse("consultations:sitemap")))


def test_address_of_a_merged_one_leads_on(client):
    survivor = OrganizationFactory()
    merged = OrganizationFactory(state="merged", left_on=dt.date(2026, 11, 1), merged_into=survivor)
    response = client.get(page_of(merged))
    assert (response.status_code, response["Location"]) == (301, page_of(survivor))
    Organization.objects.filter(pk=survivor.pk).update(is_listed=False)
    cache.clear()
    assert client.get(page_of(merged)).status_code == 404


def test_page_with_windows_phone_and_address(client):
    organization = OrganizationFactory(
        name="まちの会", public_phone="0120-000-000", address="高松市番町1", address_visibility="public"
    )
    WindowFactory(name="出ている窓口", organization=organization)
    WindowFactory(name="下書きの窓口", organization=organization, draft=True)
    response = client.get(page_of(organization))
    page = text_of(response)
    assert "出ている窓口" in page
    assert "下書きの窓口" not in page
    assert 'href="tel:0120000000"' in page
    assert "高松市番町1" in page
    assert "public" in response.headers["Cache-Control"]
    assert response.headers["ETag"]
    assert not response.cookies
    assert page_of(organization) in text_of(client.get(reverse("consultations:sitemap")))


def test_windows_somebody_watching_must_not_see_are_not_kept(client):
    organization = OrganizationFactory(name="逃げる人を助ける会")
    WindowFactory(organization=organization, topics=[CategoryFactory(slug="violence", is_risk=True)])
    response = client.get(page_of(organization))
    assert response.headers["Cache-Control"] == "no-store"
    assert "逃げる人" not in text_of(response).partition("</title>")[0]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"福祉の会", "警察の会"}),
        ({"sector": "police"}, {"警察の会"}),
        ({"strength": "place"}, {"福祉の会"}),
        ({"sector": "no-such"}, {"福祉の会", "警察の会"}),
        ({"page": "9999"}, {"福祉の会", "警察の会"}),
    ],
)
def test_list_can_be_narrowed(client, query, shown):
    OrganizationFactory(name="福祉の会").strengths.add(StrengthFactory())
    OrganizationFactory(name="警察の会", sector=SectorFactory(slug="police"))
    page = text_of(client.get(LIST, query)).partition('role="status"')[2]
    assert {name for name in ("福祉の会", "警察の会") if name in page} == shown


def test_area_of_activity_counts_those_all_over_the_prefecture(client):
    portal = PortalSettingsFactory()
    here = MunicipalityFactory(prefecture=portal.prefecture)
    there = MunicipalityFactory(prefecture=portal.prefecture, code="372021", name="丸亀市")
    OrganizationFactory(name="ここの会").activity_areas.add(here)
    OrganizationFactory(name="よその会").activity_areas.add(there)
    OrganizationFactory(name="県内の会", is_prefecture_wide=True)
    page = text_of(client.get(LIST, {"area": here.pk})).partition('role="status"')[2]
    assert "ここの会" in page
    assert "県内の会" in page
    assert "よその会" not in page


def test_every_number_of_the_chart_is_text_with_a_bar(client):
    for _each in range(3):
        OrganizationFactory()
    OrganizationFactory(is_listed=False)
    page = text_of(client.get(LIST))
    assert re.search(
        r'<td>3<svg [^>]*aria-hidden="true"[^>]*><rect width="100"', page
    )  # the longest bar fills its cell
    assert "<text" not in page  # words in a drawing shrink with it


def test_empty_list_leads_on(client):
    page = text_of(client.get(LIST))
    assert "まだありません" in page
    assert reverse("consultations:window-list") in page


def test_constant_queries_and_size(client, django_assert_max_num_queries):
    sector = SectorFactory()
    ids = Organization.draw_public_ids(1000)
    Organization.objects.bulk_create(
        Organization(public_id=public_id, name=f"会{number}", kana=f"{number:04}", sector=sector)
        for number, public_id in enumerate(ids)
    )
    with django_assert_max_num_queries(12):
        response = Client().get(LIST)
    assert "1000団体" in text_of(response)
    organization = Organization.objects.all()[0]
    for number in range(25):
        WindowFactory(name=f"窓口{number}", organization=organization)
    cache.clear()
    with django_assert_max_num_queries(14):
        assert "窓口24" in text_of(Client().get(page_of(organization)))
