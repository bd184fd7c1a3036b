"""The desk's pages about invitations and attendance."""

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from meetings.models import Attendance, Attendee, ParticipantCount
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from tests.conftest import signed_in, text_of
from tests.factories.mail import OutgoingMailFactory
from tests.factories.meetings import AttendanceFactory, AttendeeFactory, BodyFactory, MeetingFactory
from tests.factories.members import MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return MeetingFactory(planned=True, title="第2回 庁内連絡会")


@pytest.fixture
def held():
    return MeetingFactory(starts_at=timezone.now() - dt.timedelta(hours=3))


def page_of(meeting: Any, name: str = "", **keys: str) -> str:
    return reverse(f"meetings:desk-attendance{name}", kwargs={"public_id": meeting.public_id, **keys})


class TestTable:
    def test_nobody_asked_yet(self, meeting, secretariat_client):
        page = text_of(secretariat_client.get(page_of(meeting)))
        assert "まだだれも案内していません" in page
        assert page_of(meeting, "-invite") in page

    def test_answers_names_and_troubles(self, meeting, secretariat_client):
        said = AttendanceFactory(meeting=meeting, coming=True, answer_note="5分遅れます")
        AttendeeFactory(attendance=said)
        AttendanceFactory(meeting=meeting)
        failing = MembershipFactory()
        OutgoingMailFactory(
            state="given_up", address=failing.user.email, last_error="SMTPRecipientsRefused 550"
        )
        AttendanceFactory(meeting=meeting, organization=failing.organization)
        AttendanceFactory(meeting=meeting, organization=OrganizationFactory(left=True))
        page = text_of(secretariat_client.get(page_of(meeting)))
        for words in (
            "5分遅れます",
            "課長　山田 花子",
            "連絡を受ける人がいません",
            "メールが届きません",
            "退会した団体",
        ):
            assert words in page

    def test_staff_see_who_comes_but_no_notes(self, meeting, owner_client):
        said = AttendanceFactory(meeting=meeting, coming=True, answer_note="5分遅れます")
        AttendeeFactory(attendance=said)
        page = text_of(owner_client.get(page_of(meeting)))
        assert "山田 花子" in page
        assert "5分遅れます" not in page
        assert page_of(meeting, "-export") not in page
        assert page_of(meeting, "-invite") not in page

    def test_narrowed(self, meeting, secretariat_client):
        AttendanceFactory(meeting=meeting, coming=True, organization__name="来る会")
        AttendanceFactory(meeting=meeting, organization__name="待つ会")
        AttendanceFactory(meeting=meeting, guest=True)
        page = text_of(secretariat_client.get(page_of(meeting), {"answer": "waiting", "kind": "general"}))
        assert "待つ会" in page
        assert "来る会" not in page
        assert "推進室" not in page
        assert "条件なしで" in text_of(secretariat_client.get(page_of(meeting), {"answer": "garbage"}))

    def test_constant_queries(self, meeting, secretariat_client, django_assert_max_num_queries):
        secretariat_client.get(page_of(meeting))  # its session is read once
        counts = []
        for _round in range(2):
            for _number in range(30):
                row = AttendanceFactory(
                    meeting=meeting, coming=True, organization=MembershipFactory().organization
                )
                AttendeeFactory(attendance=row)
            with django_assert_max_num_queries(25) as seen:
                secretariat_client.get(page_of(meeting))
            counts.append(len(seen))
        assert counts[0] == counts[1]


class TestInviting:
    def test_from_the_body_to_the_mail(self, secretariat_client):
        contact = MembershipFactory(organization__name="みどりの会")
        body = BodyFactory(seats=[contact.organization, OrganizationFactory(left=True)])
        meeting = MeetingFactory(planned=True, body=body)
        single = OrganizationFactory(name="あおの会")
        address = page_of(meeting, "-invite")
        assert "構成団体すべて（1団体）" in text_of(secretariat_client.get(address))
        values = {
            "whole_body": "on",
            "organizations": [single.public_id],
            "guests": "内閣府 推進室　ｇｕｅｓｔ@ministry.example\n",
            "message": "お待ちしています。",
        }
        preview = text_of(secretariat_client.post(address, values))
        assert "新しく案内するのは3件、メールは2通です" in preview
        assert "メールの届かない団体が1件" in preview
        assert not Attendance.objects.exists()
        send = {
            "organizations": [contact.organization.public_id, single.public_id],
            "guests": values["guests"],
            "message": values["message"],
            "send": "1",
        }
        for words in ("3件を案内しました", "もう案内してあります"):
            assert words in text_of(secretariat_client.post(address, send, follow=True))
        assert Attendance.objects.count() == 3
        assert OutgoingMail.objects.count() == 2

    def test_a_whole_kind(self, meeting, secretariat_client):
        OrganizationFactory(kind="section", name="福祉課")
        OrganizationFactory(name="一般の会")
        page = text_of(secretariat_client.post(page_of(meeting, "-invite"), {"kinds": ["section"]}))
        assert "福祉課" in page
        assert "一般の会" not in page

    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({}, "案内する団体を選ぶか"),
            ({"guests": "アドレスのない人"}, "1行目のアドレスが読めません"),
            ({"guests": "a@example.jp"}, "1行目に、名前を"),
            ({"guests": "甲 a@example.jp\n乙 A@example.jp"}, "2回書かれています"),
            ({"organizations": ["zzzzzz"]}, "退会しています"),
        ],
    )
    def test_what_is_wrong_is_said(self, meeting, secretariat_client, values, words):
        response = secretariat_client.post(page_of(meeting, "-invite"), values)
        assert response.status_code == 422
        assert words in text_of(response)

    def test_choosing_again_keeps_the_choice(self, meeting, secretariat_client):
        one = OrganizationFactory()
        values = {"organizations": [one.public_id], "guests": "", "message": "ことば", "change": "1"}
        page = text_of(secretariat_client.post(page_of(meeting, "-invite"), values))
        assert f'id="o-{one.public_id}" checked' in page
        assert "ことば" in page

    def test_a_thousand_organisations(self, meeting, secretariat_client, django_assert_max_num_queries):
        for _number in range(30):
            OrganizationFactory()
        with django_assert_max_num_queries(20):
            secretariat_client.get(page_of(meeting, "-invite"))

    def test_not_to_a_meeting_that_is_past(self, held, secretariat_client):
        for name in ("-invite", "-remind"):
            page = text_of(secretariat_client.get(page_of(held, name), follow=True))
            assert "案内できるのは、これから開く会議だけです" in page
        coming = MeetingFactory(planned=True)
        for name in ("-came", "-walk-in"):
            page = text_of(secretariat_client.get(page_of(coming, name), follow=True))
            assert "会議が始まってから" in page


class TestTending:
    def test_remind(self, meeting, secretariat_client):
        AttendanceFactory(
            meeting=meeting,
            organization=MembershipFactory().organization,
            invited_at=timezone.now() - dt.timedelta(days=1),
        )
        address = page_of(meeting, "-remind")
        assert "メールを1通送ります" in text_of(secretariat_client.get(address))
        assert not OutgoingMail.objects.exists()
        assert "1通送ります" in text_of(secretariat_client.post(address, follow=True))
        assert "1時間以内" in text_of(secretariat_client.post(address, follow=True))
        assert OutgoingMail.objects.count() == 1

    def test_withdraw(self, meeting, secretariat_client):
        row = AttendanceFactory(meeting=meeting)
        address = page_of(meeting, "-withdraw", attendance_id=row.public_id)
        secretariat_client.get(address)
        row.refresh_from_db()
        assert row.withdrawn_at is None
        assert "案内を取り消しました" in text_of(secretariat_client.post(address, follow=True))

    def test_an_answer_by_telephone_is_marked(self, meeting, secretariat_client):
        row = AttendanceFactory(meeting=meeting)
        address = page_of(meeting, "-record", attendance_id=row.public_id)
        assert secretariat_client.get(address).status_code == 200
        values = {
            "answer": "proxy",
            "note": "",
            "people-TOTAL_FORMS": 1,
            "people-INITIAL_FORMS": 0,
            "people-0-name": "佐藤",
        }
        page = text_of(secretariat_client.post(address, values, follow=True))
        assert "電話など（事務局が記録）" in page
        assert "佐藤（代理）" in page
        history = text_of(secretariat_client.get(address)).partition("これまで")[2]
        assert "出欠の返事があった" in history
        assert "佐藤" not in history

    def test_of_another_meeting_is_not_found(self, meeting, secretariat_client):
        row = AttendanceFactory()
        address = page_of(meeting, "-record", attendance_id=row.public_id)
        assert secretariat_client.get(address).status_code == 404


class TestAfterwards:
    def test_who_came(self, held, secretariat_client):
        came = AttendeeFactory(attendance__meeting=held, name="来た人")
        away = AttendeeFactory(attendance__meeting=held, name="来ない人")
        address = page_of(held, "-came")
        there = AttendeeFactory(attendance__meeting=held, name="画面の人", is_online=True)
        assert text_of(secretariat_client.get(address)).count('value="came" id="how') == 3
        assert re.findall(r'value="(\w+)" id="[^"]*" checked', text_of(secretariat_client.get(address))) == [
            "came",
            "came",
            "online",
        ]
        values = {f"how-{came.pk}": "online", f"how-{away.pk}": "away", f"how-{there.pk}": "came"}
        garbage = {
            "how-x": "came",
            f"how-{'9' * 30}": "came",
            "how-": "away",
            f"how-{there.pk + 1}": "nonsense",
        }
        assert "来なかった" in text_of(secretariat_client.post(address, values | garbage, follow=True))
        found = {each.name: (each.has_come, each.is_online) for each in Attendee.objects.all()}
        assert found == {"来た人": (True, True), "来ない人": (False, False), "画面の人": (True, False)}

    def test_all_as_they_answered_with_one_press(self, held, secretariat_client):
        for number in range(3):
            AttendeeFactory(attendance__meeting=held, is_online=number == 0)
        late = AttendeeFactory(attendance__meeting=held, has_come=False)
        AttendeeFactory(attendance__meeting=held, attendance__answer="absent")
        AttendeeFactory()
        address = page_of(held, "-came")
        assert "3人とも、返事のとおりに来た" in text_of(secretariat_client.get(address))
        secretariat_client.post(address, {"as_answered": "1"})
        assert Attendee.objects.filter(has_come=True).count() == 3
        assert Attendee.objects.filter(has_come=True, is_online=True).count() == 1
        late.refresh_from_db()
        assert late.has_come is False
        assert "返事のとおりに来た" not in text_of(secretariat_client.get(address)).partition("<h2")[0]

    def test_nobody_knows_yet_who_is_nobody_who_came(self, held, secretariat_client):
        AttendeeFactory(attendance__meeting=held, name="会員 はな")
        somebody = AttendeeFactory(attendance__meeting=held, name="未定")
        address = page_of(held, "-came")
        page = text_of(secretariat_client.get(address))
        assert "1人とも、返事のとおりに来た" in page
        assert "お名前が決まっていません" in page
        assert not re.search(rf'id="how-{somebody.pk}-\w+" checked', page)
        secretariat_client.post(address, {"as_answered": "1"})
        somebody.refresh_from_db()
        assert somebody.has_come is None

    def test_one_after_the_other_from_the_list_and_back(self, held, secretariat_client):
        away = AttendanceFactory(meeting=held, answer="absent", answered_at=timezone.now())
        address = page_of(held, "-came")
        record = page_of(held, "-record", attendance_id=away.public_id) + "?back=came"
        assert record in text_of(secretariat_client.get(address))
        values = {
            "answer": "proxy",
            "seen": away.answered_at.isoformat(),
            "people-TOTAL_FORMS": 1,
            "people-INITIAL_FORMS": 0,
            "people-0-name": "代わりの人",
            "people-0-has_come": "on",
        }
        answer = secretariat_client.post(record, values)
        assert answer.url == f"{address}#row-{away.public_id}"
        page = text_of(secretariat_client.get(address))
        assert "代わりの人（代理）" in page
        assert 'id="row-' + away.public_id in page

    def test_constant_queries_for_those_who_came(self, held, secretariat_client):
        address = page_of(held, "-came")
        counts = []
        for _round in range(2):
            for _number in range(4):
                AttendeeFactory(attendance__meeting=held)
            secretariat_client.get(address)
            with CaptureQueriesContext(connection) as seen:
                secretariat_client.get(address)
            counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_nobody_wanted_to_come(self, held, secretariat_client):
        assert "当日来た人を加える" in text_of(secretariat_client.get(page_of(held, "-came")))

    def test_walk_in(self, held, secretariat_client):
        address = page_of(held, "-walk-in")
        values = {"guest_name": "新聞社", "people-TOTAL_FORMS": 1, "people-INITIAL_FORMS": 0}
        response = secretariat_client.post(address, values)
        assert "お名前を書いてください" in text_of(response)
        more = text_of(secretariat_client.post(address, values | {"more": "1"}))
        assert 'value="新聞社"' in more
        secretariat_client.post(address, values | {"people-0-name": "記者"})
        assert Attendee.objects.get().has_come
        both = values | {"organization": OrganizationFactory().public_id}
        assert "どちらかに" in text_of(secretariat_client.post(address, both))

    def test_recorded_for_one_organisation(self, held, secretariat_client):
        person = AttendeeFactory(attendance__meeting=held)
        address = page_of(held, "-record", attendance_id=person.attendance.public_id)
        assert "実際に来た" in text_of(secretariat_client.get(address))

    def test_the_sheet_in_the_form_of_the_record(self, held, owner_client):
        AttendeeFactory(attendance__meeting=held, attendance__organization__kind="leading", has_come=True)
        AttendeeFactory(attendance__meeting=held, attendance__organization__kind="section", has_come=True)
        page = text_of(owner_client.get(page_of(held, "-sheet")))
        assert "出席者の名簿" in page
        assert "幹事団体1団体、庁内課1課<br>2名" in page

    def test_numbers_with_one_press(self, held, secretariat_client):
        AttendeeFactory(attendance__meeting=held, has_come=True)
        address = page_of(held, "-counts")
        assert address in text_of(secretariat_client.get(page_of(held)))
        secretariat_client.post(address)
        assert list(ParticipantCount.objects.values_list("label", "unit", "count")) == [
            ("一般団体", "団体", 1),
            ("", "名", 1),
        ]


class TestFiles:
    @pytest.fixture
    def hostile(self, held):
        return AttendeeFactory(
            attendance__meeting=held, attendance__answer_note='=HYPERLINK("http://x")', name="+81"
        )

    def test_csv_runs_nothing(self, held, hostile, secretariat_client):
        response = secretariat_client.get(page_of(held, "-export"))
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        assert "'=HYPERLINK" in text
        assert ",'+81" in text
        event = AuditEvent.objects.get(type="meetings.attendance_exported")
        assert event.new == {"count": 1}

    def test_workbook_runs_nothing(self, held, hostile, secretariat_client):
        response = secretariat_client.get(page_of(held, "-export"), {"format": "xlsx"})
        sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert '=HYPERLINK("http://x")' in [cell.value for cell in cells]
        assert {cell.data_type for cell in cells} <= {"s", "n"}

    def test_staff_do_not_take_it_along(self, held, owner_client):
        assert owner_client.get(page_of(held, "-export")).status_code == 403


def test_closed_meetings_are_the_secretariats_alone(owner, secretariat):
    meeting = MeetingFactory(audience="closed")
    assert signed_in(owner).get(page_of(meeting)).status_code == 403
    assert signed_in(secretariat).get(page_of(meeting)).status_code == 200
