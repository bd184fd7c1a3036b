"""Who reaches what: the whole list of public addresses, and every address for every role."""

from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from members.private_links import application_token
from platform_portal.access.roles import PERMISSIONS_OF_ROLE, Role
from tests.addresses import OUR_PAGES, PAGES, Page, address_of, make_world
from tests.conftest import signed_in
from tests.factories.members import ApplicationFactory, MembershipFactory, UserFactory
from tests.public_addresses import PUBLIC, PUBLIC_ACCOUNT

MEMBER_ROLES = ("manager", "editor", "viewer")


def test_public_pages_are_just_these():
    assert {page.name for page in PAGES if page.is_public} == PUBLIC | PUBLIC_ACCOUNT


def test_every_page_has_a_name_of_its_own():
    names = [page.name for page in PAGES]
    assert len(names) == len(set(names))
    assert not [name for name in names if name.endswith("None")]


def test_every_desk_page_names_a_permission():
    assert [p.name for p in PAGES if p.name.startswith("desk:") and p.permission is None] == []


@pytest.fixture(scope="module")
def world(shared_database: None) -> dict[str, Any]:
    return make_world()


@pytest.fixture(scope="module")
def person_of_role(shared_database: None) -> dict[str, Client]:
    return {role: signed_in(UserFactory(role=role)) for role in Role.values}


@pytest.fixture(scope="module")
def member_of_role(world: dict[str, Any]) -> dict[str, Client]:
    """Those who act for the organisation of the world; `outsider` manages another one."""
    organization = world["organization"]
    inside = {role: MembershipFactory(role=role, organization=organization) for role in MEMBER_ROLES}
    people = {**inside, "outsider": MembershipFactory(role="manager")}
    return {role: signed_in(membership.user) for role, membership in people.items()}


def again(person: Client) -> Client:
    """Signed in as before: a page that signs out, or leaves a cookie, does so to this one alone."""
    client = Client()
    client.cookies = deepcopy(person.cookies)
    return client


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
def test_page_for_every_role(page: Page, world: dict[str, Any], person_of_role: dict[str, Client]) -> None:
    """Each role finds the world as it was: what the one before changed there is rolled back."""
    address = address_of(page, world)
    seen, wanted = {}, {}
    for role in (None, *Role.values):
        before = transaction.savepoint()
        cache.clear()
        client = again(person_of_role[role]) if role else Client()
        seen[role] = met(client.get(address)), met(client.post(address))
        wanted[role] = expected(page, role), expected(page, role)
        transaction.savepoint_rollback(before)
    assert seen == wanted


# --- Every /my/ address for those who act for the organisation, and for those of another one ---
OWN_PAGES = [page for page in OUR_PAGES if page.name.startswith("my:")]
# Speak of nobody's things, or of what stands on the board for all.
OF_NOBODY = {
    "my:home",
    "my:board",
    "my:board-search",
    "my:conversation-list",
    "my:hours-preview",
    "my:offer",
    "my:offer-ask",
    "my:offer-create",
    "my:window-create",
    "my:window-list",
}
FOR_MANAGERS = {
    "my:person-change",
    "my:person-end",
    "my:person-invite",
    "my:person-invite-again",
    "my:person-uninvite",
}
# Nobody asks themselves, and takes back what somebody else has proposed.
FOR_NOBODY_HERE = {"my:offer-ask", "my:revision-withdraw"}
FOR_VIEWERS = {
    "my:home",
    "my:board",
    "my:board-search",
    "my:consent",
    "my:conversation-list",
    "my:hours-preview",
    "my:offer",
    "my:organization",
    "my:people",
    "my:window-list",
    "my:window-page",
}


def expected_of_member(page: Page, role: str) -> str:
    """What somebody acting for an organisation meets at `page`; `outsider` manages another organisation."""
    if role == "outsider":
        return "open" if page.name in OF_NOBODY else "absent"
    if page.name in FOR_NOBODY_HERE or (page.name in FOR_MANAGERS and role != "manager"):
        return "refused"
    return "refused" if role == "viewer" and page.name not in FOR_VIEWERS else "open"


def met_by_member(client: Client, address: str, world: dict[str, Any]) -> str:
    """The answer to a press of the button; where there is none, to opening the page."""
    response = client.post(address, {"revision": world["organization_revision"].public_id})
    if response.status_code == 405:
        response = client.get(address)
    return "absent" if response.status_code == 404 else met(response)


@pytest.mark.django_db
@pytest.mark.parametrize("page", OWN_PAGES, ids=lambda page: page.name)
def test_own_page_for_every_member(
    page: Page, world: dict[str, Any], member_of_role: dict[str, Client]
) -> None:
    address = address_of(page, world)
    seen, wanted = {}, {}
    for role in (*MEMBER_ROLES, "outsider"):
        before = transaction.savepoint()
        cache.clear()
        client = again(member_of_role[role])
        seen[role], wanted[role] = met_by_member(client, address, world), expected_of_member(page, role)
        transaction.savepoint_rollback(before)
    assert seen == wanted


@pytest.mark.django_db
def test_applicant_reaches_only_ones_own_application() -> None:
    """By the link of the mail. The number inside is signed: another's cannot be made from it."""
    own, other = ApplicationFactory(), ApplicationFactory()
    token, theirs = application_token(own), application_token(other)
    mixed = theirs.partition(":")[0] + ":" + token.partition(":")[2]
    for name in ("application-open", "application-answer", "application-withdraw"):
        page = Client().get(reverse(f"members:{name}", args=[mixed])).content.decode()
        assert other.organization_name not in page
        assert "途中で切れている" in page
    assert (
        own.organization_name
        in Client().get(reverse("members:application-open", args=[token])).content.decode()
    )
