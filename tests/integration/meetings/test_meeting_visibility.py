"""Who sees which meeting where: page, list, feeds, calendars. A draft is seen by nobody outside the desk."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from meetings.calendar_links import token_of
from meetings.models import Audience, Document
from meetings.services.calendar_links import make_calendar_link, stop_calendar_link
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    BodyFactory,
    DocumentFactory,
    DocumentVersionFactory,
    MeetingFactory,
)
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db

SECRET = "のぞみ青空会議"
ONLINE = "https://online.example/secret-room"
WHO = ("anonymous", "body", "invited", "elsewhere", "staff", "secretariat")


@pytest.fixture
def organizations():
    return {name: OrganizationFactory() for name in ("body", "invited", "elsewhere")}


@pytest.fixture
def people(organizations):
    members = {name: MembershipFactory(organization=row).user for name, row in organizations.items()}
    desk = {name: UserFactory(role=name) for name in ("staff", "secretariat")}
    return {"anonymous": None, **members, **desk}


@pytest.fixture
def clients(people, client):
    return {name: signed_in(user) if user else client for name, user in people.items()}


def make(organizations, **values):
    body = BodyFactory(seats=[organizations["body"]])
    meeting = MeetingFactory(body=body, title=SECRET, online_url=ONLINE, **{"planned": True, **values})
    AttendanceFactory(meeting=meeting, organization=organizations["invited"])
    return meeting


def page_of(client, meeting):
    """The page that the public address leads to; None where there is none."""
    address = reverse("meetings:meeting-detail", args=[meeting.public_id])
    response = client.get(address, follow=True)
    assert response.status_code in {200, 404}
    return text_of(response) if response.status_code == 200 else None


SEES = {
    Audience.PUBLIC: set(WHO),
    Audience.MEMBERS: set(WHO) - {"anonymous", "elsewhere"},
    Audience.CLOSED: {"secretariat"},
}
INSIDE = {"body", "invited", "staff", "secretariat"}


@pytest.mark.parametrize("state", ["draft", "planned", "held", "cancelled"])
@pytest.mark.parametrize("audience", Audience.values)
def test_the_page(organizations, clients, audience, state):
    """| audience | anonymous | of the body | invited | other member | staff | secretariat |
    |----------|-----------|-------------|---------|--------------|-------|-------------|
    | public   | yes       | yes         | yes     | yes          | yes   | yes         |
    | members  |           | yes         | yes     |              | yes   | yes         |
    | closed   |           |             |         |              |       | yes         |

    A draft: nobody.
    """
    reason = "台風のため" if state == "cancelled" else ""
    meeting = make(organizations, audience=audience, state=state, cancelled_reason=reason)
    seen = {name for name in WHO if (page := page_of(clients[name], meeting)) and SECRET in page}
    assert seen == (set() if state == "draft" else SEES[Audience(audience)])


@pytest.mark.parametrize("audience", Audience.values)
def test_the_online_address_is_for_those_inside(organizations, clients, audience):
    meeting = make(organizations, audience=audience)
    own = reverse("meetings:my-meeting", args=[meeting.public_id])
    public = reverse("meetings:meeting-detail", args=[meeting.public_id])
    seen = {name for name in WHO if ONLINE in text_of(clients[name].get(own, follow=True))}
    assert seen == (INSIDE & SEES[Audience(audience)])
    if audience == Audience.PUBLIC:
        assert not [name for name in WHO if ONLINE in text_of(clients[name].get(public))]


@pytest.mark.parametrize("state", ["draft", "planned"])
@pytest.mark.parametrize("audience", Audience.values)
@pytest.mark.parametrize("name", ["meeting-list", "meeting-feed", "calendar", "meeting-calendar"])
def test_what_everybody_may_fetch(organizations, clients, name, audience, state):
    """Lists, feeds and calendars for everybody are the same whoever asks."""
    meeting = make(organizations, audience=audience, state=state)
    args = [meeting.public_id] if name == "meeting-calendar" else []
    is_public = audience == Audience.PUBLIC and state != "draft"
    for client in clients.values():
        response = client.get(reverse(f"meetings:{name}", args=args))
        assert response.status_code == (404 if args and not is_public else 200)
        text = text_of(response).replace("\r\n ", "")
        assert (SECRET in text) == (is_public)
        assert ONLINE not in text
        assert not response.cookies


@pytest.mark.parametrize("name", ["meeting-list", "meeting-feed", "calendar"])
def test_no_body_is_named_of_which_there_is_nothing_to_see(organizations, client, name):
    hidden = make(organizations, audience="members")
    response = client.get(reverse(f"meetings:{name}"), {"body": hidden.body.public_id})
    assert hidden.body.name not in text_of(response)


@pytest.mark.parametrize("state", ["draft", "planned", "held"])
@pytest.mark.parametrize("audience", Audience.values)
@pytest.mark.parametrize("who", ["body", "invited", "elsewhere"])
def test_ones_own_meetings(organizations, people, clients, who, audience, state):
    """The list under /my/ and one's own calendar hold what one's organisations take part in and may know of."""
    make(organizations, audience=audience, state=state)
    expected = who != "elsewhere" and state != "draft" and audience != Audience.CLOSED
    assert (SECRET in text_of(clients[who].get(reverse("meetings:my-meetings")))) == expected
    link = make_calendar_link(by=people[who])
    calendar = clients["anonymous"].get(reverse("meetings:own-calendar", args=[token_of(link)]))
    text = text_of(calendar).replace("\r\n ", "")
    assert (SECRET in text) == expected
    assert (ONLINE in text) == expected


def test_an_invitation_that_was_taken_back_opens_nothing(organizations, people, clients, secretariat):
    meeting = make(organizations, audience="members")
    meeting.attendances.update(withdrawn_at=meeting.created_at, withdrawn_by=secretariat)
    assert page_of(clients["invited"], meeting) is None


def test_whoever_has_left_sees_nothing(organizations, people, clients):
    meeting = make(organizations, audience="members")
    link = make_calendar_link(by=people["body"])
    people["body"].memberships.update(ended_at=meeting.created_at)
    people["body"].memberships.update(ended_at=people["body"].memberships.get().started_at)
    assert page_of(clients["body"], meeting) is None
    calendar = clients["anonymous"].get(reverse("meetings:own-calendar", args=[token_of(link)]))
    assert SECRET not in text_of(calendar)


# --- One's own calendar: made, made anew, stopped ---------------------------------------------------
def test_an_old_address_is_worthless(organizations, people, client):
    make(organizations)
    old = token_of(make_calendar_link(by=people["body"]))
    new = token_of(make_calendar_link(by=people["body"]))
    assert client.get(reverse("meetings:own-calendar", args=[old])).status_code == 404
    response = client.get(reverse("meetings:own-calendar", args=[new]))
    assert response.headers["Cache-Control"] == "private, no-cache"
    stop_calendar_link(by=people["body"])
    stop_calendar_link(by=people["body"])
    assert client.get(reverse("meetings:own-calendar", args=[new])).status_code == 404


@pytest.mark.parametrize("token", ["x", "W10:abc", "x" * 500])
def test_made_up_addresses(client, token):
    assert client.get(reverse("meetings:own-calendar", args=[token])).status_code == 404


def test_whoever_may_not_sign_in_has_no_calendar(people, client):
    token = token_of(make_calendar_link(by=people["body"]))
    people["body"].is_active = False
    people["body"].save()
    assert client.get(reverse("meetings:own-calendar", args=[token])).status_code == 404


def test_the_address_is_shown_made_anew_and_stopped(clients):
    own = clients["body"]
    page = reverse("meetings:my-calendar")
    assert "アドレスを作る" in text_of(own.get(page))
    first = own.post(page, follow=True).context["address"]
    assert first.startswith("http")
    second = own.post(page, follow=True).context["address"]
    assert first != second
    assert "アドレスを作る" in text_of(own.post(reverse("meetings:my-calendar-stop"), follow=True))


# --- Closed items and papers ------------------------------------------------------------------------
HIDDEN = "個別の相談の検討"


@pytest.fixture
def half_closed(organizations):
    meeting = make(organizations, audience="public")
    item = AgendaItemFactory(
        meeting=meeting,
        number="4",
        title=HIDDEN,
        performer="かくれた人",
        is_closed=True,
        closed_reason="個人情報をふくむため",
    )
    AgendaItemFactory(meeting=meeting, parent=item, title="その下の項目")
    paper = DocumentFactory(meeting=meeting, title="見せない資料", audience="public")
    paper.agenda_items.add(item)
    DocumentVersionFactory(document=paper)
    return meeting


def test_a_closed_item_keeps_its_place_and_reason_alone(half_closed, clients):
    for name, client in clients.items():
        for page in ("meeting-detail", "my-meeting"):
            text = text_of(client.get(reverse(f"meetings:{page}", args=[half_closed.public_id]), follow=True))
            assert not [
                word for word in (HIDDEN, "かくれた人", "その下の項目", "見せない資料") if word in text
            ], name
            if page == "meeting-detail":
                assert "（非公開）" in text
                assert "個人情報をふくむため" in text


@pytest.mark.parametrize("audience", Audience.values)
def test_papers_stand_at_their_item_for_whoever_may_open_them(organizations, clients, audience):
    meeting = make(organizations, audience="public")
    paper = DocumentFactory(meeting=meeting, title="県の取組", audience=audience)
    paper.agenda_items.add(AgendaItemFactory(meeting=meeting, title="報告"))
    DocumentVersionFactory(document=paper)
    public = reverse("meetings:meeting-detail", args=[meeting.public_id])
    own = reverse("meetings:my-meeting", args=[meeting.public_id])
    for client in clients.values():
        assert ("県の取組" in text_of(client.get(public))) == (audience == Audience.PUBLIC)
    seen = {name for name in WHO[1:] if "県の取組" in text_of(clients[name].get(own))}
    assert seen == SEES[Audience(audience)] - {"anonymous"}


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_papers_of_a_closed_item_are_closed_with_it(organizations, people, depth):
    """Whatever the paper itself says, and however deep below the closed item it is tied."""
    meeting = make(organizations, audience="public")
    item = AgendaItemFactory(meeting=meeting, is_closed=True, closed_reason="個人情報をふくむため")
    for _each in range(depth):
        item = AgendaItemFactory(meeting=meeting, parent=item)
    paper = DocumentFactory(meeting=meeting, audience="public")
    paper.agenda_items.add(item, AgendaItemFactory(meeting=meeting, title="開会"))
    DocumentVersionFactory(document=paper)
    users = {name: user or AnonymousUser() for name, user in people.items()}
    may = {name for name, user in users.items() if Document.objects.visible_to(user).exists()}
    assert may == {"secretariat"}
    assert not Document.objects.published().exists()
    assert paper.title not in (page_of(signed_in(people["secretariat"]), meeting) or "")
