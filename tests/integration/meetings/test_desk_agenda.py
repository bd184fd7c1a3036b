"""The agenda of a meeting on the desk: every step is a button, and what it cannot take is said."""

import pytest

from meetings.models import AgendaItem
from tests.conftest import text_of
from tests.factories.meetings import (
    AgendaItemFactory,
    DocumentFactory,
    MeetingFactory,
    MinutesFactory,
)
from tests.integration.meetings.addresses import at

pytestmark = pytest.mark.django_db


def test_an_agenda_without_javascript(secretariat_client):
    meeting = MeetingFactory(planned=True)
    add = at(meeting, "desk-agenda-add")
    secretariat_client.post(add, {"title": "議事", "performer": "", "planned_time": "13:30", "parent": ""})
    top = AgendaItem.objects.get()
    secretariat_client.post(add, {"title": "閉会", "performer": "", "planned_time": "", "parent": ""})
    secretariat_client.post(
        add, {"title": "報告", "performer": "事務局", "planned_time": "", "parent": str(top.pk)}
    )
    secretariat_client.post(at(meeting, "desk-agenda-move", top.public_id, "down"))
    page = text_of(secretariat_client.get(at(meeting, "desk-agenda")))
    assert page.index("1 閉会") < page.index("2 議事") < page.index("(1) 報告")
    assert "13:30" in page


def test_the_next_item_goes_where_the_last_one_went(secretariat_client):
    parent = AgendaItemFactory(meeting=MeetingFactory(planned=True), title="議事")
    add = at(parent.meeting, "desk-agenda-add")
    for title in ("要綱", "計画"):
        page = text_of(secretariat_client.post(add, {"title": title, "parent": parent.pk}, follow=True))
        assert f'<option value="{parent.pk}" selected>' in page
    page = text_of(secretariat_client.post(add, {"title": "閉会", "parent": ""}, follow=True))
    assert f'<option value="{parent.pk}" selected>' not in page
    assert secretariat_client.get(at(parent.meeting, "desk-agenda"), {"parent": "\x00"}).status_code == 200


def test_deleting_says_what_it_cuts_off(secretariat_client):
    meeting = MeetingFactory(planned=True)
    top = AgendaItemFactory(meeting=meeting, number="1", title="議事")
    below = AgendaItemFactory(meeting=meeting, parent=top, number="(1)", title="報告")
    DocumentFactory(meeting=meeting).agenda_items.add(below)
    address = at(meeting, "desk-agenda-delete", top.public_id)
    page = text_of(secretariat_client.get(address))
    assert "下にある「(1) 報告」も消えます" in page
    assert "資料1件とのつながりが切れます" in page
    secretariat_client.post(address)
    assert not AgendaItem.objects.exists()


def test_an_item_of_another_meeting_is_not_found(secretariat_client):
    item, other = AgendaItemFactory(), MeetingFactory()
    assert secretariat_client.get(at(other, "desk-agenda-item", item.public_id)).status_code == 404


def test_what_an_agenda_cannot_take_is_said(secretariat_client):
    first = AgendaItemFactory(meeting=MeetingFactory(planned=True), number="1", title="議事")
    meeting = first.meeting
    answer = secretariat_client.post(at(meeting, "desk-agenda-add"), {"title": "", "parent": ""})
    assert answer.status_code == 422
    item = at(meeting, "desk-agenda-item", first.public_id)
    assert secretariat_client.post(item, {"number": "1", "title": ""}).status_code == 422
    secretariat_client.post(item, {"number": "1", "title": "報告"})
    assert AgendaItem.objects.get().title == "報告"
    up = at(meeting, "desk-agenda-move", first.public_id, "up")
    assert "動かせません" in text_of(secretariat_client.post(up, follow=True))
    sideways = at(meeting, "desk-agenda-move", first.public_id, "sideways")
    assert secretariat_client.post(sideways).status_code == 404


def test_numbers_that_somebody_chose_are_put_in_order_on_demand(secretariat_client):
    meeting = MeetingFactory(planned=True)
    AgendaItemFactory(meeting=meeting, number="7", title="議事")
    secretariat_client.post(at(meeting, "desk-agenda-renumber"))
    assert AgendaItem.objects.get().number == "1"


def test_the_agenda_of_a_published_record_stays(secretariat_client):
    item = AgendaItemFactory(meeting=MinutesFactory(published=True).meeting, title="議事")
    for name in ("desk-agenda-item", "desk-agenda-delete"):
        answer = secretariat_client.post(at(item.meeting, name, item.public_id), {"title": "x"}, follow=True)
        assert "議事録を公開した会議は変えられません" in text_of(answer)
    for name, more in (("desk-agenda-move", [item.public_id, "up"]), ("desk-agenda-renumber", [])):
        answer = secretariat_client.post(at(item.meeting, name, *more), follow=True)
        assert "議事録を公開した会議は変えられません" in text_of(answer)
    item.refresh_from_db()
    assert item.title == "議事"
