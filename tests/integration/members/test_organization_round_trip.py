"""Organisations out into a file and in again: nothing is lost, whatever people write."""

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.importing.applying import import_table
from members.importing.columns import COLUMNS
from members.importing.contents import content_of, with_parts
from members.importing.exporting import SHEET, table_rows
from members.importing.reading import ORGANIZATIONS
from members.models import (
    AddressVisibility,
    Organization,
    OrganizationKind,
    Sector,
    Strength,
)
from members.models.organizations import EARLIEST_DAY, LATEST_DAY
from platform_portal.identifiers import new_public_id
from platform_portal.sheets.planning import Outcome
from platform_portal.sheets.writing import csv_lines, workbook_bytes
from tests.factories.members import OrganizationFactory, SectorFactory, StrengthFactory
from tests.factories.region import MunicipalityFactory
from tests.integration.members.organization_files import (
    NUMBER,
    exported,
    taken_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _masters():
    SectorFactory()
    StrengthFactory()
    MunicipalityFactory()


CHARACTERS = st.characters(exclude_categories=["Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp"]) | st.sampled_from(
    list("=+-@'\"\\;,＝；、 ")
)
FORMULAS = ["=1+1", "'=1+1", "''@x", "-1", "+81-87-832-0000", "'quoted'", "\\n;\\"]

# Only what can be dialled is ever kept; the rest of the portal reads it again.
PUBLIC_PHONES = ["", "087-832-0000", "(087)832-0000", "+81-87-832-0000", "087-832-0000 内線12", "#8008"]


def texts(limit: int, least: int = 0) -> st.SearchStrategy[str]:
    plain = st.text(CHARACTERS, min_size=least, max_size=limit).map(str.strip)
    return (plain | st.sampled_from(FORMULAS)).filter(lambda text: least <= len(text) <= limit)


@st.composite
def organizations(draw) -> dict:
    return {
        "name": draw(texts(20, 1)),
        "kana": draw(texts(10)),
        "kind": draw(st.sampled_from(OrganizationKind.values)),
        "sector": draw(st.sampled_from(["welfare", "school"])),
        "corporate_number": draw(st.sampled_from(["", NUMBER])),
        "municipality_id": draw(st.sampled_from([None, "372013", "372021"])),
        "address": draw(texts(20)),
        "address_visibility": draw(st.sampled_from(AddressVisibility.values)),
        "is_prefecture_wide": draw(st.booleans()),
        "activity_areas": draw(st.lists(st.sampled_from(["372013", "372021"]), unique=True)),
        "target_people": draw(texts(20)),
        "strengths": draw(st.lists(st.sampled_from(["place", "food", "odd"]), unique=True)),
        "profile": draw(texts(60)),
        "website": draw(st.sampled_from(["", "https://example.jp/a?b=1&c=;d", "http://example.jp/"])),
        "public_phone": draw(st.sampled_from(PUBLIC_PHONES)),
        "public_email": draw(st.sampled_from(["", "a+b@example.jp"])),
        "office_phone": draw(texts(10)),
        "office_email": draw(st.sampled_from(["", "a+b@example.jp"])),
        "internal_note": draw(texts(60)),
        "is_listed": draw(st.booleans()),
        "joined_on": draw(st.dates(EARLIEST_DAY, LATEST_DAY)),
    }


def make(values: dict) -> None:
    """Straight into the tables, past every path of the import."""
    sector = Sector.objects.get(slug=values["sector"])
    plain = {
        name: value for name, value in values.items() if name not in {"activity_areas", "strengths", "sector"}
    }
    organization = Organization.objects.create(public_id=new_public_id(), sector=sector, **plain)
    organization.activity_areas.set(values["activity_areas"])
    organization.strengths.set(Strength.objects.filter(slug__in=values["strengths"]))


def everything() -> dict:
    rows = Organization.objects.order_by("pk")
    searched = dict(rows.values_list("public_id", "search_text"))
    return {row.public_id: (content_of(row), searched[row.public_id]) for row in with_parts(rows)}


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rows=st.lists(
        organizations(), min_size=1, max_size=3, unique_by=lambda row: row["corporate_number"] or id(row)
    ),
    as_workbook=st.booleans(),
)
def test_out_and_back(rows, as_workbook, administrator):
    with transaction.atomic():
        SectorFactory(slug="school", name="教育;、\\文化")
        StrengthFactory(slug="food", name="食料、日用品")
        StrengthFactory(slug="odd", name="=同行\\;訪問；")
        MunicipalityFactory(code="372021", name="丸亀市")
        for values in rows:
            make(values)
        before = everything()
        text = "".join(csv_lines(table_rows(Organization.objects.order_by("public_id"), with_contacts=True)))
        written = table_rows(Organization.objects.order_by("pk"), with_contacts=True)
        carrier = workbook_bytes(written, SHEET) if as_workbook else text.encode()
        Organization.objects.all().delete()
        table = ORGANIZATIONS.read(carrier)
        plan = import_table(table=table, by=administrator)
        assert plan.counts[Outcome.CREATED] == len(rows)
        assert everything() == before
        again = import_table(table=table, by=administrator)
        assert again.counts[Outcome.UNCHANGED] == len(rows)
        transaction.set_rollback(True)


def test_an_export_without_contacts_leaves_them_as_they_are(owner_client):
    there = OrganizationFactory(address="高松市番町1", office_email="a@group.example", profile="まえ")
    text = exported(owner_client).replace("まえ", "あと")
    taken_in(owner_client, text)
    there.refresh_from_db()
    assert (there.profile, there.address, there.office_email) == ("あと", "高松市番町1", "a@group.example")


def test_every_header_is_offered(owner_client):
    text = owner_client.get(reverse("members:organization-import")).content.decode()
    assert all(column.header in text for column in COLUMNS)
