"""The archive: what everybody reads, what members read, and what nobody reads any more."""

import datetime as dt
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from newsletters.archiving import archived_html, summary_of
from newsletters.composing import compose
from newsletters.content import TOKEN_MARK, to_json
from newsletters.models import Issue, IssueAttachment, Readership
from newsletters.services.archive import (
    can_restore_issue,
    can_withdraw_issue,
    restore_issue,
    withdraw_issue,
)
from newsletters.services.completing import complete_if_done
from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from platform_portal.page_cache import VERSION_KEY
from tests.conftest import signed_in
from tests.factories.members import MembershipFactory, UserFactory
from tests.factories.newsletters import IssueFactory, NewsletterFactory, content_of

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def members_issue(**values: Any) -> Issue:
    issue: Issue = IssueFactory(
        completed=True, newsletter__readership=Readership.MEMBERS, subject="会員だけの号", **values
    )
    return issue


def get(name: str, *args: str, query: str = "", client: Client | None = None, status: int = 200) -> str:
    response = (client or Client()).get(reverse(f"newsletters:{name}", args=args) + query)
    assert response.status_code == status
    return b"".join(response).decode()


# --- The list -------------------------------------------------------------------------------------
def test_list_shows_what_was_sent_to_everybody() -> None:
    shown = IssueFactory(completed=True, subject="春の号")
    IssueFactory(subject="下書きの号")
    IssueFactory(sending=True, subject="送信中の号")
    IssueFactory(completed=True, subject="公開をやめた号", is_withdrawn=True)
    members_issue()
    text = get("archive")
    assert reverse("newsletters:issue", args=[shown.public_id]) in text
    for hidden in ("下書きの号", "送信中の号", "公開をやめた号", "会員だけの号"):
        assert hidden not in text


def test_what_was_written_for_members_stays_theirs() -> None:
    issue = members_issue()
    issue.newsletter.readership = Readership.PUBLIC
    issue.newsletter.save()
    assert "会員だけの号" not in get("archive")
    get("issue", issue.public_id, status=404)
    assert "会員だけの号" not in get("feed")


def test_list_narrows_to_a_newsletter_and_a_year() -> None:
    old = IssueFactory(completed=True, subject="古い号")
    # The first moments of a year in Japan, when it is still the old one in UTC.
    Issue.objects.filter(pk=old.pk).update(completed_at=dt.datetime(2023, 12, 31, 15, 30, tzinfo=dt.UTC))
    IssueFactory(completed=True, subject="ことしの号", newsletter=old.newsletter)
    IssueFactory(completed=True, subject="ほかの号")
    one = f"?newsletter={old.newsletter.public_id}"
    text = get("archive", query=one)
    assert "古い号" in text
    assert "ほかの号" not in text
    text = get("archive", query=f"{one}&year=2024")
    assert "古い号" in text
    assert "ことしの号" not in text
    for garbage in ("&year=1999", "&year=x", "&year=", "&page=x"):
        assert "ことしの号" in get("archive", query=one + garbage)
    for nobody in ("?newsletter=nobody", "?newsletter=%00"):
        get("archive", query=nobody, status=404)
    get("archive", query=f"?newsletter={members_issue().newsletter.public_id}", status=404)


def test_list_without_anything_and_with_many(django_assert_max_num_queries: Any) -> None:
    assert "まだありません" in get("archive")
    newsletter = NewsletterFactory()
    cache.clear()
    for _each in range(21):
        IssueFactory(completed=True, newsletter=newsletter)
    with django_assert_max_num_queries(6):
        assert "?page=2" in get("archive")


def test_what_was_just_sent_is_there_at_once(django_capture_on_commit_callbacks: Any) -> None:
    issue = IssueFactory(sending=True, subject="いまの号")
    assert "いまの号" not in get("archive")
    with django_capture_on_commit_callbacks(execute=True):
        assert complete_if_done(issue)
    assert "いまの号" in get("archive")


# --- One issue ------------------------------------------------------------------------------------
def test_issue_is_shown_as_it_was_sent_without_anybodys_token() -> None:
    newsletter = NewsletterFactory()
    draft = IssueFactory(newsletter=newsletter, subject="秋の号", body="# 催し\n\nお茶の会です。")
    content = compose(draft)
    issue = IssueFactory(completed=True, newsletter=newsletter, subject="秋の号", content=to_json(content))
    text = get("issue", issue.public_id)
    assert "お茶の会です。" in text
    assert text.count("<h1>") == 1
    for personal in (TOKEN_MARK, "newsletters/leave", "style=", "配信は、いつでもやめられます"):
        assert personal not in text
    assert summary_of(issue.content).startswith("催し\nお茶の会です。")


@pytest.mark.parametrize(
    "html",
    [
        f'<p>残る</p><p>やめる: <a href="https://x.example/{TOKEN_MARK}">こちら</a></p>',
        f"<div><p>残る</p><div>やめる https://x.example/{TOKEN_MARK} こちら</div></div>",
        f"<p>残る</p><footer><p>やめる {TOKEN_MARK}</p></footer>",
        f"<main><p>残る</p><ul><li>やめる {TOKEN_MARK}</li></ul></main><footer>こちら</footer>",
        f"<p>残る</p><script>やめる</script><style>やめる</style> {TOKEN_MARK}",
        f'<p>残る</p><img src="https://x.example/{TOKEN_MARK}" onerror="やめる()">',
        f'<p>残る</p><a href="javascript:{TOKEN_MARK}"></a>',
    ],
)
def test_no_token_survives_whatever_was_composed(html: str) -> None:
    shown = archived_html({"html": html})
    assert "残る" in shown
    for gone in (TOKEN_MARK, "やめる", "こちら", "javascript", "img"):
        assert gone not in shown


def test_page_is_kept_by_caches_and_sets_nothing(django_assert_num_queries: Any) -> None:
    issue = IssueFactory(completed=True)
    address = reverse("newsletters:issue", args=[issue.public_id])
    client = Client()
    first = client.get(address)
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert not first.cookies
    with django_assert_num_queries(0):
        assert client.get(address).status_code == 200
        assert client.get(address, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 304


def test_minutes_with_a_reader_are_counted_not_readers() -> None:
    issue = IssueFactory(completed=True)
    address = reverse("newsletters:issue", args=[issue.public_id])
    for query in ("", "?a", "?b"):  # past the page cache
        Client().get(address + query)
    Client().head(f"{address}?c")
    issue.refresh_from_db()
    assert issue.page_views == 1
    before = issue.updated_at
    cache.clear()
    Client().get(address)
    issue.refresh_from_db()
    assert (issue.page_views, issue.updated_at) == (2, before)


def test_nothing_is_counted_without_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = IssueFactory(completed=True)
    monkeypatch.setattr("platform_portal.page_cache.public_version", lambda: "")
    get("issue", issue.public_id)
    issue.refresh_from_db()
    assert issue.page_views == 0


@pytest.mark.parametrize("wanted", ["aaaaaa", "zzzzzz"])
def test_hostile_ids_find_nothing(wanted: str) -> None:
    IssueFactory(completed=True)
    get("issue", wanted, status=404)
    get("issue-file", wanted, "aaaaaa", status=404)
    assert Client().get("/newsletters/AAAAAA/").status_code == 404
    assert Client().get("/newsletters/%00aaaaa/").status_code == 404


# --- Members --------------------------------------------------------------------------------------
def test_members_read_theirs_and_others_do_not(outsider: Any) -> None:
    theirs, everybodys = members_issue(), IssueFactory(completed=True, subject="みんなの号")
    member = signed_in(MembershipFactory().user)
    text = get("my-archive", client=member)
    assert "会員だけの号" in text
    assert "みんなの号" in text
    get("my-issue", theirs.public_id, client=member)
    led = member.get(reverse("newsletters:issue", args=[theirs.public_id]))
    assert led.headers["Location"] == reverse("newsletters:my-issue", args=[theirs.public_id])
    assert led.headers["Cache-Control"] == "private, no-store"
    assert "会員だけの号" in get("my-archive", client=signed_in(UserFactory(role="staff")))

    left = MembershipFactory(organization__left=True).user
    for person in (outsider, left):
        client = signed_in(person)
        text = get("my-archive", client=client)
        assert "会員だけの号" not in text
        assert "担当している団体がないため" in text
        get("my-issue", theirs.public_id, client=client, status=404)
        get("issue", theirs.public_id, client=client, status=404)
        get("my-issue", everybodys.public_id, client=client)
    get("issue", theirs.public_id, status=404)


def test_members_archive_without_anything() -> None:
    assert "まだ1号も送っていません" in get("my-archive", client=signed_in(MembershipFactory().user))


# --- Files ----------------------------------------------------------------------------------------
def with_file(issue: Issue, **kept: str) -> IssueAttachment:
    row = IssueAttachment(
        issue=issue,
        name="ちらし.pdf",
        content_type="application/pdf",
        size=4,
        sha256="a" * 64,
        added_by=issue.author,
    )
    row.file.save("x.pdf", ContentFile(b"%PDF"), save=True)
    file = {"public_id": row.public_id, "name": row.name, "content_type": row.content_type, "size": 4}
    issue.content["attachments"] = [{**file, "sha256": row.sha256, **kept}]
    issue.save(update_fields=["content"])
    return row


def test_file_that_was_sent_is_handed_out() -> None:
    issue = IssueFactory(completed=True)
    row = with_file(issue)
    address = reverse("newsletters:issue-file", args=[issue.public_id, row.public_id])
    assert address in get("issue", issue.public_id)
    response = Client().get(address)
    assert (response.content, response.headers["Content-Type"]) == (b"%PDF", "application/pdf")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert Client().get(address, HTTP_IF_NONE_MATCH=response.headers["ETag"]).status_code == 304
    member = signed_in(MembershipFactory().user)
    get("my-issue-file", issue.public_id, row.public_id, client=member)
    get("issue-file", issue.public_id, "aaaaaa", status=404)
    row.file.delete(save=False)
    get("issue-file", issue.public_id, row.public_id, status=404)


def test_file_that_was_not_approved_is_not_handed_out() -> None:
    issue = IssueFactory(completed=True)
    row = with_file(issue, sha256="b" * 64)
    get("issue-file", issue.public_id, row.public_id, status=404)


# --- Feed -----------------------------------------------------------------------------------------
def text_of(element: Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}") or ""


def test_feed_is_valid_atom_with_lasting_ids() -> None:
    newsletter = NewsletterFactory(name="県民だより")
    issue = IssueFactory(
        completed=True,
        newsletter=newsletter,
        content=to_json(
            content_of(newsletter, subject="<夏> & 秋", html=f"<p>あ&lt;い</p><p>{TOKEN_MARK}</p>")
        ),
    )
    IssueFactory(completed=True)
    response = Client().get(reverse("newsletters:feed"))
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response.headers["ETag"]
    feed = fromstring(response.content)
    assert len(feed.findall(f"{ATOM}entry")) == 2
    assert text_of(feed, "id") == "tag:tsunagari-portal,2026:newsletters"
    one = fromstring(get("feed", query=f"?newsletter={newsletter.public_id}").encode())
    assert text_of(one, "id") == f"tag:tsunagari-portal,2026:newsletters:{newsletter.public_id}"
    (entry,) = one.findall(f"{ATOM}entry")
    assert text_of(entry, "id") == f"tag:tsunagari-portal,2026:newsletter-issue:{issue.public_id}"
    assert text_of(entry, "title") == "<夏> & 秋"
    assert text_of(entry, "updated")
    assert TOKEN_MARK not in get("feed")
    get("feed", query="?newsletter=nobody", status=404)


def test_empty_feed_is_valid() -> None:
    assert fromstring(get("feed").encode()).findall(f"{ATOM}entry") == []


# --- Withdrawal -----------------------------------------------------------------------------------
def test_withdrawing_and_putting_back(secretariat: Any, django_capture_on_commit_callbacks: Any) -> None:
    issue = IssueFactory(completed=True, subject="まちがいの号")
    row = with_file(issue)
    client = signed_in(secretariat)
    get("issue", issue.public_id)
    ask = reverse("newsletters:desk-issue-withdraw", args=[issue.public_id])
    assert "まちがいの号" in get("desk-issue-withdraw", issue.public_id, client=client)
    assert client.post(ask, {"reason": " "}).status_code == 422
    version = cache.get(VERSION_KEY)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(ask, {"reason": "日付をまちがえた"})
    assert done.headers["Location"] == reverse("newsletters:desk-sending", args=[issue.public_id])
    assert cache.get(VERSION_KEY) != version
    event = AuditEvent.objects.get(type="newsletters.issue_withdrawn")
    assert (event.note, event.actor_id) == ("日付をまちがえた", secretariat.pk)

    gone = get("issue", issue.public_id, status=410)
    assert "まちがいの号" not in gone
    get("issue-file", issue.public_id, row.public_id, status=410)
    assert "まちがいの号" not in get("archive") + get("feed")
    assert "まちがいの号" not in get("my-archive", client=signed_in(MembershipFactory().user))
    assert client.post(ask, {"reason": "もう一度"}).status_code == 422
    assert not can_withdraw_issue(secretariat, Issue.objects.get())

    assert "もう一度公開する" in get("desk-sending", issue.public_id, client=client)
    client.post(reverse("newsletters:desk-issue-restore", args=[issue.public_id]))
    get("issue", issue.public_id)
    assert AuditEvent.objects.filter(type="newsletters.issue_restored").exists()
    assert not can_restore_issue(secretariat, Issue.objects.get())


def test_only_who_sends_may_withdraw(owner: Any) -> None:
    issue = IssueFactory(completed=True)
    assert can_withdraw_issue(issue.approved_by, issue)
    with pytest.raises(Refused):
        withdraw_issue(issue=issue, reason="理由", by=owner)
    with pytest.raises(Refused, match="理由"):
        withdraw_issue(issue=issue, reason=" ", by=issue.approved_by)
    with pytest.raises(Refused):
        restore_issue(issue=issue, by=issue.approved_by)
    with pytest.raises(Refused):
        withdraw_issue(issue=IssueFactory(sending=True), reason="理由", by=issue.approved_by)


def test_members_issue_links_to_where_they_read_it(secretariat: Any) -> None:
    issue = members_issue(completed_at=timezone.now())
    text = get("desk-sending", issue.public_id, client=signed_in(secretariat))
    assert reverse("newsletters:my-issue", args=[issue.public_id]) in text


# --- Search engines -------------------------------------------------------------------------------
def test_search_engines_find_what_was_sent_to_everybody(django_assert_max_num_queries: Any) -> None:
    at = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
    shown = IssueFactory(completed=True, completed_at=at)
    hidden = [IssueFactory(), IssueFactory(sending=True), IssueFactory(completed=True, is_withdrawn=True)]
    hidden.append(members_issue())
    with django_assert_max_num_queries(3):
        text = get("sitemap")
    page = reverse("newsletters:issue", args=[shown.public_id])
    assert f"<url><loc>http://testserver{page}</loc><lastmod>2026-11-20</lastmod></url>" in text
    assert "<loc>http://testserver/newsletters/</loc>" in text
    assert "<loc>http://testserver/newsletters/subscribe/</loc>" in text
    assert not [issue for issue in hidden if issue.public_id in text]
    robots = Client().get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/newsletters/sitemap.xml" in robots
