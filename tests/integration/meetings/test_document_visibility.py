"""Papers: opened by whoever may, by nobody else."""

import datetime as dt
import io

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import AgendaItem, Audience, Document, Meeting, MeetingState
from meetings.services import documents as services
from tests.conftest import signed_in
from tests.factories.meetings import (
    AgendaItemFactory,
    AttendanceFactory,
    DocumentFactory,
    DocumentVersionFactory,
    MeetingFactory,
)
from tests.factories.members import MembershipFactory, UserFactory
from tests.integration.meetings.papers import SECRET, file_address, get
from tests.paper_files import picture

pytestmark = pytest.mark.django_db


def people(meeting: Meeting) -> dict[str, Client]:
    invited, outsider = MembershipFactory(), MembershipFactory()
    AttendanceFactory(meeting=meeting, organization=invited.organization)
    return {
        "anonymous": Client(),
        "outsider": signed_in(outsider.user),
        "invited": signed_in(invited.user),
        "staff": signed_in(UserFactory(role="staff")),
        "secretariat": signed_in(UserFactory(role="secretariat")),
    }


EVERYBODY = {"anonymous", "outsider", "invited", "staff", "secretariat"}
INSIDE = {"invited", "staff", "secretariat"}
OFFICE = {"secretariat"}
LATER = dt.timedelta(days=1)
# (meeting, paper, opens after) -> who opens it
MATRIX = {
    "public": ({}, {"audience": "public"}, EVERYBODY),
    "public since yesterday": ({}, {"audience": "public", "opens_at": -LATER}, EVERYBODY),
    "not yet public": ({}, {"audience": "public", "opens_at": LATER}, INSIDE),
    "members": ({}, {"audience": "members"}, INSIDE),
    "closed": ({}, {"audience": "closed"}, OFFICE),
    "withdrawn": ({}, {"audience": "public", "withdrawn": True}, OFFICE),
    "public paper of a meeting for members": ({"audience": "members"}, {"audience": "public"}, INSIDE),
    "public paper of a closed meeting": ({"audience": "closed"}, {"audience": "public"}, OFFICE),
    "public paper of a draft": ({"draft": True}, {"audience": "public"}, OFFICE),
}


@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("what", ["page", "file", "older file", "preview"])
def test_visibility(name, what):
    of_meeting, of_paper, wanted = MATRIX[name]
    meeting = MeetingFactory(**of_meeting)
    values = dict(of_paper)
    if "opens_at" in values:
        values["opens_at"] = timezone.now() + values["opens_at"]
    if values.pop("withdrawn", False):
        values |= {
            "withdrawn_at": timezone.now(),
            "withdrawn_by": UserFactory(role="secretariat"),
            "withdrawn_reason": "x",
        }
    document = DocumentFactory(meeting=meeting, title=SECRET, **values)
    place = default_storage.save("meetings/previews/a.png", io.BytesIO(picture()))
    older = DocumentVersionFactory(document=document, number=1, name="older.pdf")
    newest = DocumentVersionFactory(document=document, number=2, name="newest.pdf", preview=place)
    address = {
        "page": reverse("meetings:document", args=[document.public_id]),
        "file": file_address(newest),
        "older file": file_address(older),
        "preview": file_address(newest, "document-preview"),
    }[what]
    seen = set()
    for who, client in people(meeting).items():
        response = get(address, client)
        assert response.status_code in {200, 404}
        if response.status_code == 200:
            seen.add(who)
            is_public = wanted == EVERYBODY
            assert ("no-store" in response.headers["Cache-Control"]) is not is_public
            assert ("X-Robots-Tag" in response.headers) is (
                not is_public or what in {"older file", "preview"}
            )
        else:
            assert SECRET not in response.content.decode()
    assert seen == wanted


def test_a_version_of_another_paper_is_not_reached_through_an_open_one():
    open_paper, closed = DocumentVersionFactory(), DocumentVersionFactory(document__audience=Audience.CLOSED)
    address = reverse("meetings:document-file", args=[open_paper.document.public_id, closed.public_id])
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("notice", ["数字に誤りがあったため", ""])
def test_what_everybody_could_open_is_told_to_be_withdrawn(secretariat, notice):
    document = DocumentFactory(label="資料3", title=SECRET)
    version = DocumentVersionFactory(document=document)
    services.withdraw_document(document=document, reason="事務局の事情", notice=notice, by=secretariat)
    visitor = Client()
    page = visitor.get(reverse("meetings:meeting-detail", args=[document.meeting.public_id]))
    answers = [
        page,
        visitor.get(reverse("meetings:document", args=[document.public_id])),
        visitor.get(file_address(version)),
        visitor.get(file_address(version, "document-preview")),
    ]
    assert [answer.status_code for answer in answers] == [200, 410, 410, 410]
    for answer in answers:
        said = answer.content.decode()
        assert "資料3" in said
        assert "取り下げ" in said
        assert ("数字に誤りがあったため" in said) is bool(notice)
        assert SECRET not in said
        assert "事務局の事情" not in said
    assert reverse("meetings:document", args=[document.public_id]) not in page.content.decode()
    inside = signed_in(secretariat).get(reverse("meetings:document", args=[document.public_id]))
    assert inside.status_code == 200


@pytest.mark.parametrize(
    "case",
    [
        {"audience": Audience.MEMBERS},
        {"audience": Audience.CLOSED},
        {"opens_at": timezone.now() + dt.timedelta(days=3)},
        {"meeting__audience": Audience.MEMBERS},
        {"meeting__state": MeetingState.DRAFT},
        {"of_a_closed_item": True},
    ],
    ids=["members", "closed", "later", "of a meeting for members", "of a draft", "of a closed item"],
)
def test_what_was_not_public_is_not_told_afterwards_either(secretariat, case):
    """Not even when the meeting, the paper or the item is opened later."""
    values = {name: value for name, value in case.items() if name != "of_a_closed_item"}
    document = DocumentFactory(label="資料3", **values)
    version, meeting = DocumentVersionFactory(document=document), document.meeting
    if "of_a_closed_item" in case:
        item = AgendaItemFactory(meeting=meeting, is_closed=True, closed_reason="人事のため")
        document.agenda_items.add(item)
    services.withdraw_document(document=document, reason="x", notice="公の理由", by=secretariat)
    Document.objects.update(audience=Audience.PUBLIC, opens_at=None)
    Meeting.objects.update(audience=Audience.PUBLIC, state=MeetingState.HELD)
    AgendaItem.objects.update(is_closed=False, closed_reason="")
    assert Client().get(file_address(version)).status_code == 404
    page = Client().get(reverse("meetings:meeting-detail", args=[meeting.public_id])).content.decode()
    assert "資料3" not in page
    assert "公の理由" not in page


def test_a_closed_item_hides_that_a_paper_was_withdrawn(secretariat):
    document = DocumentVersionFactory(document__label="資料3").document
    item = AgendaItemFactory(meeting=document.meeting)
    document.agenda_items.add(item)
    services.withdraw_document(document=document, reason="x", by=secretariat)
    address = reverse("meetings:document", args=[document.public_id])
    assert Client().get(address).status_code == 410
    AgendaItem.objects.update(is_closed=True, closed_reason="人事のため")
    assert Client().get(address).status_code == 404


def test_strangers_learn_nothing_from_the_difference():
    closed = DocumentVersionFactory(document__audience=Audience.CLOSED)
    there = Client().get(file_address(closed))
    absent = Client().get(reverse("meetings:document-file", args=["aaaaaa", "aaaaaa"]))
    assert there.status_code == absent.status_code == 404
    assert dict(there.headers) == dict(absent.headers)
