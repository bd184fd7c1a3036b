"""Whatever stands behind the question mark, a page answers, and never with a fault of ours."""

from typing import Any

import pytest
from django.test import Client

from tests.addresses import OUR_PAGES, address_of, make_world
from tests.conftest import signed_in
from tests.factories.members import UserFactory

pytestmark = pytest.mark.django_db

# Names that pages read, and those of their filters.
NAMES = (
    "active", "author", "back", "body", "by", "category", "closed", "contacts", "day", "duty", "edit", "edition", "format",
    "kind", "language", "meetings", "method", "month", "municipality", "newsletter", "next", "now", "organization",
    "outcome", "page", "parent", "reason", "role", "sector", "select", "sentence", "speaker", "state", "strength",
    "template", "topic", "utterance", "version", "words", "year",
)  # fmt: skip


@pytest.fixture
def world() -> dict[str, Any]:
    return make_world()


@pytest.mark.parametrize("value", ["%00", "²"])
def test_no_fault_for_everybody(world: dict[str, Any], value: str) -> None:
    assert faults_for(Client(raise_request_exception=False), world, value, is_public=True) == []


@pytest.mark.parametrize("value", ["%00", "²"])
def test_no_fault_for_those_who_sign_in(world: dict[str, Any], value: str) -> None:
    client = signed_in(UserFactory(role="administrator"))
    client.raise_request_exception = False
    assert faults_for(client, world, value, is_public=False) == []


def faults_for(client: Client, world: dict[str, Any], value: str, *, is_public: bool) -> list[str]:
    query = "&".join(f"{name}={value}" for name in NAMES)
    return [
        page.name
        for page in OUR_PAGES
        if page.is_public == is_public and client.get(f"{address_of(page, world)}?{query}").status_code >= 500
    ]
