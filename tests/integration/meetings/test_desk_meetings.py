"""Bodies, meetings and agendas on the desk, as the secretariat walks through them."""

import datetime as dt
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from meetings.models import ActionItem, Attendance, Attendee, Body, Document, Meeting, MeetingState
from meetings.templatetags.meetings_desk import PARTS
from platform_portal.access.roles import Permission
from tests.conftest import signed_in, text_of
from tests.factories.meetings import (
    ActionItemFactory,
    AgendaItemFactory,
    AttendanceFactory,
    AttendeeFactory,
    BodyFactory,
    DocumentVersionFactory,
    MeetingFactory,
    MinutesFactory,
    MinutesFlagFactory,
    UtteranceFactory,
)
from tests.factories.members import OrganizationFactory, UserFactory
from tests.integration.meetings.addresses import at

pytestmark = pytest.mark.django_db

LIST = "/desk/meetings/"


def filled(body, **changes):
    day = timezone.localdate() + dt.timedelta(days=30)
    return {
        "body": body.pk,
        "number": "1",
        "title": "第1回コア会議",
        "held_on": day.isoformat(),
        "starts": "13:30",
        "ends": "15:30",
        "place": "県庁 2階",
        "online_url": "",
        "summary": "",
        "audience": "public",
        "closed_reason": "",
        "answers_due_on": "",
        **changes,
    }


# --- Bodies ---------------------------------------------------------------------------------------
def test_a_body_from_its_name_to_its_seats(secretariat_client):
    one, other = OrganizationFactory(name="まちの会"), OrganizationFactory(name="海の会")
    policy = {"audience": "public", "named_audience": "members", "labels_audience": "public"}
    data = {"name": "コア会議", "purpose": "方針を決める", "position": "10", "is_active": "on", **policy}
    answer = secretariat_client.post("/desk/meetings/bodies/new/", data)
    body = Body.objects.get()
    seats = reverse("meetings:desk-body-organizations", args=[body.public_id])
    assert answer.url == seats
    secretariat_client.post(seats, {"organizations": [one.pk], "were": ""})
    # Somebody else drew the page before the first seat was given: it stays.
    secretariat_client.post(seats, {"organizations": [other.pk], "were": ""})
    assert set(body.organizations.all()) == {one, other}
    secretariat_client.post(seats, {"organizations": [other.pk], "were": f"{one.pk} {other.pk}"})
    assert list(body.organizations.all()) == [other]
    page = text_of(secretariat_client.get(f"/desk/meetings/bodies/{body.public_id}/"))
    assert "氏名入りの議事録は、この会議体の団体と" in page
    assert "海の会" in page
    assert "まちの会" not in page.split("これまでの変更")[0]


def test_a_body_without_a_name_is_not_kept(secretariat_client):
    body = BodyFactory(name="コア会議")
    for address in ("/desk/meetings/bodies/new/", reverse("meetings:desk-body-edit", args=[body.public_id])):
        assert secretariat_client.get(address).status_code == 200
        assert secretariat_client.post(address, {"name": "", "position": "0"}).status_code == 422
    assert Body.objects.get().name == "コア会議"
    seats = reverse("meetings:desk-body-organizations", args=[body.public_id])
    assert secretariat_client.post(seats, {"organizations": ["0"], "were": "²"}).status_code == 422


def test_days_in_the_history_read_as_elsewhere(secretariat_client):
    dates = {"held_on": "2031-05-07", "answers_due_on": "2031-05-01"}
    secretariat_client.post("/desk/meetings/new/", filled(BodyFactory(), **dates))
    page = text_of(secretariat_client.get(at(Meeting.objects.get())))
    history = page.split("これまでの変更")[1]
    assert "令和13年5月7日 13:30" in history
    assert "令和13年5月1日" in history
    assert not re.search(r"\b20\d\d年", page)


def test_a_body_that_somebody_else_changed(secretariat_client):
    body = BodyFactory(name="コア会議")
    address = reverse("meetings:desk-body-edit", args=[body.public_id])
    seen = secretariat_client.get(address).context["form"].initial["seen"]
    Body.objects.update(name="中心会議")
    data = {"name": "コアな会議", "purpose": "", "position": "0", "is_active": "on", "seen": seen}
    data |= {name: getattr(body, name) for name in ("audience", "named_audience", "labels_audience")}
    answer = secretariat_client.post(address, data)
    assert answer.status_code == 422
    assert "いまの内容は「中心会議」です" in text_of(answer)


# --- Meetings ---------------------------------------------------------------------------------------
def test_a_meeting_from_its_entry_to_its_announcement(secretariat_client):
    body = BodyFactory()
    answer = secretariat_client.post("/desk/meetings/new/", filled(body))
    meeting = Meeting.objects.get()
    assert answer.url == at(meeting)
    starts, ends = timezone.localtime(meeting.starts_at), timezone.localtime(meeting.ends_at)
    assert (starts.hour, starts.minute, ends.hour) == (13, 30, 15)
    page = text_of(secretariat_client.get(at(meeting)))
    for todo in (
        "開催をまだ知らせていません",
        "次第がまだありません",
        "資料がまだありません",
        "案内していません",
    ):
        assert todo in page
    secretariat_client.post(at(meeting, "desk-meeting-move", "planned"))
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.PLANNED
    assert "開催を知らせた" in text_of(secretariat_client.get(at(meeting)))


def test_a_meeting_over_two_days(secretariat_client):
    dates = {"held_on": "2031-05-07", "ends_on": "2031-05-08", "starts": "13:00", "ends": "12:00"}
    data = filled(BodyFactory(), **dates)
    page = text_of(secretariat_client.post("/desk/meetings/new/", data | {"ends": ""}))
    assert "終わる日の、終了の時刻を書いてください" in page
    page = text_of(secretariat_client.post("/desk/meetings/new/", data | {"ends_on": "2031-05-06"}))
    assert "終わる日は、開催日より後の日" in page
    page = text_of(secretariat_client.post("/desk/meetings/new/", data | {"ends_on": "2031-05-07"}))
    assert "終了は、開始より後の時刻" in page
    page = text_of(secretariat_client.post("/desk/meetings/new/", data, follow=True))
    assert "令和13年5月7日（水）13:00〜令和13年5月8日（木）12:00" in page
    edit = at(Meeting.objects.get(), "desk-meeting-edit")
    assert 'value="2031-05-08"' in text_of(secretariat_client.get(edit))
    secretariat_client.post(edit, data | {"ends_on": "", "ends": "17:00"})
    assert timezone.localtime(Meeting.objects.get().ends_at).isoformat() == "2031-05-07T17:00:00+09:00"


def test_who_came_is_still_to_be_recorded_after_the_meeting(secretariat_client):
    meeting = MeetingFactory(state=MeetingState.HELD, starts_at=timezone.now() - dt.timedelta(days=1))
    assert "来た人をまだ" not in text_of(secretariat_client.get(at(meeting)))  # nobody was asked
    row = AttendanceFactory(meeting=meeting)
    page = text_of(secretariat_client.get(at(meeting)))
    assert "来た人をまだ記録していません。" in page
    assert at(meeting, "desk-attendance-came") in page
    person = AttendeeFactory(attendance=AttendanceFactory(meeting=meeting, coming=True))
    assert "来た人をまだ記録していません（1人）。" in text_of(secretariat_client.get(at(meeting)))
    Attendee.objects.filter(pk=person.pk).update(has_come=True)
    assert "来た人をまだ" not in text_of(secretariat_client.get(at(meeting)))
    Attendee.objects.all().delete()
    Attendance.objects.filter(pk=row.pk).delete()
    Attendance.objects.update(answer="absent")
    assert "来た人をまだ" not in text_of(secretariat_client.get(at(meeting)))  # all sent their regrets


def test_promises_that_nobody_has_taken_up_are_told_before_the_meeting(secretariat_client):
    meeting = MeetingFactory(planned=True)
    promises = ActionItemFactory.create_batch(2, body=meeting.body)
    ActionItemFactory()
    assert "次第にないものが2件" in text_of(secretariat_client.get(at(meeting)))
    promises[0].agenda_items.add(AgendaItemFactory(meeting=meeting))
    assert "次第にないものが1件" in text_of(secretariat_client.get(at(meeting)))
    ActionItem.objects.update(closed_at=timezone.now(), closed_by=UserFactory(), outcome="すみました。")
    assert "次第にないもの" not in text_of(secretariat_client.get(at(meeting)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends": "13:00"}, "終了は、開始より後の時刻にしてください"),
        ({"held_on": ""}, "開催日：この欄は空にできません"),
        ({"held_on": "あした"}, "2026-04-01 のように"),
        ({"answers_due_on": "2099-01-01"}, "返事の期限は、開催日より前"),
        ({"online_url": "zoom"}, "オンラインの参加先"),
    ],
)
def test_what_is_wrong_is_said(secretariat_client, changes, words):
    answer = secretariat_client.post("/desk/meetings/new/", filled(BodyFactory(), **changes))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Meeting.objects.exists()


def test_the_same_number_twice_is_said_at_the_form(secretariat_client):
    body = BodyFactory()
    for _each in range(2):
        answer = secretariat_client.post("/desk/meetings/new/", filled(body))
    assert answer.status_code == 422
    assert "同じ回の会議が、もう登録されています" in text_of(answer)


def test_the_next_one_is_made_of_this_one(secretariat_client):
    source = MeetingFactory(title="平成30年度 第1回コア会議", number=1, starts_at=timezone.now())
    AgendaItemFactory(meeting=source, title="開会", number="1", position=0)
    page = text_of(secretariat_client.get(at(source, "desk-meeting-next")))
    assert "第2回コア会議" in page
    assert "平成30年度" not in page.split("<form")[2]
    data = filled(source.body, number="2", title="第2回コア会議")
    secretariat_client.post(at(source, "desk-meeting-next"), data)
    made = Meeting.objects.get(number=2)
    assert [item.title for item in made.agenda.all()] == ["開会"]


def test_a_meeting_that_somebody_else_changed(secretariat_client):
    meeting = MeetingFactory(planned=True)
    address = at(meeting, "desk-meeting-edit")
    seen = secretariat_client.get(address).context["form"].initial["seen"]
    Meeting.objects.update(place="市役所")
    answer = secretariat_client.post(address, filled(meeting.body, place="公民館", seen=seen))
    assert answer.status_code == 422
    assert "いまの内容は「市役所」です" in text_of(answer)


def test_what_is_settled_leads_back_with_the_reason(secretariat_client):
    meeting = MinutesFactory(published=True).meeting
    for name in ("desk-meeting-edit", "desk-meeting-numbers"):
        answer = secretariat_client.get(at(meeting, name), follow=True)
        assert "議事録を公開した会議は変えられません" in text_of(answer)


def test_cancelling_asks_for_the_reason(secretariat_client):
    meeting = MeetingFactory(planned=True)
    address = at(meeting, "desk-meeting-move", "cancelled")
    assert secretariat_client.post(address, {"reason": ""}).status_code == 422
    secretariat_client.post(address, {"reason": "台風のため"})
    assert "中止しました。理由：台風のため" in text_of(secretariat_client.get(at(meeting)))


@pytest.mark.parametrize("to", ["published", "nonsense"])
def test_no_button_leads_where_only_the_minutes_lead(secretariat_client, to):
    assert secretariat_client.get(at(MeetingFactory(), "desk-meeting-move", to)).status_code == 404


def test_nothing_is_held_before_it_begins(secretariat_client):
    meeting = MeetingFactory(planned=True)
    move = at(meeting, "desk-meeting-move", "held")
    page = text_of(secretariat_client.get(at(meeting)))
    assert move not in page
    assert "開始の時刻になると、「開催済みにする」が出ます" in page
    assert "まだ始まっていません" in text_of(secretariat_client.get(move, follow=True))
    Meeting.objects.update(starts_at=timezone.now(), ends_at=None)
    page = text_of(secretariat_client.get(at(meeting)))
    assert move in page
    assert "開始の時刻になると" not in page
    assert secretariat_client.get(move).status_code == 200


def test_a_closed_meeting_is_not_for_staff(owner_client):
    meeting = MeetingFactory(audience="closed", title="ひみつの会議")
    assert owner_client.get(at(meeting)).status_code == 403
    assert "ひみつの会議" not in text_of(owner_client.get(LIST))


def test_a_closed_body_is_not_for_staff(owner_client, secretariat_client):
    body = BodyFactory(audience="closed", name="ひみつの会議体")
    MeetingFactory(body=body, audience="closed")
    bodies, page = reverse("meetings:desk-body-list"), reverse("meetings:desk-body", args=[body.public_id])
    assert "ひみつの会議体" not in text_of(owner_client.get(bodies))
    assert owner_client.get(page).status_code == 404
    assert "ひみつの会議体" in text_of(secretariat_client.get(bodies))
    MeetingFactory(body=body, title="みなが知る会議")  # its name stands on the page of this meeting
    assert owner_client.get(page).status_code == 200
    text = text_of(owner_client.get(bodies))
    assert "ひみつの会議体" in text
    assert "1回" in text
    assert "2回" not in text


def counts_form(meeting, *rows, **changes):
    data = {"counts-TOTAL_FORMS": str(len(rows)), "counts-INITIAL_FORMS": "0", "observers": "3", **changes}
    for index, (label, count, unit) in enumerate(rows):
        data |= {
            f"counts-{index}-{key}": value
            for key, value in zip(("label", "count", "unit"), (label, count, unit), strict=True)
        }
    return data


def test_numbers_are_kept_in_their_order(secretariat_client):
    meeting = MeetingFactory()
    data = counts_form(meeting, ("幹事団体", "11", "団体"), ("", "62", "名"), ("", "", ""))
    secretariat_client.post(at(meeting, "desk-meeting-numbers"), data)
    page = text_of(secretariat_client.get(at(meeting)))
    assert "幹事団体11団体、62名" in page
    assert "傍聴者 3人" in page
    stale = counts_form(meeting, version=(meeting.updated_at - dt.timedelta(days=1)).isoformat())
    answer = secretariat_client.post(at(meeting, "desk-meeting-numbers"), stale)
    assert "ほかの人がこの会議を変えました" in text_of(answer)


def test_half_a_row_is_refused(secretariat_client):
    data = counts_form(None, ("幹事団体", "11", ""), ("", "", "名"))
    answer = secretariat_client.post(at(MeetingFactory(), "desk-meeting-numbers"), data)
    assert answer.status_code == 422
    assert "単位を書いてください" in text_of(answer)
    assert "数を書いてください" in text_of(answer)


def test_only_what_nobody_was_told_of_is_deleted(secretariat_client):
    draft, announced = MeetingFactory(draft=True), MeetingFactory(planned=True)
    delete = at(draft, "desk-meeting-delete")
    assert "次第もいっしょに消えます" in text_of(secretariat_client.get(delete))
    assert secretariat_client.post(delete).headers["Location"] == LIST
    for send in (secretariat_client.get, secretariat_client.post):
        assert send(at(announced, "desk-meeting-delete")).headers["Location"] == at(announced)
    assert list(Meeting.objects.all()) == [announced]


@pytest.mark.parametrize(
    ("values", "to", "words"),
    [
        ({"draft": True}, "planned", "に見えるようになります"),
        ({"planned": True}, "cancelled", "ページは消えません"),
        ({"state": "cancelled", "cancelled_reason": "台風"}, "planned", "また「開催予定」として"),
        ({}, "planned", "理由"),
    ],
)
def test_each_step_says_what_it_does(secretariat_client, values, to, words):
    assert words in text_of(secretariat_client.get(at(MeetingFactory(**values), "desk-meeting-move", to)))


# --- Lists and jobs ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "query", ["", "?state=held", "?year=abc", "?body=nobody", "?todo=minutes", "?page=99"]
)
def test_the_list_reads_any_query(secretariat_client, query):
    MeetingFactory(starts_at=timezone.now() - dt.timedelta(days=4), title="庁内連絡会")
    page = text_of(secretariat_client.get(LIST + query))
    assert "庁内連絡会" in page


def test_the_list_is_narrowed(secretariat_client):
    kept = MeetingFactory(title="庁内連絡会", starts_at=timezone.now() - dt.timedelta(days=1))
    MeetingFactory(title="準備会議", planned=True)
    for query in (f"?body={kept.body.public_id}", "?state=held"):
        page = text_of(secretariat_client.get(LIST + query))
        assert "庁内連絡会" in page
        assert "準備会議" not in page
    assert "あてはまる会議はありません" in text_of(secretariat_client.get(LIST + "?todo=minutes"))


@pytest.mark.parametrize("address", [LIST, "/desk/meetings/bodies/"])
def test_lists_take_as_many_queries_for_thirty_as_for_one(
    secretariat_client, address, django_assert_max_num_queries
):
    MeetingFactory()
    with django_assert_max_num_queries(20) as first:
        secretariat_client.get(address)
    for _each in range(30):
        MeetingFactory()
    with django_assert_max_num_queries(len(first)):
        secretariat_client.get(address)


def test_pages_of_a_meeting_take_as_many_queries_for_thirty_items_as_for_one(
    secretariat_client, django_assert_max_num_queries
):
    meeting = MeetingFactory(planned=True)
    AgendaItemFactory(meeting=meeting)
    addresses = [at(meeting), at(meeting, "desk-agenda")]
    spent = []
    for address in addresses:
        with django_assert_max_num_queries(25) as captured:
            secretariat_client.get(address)
        spent.append(len(captured))
    for _each in range(30):
        AgendaItemFactory(meeting=meeting)
    for address, count in zip(addresses, spent, strict=True):
        with django_assert_max_num_queries(count):
            secretariat_client.get(address)


def test_the_first_page_tells_what_is_late(secretariat, owner):
    old = timezone.now() - dt.timedelta(days=8)
    MeetingFactory(starts_at=old)
    MeetingFactory(starts_at=timezone.now() - dt.timedelta(days=1))
    MinutesFactory(
        meeting=MeetingFactory(starts_at=old), state="in_review", submitted_at=old, submitted_by=owner
    )
    MeetingFactory(state="planned", starts_at=timezone.now() - dt.timedelta(hours=2), ends_at=None)
    jobs = {job.words: job for job in signed_in(secretariat).get("/desk/").context["jobs"]}
    late = jobs["議事録がまだない会議"]
    assert (late.count, late.hint) == (1, "開催から3日を過ぎました。うち1件は7日を過ぎています。")
    assert jobs["終わったかを記録する会議"].count == 1
    assert "議事録がまだない会議" not in {job.words for job in signed_in(owner).get("/desk/").context["jobs"]}


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (LIST, "会議はまだありません。先に「会議体」を登録し"),
        ("/desk/meetings/bodies/", "会議体はまだありません"),
    ],
)
def test_empty_lists_say_what_to_do(secretariat_client, address, words):
    assert words in text_of(secretariat_client.get(address))


def test_the_page_of_an_organisation_tells_where_it_came(owner_client):
    """Staff read it too: a closed meeting has no name there."""
    organization = OrganizationFactory()
    answered = {"organization": organization, "answer": "present", "answered_at": timezone.now()}
    AttendanceFactory(meeting=MeetingFactory(title="庁内連絡会"), **answered)
    AttendanceFactory(meeting=MeetingFactory(title="ひみつの会議", audience="closed"), **answered)
    AttendanceFactory(
        meeting=MeetingFactory(title="来なかった会議"),
        organization=organization,
        answer="absent",
        answered_at=timezone.now(),
    )
    text = text_of(owner_client.get(reverse("members:organization-page", args=[organization.public_id])))
    assert "会議への出席" in text
    assert "庁内連絡会（" in text
    assert "事務局だけの会議（" in text
    assert "ひみつの会議" not in text
    assert "来なかった会議" not in text


class TestStaff:
    """They read what the secretariat writes: no page offers them what they may not do."""

    LINK = re.compile(r'href="(/[^"#]*)')

    def test_no_link_and_no_form_that_refuses(self, owner_client: Client):
        meeting = MeetingFactory()
        meeting.body.organizations.add(AttendanceFactory(meeting=meeting).organization)
        first = AgendaItemFactory(meeting=meeting, title="議事")
        AgendaItemFactory(meeting=meeting, parent=first, position=1)
        DocumentVersionFactory(document__meeting=meeting)
        withdrawn = DocumentVersionFactory(document__meeting=meeting, document__label="資料2").document
        now, by = timezone.now(), meeting.created_by
        Document.objects.filter(pk=withdrawn.pk).update(
            withdrawn_at=now, withdrawn_by=by, withdrawn_reason="x"
        )
        minutes = MinutesFactory(meeting=meeting, named_audience="members")
        block = UtteranceFactory(minutes=minutes, text="次回までに検討します。", items=[first])
        MinutesFlagFactory(minutes=minutes, utterance=block)
        ActionItemFactory(body=meeting.body, utterance=block)
        pages = [
            reverse("meetings:desk-meeting-list"),
            reverse("meetings:desk-body-list"),
            reverse("meetings:desk-body", args=[meeting.body.public_id]),
            *(
                reverse(f"meetings:{name}", args=[each.public_id])
                for name, _words, permission in PARTS
                if permission == Permission.SEE_MEETINGS
                for each in (meeting, MeetingFactory(planned=True), MinutesFactory(published=True).meeting)
            ),
        ]
        refused = {}
        for page in pages:
            html = text_of(owner_client.get(page)).partition("<main")[2].partition("</main>")[0]
            assert html, page
            assert "権限では、この操作はできません" not in html, page
            assert 'method="post"' not in html, page
            for address in set(self.LINK.findall(html)):
                status = owner_client.get(unescape(address)).status_code
                if status >= 400:
                    refused[page, address] = status
        assert refused == {}
