"""Who reaches what: the whole list of public addresses, and every address for every role."""

from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Role
from tests.addresses import OUR_PAGES, PAGES, PUBLIC, PUBLIC_ACCOUNT, Page, address_of, make_world
from tests.conftest import signed_in
from tests.factories.members import UserFactory


def test_public_pages_are_just_these():
    assert {page.name for page in PAGES if page.is_public} == PUBLIC | PUBLIC_ACCOUNT


def test_every_page_has_a_name_of_its_own():
    names = [page.name for page in PAGES]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith("None")]


def test_every_desk_page_names_a_permission():
    assert [p.name for p in PAGES if p.name.startswith("desk:") and p.permission is None] == []


# --- Every address for every role ------------------------------------------------------------
# The people of this matrix act for no organisation. The board is for those who do, and for the desk to read.
FOR_MEMBERS_OF_TODAY = {
    "my:board",
    "my:board-search",
    "my:conversation-list",
    "my:offer",
    "my:offer-withdraw",
}
FOR_WHO_WRITES = {"my:offer-ask", "my:offer-create"}


def expected(page: Page, role: str | None) -> str:
    """What `role` (None: nobody signed in) meets at `page`.

    | page            | nobody  | role without permission | role with permission |
    |-----------------|---------|-------------------------|----------------------|
    | public          | open    | open                    | open                 |
    | signed-in only  | sign in | open                    | open                 |
    | with permission | sign in | refused                 | open                 |
    | board           | sign in | refused                 | open                 |
    | writing there   | sign in | refused                 | refused              |
    """
    if page.is_public:
        return "open"
    if role is None:
        return "sign in"
    if page.permission and page.permission not in PERMISSIONS_OF_ROLE[role]:
        return "refused"
    if page.name in FOR_WHO_WRITES or (page.name in FOR_MEMBERS_OF_TODAY and role == Role.MEMBER):
        return "refused"
    return "open"


def met(response: Any) -> str:
    if response.status_code == 403:
        return "refused"
    if response.status_code == 302 and response.headers["Location"].startswith(reverse(settings.LOGIN_URL)):
        return "sign in"
    assert response.status_code < 500
    return "open"


@pytest.mark.django_db
@pytest.mark.parametrize("page", OUR_PAGES, ids=lambda page: page.name)
def test_page_for_every_role(page: Page) -> None:
    """Each role finds the world as it was: what the one before changed there is rolled back."""
    address = address_of(page, make_world())
    seen, wanted = {}, {}
    for role in (None, *Role.values):
        before = transaction.savepoint()
        cache.clear()
        client = signed_in(UserFactory(role=role)) if role else Client()
        seen[role] = met(client.get(address)), met(client.post(address))
        wanted[role] = expected(page, role), expected(page, role)
        transaction.savepoint_rollback(before)
    assert seen == wanted
