"""Issues of newsletters in the year's record: offered once they were sent, tied to activities."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from newsletters.content import to_json
from newsletters.models import Readership
from platform_portal.desk_jobs import registered_jobs
from reports.models import Activity, AnnualReport, Dismissal, ReportState
from reports.services.offers import count_offers, offers_of
from tests.conftest import text_of
from tests.factories.newsletters import (
    DeliveryFactory,
    IssueFactory,
    NewsletterFactory,
    content_of,
)
from tests.factories.reports import YEAR, ActivityFactory, GrantSchemeFactory

pytestmark = pytest.mark.django_db
JUNE = dt.datetime(YEAR, 6, 5, 1, tzinfo=dt.UTC)
OFFERS = "reports:desk-offer-list"


@pytest.fixture
def scheme():
    return GrantSchemeFactory()


def sent(copies: int = 0, **values: Any) -> Any:
    """An issue of June, with the ledger of what was accepted."""
    newsletter = values.pop("newsletter", None) or NewsletterFactory(name="県民だより")
    given = {"newsletter": newsletter, "number": 3, "subject": "居場所の一覧ができました", "frozen_at": JUNE}
    issue = IssueFactory(completed=True, **{**given, **values})
    for _copy in range(copies):
        DeliveryFactory(issue=issue, state="accepted", accepted_at=JUNE)
    return issue


def offer_of(scheme: Any, user: Any) -> Any:
    (offer,) = offers_of(scheme, user)
    return offer


def press(client: Any, what: str, issue: Any) -> Any:
    address = reverse(f"reports:desk-offer-{what}", args=[YEAR, "newsletter", issue.public_id])
    return client.post(address, follow=True)


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


# --- What is offered --------------------------------------------------------------------------------
def test_facts_are_filled_in(scheme, owner):
    issue = sent(copies=2)
    DeliveryFactory(issue=issue, state="failed")
    DeliveryFactory(issue=issue, state="accepted", accepted_at=JUNE, bounced_at=JUNE)
    offer = offer_of(scheme, owner)
    assert (offer.title, offer.kind_words) == ("メルマガ「県民だより」第3号", "メルマガ")
    assert offer.happened_on == dt.date(YEAR, 6, 5)
    assert offer.result == "6月5日に3通を送った。件名は「居場所の一覧ができました」。"
    assert offer.attendee_count is None  # whoever reads did not take part
    assert offer.notes == ("このうち1通は、あとで戻ってきました。",)
    assert offer.address == reverse("newsletters:desk-issue", args=[issue.public_id])


@pytest.mark.parametrize("why", ["members", "written for members", "withdrawn"])
def test_what_is_not_for_everybody_is_told_by_date_and_number(scheme, owner, why):
    newsletter = NewsletterFactory(readership=Readership.MEMBERS if why == "members" else Readership.PUBLIC)
    values: dict[str, Any] = {"newsletter": newsletter, "is_withdrawn": why == "withdrawn"}
    if why == "written for members":  # and its newsletter is for everybody since
        values["content"] = to_json(content_of(newsletter, readership=Readership.MEMBERS))
    sent(copies=1, **values)
    offer = offer_of(scheme, owner)
    assert offer.result == "6月5日に1通を送った。"
    assert offer.notes == ("だれでも読める号ではないので、件名は入れません。",)


def test_names_of_people_are_left_out(scheme, owner):
    sent(copies=1, subject="山田花子さんの話を聞く会")
    offer = offer_of(scheme, owner)
    assert offer.result == "6月5日に1通を送った。"
    assert "人の名前" in offer.notes[0]


def test_one_that_reached_nobody_says_so(scheme, owner):
    sent(subject="お知らせ")
    offer = offer_of(scheme, owner)
    assert offer.result == "6月5日に送った。件名は「お知らせ」。"
    assert offer.notes == ("送れたあて先がありません。",)


def test_only_what_was_sent_in_the_year(scheme, owner, outsider):
    """By the day in Japan on which sending began, whenever the last of the rest went out."""
    before = dt.datetime(YEAR, 3, 31, 14, 59, tzinfo=dt.UTC)
    after = dt.datetime(YEAR + 1, 3, 31, 15, tzinfo=dt.UTC)
    for moment in (before, after):
        sent(frozen_at=moment, newsletter=NewsletterFactory())
    IssueFactory(sending=True, frozen_at=JUNE)
    IssueFactory(scheduled=True, send_at=JUNE)
    IssueFactory()
    assert count_offers(scheme, owner) == 0
    sent(completed_at=dt.datetime(YEAR + 1, 6, 1, tzinfo=dt.UTC))
    assert count_offers(scheme, owner) == 1
    assert count_offers(scheme, outsider) == 0
    jobs = {job.words: job for job in registered_jobs(owner)}
    assert "送り終えたメルマガ" in jobs["事業の候補（令和6年度）"].hint


def test_accepted_once_or_dismissed_and_taken_back(owner_client, owner, scheme):
    issue = sent(copies=1)
    assert "県民だより" in text_of(owner_client.get(reverse(OFFERS, args=[YEAR])))
    press(owner_client, "dismiss", issue)
    assert (Dismissal.objects.get().kind, count_offers(scheme, owner)) == ("newsletter", 0)
    press(owner_client, "restore", issue)
    for _press in range(2):
        press(owner_client, "accept", issue)
    activity = Activity.objects.get()
    assert (activity.title, activity.month_from) == ("メルマガ「県民だより」第3号", dt.date(YEAR, 6, 1))
    assert list(activity.issues.all()) == [issue]
    assert count_offers(scheme, owner) == 0


def test_pages_of_offers_in_constant_queries(owner_client, scheme, django_assert_max_num_queries):
    address = reverse(OFFERS, args=[YEAR])
    sent(copies=1)
    with django_assert_max_num_queries(25) as first:
        owner_client.get(address)
    newsletter = NewsletterFactory()
    for number in range(1, 6):
        sent(copies=1, newsletter=newsletter, number=number)
    with django_assert_max_num_queries(len(first)) as second:
        assert text_of(owner_client.get(address)).count('class="item"') == 6
    # What was mailed is long, and no page of offers needs it.
    assert '"newsletters_issue"."content",' not in str(second.captured_queries)


# --- What it is tied to -----------------------------------------------------------------------------
def test_found_by_subject_or_name_and_tied(owner, owner_client, scheme):
    issue = sent()
    later = dt.datetime(YEAR + 1, 6, 1, tzinfo=dt.UTC)
    sent(newsletter=NewsletterFactory(name="助成だより"), frozen_at=later, subject="次の年度の号")
    IssueFactory(subject="居場所の下書き")
    activity = ActivityFactory(scheme=scheme, created_by=owner)
    address = reverse("reports:desk-activity", args=[activity.public_id])
    entered = {"title": "発行", "month_from": f"{YEAR}-06-01", "month_to": "", "result": "送った。"}

    def found(words: str) -> list[str]:
        page = text_of(owner_client.post(address, {**entered, "find": "1", "find_words": words}))
        there = {"6月": "県民だより 第3号 居場所の一覧ができました（令和6年6月5日）", "次": "次の年度の号"}
        assert "居場所の下書き" not in page
        return [key for key, name in there.items() if name in page]

    assert [found(words) for words in ("", "居場所", "県民", "次の年度", "ない言葉")] == [
        ["6月"],
        ["6月"],
        ["6月"],
        ["次"],
        [],
    ]
    owner_client.post(address, {**entered, "save": "1", "issues": [issue.public_id]})
    assert list(activity.issues.all()) == [issue]
    page = text_of(owner_client.get(address))
    assert f'value="{issue.public_id}"' in page
    text = body(owner_client.get(reverse("reports:desk-activity-file", args=[YEAR])))
    head, line = text.splitlines()
    assert head.endswith("関係するメルマガ")
    assert line.endswith("県民だより 第3号 居場所の一覧ができました（令和6年6月5日）")
    # While the report is looked at, it still stands on the page.
    AnnualReport.objects.create(scheme=scheme, state=ReportState.IN_REVIEW, author=owner)
    page = " ".join(text_of(owner_client.get(address)).split())
    assert "<dt>メルマガ</dt><dd>県民だより 第3号" in page


def test_one_that_goes_out_again_stays_tied(owner, owner_client, scheme):
    activity = ActivityFactory(scheme=scheme, created_by=owner)
    activity.issues.add(IssueFactory(sending=True, frozen_at=JUNE))
    address = reverse("reports:desk-activity", args=[activity.public_id])
    owner_client.post(address, {"title": "直した", "month_from": "", "month_to": "", "result": ""})
    activity.refresh_from_db()
    assert (activity.title, activity.issues.count()) == ("直した", 1)
