"""The pages about events: what residents see, what members and the desk may open, and what a stranger may try."""

import datetime as dt
import re
import uuid

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from meetings.event_links import application_token
from meetings.forms.applying import CancelForm
from meetings.models import Event, EventApplication
from meetings.presenting.months import MONTHS_AHEAD, Month
from platform_portal import public_forms
from platform_portal.audit.models import AuditEvent
from platform_portal.public_forms import new_token
from platform_portal.publishing.states import State
from tests.conftest import signed_in, text_of
from tests.factories.events import EventApplicationFactory, EventFactory, EventRevisionFactory
from tests.factories.members import MembershipFactory, UserFactory
from tests.factories.region import MunicipalityFactory, PortalSettingsFactory

pytestmark = pytest.mark.django_db
SECRET = "himitsu"


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    PortalSettingsFactory()
    monkeypatch.setattr(public_forms, "TOKEN_MIN_AGE", 0)


def public_addresses(event: Event) -> list[str]:
    month = event.month
    return [
        "/events/",
        "/events/?when=past",
        f"/events/month/{month.year}/{month.month}/",
        "/events/calendar.ics",
        "/events/feed.atom",
        "/sitemap.xml",
        "/",
        f"/members/{event.organization.public_id}/",
        f"/events/{event.public_id}/",
        f"/events/{event.public_id}/event.ics",
        f"/events/{event.public_id}/apply/",
    ]


class TestWhatIsPublic:
    @pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
    def test_a_draft_leaks_nowhere(self, client, state):
        event = EventFactory(draft=True, title=f"{SECRET}の日", description=SECRET)
        Event.objects.update(state=state)
        for address in public_addresses(event):
            assert SECRET not in text_of(client.get(address)), address

    def test_nor_what_only_those_who_come_may_know(self, client):
        event = EventFactory(online_url=f"https://meet.example/{SECRET}", is_online=True)
        EventApplicationFactory(event=event, name=SECRET, note=SECRET, email=f"{SECRET}@mail.example")
        EventRevisionFactory(event=event, proposed={"place": SECRET})
        for address in public_addresses(event):
            assert SECRET not in text_of(client.get(address)), address

    def test_the_way_in_is_for_those_who_take_part(self, client):
        event = EventFactory(online_url=f"https://meet.example/{SECRET}", is_online=True)
        for state, is_shown in (("accepted", True), ("waiting", False)):
            application = EventApplicationFactory(event=event, state=state)
            page = client.get(reverse("meetings:event-application", args=[application_token(application)]))
            assert (SECRET in text_of(page)) == is_shown
        Event.objects.update(state=State.SUSPENDED)
        taken = EventApplication.objects.get(state="accepted")
        page = client.get(reverse("meetings:event-application", args=[application_token(taken)]))
        assert SECRET not in text_of(page)

    def test_cached_like_other_public_pages_and_without_cookie(self, client):
        event = EventFactory()
        for address in (
            "/events/",
            f"/events/{event.public_id}/",
            "/events/calendar.ics",
            "/events/feed.atom",
        ):
            response = client.get(address)
            assert "public" in response.headers["Cache-Control"], address
            assert response.headers["ETag"], address
            assert not response.cookies, address
        for address in (
            f"/events/{event.public_id}/apply/",
            reverse(
                "meetings:event-application", args=[application_token(EventApplicationFactory(event=event))]
            ),
        ):
            response = client.get(address)
            assert response.headers["Cache-Control"] == "no-store"
            assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
            assert not response.cookies

    def test_the_page_of_its_organisation_leads_to_it(self, client):
        event = EventFactory()
        gone = EventFactory(organization=event.organization, past=True)
        body = text_of(client.get(f"/members/{event.organization.public_id}/"))
        assert f"/events/{event.public_id}/" in body
        assert gone.title not in body

    def test_past_and_cancelled_ones_say_so(self, client, owner):
        past = EventFactory(past=True)
        cancelled = EventFactory(
            cancelled_at=timezone.now(), cancelled_by=owner, cancelled_reason="台風のため"
        )
        assert "この催しは終わりました" in text_of(client.get(f"/events/{past.public_id}/"))
        assert "台風のため" in text_of(client.get(f"/events/{cancelled.public_id}/"))
        assert past.title not in text_of(client.get("/events/"))
        assert past.title in text_of(client.get("/events/?when=past"))

    def test_a_member_that_is_not_listed_is_not_named(self, client):
        event = EventFactory(organization__is_listed=False)
        for address in public_addresses(event):
            if "/members/" not in address:
                assert event.organization.name not in text_of(client.get(address)), address

    def test_filters_and_garbage(self, client):
        town = MunicipalityFactory()
        here, there = EventFactory(municipality=town, kind="seminar"), EventFactory()
        found = text_of(client.get(f"/events/?kind=seminar&municipality={town.pk}"))
        assert here.title in found
        assert there.title not in found
        for garbage in ("?kind=x", "?municipality=zzz", "?when=never", "?page=-3", "?page=x%00", "?kind=%00"):
            assert client.get(f"/events/{garbage}").status_code == 200

    def test_text_is_never_markup(self, client):
        event = EventFactory(
            title="<script>alert(1)</script>",
            description="<img src=x onerror=alert(1)> [x](javascript:alert(1))",
            place='"><svg onload=alert(1)>',
        )
        pages = [address for address in public_addresses(event) if not address.endswith(".ics")]  # plain text
        for address in pages:
            body = text_of(client.get(address))
            assert "<script>alert" not in body, address
            assert "<img src=x" not in body, address
            assert "<svg onload" not in body, address
            assert 'href="javascript:' not in body, address


class TestMonth:
    def test_an_event_of_several_days_stands_on_each(self, client):
        first = timezone.localtime().replace(day=10, hour=9, minute=0)
        event = EventFactory(starts_at=first, ends_at=first + dt.timedelta(days=2))
        body = text_of(client.get(f"/events/month/{first.year}/{first.month}/"))
        assert len(re.findall(f"/events/{event.public_id}/", body)) == 3

    def test_it_has_an_end(self, client):
        now = Month.of(timezone.localdate())
        last = now.shifted(MONTHS_AHEAD)
        assert client.get(f"/events/month/{last.first.year}/{last.first.month}/").status_code == 200
        beyond = last.shifted(1)
        assert client.get(f"/events/month/{beyond.first.year}/{beyond.first.month}/").status_code == 404
        for address in ("/events/month/2026/13/", "/events/month/0/1/", "/events/month/99999999999/1/"):
            assert client.get(address).status_code == 404

    def test_all_days_of_the_month_once(self):
        for number in range(24):
            month = Month(dt.date(2026, 1, 1)).shifted(number)
            days = [day.on for week in month.weeks([], month.first) for day in week if not day.is_outside]
            assert days[0] == month.first
            assert days[-1] == month.last
            assert len(days) == month.last.day


class TestQueries:
    def test_lists_ask_a_constant_number_of_questions(self, client, django_assert_max_num_queries):
        membership = MembershipFactory()
        for _each in range(8):
            EventApplicationFactory(event=EventFactory(organization=membership.organization, capacity=3))
            EventFactory(own=True)
        event = Event.objects.filter(organization__isnull=False).first()
        for address in public_addresses(event):
            cache.clear()
            with django_assert_max_num_queries(14):
                client.get(address)
        mine, desk = signed_in(membership.user), signed_in(UserFactory(role="secretariat"))
        for visitor, address in ((mine, "/my/events/"), (desk, "/desk/events/")):
            with django_assert_max_num_queries(14):
                visitor.get(address)


class TestCalendars:
    def test_what_a_calendar_reads(self, client, owner):
        event = EventFactory(title="居場所, の日;", sequence=3)
        whole = EventFactory(
            is_all_day=True,
            starts_at=timezone.localtime().replace(hour=0, minute=0) + dt.timedelta(days=3),
            ends_at=timezone.localtime().replace(hour=23, minute=59) + dt.timedelta(days=4),
        )
        gone = EventFactory(cancelled_at=timezone.now(), cancelled_by=owner, cancelled_reason="雨")
        response = client.get("/events/calendar.ics")
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        entries = {
            str(each["uid"])[6:12]: each for each in Calendar.from_ical(response.content).walk("VEVENT")
        }
        assert set(entries) == {event.public_id, whole.public_id, gone.public_id}
        assert str(entries[event.public_id]["summary"]) == "居場所, の日;"
        assert entries[event.public_id]["sequence"] == 3
        assert isinstance(entries[whole.public_id].decoded("dtstart"), dt.date)
        days = entries[whole.public_id].decoded("dtend") - entries[whole.public_id].decoded("dtstart")
        assert days == dt.timedelta(days=2)
        assert str(entries[gone.public_id]["status"]) == "CANCELLED"

    def test_an_empty_feed_is_the_same_every_time(self, client):
        first = client.get("/events/feed.atom").content
        cache.clear()
        assert client.get("/events/feed.atom").content == first


class TestApplying:
    def fields(self, **values: str) -> dict[str, str]:
        return {
            "token": new_token("event-application"),
            "form_id": str(uuid.uuid4()),
            "name": "そら",
            "email": "sora@mail.example",
            "people": "2",
            **values,
        }

    def test_a_number_leads_to_ones_own_page(self, client):
        event = EventFactory(capacity=5)
        fields = self.fields(email="", phone="090-1234-5678")
        response = client.post(f"/events/{event.public_id}/apply/", fields)
        application = EventApplication.objects.get()
        assert response.headers["Location"] == reverse(
            "meetings:event-application", args=[application_token(application)]
        )
        assert "参加が決まっています" in text_of(client.get(response.headers["Location"]))

    def test_nobody_learns_whether_an_address_has_applied(self, client):
        event = EventFactory(capacity=5)
        EventApplicationFactory(event=event, name="ひみつ", email="sora@mail.example")
        said = set()
        for email in ("SORA@mail.example", "natsu@mail.example"):
            response = client.post(f"/events/{event.public_id}/apply/", self.fields(email=email))
            page = client.get(response.headers["Location"])
            said.add((response.headers["Location"], text_of(page)))
        assert len(said) == 1
        assert "メールを確かめてください" in text_of(page)
        assert "ひみつ" not in text_of(page)
        assert EventApplication.objects.count() == 2

    @pytest.mark.parametrize(
        ("event", "button"),
        [
            ({"capacity": 2}, "申し込む"),
            ({"capacity": 1}, "キャンセル待ちに申し込む"),
            ({"capacity": 1, "has_waiting_list": False}, None),
        ],
    )
    def test_the_button_says_what_is_to_be_had(self, client, event, button):
        event = EventApplicationFactory(event=EventFactory(**event)).event
        address = f"/events/{event.public_id}/apply/"
        link = re.search(f'href="{address}">(.*?)</a>', text_of(client.get(f"/events/{event.public_id}/")))
        assert (link and link[1]) == button
        said = re.findall(
            r'<button type="submit" class="button">(.*?)</button>', text_of(client.get(address))
        )
        assert said == ([button] if button else [])
        if button:  # what the form asks to press again is the same
            answer = client.post(address, self.fields(token="made-up"))
            assert f"もう一度「{button}」を押してください" in text_of(answer)

    def test_a_double_click_applies_once(self, client):
        event, fields = EventFactory(), self.fields()
        answers = [client.post(f"/events/{event.public_id}/apply/", fields) for _each in range(2)]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert EventApplication.objects.count() == 1

    def test_the_form_of_another_event_is_another_application(self, client):
        fields = self.fields()
        client.post(f"/events/{EventFactory().public_id}/apply/", fields)
        response = client.post(f"/events/{EventFactory().public_id}/apply/", fields)
        assert response.status_code == 400
        assert EventApplication.objects.count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"name": ""},
            {"name": "x" * 61},
            {"email": "", "phone": ""},
            {"email": "どこか"},
            {"phone": "電話"},
            {"people": "0"},
            {"people": "11"},
            {"people": "99999999999999999999"},
            {"people": "いっぱい"},
            {"note": "x" * 501},
            {"name": "に\x00る"},
            {"form_id": "x"},
            {"token": "made-up"},
            {"token": ""},
        ],
    )
    def test_what_cannot_be_is_said_and_nothing_is_stored(self, client, wrong):
        response = client.post(f"/events/{EventFactory().public_id}/apply/", self.fields(**wrong))
        assert response.status_code == 400
        assert "error-summary" in text_of(response)
        assert not EventApplication.objects.exists()

    def test_the_trap_and_other_sites(self, client):
        address = f"/events/{EventFactory().public_id}/apply/"
        assert client.post(address, self.fields(website_url="https://spam.example")).status_code == 302
        assert (
            client.post(address, self.fields(), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        )
        assert not EventApplication.objects.exists()

    def test_too_many_from_one_place(self, client):
        address = f"/events/{EventFactory().public_id}/apply/"
        codes = [client.post(address, self.fields()).status_code for _each in range(11)]
        assert codes == [302] * 10 + [429]

    def test_opening_the_link_cancels_nothing(self, client):
        application = EventApplicationFactory()
        address = reverse("meetings:event-application", args=[application_token(application)])
        for _each in range(2):
            client.get(address)
            client.head(address)
        assert client.post(address, {"token": "made-up"}).status_code == 400
        application.refresh_from_db()
        assert application.is_standing
        assert client.post(address, {"token": new_token(CancelForm.purpose)}).status_code == 302
        application.refresh_from_db()
        assert not application.is_standing

    def test_links_that_lead_nowhere(self, client):
        application = EventApplicationFactory()
        token = application_token(application)
        application.delete()
        for address, status in ((token, 410), ("made-up", 404), (token[:-3], 404)):
            response = client.get(reverse("meetings:event-application", args=[address]))
            assert response.status_code == status


class TestFile:
    def test_no_cell_runs_as_a_formula(self):
        membership = MembershipFactory()
        event = EventFactory(organization=membership.organization)
        EventApplicationFactory(event=event, name='=HYPERLINK("https://evil.example")', note="@SUM(1)")
        response = signed_in(membership.user).get(f"/my/events/{event.public_id}/applicants.csv")
        body = b"".join(response.streaming_content).decode()
        assert not re.search(r'(^|[,"])[=@]', body, re.MULTILINE)
        assert AuditEvent.objects.filter(type="meetings.event_applicants_exported").exists()


PAGES_OF_ONE = ("", "edit/", "copy/", "cancel/", "applicants/", "applicants.csv")


class TestWhoOpens:
    def codes(self, client: Client, event: Event) -> dict[str, int]:
        return {page: client.get(f"/my/events/{event.public_id}/{page}").status_code for page in PAGES_OF_ONE}

    def test_own_pages(self):
        membership = MembershipFactory()
        event = EventFactory(organization=membership.organization)
        viewer = MembershipFactory(viewer=True, organization=membership.organization)
        assert set(self.codes(signed_in(membership.user), event).values()) == {200}
        assert self.codes(signed_in(viewer.user), event) == {
            page: 200 if not page else 403 for page in PAGES_OF_ONE
        }
        for stranger in (MembershipFactory().user, UserFactory(role="secretariat"), UserFactory(member=True)):
            assert set(self.codes(signed_in(stranger), event).values()) == {404}
        assert set(self.codes(Client(), event).values()) == {302}

    def test_applicants_of_a_member_are_not_for_the_desk(self, secretariat_client):
        event = EventFactory()
        assert secretariat_client.get(f"/desk/events/{event.public_id}/").status_code == 200
        assert secretariat_client.get(f"/desk/events/{event.public_id}/applicants/").status_code == 403

    def test_whoever_looks_at_applicants_is_recorded(self, secretariat_client, secretariat):
        event = EventFactory(own=True)
        EventApplicationFactory(event=event, name="そら")
        assert "そら" in text_of(secretariat_client.get(f"/desk/events/{event.public_id}/applicants/"))
        seen = AuditEvent.objects.get(type="meetings.event_applicants_seen")
        assert (seen.actor_id, seen.object_id) == (secretariat.pk, str(event.pk))
        b"".join(secretariat_client.get(f"/desk/events/{event.public_id}/applicants.csv").streaming_content)
        history = text_of(secretariat_client.get(f"/desk/events/{event.public_id}/"))
        assert "申し込んだ人の一覧を見た" in history
        assert "申し込んだ人の一覧を書き出した" in history

    def test_one_number_with_two_applications_is_shown_to_whoever_calls(self):
        membership = MembershipFactory()
        event = EventFactory(organization=membership.organization)
        for phone in ("090-1234-5678", "09012345678", "087-111-2222"):
            EventApplicationFactory(event=event, email="", phone=phone)
        page = text_of(signed_in(membership.user).get(f"/my/events/{event.public_id}/applicants/"))
        assert page.count("同じ電話番号の申込がほかにもある") == 2

    def test_an_application_of_another_event_is_not_found(self):
        membership = MembershipFactory()
        event = EventFactory(organization=membership.organization)
        other = EventApplicationFactory()
        address = f"/my/events/{event.public_id}/applicants/{other.public_id}/cancel/"
        assert signed_in(membership.user).post(address).status_code == 404
        other.refresh_from_db()
        assert other.is_standing

    def test_somebody_who_called_is_taken_off_once(self):
        membership = MembershipFactory()
        application = EventApplicationFactory(event__organization=membership.organization)
        host = signed_in(membership.user)
        applicants = f"/my/events/{application.event.public_id}/applicants/"
        address = f"{applicants}{application.public_id}/cancel/"
        assert application.name in text_of(host.get(address))
        assert host.post(address).headers["Location"] == applicants
        application.refresh_from_db()
        assert not application.is_standing
        assert host.post(address).status_code == 403

    def test_the_way_of_a_members_event(self):
        membership = MembershipFactory()
        event = EventFactory(
            organization=membership.organization, draft=True, contact_name="", contact_phone=""
        )
        member, page = signed_in(membership.user), f"/my/events/{event.public_id}/"
        assert "問い合わせ先がありません" in text_of(member.post(f"{page}submit/", follow=True))
        Event.objects.update(contact_phone="087-000-0000")
        member.post(f"{page}submit/")
        assert Event.objects.get().state == "in_review"
        assert member.get(f"{page}edit/").status_code == 403
        member.post(f"{page}take-back/")
        assert Event.objects.get().state == "draft"
        assert member.post(f"{page}cancel/", {"reason": "台風"}).status_code == 403

    def test_a_viewer_is_told_why_nothing_can_be_begun(self):
        viewer = signed_in(MembershipFactory(viewer=True).user)
        assert viewer.get("/my/events/new/").status_code == 403
        assert signed_in(UserFactory(member=True)).get("/my/events/new/").status_code == 404
