"""The annual report on the desk and for everybody."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from kombu import Connection

from platform_portal.celery import app
from platform_portal.page_cache import forget_public_pages
from reports import tasks
from reports.models import AnnualReport, Rendering, RenderingState, ReportEdition, ReportState
from reports.models.renderings import LATE_AFTER
from reports.services import renderings
from tests.conftest import signed_in, text_of
from tests.factories.members import UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.factories.reports import (
    YEAR,
    ActivityFactory,
    AnnualReportFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    ReportCommentFactory,
    ReportEditionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def portal():
    return PortalSettingsFactory()


@pytest.fixture
def desk():
    return signed_in(UserFactory(role="secretariat"))


def at(name: str, *args: object) -> str:
    return reverse(f"reports:{name}", args=[YEAR, *args])


def test_a_year_is_begun_from_the_list(desk):
    GrantSchemeFactory()
    listed = text_of(desk.get(reverse("reports:desk-report-list")))
    assert "令和6年度" in listed
    page = desk.post(at("desk-report-begin"), follow=True)
    assert "まだ空です" in text_of(page)
    desk.post(at("desk-report-begin"))
    assert AnnualReport.objects.count() == 1


def test_without_years_the_list_says_what_to_do_first(desk):
    assert "先に「事業の記録」で" in text_of(desk.get(reverse("reports:desk-report-list")))


def test_findings_lead_to_where_they_are_mended(desk):
    report = AnnualReportFactory(sections={"outcome": "成果があった。(⑨)"})
    activity = ActivityFactory(scheme=report.scheme, result="")
    page = text_of(desk.get(at("desk-report")))
    assert at("desk-report-section", "background") in page
    assert at("desk-report-section", "outcome") in page
    assert reverse("reports:desk-activity", args=[activity.public_id]) in page
    assert "必ず直すものが5件あります" in page
    assert 'aria-disabled="true" aria-describedby="against-in_review"' in page
    answer = desk.post(at("desk-report"), {"to": "in_review", "version": report.version}, follow=True)
    assert "「事業の課題と次年度に向けての展望」がまだ空です" in text_of(answer)
    assert AnnualReport.objects.get().state == ReportState.DRAFT


def test_a_section_is_written_beside_last_years(desk):
    AnnualReportFactory(scheme__fiscal_year=YEAR - 1, sections={"outlook": "去年の展望です。"})
    report = AnnualReportFactory()
    GrantCategoryFactory(scheme=report.scheme)
    page = text_of(desk.get(at("desk-report-section", "outlook")))
    assert "去年の展望です。" in page
    assert 'data-insert="(③)"' in page
    assert 'data-insert="{会員団体数}"' in page
    version = report.sections.get(kind="outlook").version
    desk.post(at("desk-report-section", "outlook"), {"body": "今年は\r\n広げる。\r\n", "version": version})
    assert report.sections.get(kind="outlook").body == "今年は\n広げる。"


def test_who_comes_second_keeps_what_they_wrote(desk):
    report = AnnualReportFactory()
    address, version = at("desk-report-section", "outlook"), report.sections.get(kind="outlook").version
    desk.post(address, {"body": "はじめの文", "version": version})
    page = text_of(desk.post(address, {"body": "あとの文", "version": version}))
    assert "ほかの人がここを直しました" in page
    assert "あとの文" in page
    assert "はじめの文" in page
    assert report.sections.get(kind="outlook").body == "はじめの文"


def test_a_remark_is_written_and_settled(desk):
    AnnualReportFactory()
    address = at("desk-report-section", "outcome")
    assert "意見を書いてください" in text_of(
        desk.post(at("desk-report-comment", "outcome"), {"text": ""}, follow=True)
    )
    desk.post(at("desk-report-comment", "outcome"), {"text": "数を足してください"})
    assert "数を足してください" in text_of(desk.get(address))
    comment = AnnualReport.objects.get().sections.get(kind="outcome").comments.get()
    desk.post(at("desk-report-comment-settle", "outcome", comment.public_id))
    assert "済み（" in text_of(desk.get(address))


def test_an_open_remark_is_told_beside_the_approval(desk):
    report = AnnualReportFactory(state=ReportState.IN_REVIEW)
    ActivityFactory(
        scheme=report.scheme, categories=[GrantCategoryFactory(scheme=report.scheme, confirmed=True)]
    )
    report.sections.update(body="連絡会を開いた。(③)")
    ReportCommentFactory(section=report.sections.first())
    assert "済んでいない意見が1件あります" in text_of(desk.get(at("desk-report")))


def test_steps_ask_for_a_reason_where_one_is_needed(desk):
    report = AnnualReportFactory(state=ReportState.IN_REVIEW)
    answer = desk.post(at("desk-report"), {"to": "draft", "version": report.version})
    assert "理由を書いてください" in text_of(answer)
    desk.post(at("desk-report"), {"to": "draft", "version": report.version, "reason": "直すため"})
    report.refresh_from_db()
    assert report.state == ReportState.DRAFT
    assert re.search("下書きに戻した理由.*直すため", text_of(desk.get(at("desk-report"))), re.DOTALL)


def test_what_changed_since_it_was_read_is_not_moved(desk):
    report = AnnualReportFactory(version=5)
    page = desk.post(at("desk-report"), {"to": "in_review", "version": 4}, follow=True)
    assert "ほかの人がここを直しました" in text_of(page)
    report.refresh_from_db()
    assert report.state == ReportState.DRAFT


@pytest.mark.parametrize("to", ["published", "submitted", "x"])
def test_states_out_of_the_blue(desk, to):
    AnnualReportFactory()
    answer = desk.post(at("desk-report"), {"to": to, "version": 1}, follow=True)
    assert answer.status_code in {200, 404}
    assert AnnualReport.objects.get().state == ReportState.DRAFT


def test_file_from_the_click_to_the_download(desk, monkeypatch):
    monkeypatch.setattr(renderings, "_wake_printer", lambda: None)
    AnnualReportFactory()
    page = desk.post(at("desk-report-ask"), {"kind": "docx"}, follow=True)
    row = Rendering.objects.get()
    assert "順番を待っています" in text_of(page)
    assert 'id="working"' in text_of(page)
    assert desk.get(at("desk-report-download", row.public_id)).status_code == 404
    renderings.make_waiting()
    assert "できました" in text_of(desk.get(at("desk-report-file", row.public_id)))
    answer = desk.get(at("desk-report-download", row.public_id))
    assert answer.content.startswith(b"PK")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_stage_is_seen_on_the_page(desk, monkeypatch):
    """A reload shows how far it is; the script asks for the same page until there is nothing to wait for."""
    monkeypatch.setattr(renderings, "_wake_printer", lambda: None)
    real = renderings.make_file
    pages = []

    def look() -> None:
        pages.append(text_of(desk.get(at("desk-report-file", Rendering.objects.get().public_id))))

    def watched(kind, source, *, on_writing):
        look()
        made = real(kind, source, on_writing=on_writing)
        look()
        return made

    monkeypatch.setattr(renderings, "make_file", watched)
    AnnualReportFactory()
    desk.post(at("desk-report-ask"), {"kind": "docx"})
    look()
    renderings.make_waiting()
    look()
    now = [re.findall(r'<li aria-current="step">(.*?)</li>', page) for page in pages]
    assert now == [["順番を待っています"], ["紙面を組んでいます"], ["ファイルに書いています"], []]
    assert [re.findall(r'<progress max="3" value="(\d)"', page) for page in pages] == [
        ["0"],
        ["1"],
        ["2"],
        [],
    ]
    address = at("desk-report-file", Rendering.objects.get().public_id)
    for page in pages[:3]:
        assert f'data-working="{address}"' in page
        assert f'href="{address}"' in page
        assert "js/desk/working" in page
        assert "進みが遅れています" not in page
    assert 'id="working"' not in pages[3]
    assert at("desk-report-download", Rendering.objects.get().public_id) in pages[3]


@pytest.mark.django_db(transaction=True)
def test_without_redis_the_click_is_kept_and_told(desk, monkeypatch):
    """The queue refuses every connection. The row waits for the tick, and the page says when that is long in coming."""
    away = Connection("redis://127.0.0.1:1/0", transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS)
    monkeypatch.setitem(app.conf, "task_always_eager", False)
    monkeypatch.setattr(app, "connection_for_write", lambda *args, **options: away)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    AnnualReportFactory()
    page = text_of(desk.post(at("desk-report-ask"), {"kind": "docx"}, follow=True))
    assert "順番を待っています" in page
    assert "進みが遅れています" not in page
    address = at("desk-report-file", Rendering.objects.get().public_id)
    Rendering.objects.update(asked_at=timezone.now() - LATE_AFTER - dt.timedelta(seconds=1))
    assert "進みが遅れています" in text_of(desk.get(address))
    tasks.make_waiting_files()
    assert "できました" in text_of(desk.get(address))


def test_file_is_cancelled_and_asked_for_again(desk, monkeypatch):
    monkeypatch.setattr(renderings, "_wake_printer", lambda: None)
    AnnualReportFactory()
    desk.post(at("desk-report-ask"), {"kind": "pdf"})
    row = Rendering.objects.get()
    page = desk.post(at("desk-report-file-cancel", row.public_id), follow=True)
    assert "やめました" in text_of(page)
    desk.post(at("desk-report-ask"), {"kind": "pdf"})
    assert Rendering.objects.get().state == RenderingState.QUEUED


@pytest.mark.parametrize("data", [{}, {"kind": "exe"}, {"kind": "pdf", "edition": "9"}])
def test_files_that_there_are_not(desk, data):
    AnnualReportFactory()
    assert desk.post(at("desk-report-ask"), data).status_code == 404
    assert not Rendering.objects.exists()


def test_queries_of_the_hub_are_constant(desk):
    report = AnnualReportFactory()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(at("desk-report")).status_code == 200
        return len(queries)

    ActivityFactory(scheme=report.scheme, result="")
    count()  # the first visit fills caches
    few = count()
    for _each in range(6):
        ActivityFactory(scheme=report.scheme, result="")
        ReportCommentFactory()
    assert count() == few


# --- For everybody -------------------------------------------------------------------------------
def test_a_submitted_report_is_read_by_everybody():
    edition = ReportEditionFactory(said="孤独《こどく》を減らす。(③)<script>alert(1)</script>")
    assert "令和6年度" in text_of(Client().get(reverse("reports:report-list")))
    page = text_of(Client().get(at("report-detail")))
    assert "<ruby>孤独<rp>（</rp><rt>こどく</rt><rp>）</rp></ruby>を減らす" in page
    assert "<script>alert" not in page
    assert edition.sha256 in page
    assert Client().get(at("report-json")).json()["sha256"] == edition.sha256
    assert Client().get(at("report-pdf")).status_code == 404  # nobody has made it yet


def test_the_pdf_of_the_submitted_edition_is_handed_out():
    edition = ReportEditionFactory()
    row = renderings.ask_for_file(
        report=edition.report, kind="pdf", edition=edition, by=UserFactory(role="secretariat")
    )
    renderings.make_waiting()
    row.refresh_from_db()
    assert row.state == RenderingState.DONE, row.error
    answer = Client().get(at("report-pdf"))
    assert answer.content.startswith(b"%PDF")
    assert Client().get(at("report-pdf"), headers={"If-None-Match": f'"{row.sha256}"'}).status_code == 304
    assert row.sha256 in text_of(Client().get(at("report-detail")))


def test_nothing_is_told_before_it_is_submitted():
    """A word in the draft, in an edition that was only approved, and in a newer one beside a submitted one."""
    hidden = "zqひみつqz"
    scheme = GrantSchemeFactory(official_name=f"{hidden}交付金")
    report = AnnualReportFactory(scheme=scheme, heading=hidden, sections={"outcome": hidden})
    ActivityFactory(scheme=scheme, title=hidden, result=hidden)
    ReportEditionFactory(report=report, said=hidden, submitted_at=None, submitted_by=None)
    older = GrantSchemeFactory(fiscal_year=YEAR - 1)
    submitted = ReportEditionFactory(report__scheme=older, said="公開の文")
    ReportEditionFactory(report=submitted.report, number=2, said=hidden, submitted_at=None, submitted_by=None)
    forget_public_pages()
    answers = [Client().get(reverse("reports:report-list"))]
    answers += [
        Client().get(reverse(f"reports:report-{page}", args=[year]))
        for page in ("detail", "json", "pdf")
        for year in (YEAR, YEAR - 1)
    ]
    assert [text_of(answer) for answer in answers if hidden in text_of(answer)] == []
    assert Client().get(at("report-detail")).status_code == 404
    assert "公開の文" in text_of(Client().get(reverse("reports:report-detail", args=[YEAR - 1])))
    assert ReportEdition.objects.published().count() == 1
