"""What took place is offered as an activity: with its facts, once, and with nothing that is nobody's business."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from meetings.models import ParticipantCount
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.desk_jobs import registered_jobs
from reports.models import Activity, AnnualReport, Dismissal, ReportState
from reports.services.offers import accept_offer, dismiss_offer, offers_of, restore_offer
from tests.conftest import text_of
from tests.factories.events import EventApplicationFactory, EventFactory
from tests.factories.meetings import AgendaItemFactory, AttendanceFactory, AttendeeFactory, MeetingFactory
from tests.factories.members import UserFactory
from tests.factories.reports import (
    YEAR,
    ActivityFactory,
    AnnualReportFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    TrialProjectFactory,
)
from tests.racing import at_once

pytestmark = pytest.mark.django_db
JUNE = dt.datetime(YEAR, 6, 5, 1, tzinfo=dt.UTC)


@pytest.fixture
def scheme():
    return GrantSchemeFactory()


def meeting(**values: Any) -> Any:
    return MeetingFactory(starts_at=JUNE, **{"title": "全体会", **values})


def event(**values: Any) -> Any:
    return EventFactory(starts_at=JUNE, **{"title": "つどい", **values})


def press(client: Any, what: str, thing: Any, kind: str = "meeting") -> Any:
    return client.post(reverse(f"reports:desk-offer-{what}", args=[YEAR, kind, thing.public_id]), follow=True)


def offered(scheme: Any, user: Any) -> list[str]:
    return [offer.title for offer in offers_of(scheme, user)]


def test_facts_are_filled_in(scheme, secretariat):
    held = meeting()
    for label, unit, count in (("幹事団体", "団体", 11), ("", "名", 62)):
        ParticipantCount.objects.create(meeting=held, label=label, unit=unit, count=count, position=count)
    AgendaItemFactory(meeting=held, title="開会", position=0)
    parent = AgendaItemFactory(meeting=held, title="議事", position=1)
    AgendaItemFactory(meeting=held, parent=parent, title="実態調査の進め方", position=0, performer="県の課長")
    closed = AgendaItemFactory(
        meeting=held, title="個別の案件", is_closed=True, closed_reason="個人情報", position=2
    )
    AgendaItemFactory(meeting=held, parent=closed, title="案件の続き", position=0)
    AgendaItemFactory(meeting=held, title="山田花子さんの話", position=3)
    offer = offers_of(scheme, secretariat)[0]
    assert offer.happened_on == dt.date(YEAR, 6, 5)
    assert offer.attendee_count == 62
    assert offer.result == "6月5日に開催した。幹事団体11団体、62名が出席した。議題：実態調査の進め方。"


def test_people_are_counted_where_nobody_wrote_a_number(scheme, secretariat):
    held = meeting()
    for came in (True, True, False):
        AttendeeFactory(attendance=AttendanceFactory(meeting=held, coming=True), has_come=came)
    offer = offers_of(scheme, secretariat)[0]
    assert offer.attendee_count == 2
    assert "2団体、2名が出席した。" in offer.result
    assert "山田" not in offer.result


def test_what_is_not_for_everybody_is_left_out(scheme, secretariat):
    inner = meeting(audience="members", title="会員の会議")
    AgendaItemFactory(meeting=inner, title="会員だけの話")
    meeting(audience="closed", title="閉じた会議")
    offers = list(offers_of(scheme, secretariat))
    assert [offer.title for offer in offers] == ["会員の会議"]
    assert "会員だけの話" not in offers[0].result
    assert "会員だけが見られる会議" in offers[0].notes[0]


def test_only_what_took_place_in_the_year(scheme, secretariat):
    meeting(title="準備中", draft=True)
    meeting(title="中止", state="cancelled", cancelled_reason="大雨")
    MeetingFactory(title="次の年度", starts_at=dt.datetime(YEAR + 1, 4, 1, 1, tzinfo=dt.UTC))
    event(title="下書き", draft=True)
    EventFactory(title="これから")
    event(title="終わった催し", ends_at=JUNE + dt.timedelta(hours=2))
    assert offered(scheme, secretariat) == ["終わった催し"]


def test_applications_of_an_event_are_no_attendance(scheme, secretariat):
    held = event()
    EventApplicationFactory(event=held, people=3)
    EventApplicationFactory(event=held, people=2, state="waiting")
    offer = offers_of(scheme, secretariat)[0]
    assert offer.result == "6月5日に開催した。3人が申し込んだ。"
    assert offer.attendee_count is None


def test_two_presses_make_one_activity(secretariat_client, scheme):
    held = meeting()
    page = text_of(secretariat_client.get(reverse("reports:desk-offer-list", args=[YEAR])))
    assert "全体会" in page
    for _press in range(2):
        assert press(secretariat_client, "accept", held).status_code == 200
    activity = Activity.objects.get()
    assert (activity.title, activity.month_from) == ("全体会", dt.date(YEAR, 6, 1))
    assert list(activity.meetings.all()) == [held]
    assert AuditEvent.objects.filter(type="reports.activity_added").count() == 1
    page = text_of(secretariat_client.get(reverse("reports:desk-offer-list", args=[YEAR])))
    assert "候補はありません" in page


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_activity(secretariat, scheme):
    held = meeting()
    GrantCategoryFactory(scheme=scheme)

    def one() -> None:
        accept_offer(scheme=scheme, kind="meeting", source_id=held.public_id, by=secretariat)

    def other() -> None:
        dismiss_offer(scheme=scheme, kind="meeting", source_id=held.public_id, by=secretariat)

    assert at_once(one, one, one) == [None, None, None]
    assert Activity.objects.count() == 1
    refused = at_once(one, other)
    assert [type(each) for each in refused] == [type(None), Refused]
    assert not Dismissal.objects.exists()


def test_dismissed_once_and_taken_back(secretariat_client, secretariat, scheme):
    held = event()
    for _press in range(2):
        page = text_of(press(secretariat_client, "dismiss", held, "event"))
    assert "取り消す" in page  # beside the message
    assert Dismissal.objects.get().dismissed_by == secretariat
    assert AuditEvent.objects.filter(type="reports.offer_dismissed").count() == 1
    assert offered(scheme, secretariat) == []
    address = reverse("reports:desk-offer-list", args=[YEAR])
    assert "つどい" in text_of(secretariat_client.get(address + "?dismissed=1"))
    for _press in range(2):
        press(secretariat_client, "restore", held, "event")
    assert offered(scheme, secretariat) == ["つどい"]
    press(secretariat_client, "dismiss", held, "event")
    press(secretariat_client, "accept", held, "event")  # somebody thought again
    assert not Dismissal.objects.exists()
    assert list(Activity.objects.get().events.all()) == [held]


def test_facts_that_are_too_many_are_cut(scheme, secretariat):
    held = meeting()
    for number in range(70):
        ParticipantCount.objects.create(
            meeting=held, label=f"{number:02}" + "団" * 58, unit="団体", count=number
        )
    activity, _is_new = accept_offer(scheme=scheme, kind="meeting", source_id=held.public_id, by=secretariat)
    assert len(activity.result) == 4_000


def test_what_became_an_activity_is_not_dismissed(scheme, secretariat):
    held = meeting()
    accept_offer(scheme=scheme, kind="meeting", source_id=held.public_id, by=secretariat)
    with pytest.raises(Refused, match="もう事業になっています"):
        dismiss_offer(scheme=scheme, kind="meeting", source_id=held.public_id, by=secretariat)


@pytest.mark.parametrize(("kind", "source_id"), [("meeting", "zzzzzz"), ("newsletter", "aaaaaa"), ("x", "y")])
def test_what_is_not_there_is_refused_in_words(scheme, secretariat, kind, source_id):
    for service in (accept_offer, dismiss_offer, restore_offer):
        with pytest.raises(Refused, match="もうありません"):
            service(scheme=scheme, kind=kind, source_id=source_id, by=secretariat)


def test_pages_of_offers_in_constant_queries(secretariat_client, scheme, django_assert_max_num_queries):
    address = reverse("reports:desk-offer-list", args=[YEAR])

    def make() -> None:
        held = meeting()
        ParticipantCount.objects.create(meeting=held, unit="名", count=3)
        AgendaItemFactory(meeting=held, title="進め方")
        EventApplicationFactory(event=event())

    make()
    with django_assert_max_num_queries(25) as first:
        secretariat_client.get(address)
    for _each in range(15):
        make()
    with django_assert_max_num_queries(len(first)):
        page = text_of(secretariat_client.get(address))
    assert page.count('class="item"') == 20
    assert "page=2" in page


def test_a_report_waits_for_those_who_did_not_write_it(secretariat, owner):
    report = AnnualReportFactory(state=ReportState.IN_REVIEW, author=secretariat)

    def waits_for(user: Any) -> bool:
        return any(job.address.endswith(f"annual-reports/{YEAR}/") for job in registered_jobs(user))

    other = UserFactory(role="secretariat")
    assert [waits_for(user) for user in (secretariat, other, owner)] == [False, True, False]
    AnnualReport.objects.filter(pk=report.pk).update(requested_by=other, requested_at=JUNE)
    assert not waits_for(other)


def test_jobs_of_the_desk(secretariat, owner, outsider, scheme):
    meeting()
    category = GrantCategoryFactory(scheme=scheme)
    GrantCategoryFactory(scheme=scheme, number=9)

    def jobs(user: Any) -> dict[str, int]:
        return {job.words: job.count for job in registered_jobs(user) if "/record/" in job.address}

    assert jobs(secretariat) == {"事業の候補（令和6年度）": 1, "使っている未確認の区分": 0}
    ActivityFactory(categories=[category])
    TrialProjectFactory(category=GrantCategoryFactory(scheme=scheme, number=7))
    assert jobs(secretariat)["使っている未確認の区分"] == 2
    assert jobs(owner) == {"事業の候補（令和6年度）": 1}
    assert jobs(outsider) == {}
