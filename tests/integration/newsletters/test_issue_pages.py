"""Issues on the desk, as somebody meets them."""

import datetime as dt
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsletters.models import Duty, Issue, IssueState, Newsletter
from newsletters.seasons import SEASONS, seasons_for
from newsletters.services import issues as services
from platform_portal.mail.models import OutgoingMail
from tests.conftest import signed_in, text_of
from tests.factories.members import UserFactory
from tests.factories.newsletters import (
    DutyFactory,
    IssueAttachmentFactory,
    IssueFactory,
    NewsletterFactory,
    SubscriptionFactory,
)
from tests.factories.region import PortalSettingsFactory
from tests.paper_files import bare_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def portal():
    return PortalSettingsFactory(secretariat_address="高松市番町四丁目1番10号")


@pytest.fixture
def person():
    return UserFactory(role="secretariat")


@pytest.fixture
def desk(person) -> Client:
    return signed_in(person)


def at(name: str, *things: object, query: str = "") -> str:
    return reverse(f"newsletters:{name}", args=[thing.public_id for thing in things]) + query


def values_of(issue: Issue | None = None, **changed: object) -> dict[str, object]:
    newsletter = issue.newsletter if issue else Newsletter.objects.first()
    return {
        "newsletter": newsletter.pk,
        "subject": "12月のお知らせ",
        "body": "# 催し\r\n\r\nお茶の会\r\n",
        "max_resends": "1",
        "version": issue.version if issue else "",
        **changed,
    }


# --- The list --------------------------------------------------------------------------------
def test_the_list_says_what_to_do_first(desk, person):
    assert "先に「メルマガの種類」で作って" in text_of(desk.get(at("desk-issue-list")))
    assert "事務局が作ると" in text_of(signed_in(UserFactory(role="staff")).get(at("desk-issue-list")))
    NewsletterFactory()
    assert "「新しい号を書く」から" in text_of(desk.get(at("desk-issue-list")))


def test_the_list_is_narrowed_and_paged(desk):
    issue = IssueFactory(subject="見つける号")
    IssueFactory(subject="ほかの号", completed=True)
    narrowed = text_of(
        desk.get(at("desk-issue-list", query=f"?newsletter={issue.newsletter.public_id}&state=draft"))
    )
    assert "見つける号" in narrowed
    assert "ほかの号" not in narrowed
    assert "あてはまる号はありません" in text_of(desk.get(at("desk-issue-list", query="?state=paused")))
    assert "読めない条件" in text_of(desk.get(at("desk-issue-list", query="?state=nonsense")))
    IssueFactory.create_batch(50, newsletter=issue.newsletter)
    assert "page=2" in text_of(desk.get(at("desk-issue-list")))


@pytest.mark.parametrize("name", ["desk-issue-list", "desk-newsletter-list", "desk-duty-list"])
def test_lists_ask_no_more_for_more_rows(desk, name):
    def grow() -> None:
        newsletter = NewsletterFactory()
        issue = IssueFactory(newsletter=newsletter)
        DutyFactory(newsletter=newsletter, issue=issue)
        SubscriptionFactory(newsletter=newsletter)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(at(name)).status_code == 200
        return len(queries)

    grow()
    count()
    before = count()
    for _number in range(4):
        grow()
    assert count() == before


# --- Writing ---------------------------------------------------------------------------------
def test_a_season_gives_the_first_words(desk):
    NewsletterFactory()
    plain = text_of(desk.get(at("desk-issue-create")))
    for season in SEASONS:
        assert str(season.name) in plain
        page = text_of(desk.get(at("desk-issue-create", query=f"?template={season.key}")))
        assert season.subject in page
        left = "（ここに、" in season.body
        assert page.count("必ず直す</span>") == left  # nothing else is wrong with them
    assert "本文がありません" in text_of(desk.get(at("desk-issue-create", query="?template=nonsense")))
    assert seasons_for(9)[0].key == "september"
    assert seasons_for(12)[0].key == "monthly"


def test_a_season_keeps_the_newsletter_that_was_chosen(desk):
    NewsletterFactory()
    second = NewsletterFactory(position=9)
    page = text_of(desk.get(at("desk-issue-create", query=f"?template=may&newsletter={second.pk}")))
    assert f'<option value="{second.pk}" selected' in page
    assert f"template=september&amp;newsletter={second.pk}" in page
    for garbage in ("x", "9" * 30, "0"):
        page = text_of(desk.get(at("desk-issue-create", query=f"?newsletter={garbage}")))
        assert "&amp;newsletter=" not in page


def test_an_issue_is_written_and_rewritten(desk, person):
    duty = DutyFactory(due_on=timezone.localdate() + dt.timedelta(days=90))
    address = at("desk-issue-create", query=f"?duty={duty.public_id}")
    assert "当番：" in text_of(desk.get(address))
    assert desk.post(address, values_of()).status_code == 302
    issue = Issue.objects.get()
    assert (issue.body, issue.author, issue.duty) == ("# 催し\n\nお茶の会", person, duty)
    desk.post(at("desk-issue-write", issue), values_of(issue, subject="直した題"))
    issue.refresh_from_db()
    assert (issue.subject, issue.version) == ("直した題", 2)


def test_what_was_typed_stays_when_it_is_refused(desk):
    issue = IssueFactory()
    desk.post(at("desk-issue-write", issue), values_of(issue, body="はじめの文"))
    response = desk.post(at("desk-issue-write", issue), values_of(issue, body="あとの文"))
    page = text_of(response)
    assert response.status_code == 422
    assert "ほかの人がこの号を直しました" in page
    assert "あとの文" in page
    assert "はじめの文" in page
    assert 'name="version" value="2"' in page
    long = desk.post(at("desk-issue-write", issue), values_of(issue, subject="長" * 101, body="のこる文"))
    assert long.status_code == 422
    assert "のこる文" in text_of(long)


def test_the_preview_saves_nothing(desk):
    issue = IssueFactory()
    values = values_of(issue, body="# 見るだけ\n\n{{天気}}", preview="1")
    page = text_of(desk.post(at("desk-issue-write", issue), values))
    assert "■ 見るだけ" in page
    assert "「{{天気}}」という部分はありません" in page
    assert 'data-unsaved="now"' in page
    piece = desk.post(at("desk-issue-preview"), values)
    assert "■ 見るだけ" in text_of(piece)
    assert "<html" not in text_of(piece)
    assert "必ず直すもの1件、確かめるもの0件。" in text_of(piece)
    fine = desk.post(at("desk-issue-preview"), values_of(issue, body="お茶の会"))
    assert "直すところはありません。" in text_of(fine)
    assert "%%token%%" not in text_of(piece)
    assert "no-store" in piece.headers["Cache-Control"]
    assert "お茶の会があります" in text_of(desk.get(at("desk-issue-write", issue)))
    assert desk.get(at("desk-issue-preview")).status_code == 302
    desk.post(at("desk-issue-create"), values)
    assert Issue.objects.get().body == issue.body


def test_a_preview_of_nothing_asks_for_a_newsletter(desk):
    assert "メルマガを選ぶと" in text_of(desk.post(at("desk-issue-preview"), {}))


def test_a_script_in_the_body_is_words(desk):
    issue = IssueFactory(
        body="<script>alert(1)</script>\n\n[押す](javascript:alert(1))\n\n<img src=x onerror=alert(1)>"
    )
    page = text_of(desk.get(at("desk-issue", issue)))
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "HTMLのタグのような" in page


@pytest.mark.parametrize("name", ["subject", "body"])
@pytest.mark.parametrize("length", [3_500_000, 700_000])  # more than any request may hold, and than any field
def test_ten_megabytes_are_refused_without_harm(desk, name, length):
    issue = IssueFactory()
    before = time.process_time()
    for page in (at("desk-issue-write", issue), at("desk-issue-preview")):
        response = desk.post(page, values_of(issue, **{name: "長" * length}))
        assert response.status_code in ({400, 413} if length > 1_000_000 else {200, 422})
    assert time.process_time() - before < 10
    assert Issue.objects.get().version == 1


def test_an_approved_issue_warns_before_it_is_changed(desk, person):
    issue = IssueFactory(scheduled=True)
    assert "承認は取り消され" in text_of(desk.get(at("desk-issue-write", issue)))
    assert "承認は取り消され" in text_of(desk.get(at("desk-issue", issue)))
    same = values_of(issue, subject=issue.subject, body=issue.body)
    page = text_of(desk.post(at("desk-issue-write", issue), same, follow=True))
    assert "承認を取り消して、下書きに戻しました" not in page
    assert Issue.objects.get().state == IssueState.SCHEDULED
    page = text_of(desk.post(at("desk-issue-write", issue), values_of(issue), follow=True))
    assert "承認を取り消して、下書きに戻しました" in page
    assert Issue.objects.get().state == IssueState.DRAFT
    assert "下書きに戻ったわけ" in page


def test_what_was_sent_is_not_opened_for_writing(desk):
    assert desk.get(at("desk-issue-write", IssueFactory(completed=True))).status_code == 403
    assert "書く</a>" not in text_of(desk.get(at("desk-issue", IssueFactory(completed=True))))


def test_what_was_typed_stays_when_the_issue_left_meanwhile(desk):
    issue = IssueFactory(sending=True)
    response = desk.post(at("desk-issue-write", issue), values_of(issue, body="夜まで書いた文"))
    page = text_of(response)
    assert response.status_code == 422
    assert "もう直せません" in page
    assert "新しい号に書いてください" in page
    assert "夜まで書いた文" in page
    assert Issue.objects.get().body == issue.body


# --- The way ---------------------------------------------------------------------------------
def test_from_a_draft_to_the_time_it_leaves(desk, person):
    newsletter = NewsletterFactory()
    SubscriptionFactory(newsletter=newsletter)
    issue = IssueFactory(newsletter=newsletter, author=UserFactory(role="staff"))
    writer = signed_in(issue.author)
    page = text_of(writer.post(at("desk-issue", issue), {"to": "in_review", "version": 1}, follow=True))
    assert "確認を頼みました" in page
    assert "ほかの人（事務局）が確かめて、承認します" in page
    assert "権限では" not in page  # nothing is wrong: the next step is not theirs
    assert at("desk-issue-approve", issue) in text_of(desk.get(reverse("desk:home")))
    approve = text_of(desk.get(at("desk-issue-approve", issue)))
    assert "1人" in approve
    seen = services.proposal_of(issue).content.sha256
    assert f'value="{seen}"' in approve
    stale = desk.post(at("desk-issue-approve", issue), {"seen": "0" * 64})
    assert "送る内容が変わりました" in text_of(stale)
    desk.post(at("desk-issue-approve", issue), {"seen": seen})
    assert at("desk-issue-schedule", issue) in text_of(desk.get(reverse("desk:home")))
    assert "いま届く人は 1人" in text_of(desk.get(at("desk-issue-schedule", issue)))
    missing = desk.post(at("desk-issue-schedule", issue), {"when": "later"})
    assert "送る時刻を入れて" in text_of(missing)
    assert desk.post(at("desk-issue-schedule", issue), {"when": "nonsense"}).status_code == 422
    night = (timezone.localtime() + dt.timedelta(days=2)).strftime("%Y-%m-%dT23:30")
    asked = desk.post(at("desk-issue-schedule", issue), {"when": "later", "send_at": night})
    assert "は夜です" in text_of(asked)
    at_night = {"when": "later", "send_at": night, "is_night_fine": "on"}
    assert "23:30 に送ります" in text_of(desk.post(at("desk-issue-schedule", issue), at_night, follow=True))
    assert Issue.objects.get().state == IssueState.SCHEDULED
    page = text_of(desk.post(at("desk-issue", issue), {"to": "approved"}, follow=True))
    assert Issue.objects.get().state == IssueState.APPROVED
    past = desk.post(at("desk-issue-schedule", issue), {"when": "later", "send_at": "2020-01-01T12:00"})
    assert "もう過ぎた時刻" in text_of(past)
    desk.post(at("desk-issue-schedule", issue), {"when": "now", "is_night_fine": "on"})
    assert Issue.objects.get().state == IssueState.SCHEDULED
    assert "承認を取り消して下書きに戻す" in text_of(desk.get(at("desk-issue", issue)))
    desk.post(at("desk-issue", issue), {"to": "draft", "version": 1})
    assert Issue.objects.get().state == IssueState.DRAFT


def test_nobody_is_shown_a_button_for_their_own(desk, person):
    own = IssueFactory(in_review=True, author=person)
    file = IssueAttachmentFactory(issue=own)
    page = text_of(desk.get(at("desk-issue-approve", own)))
    assert "自分で認めることはできません" in page
    assert 'name="seen"' not in page
    assert at("desk-attachment", own, file) in page
    assert at("desk-issue-approve", own) not in text_of(desk.get(reverse("desk:home")))


def test_what_is_to_be_mended_holds_the_approval_back(desk):
    page = text_of(desk.get(at("desk-issue-approve", IssueFactory(in_review=True, subject=""))))
    assert "承認できません" in page
    assert "件名がありません" in page


def test_a_step_without_its_reason_is_shown_again(desk):
    issue = IssueFactory(in_review=True)
    response = desk.post(at("desk-issue", issue), {"to": "draft", "reason": ""})
    assert response.status_code == 422
    assert "理由を書いてください" in text_of(response)
    page = text_of(
        desk.post(at("desk-issue", issue), {"to": "draft", "reason": "日付がちがいます"}, follow=True)
    )
    assert "日付がちがいます" in page
    assert "日付がちがいます" in text_of(desk.get(at("desk-issue-write", issue)))
    desk.post(at("desk-issue", issue), {"to": "cancelled"})
    assert Issue.objects.get().state == IssueState.CANCELLED


def test_steps_that_are_none_are_not_found_or_refused(desk):
    issue = IssueFactory(in_review=True)
    assert desk.post(at("desk-issue", issue), {"to": "nonsense"}).status_code == 404
    assert desk.post(at("desk-issue", issue), {"to": "approved"}).status_code == 404
    assert desk.post(at("desk-issue", issue), {"to": "completed"}).status_code == 404
    assert desk.post(at("desk-issue", issue), {"to": "in_review"}).status_code == 200
    draft = IssueFactory()
    for page in ("desk-issue-approve", "desk-issue-schedule"):
        assert desk.get(at(page, draft)).status_code == 302
    assert Issue.objects.get(pk=issue.pk).state == IssueState.IN_REVIEW


# --- Files and trial -------------------------------------------------------------------------
def test_files_come_and_go(desk):
    issue = IssueFactory()
    assert "まで" in text_of(desk.get(at("desk-attachment-add", issue)))
    assert desk.post(at("desk-attachment-add", issue), {}).status_code == 422
    lying = SimpleUploadedFile("ちらし.pdf", b"<html><script>alert(1)</script></html>")
    assert "種類のファイル" in text_of(desk.post(at("desk-attachment-add", issue), {"file": lying}))
    good = SimpleUploadedFile("ちらし.pdf", bare_pdf())
    assert desk.post(at("desk-attachment-add", issue), {"file": good}).status_code == 302
    attachment = issue.attachments.get()
    assert "ちらし.pdf" in text_of(desk.get(at("desk-issue", issue)))
    handed = desk.get(at("desk-attachment", issue, attachment))
    assert handed.headers["Content-Type"] == "application/pdf"
    assert handed.headers["Cache-Control"] == "private, no-store"
    assert b"".join(handed.streaming_content).startswith(b"%PDF")
    assert "外しますか" in text_of(desk.get(at("desk-attachment-remove", issue, attachment)))
    desk.post(at("desk-attachment-remove", issue, attachment))
    assert not issue.attachments.exists()


def test_a_file_of_an_approved_issue_warns(desk):
    assert "承認は取り消され" in text_of(desk.get(at("desk-attachment-add", IssueFactory(approved=True))))


def test_a_trial_is_sent_from_the_page(desk, person):
    issue = IssueFactory()
    assert person.email in text_of(desk.get(at("desk-issue-trial", issue)))
    page = text_of(desk.post(at("desk-issue-trial", issue), {"people": [person.pk]}, follow=True))
    assert "1人に試し送りしました" in page
    outsider = UserFactory(role="member")
    assert desk.post(at("desk-issue-trial", issue), {"people": [outsider.pk]}).status_code == 422
    many = [user.pk for user in UserFactory.create_batch(11, role="staff")]
    assert "一度に10人まで" in text_of(desk.post(at("desk-issue-trial", issue), {"people": many}))
    assert OutgoingMail.objects.get().address == person.email
    assert "ここでは何も起きません" in text_of(Client().get(reverse("newsletters:trial")))


# --- Newsletters -----------------------------------------------------------------------------
def test_newsletters_are_begun_changed_and_stopped(desk):
    assert "まだありません" in text_of(desk.get(at("desk-newsletter-list")))
    values = {
        "name": "県民だより", "description": "月に一度", "readership": "public", "sender_name": "事務局",
        "sender_address": "news@example.jp", "reply_address": "a@example.jp", "position": "0",
    }  # fmt: skip
    assert desk.post(at("desk-newsletter-create"), {**values, "is_for_new_members": "on"}).status_code == 422
    assert desk.get(at("desk-newsletter-create")).status_code == 200
    desk.post(at("desk-newsletter-create"), values)
    newsletter = Newsletter.objects.get()
    assert newsletter.list_label in text_of(desk.get(at("desk-newsletter", newsletter)))
    desk.post(at("desk-newsletter", newsletter), {**values, "name": "みんなのたより"})
    assert "やめますか" in text_of(desk.get(at("desk-newsletter-stop", newsletter)))
    desk.post(at("desk-newsletter-stop", newsletter))
    newsletter.refresh_from_db()
    assert (newsletter.name, newsletter.is_active) == ("みんなのたより", False)
    assert "発行をやめました" in text_of(desk.get(at("desk-newsletter-list")))
    assert "また発行しますか" in text_of(desk.get(at("desk-newsletter-stop", newsletter)))
    desk.post(at("desk-newsletter-stop", newsletter))
    newsletter.refresh_from_db()
    assert newsletter.is_active


# --- Duties ----------------------------------------------------------------------------------
def test_turns_are_given_changed_swapped_and_removed(desk, person):
    newsletter, today = NewsletterFactory(), timezone.localdate()
    other = UserFactory(role="staff", name="編集 はなこ")
    first, second = today + dt.timedelta(days=3), today + dt.timedelta(days=33)
    for day, editor in ((first, person), (second, other)):
        values = {"newsletter": newsletter.pk, "due_on": day.isoformat(), "editor": editor.pk}
        assert desk.post(at("desk-duty-create"), values).status_code == 302
    assert desk.post(at("desk-duty-create"), values).status_code == 422  # that day has its turn
    page = text_of(desk.get(at("desk-duty-list")))
    assert "編集 はなこ" in page
    mine, theirs = Duty.objects.order_by("due_on")
    assert "ほかの人と入れかえる" in text_of(desk.get(at("desk-duty", mine)))
    desk.post(
        at("desk-duty", mine), {**values, "due_on": first.isoformat(), "editor": person.pk, "note": "増刊"}
    )
    assert "と入れかえます" in text_of(desk.get(at("desk-duty-swap", mine)))
    assert desk.post(at("desk-duty-swap", mine), {}).status_code == 422
    desk.post(at("desk-duty-swap", mine), {"other": theirs.pk})
    mine.refresh_from_db()
    assert (mine.editor, mine.note) == (other, "増刊")
    assert "消しますか" in text_of(desk.get(at("desk-duty-remove", mine)))
    desk.post(at("desk-duty-remove", mine))
    assert list(Duty.objects.all()) == [theirs]


def test_months_are_planned_at_once(desk, person):
    newsletter = NewsletterFactory()
    assert desk.get(at("desk-duty-plan")).status_code == 200
    other = UserFactory(role="staff")
    values = {
        "newsletter": newsletter.pk,
        "first_on": "2027-01-31",
        "months": "4",
        "editors": [person.pk, other.pk],
    }
    assert desk.post(at("desk-duty-plan"), {**values, "editors": []}).status_code == 422
    desk.post(at("desk-duty-plan"), values)
    desk.post(at("desk-duty-plan"), values)  # what is planned already stays
    days = [f"{day:%m-%d}" for day in Duty.objects.order_by("due_on").values_list("due_on", flat=True)]
    assert days == ["01-31", "02-28", "03-31", "04-30"]
    assert len(set(Duty.objects.values_list("editor", flat=True))) == 2


def test_without_newsletters_the_roster_says_so(desk):
    assert "発行しているメルマガがありません" in text_of(desk.get(at("desk-duty-list")))


def test_own_turns_wait_on_the_first_page(desk, person):
    DutyFactory(editor=person)
    assert "今月の編集の当番" in text_of(desk.get(reverse("desk:home")))
