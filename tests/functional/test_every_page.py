"""Every address that answers with a page, in a real browser: readable by everybody, on a wide screen and a narrow one.

The residents' pages have a walk of their own (test_resident_safety.py), allauth's too (test_accounts.py).
"""

from typing import Any

import pytest
from django.urls import reverse

from meetings.models import AgendaItem, Body, Meeting
from members.models import BoardMessage, Offer, Organization, User
from tests.addresses import OUR_PAGES, Page, address_of, make_world
from tests.conftest import signed_in
from tests.factories.mail import OutgoingMailFactory
from tests.factories.members import MembershipFactory, OfferFactory, OrganizationFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOT_HERE = {"consultations", "healthz"}
PAGES = [page for page in OUR_PAGES if page.name.partition(":")[0] not in NOT_HERE]
# Several walks, so that they can go at the same time.
WALKS = [PAGES[start : start + 20] for start in range(0, len(PAGES), 20)]
LONG_NAME = "とても長い名前の会員団体" * 5
LONG_TEXT = "とても長い説明" * 40 + " https://" + "a" * 120 + ".example/"
# Answered to a press of a button only: what is opened by hand is refused, or leads back.
FOR_BUTTONS = {
    "desk:hours-preview",
    "desk:window-bulk",
    "desk:window-unverify",
    "desk:window-verify",
    "desk:word-adopt",
    "desk:word-forget",
    "mail:mail-resend",
    "mail:mail-search",
    "meetings:desk-agenda-add",
    "meetings:desk-agenda-move",
    "meetings:desk-agenda-renumber",
    "meetings:desk-case-justify",
    "meetings:desk-event-revision-approve",
    "meetings:desk-event-revision-withdraw",
    "meetings:desk-confirmation-close",
    "meetings:desk-attendance-counts",
    "meetings:desk-minutes-print",
    "meetings:desk-flag",
    "meetings:desk-meeting-delete",
    "meetings:desk-utterance",
    "meetings:my-calendar-stop",
    "meetings:my-case-justify",
    "meetings:my-event-revision-withdraw",
    "meetings:my-event-submit",
    "meetings:my-event-take-back",
    "members:application-batch",
    "members:application-different",
    "members:application-invite-again",
    "members:application-note",
    "members:application-search",
    "members:board-report-read",
    "members:invitation-resend",
    "members:organization-different",
    "members:organization-search",
    "members:revision-approve",
    "members:revision-return",
    "members:user-search",
    "my:board-search",
    "my:hours-preview",
    "my:offer-prolong",
    "my:organization-withdraw",
    "my:person-invite-again",
    "my:revision-withdraw",
    "my:window-confirm",
    "my:window-submit",
    "my:window-take-back",
    "newsletters:desk-doubt-settle",
    "newsletters:desk-issue-preview",
    "newsletters:desk-issue-restore",
    "newsletters:desk-sending-pause",
    "newsletters:desk-sending-resume",
    "newsletters:bounce-hook",
    "newsletters:desk-ledger-search",
    "newsletters:desk-subscriber-export",
    "newsletters:desk-subscriber-search",
    "newsletters:desk-suppression-search",
    "reports:desk-activity-move",
    "reports:desk-activity-order-by-month",
    "reports:desk-doubt-reopen",
    "reports:desk-doubt-resolve",
    "reports:desk-import-accept",
    "reports:desk-offer-accept",
    "reports:desk-offer-dismiss",
    "reports:desk-offer-restore",
    "reports:desk-record",  # leads on to the year that runs
    "reports:desk-report-ask",
    "reports:desk-report-begin",
    "reports:desk-report-comment",
    "reports:desk-report-comment-settle",
    "reports:desk-report-file-cancel",
}
FILES = {
    "desk:window-export",
    "meetings:answer-calendar",
    "meetings:desk-attendance-export",
    "meetings:desk-event-applicants-file",
    "meetings:event-calendar",
    "meetings:event-calendar-all",
    "meetings:event-feed",
    "meetings:my-event-applicants-file",
    "meetings:correction-feed",
    "meetings:meeting-json",
    "meetings:minutes-feed",
    "meetings:calendar",
    "meetings:meeting-calendar",
    "meetings:meeting-feed",
    "meetings:minutes-pdf",
    "meetings:sitemap",
    "meetings:my-minutes-pdf",
    "meetings:document-file",
    "meetings:document-preview",
    "meetings:own-calendar",
    "members:consent-export",
    "members:organization-export",
    "members:own-logo",
    "members:person-export",
    "members:public-logo",
    "newsletters:desk-attachment",
    "newsletters:desk-ledger-file",
    "newsletters:feed",
    "newsletters:sitemap",
    "newsletters:issue-file",
    "newsletters:my-issue-file",
    "reports:desk-activity-file",
    "reports:desk-evidence",
    "reports:desk-project-text",
    "reports:desk-report-download",
    "reports:report-json",
    "reports:report-pdf",
    "reports:desk-project-workbook",
}
FOR_COMING_MEETINGS = {
    "meetings:desk-attendance-invite",
    "meetings:desk-attendance-remind",
    "meetings:desk-attendance-withdraw",
}
# Judged by the tests that walk the whole way to them, in the module named.
ON_THE_WAY = {
    "mail:mailbox": "test_newsletters",  # only where mails are files
    "mail:mailbox-mail": "test_newsletters",
    "desk:window-import-result": "test_import",
    "members:application-answer": "test_joining",
    "members:invitation-accept": "test_accounts",
    "members:invitation-open": "test_accounts",
    "members:organization-import-result": "test_organizations_desk",
    "members:person-erase": "test_personal_data",
    "members:person-page": "test_personal_data",
    "newsletters:desk-subscriber-import-result": "test_organizations_desk",  # the same template
}


@pytest.fixture
def world(transactional_db: None) -> dict[str, Any]:
    """Whatever can be long is."""
    portal = PortalSettingsFactory(secretariat_phone="087-832-0000", secretariat_email="office@pref.example")
    MunicipalityFactory(prefecture=portal.prefecture)
    world = make_world()
    Organization.objects.filter(pk=world["organization"].pk).update(name=LONG_NAME, profile=LONG_TEXT)
    for _each in range(11):  # one more than fit on a page
        OutgoingMailFactory(about=world["organization"], subject=LONG_NAME)
    Offer.objects.update(text=LONG_TEXT)
    Body.objects.update(purpose=LONG_TEXT)
    Meeting.objects.update(title=LONG_NAME, place=LONG_TEXT[:200], summary=LONG_TEXT)
    AgendaItem.objects.update(title=LONG_TEXT[:200], performer=LONG_NAME)
    BoardMessage.objects.update(text=LONG_TEXT)
    User.objects.filter(pk=world["person"].pk).update(
        name="長い名前のひと" * 4, section="とても長い名前の課" * 5
    )
    return world


@pytest.fixture
def person(world: dict[str, Any]) -> User:
    """An administrator who also manages the organisation concerned reaches all of it."""
    return MembershipFactory(user__role="administrator", organization=world["organization"]).user


def address(page: Page, world: dict[str, Any]) -> str:
    if page.name == "members:organization-come-back":
        return reverse(page.name, args=[OrganizationFactory(left=True).public_id])
    if page.name == "my:offer-ask":
        return reverse(page.name, args=[OfferFactory(text=LONG_TEXT).public_id])
    if page.name in FOR_COMING_MEETINGS:
        asked = world["guest"]
        keys = {"public_id": asked.meeting.public_id}
        if page.name == "meetings:desk-attendance-withdraw":
            keys["attendance_id"] = asked.public_id
        return reverse(page.name, kwargs=keys)
    return address_of(page, world)


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: f"from {walk[0].name}")
def test_pages_are_accessible(walk: list[Page], visit: Any, world: dict[str, Any], person: User) -> None:
    visitor, client, others = visit(), signed_in(person), set()
    visitor.be(person)
    for page in walk:
        path = address(page, world)
        response = client.get(path)
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            visitor.see(path)
        else:
            others.add(page.name)
    assert others == {page.name for page in walk} & {*FOR_BUTTONS, *FILES, *ON_THE_WAY}


def test_lists_above_name_pages_that_exist() -> None:
    assert {*FOR_BUTTONS, *FILES, *ON_THE_WAY} <= {page.name for page in PAGES}
