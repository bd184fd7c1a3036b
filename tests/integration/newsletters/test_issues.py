"""Writing an issue and its way to the readers: what is bound, what voids it, who may."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from newsletters.composing import compose
from newsletters.content import from_json
from newsletters.models import Issue, IssueState
from newsletters.permissions import can_edit_issue, can_move_issue
from newsletters.permissions.newsletters import can_edit_newsletters, can_plan_duties
from newsletters.services import issues as services
from newsletters.services import newsletters as masters
from newsletters.services.attachments import (
    MOST_EACH,
    MOST_FILES,
    add_attachment,
    remove_attachment,
    sweep_attachments,
)
from newsletters.services.trials import MOST_PEOPLE, send_trial
from newsletters.workflow import ISSUE_WAYS
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.mail.models import OutgoingMail
from platform_portal.publishing.states import diagram
from tests.factories.members import UserFactory
from tests.factories.newsletters import DutyFactory, IssueFactory, NewsletterFactory
from tests.factories.region import PortalSettingsFactory
from tests.integration.meetings.papers import paper
from tests.racing import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def portal():
    return PortalSettingsFactory(
        secretariat_address="高松市番町四丁目1番10号",
        secretariat_postal_code="760-8570",
        secretariat_phone="087-832-0000",
    )


@pytest.fixture
def writer():
    return UserFactory(role="secretariat")


@pytest.fixture
def approver():
    return UserFactory(role="secretariat")


@pytest.fixture
def reviewed(writer) -> Issue:
    """Waits for somebody else."""
    issue = IssueFactory(author=writer)
    return services.request_review(issue=issue, version=1, by=writer)


@pytest.fixture
def approved(reviewed, approver) -> Issue:
    return approve(reviewed, approver)


@pytest.fixture
def scheduled(approved, approver) -> Issue:
    return services.schedule_issue(issue=approved, send_at=timezone.now() + dt.timedelta(days=1), by=approver)


def approve(issue: Issue, by) -> Issue:
    seen = services.proposal_of(issue).content.sha256
    return services.approve_issue(issue=issue, seen_sha256=seen, by=by)


def event_types(issue: Issue) -> list[str]:
    return list(AuditEvent.objects.about(issue).order_by("pk").values_list("type", flat=True))


def test_the_diagram_is_the_table(settings):
    drawn = diagram(ISSUE_WAYS, IssueState.DRAFT)
    assert f"```mermaid\n{drawn}```" in (settings.BASE_DIR / "docs" / "workflow.md").read_text(
        encoding="utf-8"
    )


# --- Writing ---------------------------------------------------------------------------------
def test_an_issue_takes_the_next_turn_of_its_newsletter(writer):
    newsletter = NewsletterFactory()
    today = timezone.localdate()
    DutyFactory(newsletter=newsletter, due_on=today - dt.timedelta(days=1))
    turn = DutyFactory(newsletter=newsletter, due_on=today + dt.timedelta(days=3))
    later = DutyFactory(newsletter=newsletter, due_on=today + dt.timedelta(days=30))
    values = {"subject": "題", "body": "本文"}
    first = services.create_issue(newsletter=newsletter, values=values, by=writer)
    second = services.create_issue(newsletter=newsletter, values=values, by=writer, duty=later)
    third = services.create_issue(newsletter=newsletter, values=values, by=writer)
    turn.refresh_from_db()
    later.refresh_from_db()
    assert (turn.issue, later.issue) == (first, second)
    assert not hasattr(Issue.objects.get(pk=third.pk), "duty")
    assert event_types(first) == ["newsletters.issue_created"]


def test_nothing_is_written_for_a_newsletter_that_was_stopped(writer):
    stopped = NewsletterFactory(is_active=False)
    with pytest.raises(ValidationError, match="発行をやめて"):
        services.create_issue(newsletter=stopped, values={"subject": "題", "body": ""}, by=writer)
    with pytest.raises(ValidationError, match="発行をやめて"):
        services.edit_issue(issue=IssueFactory(), values={"newsletter": stopped}, version=None, by=writer)


def test_who_comes_second_is_told(writer, approver):
    issue = IssueFactory()
    services.edit_issue(issue=issue, values={"body": "はじめの文"}, version=1, by=writer)
    with pytest.raises(Refused, match="ほかの人がこの号を直しました"):
        services.edit_issue(issue=issue, values={"body": "あとの文"}, version=1, by=approver)
    unchanged = services.edit_issue(issue=issue, values={"body": "はじめの文"}, version=1, by=approver)
    assert (unchanged.version, unchanged.author) == (2, writer)


@pytest.mark.parametrize("role", ["member", "staff"])
def test_permission_twins_agree(role, writer):
    person, issue = UserFactory(role=role), IssueFactory(author=writer)
    assert can_edit_issue(person, issue) is can_plan_duties(person) is (role == "staff")
    assert not can_edit_newsletters(person)
    issue.state = IssueState.IN_REVIEW
    assert not can_move_issue(person, issue, IssueState.APPROVED)
    if role == "member":
        with pytest.raises(Refused):
            services.create_issue(newsletter=issue.newsletter, values={"subject": "", "body": ""}, by=person)
        with pytest.raises(Refused):
            send_trial(issue=issue, people=[person], by=person)


@pytest.mark.parametrize("subject", ["題\r\nBcc: x@example.jp", "題\nX", "題\u2028X"])
def test_no_header_gets_in_by_the_subject(writer, subject):
    with pytest.raises(ValidationError):
        services.create_issue(
            newsletter=NewsletterFactory(), values={"subject": subject, "body": ""}, by=writer
        )


@pytest.mark.parametrize("name", ["sender_name", "name", "sender_address", "reply_address", "description"])
def test_no_header_gets_in_by_a_name(writer, name):
    values = {
        "name": "便り", "sender_name": "事務局", "sender_address": "a@example.jp", "reply_address": "b@example.jp",
        name: "news@example.jp\r\nBcc: x@example.jp",
    }  # fmt: skip
    with pytest.raises(ValidationError):
        masters.create_newsletter(values=values, by=writer)


# --- Review and approval ---------------------------------------------------------------------
def test_what_is_to_be_mended_keeps_it_from_review(writer, portal):
    portal.secretariat_address = ""
    portal.save()
    issue = IssueFactory(subject="", body="{{天気}}", author=writer)
    with pytest.raises(services.NotReady) as refusal:
        services.request_review(issue=issue, version=1, by=writer)
    assert {each.code for each in refusal.value.findings} == {
        "no_subject",
        "unknown_block",
        "no_postal_address",
    }


def test_review_is_asked_for_what_one_has_seen(writer):
    with pytest.raises(Refused, match="読み直して"):
        services.request_review(issue=IssueFactory(), version=9, by=writer)


def test_approval_binds_what_leaves(reviewed, approver):
    approved = approve(reviewed, approver)
    content = from_json(approved.content)
    assert approved.state == IssueState.APPROVED
    assert approved.number == 1
    assert content.sha256 == approved.approved_sha256
    assert content == compose(Issue.objects.get(pk=approved.pk))
    assert "第1号" in content.text


def test_nobody_approves_their_own(reviewed, writer):
    with pytest.raises(Refused, match="自分で認める"):
        approve(reviewed, writer)


def test_who_mends_it_in_review_does_not_approve_it(reviewed, approver):
    edited = services.edit_issue(issue=reviewed, values={"body": "直した文"}, version=1, by=approver)
    assert edited.state == IssueState.IN_REVIEW
    with pytest.raises(Refused, match="自分で認める"):
        approve(edited, approver)


def test_what_changed_while_somebody_looked_is_refused(reviewed, approver, writer):
    seen = services.proposal_of(reviewed).content.sha256
    services.edit_issue(issue=reviewed, values={"body": "こっそり直した文"}, version=1, by=writer)
    with pytest.raises(services.ChangedSince, match="内容が変わりました"):
        services.approve_issue(issue=reviewed, seen_sha256=seen, by=approver)
    assert Issue.objects.get().approved_sha256 == ""


def test_the_audience_is_part_of_what_was_looked_at(reviewed, approver):
    seen = services.proposal_of(reviewed).content.sha256
    type(reviewed.newsletter).objects.update(readership="members")
    with pytest.raises(services.ChangedSince):
        services.approve_issue(issue=reviewed, seen_sha256=seen, by=approver)


def test_numbers_follow_each_other_and_stay(approved, approver, writer):
    again = services.reopen_issue(issue=approved, by=writer)
    assert (again.state, again.number, again.content) == (IssueState.DRAFT, 1, None)
    second = IssueFactory(newsletter=approved.newsletter, author=writer)
    assert approve(services.request_review(issue=second, version=1, by=writer), approver).number == 2
    assert approve(services.request_review(issue=again, version=1, by=writer), approver).number == 1


def test_a_returned_issue_says_why(reviewed, approver):
    with pytest.raises(Refused, match="理由"):
        services.return_issue(issue=reviewed, reason=" ", by=approver)
    returned = services.return_issue(issue=reviewed, reason="日付がちがいます", by=approver)
    assert returned.state == IssueState.DRAFT
    assert AuditEvent.objects.about(returned).first().note == "日付がちがいます"


# --- What voids an approval ------------------------------------------------------------------
def test_an_edit_voids_the_approval(scheduled, writer):
    edited = services.edit_issue(issue=scheduled, values={"subject": "ちがう題"}, version=1, by=writer)
    edited.refresh_from_db()
    assert (edited.state, edited.approved_sha256, edited.content, edited.send_at) == (
        IssueState.DRAFT,
        "",
        None,
        None,
    )
    assert edited.subject == "ちがう題"
    assert event_types(edited)[-2:] == ["newsletters.issue_reopened", "newsletters.issue_changed"]


def test_saving_what_stands_there_voids_nothing(scheduled, writer):
    values = {"subject": scheduled.subject, "body": scheduled.body}
    assert (
        services.edit_issue(issue=scheduled, values=values, version=1, by=writer).state
        == IssueState.SCHEDULED
    )


def test_a_file_voids_the_approval_too(approved, writer, approver):
    attachment = add_attachment(issue=approved, paper=paper(), by=writer)
    issue = Issue.objects.get()
    assert (issue.state, issue.author) == (IssueState.DRAFT, writer)
    again = approve(services.request_review(issue=issue, version=1, by=writer), approver)
    assert [file["name"] for file in again.content["attachments"]] == ["資料1.pdf"]
    remove_attachment(attachment=attachment, by=writer)
    remove_attachment(attachment=attachment, by=writer)
    assert Issue.objects.get().state == IssueState.DRAFT
    assert compose(Issue.objects.get()).attachments == ()


def test_another_newsletter_counts_anew(approved, writer):
    other = NewsletterFactory()
    edited = services.edit_issue(issue=approved, values={"newsletter": other}, version=1, by=writer)
    assert (edited.number, edited.newsletter) == (None, other)


def test_what_was_sent_is_never_edited(writer):
    sent = IssueFactory(completed=True)
    with pytest.raises(Refused, match="もう直せません"):
        services.edit_issue(issue=sent, values={"subject": "ちがう題"}, version=None, by=writer)
    with pytest.raises(Refused, match="もう直せません"):
        add_attachment(issue=sent, paper=paper(), by=writer)
    with pytest.raises(Refused, match="送信のようす"):
        services.discard_issue(issue=sent, reason="まちがい", by=writer)


# --- Time ------------------------------------------------------------------------------------
def test_a_time_is_not_in_the_past_nor_far_away(approved, approver):
    now = timezone.now()
    for wrong in (now - dt.timedelta(hours=1), now + dt.timedelta(days=400)):
        with pytest.raises(ValidationError):
            services.schedule_issue(issue=approved, send_at=wrong, by=approver)
    at_once = services.schedule_issue(issue=approved, send_at=None, by=approver)
    assert abs(at_once.send_at - now) < dt.timedelta(minutes=1)


def test_a_time_is_taken_back(scheduled, approver):
    back = services.unschedule_issue(issue=scheduled, by=approver)
    assert (back.state, back.send_at) == (IssueState.APPROVED, None)
    assert back.approved_sha256
    gone = services.discard_issue(issue=back, reason="催しがなくなりました", by=approver)
    assert gone.state == IssueState.CANCELLED


@pytest.mark.parametrize(("hour", "night"), [(21, False), (22, True), (3, True), (6, True), (7, False)])
def test_the_night_is_from_ten_to_seven(hour, night):
    at = dt.datetime(2026, 11, 22, hour, 30, tzinfo=timezone.get_current_timezone())
    assert services.is_at_night(at) is night


# --- Files -----------------------------------------------------------------------------------
def test_files_have_limits(writer, monkeypatch):
    issue = IssueFactory()
    with pytest.raises(ValidationError, match="3 MB"):
        add_attachment(issue=issue, paper=_sized(MOST_EACH + 1), by=writer)
    with pytest.raises(ValidationError, match="PDF・Word"):
        add_attachment(issue=issue, paper=_sized(10, kind="pptx"), by=writer)
    add_attachment(issue=issue, paper=_sized(MOST_EACH), by=writer)
    with pytest.raises(ValidationError, match="合わせて 5 MB"):
        add_attachment(issue=issue, paper=_sized(MOST_EACH), by=writer)
    for _number in range(MOST_FILES - 1):
        add_attachment(issue=issue, paper=_sized(10), by=writer)
    with pytest.raises(ValidationError, match=f"{MOST_FILES}個まで"):
        add_attachment(issue=issue, paper=_sized(10), by=writer)


def test_a_long_name_keeps_its_ending(writer):
    attachment = add_attachment(issue=IssueFactory(), paper=_sized(10, name=f"{'長' * 140}.pdf"), by=writer)
    assert len(attachment.name) == 120
    assert attachment.name.endswith("長.pdf")
    assert attachment.kind == "pdf"


def test_files_without_a_row_are_swept(writer, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("platform_portal.sweeping.YOUNGEST", dt.timedelta(days=-1))
    kept = add_attachment(issue=IssueFactory(), paper=paper(), by=writer)
    lost = add_attachment(issue=IssueFactory(), paper=paper(), by=writer)
    type(lost).objects.filter(pk=lost.pk).delete()
    assert sweep_attachments() == 1
    assert kept.file.storage.exists(kept.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment=kept, by=writer)
    assert not kept.file.storage.exists(kept.file.name)


def _sized(size: int, kind: str = "pdf", name: str = "資料.pdf"):
    from meetings.models import DocumentKind
    from meetings.papers.checking import CheckedPaper

    return CheckedPaper(name, DocumentKind(kind), b"x" * size, "0" * 64, None)


# --- Trial -----------------------------------------------------------------------------------
def test_a_trial_goes_to_colleagues_and_opens_nothing(writer):
    issue = IssueFactory(subject="今月の催し")
    attachment = add_attachment(issue=issue, paper=paper(), by=writer)
    colleague = UserFactory(role="staff")
    assert send_trial(issue=issue, people=[writer, colleague, writer], by=writer) == 2
    mail = OutgoingMail.objects.get(address=colleague.email)
    assert mail.subject == "【試し送り】今月の催し"
    assert mail.text.startswith("これは試し送りです。")
    assert mail.files == [
        {
            "place": attachment.file.name,
            "name": "資料1.pdf",
            "content_type": "application/pdf",
            "sha256": attachment.sha256,
        }
    ]
    for body in (mail.text, mail.html):
        assert "http://testserver/newsletters/trial/" in body
        assert "/newsletters/leave/" not in body
        assert "%%token%%" not in body
    assert OutgoingMail.objects.count() == 2


def test_a_trial_goes_to_nobody_else(writer):
    issue = IssueFactory()
    with pytest.raises(Refused, match="職員のページを使う人"):
        send_trial(issue=issue, people=[UserFactory(role="member")], by=writer)
    with pytest.raises(Refused, match="選んでください"):
        send_trial(issue=issue, people=[], by=writer)
    with pytest.raises(Refused, match=f"{MOST_PEOPLE}人まで"):
        send_trial(issue=issue, people=UserFactory.create_batch(MOST_PEOPLE + 1, role="staff"), by=writer)
    assert not OutgoingMail.objects.exists()


# --- The newsletters themselves --------------------------------------------------------------
def test_a_newsletter_keeps_the_label_of_its_first_name(writer):
    values = {
        "name": "Tsunagari News", "sender_name": "事務局", "sender_address": "a@example.jp",
        "reply_address": "b@example.jp", "readership": "public",
    }  # fmt: skip
    first = masters.create_newsletter(values=values, by=writer)
    assert first.list_label == "tsunagari-news"
    renamed = masters.change_newsletter(newsletter=first, values={"name": "つながりだより"}, by=writer)
    assert renamed.list_label == "tsunagari-news"
    assert masters.change_newsletter(newsletter=first, values={"name": "つながりだより"}, by=writer) == first
    second = masters.create_newsletter(values={**values, "name": "TSUNAGARI news"}, by=writer)
    third = masters.create_newsletter(values={**values, "name": "県民だより"}, by=writer)
    assert second.list_label == f"news-{second.public_id}"
    assert third.list_label == f"news-{third.public_id}"
    assert event_types(first) == ["newsletters.newsletter_created", "newsletters.newsletter_changed"]
    with pytest.raises(Refused):
        masters.create_newsletter(values=values, by=UserFactory(role="staff"))


# --- Two at once -----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_approve_at_once(reviewed, approver):
    other = UserFactory(role="secretariat")
    seen = services.proposal_of(reviewed).content.sha256
    results = at_once(
        *(
            lambda by=by: services.approve_issue(issue=reviewed, seen_sha256=seen, by=by)
            for by in (approver, other)
        )
    )
    assert results.count(None) == 1
    assert event_types(reviewed).count("newsletters.issue_approved") == 1


@pytest.mark.django_db(transaction=True)
def test_an_edit_during_approval_never_leaves_another_content_approved(reviewed, approver, writer):
    seen = services.proposal_of(reviewed).content.sha256
    at_once(
        lambda: services.approve_issue(issue=reviewed, seen_sha256=seen, by=approver),
        lambda: services.edit_issue(issue=reviewed, values={"body": "直した文"}, version=1, by=writer),
    )
    issue = Issue.objects.get()
    assert issue.body == "直した文"
    assert issue.state in {IssueState.IN_REVIEW, IssueState.DRAFT}
    assert issue.content is None


@pytest.mark.django_db(transaction=True)
def test_two_issues_approved_at_once_get_two_numbers(reviewed, approver, writer):
    second = IssueFactory(newsletter=reviewed.newsletter, author=writer, subject="ほかの号")
    second = services.request_review(issue=second, version=1, by=writer)
    seen = [services.proposal_of(issue).content.sha256 for issue in (reviewed, second)]
    at_once(
        *(
            lambda issue=issue, sha=sha: services.approve_issue(issue=issue, seen_sha256=sha, by=approver)
            for issue, sha in zip((reviewed, second), seen, strict=True)
        )
    )
    # Whoever came second had looked at a mail with the number of the first.
    assert list(Issue.objects.exclude(number=None).values_list("number", flat=True)) == [1]
