"""The year's record on the desk: years, categories, activities, their order and their files."""

import datetime as dt
import io
import os
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from meetings.extracting import UnreadableFileError
from meetings.papers.checking import check_paper
from platform_portal.audit.models import AuditEvent
from platform_portal.celery import app
from platform_portal.japanese.calendar import fiscal_year, format_fiscal_year
from reports import tasks
from reports.models import Activity, AnnualReport, Evidence, GrantCategory, GrantScheme, ReportState
from tests.conftest import signed_in, text_of
from tests.factories.meetings import MeetingFactory
from tests.factories.members import MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.region import PortalSettingsFactory
from tests.factories.reports import (
    YEAR,
    ActivityFactory,
    EvidenceFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    RenderingFactory,
    TrialProjectFactory,
)
from tests.full_disk import full_disk
from tests.paper_files import bare_pdf

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"reports:desk-{name}", args=args or [YEAR])


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture
def scheme() -> GrantScheme:
    return GrantSchemeFactory()


@pytest.fixture
def categories(scheme) -> list[GrantCategory]:
    return [GrantCategoryFactory(scheme=scheme, number=number, label=f"区分{number}") for number in (2, 3, 9)]


def typed(**values: Any) -> dict[str, Any]:
    return {
        "title": "庁内の連絡会",
        "month_from": "2024-07-01",
        "month_to": "",
        "result": "話し合った。",
        **values,
    }


# --- Years and categories ---------------------------------------------------------------------------
def test_record_without_a_year_says_what_to_do(secretariat_client):
    assert reverse("reports:desk-scheme-create") in text_of(
        secretariat_client.get(reverse("reports:desk-record"))
    )


def test_whoever_cannot_begin_a_year_is_told_whom_to_ask(secretariat_client, owner_client, scheme):
    """Under an older year nobody shall write by mistake what is done now."""
    PortalSettingsFactory(secretariat_name="県庁の係", secretariat_phone="087-000-0000")
    now = format_fiscal_year(fiscal_year(timezone.localdate()))
    pages = [reverse("reports:desk-scheme-list"), at("activity-list")]
    for address in pages:
        told = text_of(owner_client.get(address))
        assert f"{now}はまだ始まっていません" in told
        assert "087-000-0000" in told
        assert reverse("reports:desk-scheme-create") not in told
        assert f"{now}を始める" in text_of(secretariat_client.get(address))
    GrantSchemeFactory(fiscal_year=fiscal_year(timezone.localdate()))
    for address in pages:
        assert "まだ始まっていません" not in text_of(owner_client.get(address))
    GrantScheme.objects.all().delete()
    assert "087-000-0000" in text_of(owner_client.get(reverse("reports:desk-record")))


def test_record_leads_to_the_year_that_runs(secretariat_client):
    for year in (2023, 2024, 2090):
        GrantSchemeFactory(fiscal_year=year)
    assert secretariat_client.get(reverse("reports:desk-record")).url == at("activity-list", 2024)


def test_begin_a_year(secretariat_client, categories):
    response = secretariat_client.post(
        reverse("reports:desk-scheme-create"),
        {
            "fiscal_year": "2026",
            "official_name": "新しい交付金",
            "rate_numerator": "1",
            "rate_denominator": "2",
            "ceiling_yen": "１２，０００，０００円",
        },
    )
    assert response.url == at("scheme", 2026)
    scheme = GrantScheme.objects.get(fiscal_year=2026)
    assert (scheme.ceiling_yen, scheme.rate_words) == (12_000_000, "2分の1")
    page = text_of(secretariat_client.get(response.url))
    assert "12,000,000円" in page
    assert page.count("未確認</span>") == len(categories)


def test_half_a_rate_is_told_and_nothing_is_lost(secretariat_client, scheme):
    response = secretariat_client.post(
        at("scheme-edit"), {"official_name": "名前を変えた", "rate_numerator": "1", "ceiling_yen": "千円"}
    )
    assert response.status_code == 422
    page = text_of(response)
    assert "金額として読めません" in page
    assert "名前を変えた" in page
    assert "千円" in page


def test_category_is_confirmed_with_the_words_seen(secretariat_client, secretariat, categories):
    address = at("category-confirm", YEAR, 3)
    assert "区分3" in text_of(secretariat_client.get(address))
    assert secretariat_client.post(address, {"label": "区分3"}).status_code == 422  # nobody says they saw it
    categories[1].label = "別の言葉"
    categories[1].save()
    response = secretariat_client.post(address, {"label": "区分3", "has_seen": "on"}, follow=True)
    assert "今の言葉を確かめてください" in text_of(response)
    assert not GrantCategory.objects.get(pk=categories[1].pk).is_confirmed
    secretariat_client.post(address, {"label": "別の言葉", "has_seen": "on"})
    category = GrantCategory.objects.get(pk=categories[1].pk)
    assert category.confirmed_by == secretariat
    secretariat_client.post(at("category", YEAR, 3), {"label": "三つ目の言葉"})
    assert not GrantCategory.objects.get(pk=category.pk).is_confirmed


def test_category_in_use_is_not_removed(secretariat_client, categories):
    ActivityFactory(categories=[categories[0]])
    for number in (2, 9):
        secretariat_client.post(at("category-remove", YEAR, number))
    assert list(GrantCategory.objects.values_list("number", flat=True)) == [2, 3]


# --- Activities -------------------------------------------------------------------------------------
def test_activity_is_written_and_read_again(secretariat_client, categories, scheme):
    meeting = MeetingFactory()
    response = secretariat_client.post(
        at("activity-create"),
        typed(
            categories_0=categories[2].pk,
            categories_1="",
            categories_2=categories[0].pk,
            attendee_count="６２人",
            meetings=[meeting.public_id],
            month_to="2024-09-01",
        ),
    )
    activity = Activity.objects.get()
    assert response.url == at("activity", activity.public_id)
    assert [link.category.number for link in activity.category_links.order_by("position")] == [9, 2]
    assert (activity.attendee_count, activity.month_to) == (62, dt.date(2024, 9, 1))
    assert list(activity.meetings.all()) == [meeting]
    page = text_of(secretariat_client.get(at("activity-list")))
    assert "令和6年7月～9月" in page
    assert "62人" in page


def test_what_is_wrong_is_told_and_the_rest_comes_back(secretariat_client, categories):
    response = secretariat_client.post(
        at("activity-create"),
        typed(
            title="",
            result="長い文を書いた。",
            month_from="2024-09-01",
            month_to="2024-07-01",
            categories_0=categories[0].pk,
            categories_1=categories[0].pk,
        ),
    )
    assert response.status_code == 422
    page = text_of(response)
    assert "同じ区分が2回あります" in page
    assert "長い文を書いた。" in page
    assert 'data-unsaved="now"' in page
    assert 'href="#id_month_to">終わりの月：終わりの月は、始めの月よりあとに' in page
    response = secretariat_client.post(at("activity-create"), typed(month_from="", month_to="2024-07-01"))
    assert "終わりの月だけは書けません" in text_of(response)
    assert not Activity.objects.exists()


def test_looking_for_a_meeting_keeps_what_was_typed(secretariat_client, categories):
    meeting = MeetingFactory(title="秋の全体会")
    other = MeetingFactory(title="春の部会")
    response = secretariat_client.post(
        at("activity-create"),
        typed(
            title="書きかけ",
            categories_1=categories[1].pk,
            find="1",
            find_words="全体会",
            found="",
            meetings=[other.public_id],
        ),
    )
    page = text_of(response)
    assert response.status_code == 200
    assert not Activity.objects.exists()
    assert "書きかけ" in page
    assert 'data-unsaved="now"' in page
    assert "秋の全体会" in page
    assert f'value="{other.public_id}" checked' in page.replace(' id="id_meetings_0"', "").replace("  ", " ")
    assert f'<option value="{categories[1].pk}" selected>' in page
    # Enter in the field, which presses the page's first button, looks for the new words; the save button saves.
    entered = typed(find_words="部会", found="全体会")
    assert "春の部会" in text_of(secretariat_client.post(at("activity-create"), entered))
    assert not Activity.objects.exists()
    secretariat_client.post(at("activity-create"), {**entered, "save": "1", "meetings": [meeting.public_id]})
    assert list(Activity.objects.get().meetings.all()) == [meeting]


def test_two_people_at_once_lose_nothing(secretariat_client, scheme):
    activity = ActivityFactory()
    address = at("activity", activity.public_id)
    page = text_of(secretariat_client.get(address))
    assert 'data-unsaved=""' in page
    seen = page.split('name="seen" value="')[1].split('"')[0]
    first = typed(seen=seen, result="先に保存した文。")
    assert secretariat_client.post(address, first).status_code == 302
    response = secretariat_client.post(address, typed(seen=seen, result="あとから書いた文。"))
    page = text_of(response)
    assert response.status_code == 422
    assert "あとから書いた文。" in page
    assert "先に保存した文。" in page
    assert Activity.objects.get().result == "先に保存した文。"
    seen = page.split('name="seen" value="')[1].split('"')[0]
    secretariat_client.post(address, typed(seen=seen, result="あとから書いた文。"))
    assert Activity.objects.get().result == "あとから書いた文。"


def test_what_somebody_may_not_see_stays_tied(owner, owner_client):
    closed = MeetingFactory(audience="closed", title="ひみつの会議")
    activity = ActivityFactory(created_by=owner)
    activity.meetings.add(closed)
    address = at("activity", activity.public_id)
    assert "ひみつの会議" not in text_of(owner_client.get(address))
    owner_client.post(address, typed(title="直した"))
    activity.refresh_from_db()
    assert activity.title == "直した"
    assert list(activity.meetings.all()) == [closed]
    assert "ひみつの会議" not in body(owner_client.get(at("activity-file"))).decode()


def test_sections_see_their_own(scheme):
    membership = MembershipFactory(
        organization=OrganizationFactory(kind="section"), user=UserFactory(role="staff")
    )
    client = signed_in(membership.user)
    own = ActivityFactory(section=membership.organization, title="うちの課の事業")
    other = ActivityFactory(title="よその課の事業")
    page = text_of(client.get(at("activity-list")))
    assert "うちの課の事業" in page
    assert "よその課の事業" not in page
    assert client.get(at("activity", other.public_id)).status_code == 404
    assert client.post(at("activity-remove", other.public_id), {"reason": "x"}).status_code == 404
    assert client.get(at("activity", own.public_id)).status_code == 200
    foreign = OrganizationFactory(kind="section")
    response = client.post(at("activity-create"), typed(section=foreign.pk))
    assert response.status_code == 422


def test_list_is_narrowed(secretariat_client, categories):
    ActivityFactory(title="夏の事業", categories=[categories[0]])
    ActivityFactory(title="月のない事業", month_from=None)
    ActivityFactory(
        title="長い事業", month_from=dt.date(2024, 5, 1), month_to=dt.date(2024, 8, 1), categories=categories
    )

    def shown(query: str) -> set[str]:
        page = text_of(secretariat_client.get(at("activity-list") + query))
        return {title for title in ("夏の事業", "月のない事業", "長い事業") if title in page}

    assert shown("?category=2") == {"夏の事業", "長い事業"}
    assert shown("?category=9") == {"長い事業"}
    assert shown("?category=none") == {"月のない事業"}
    assert shown("?month=2024-07-01") == {"夏の事業", "長い事業"}
    assert shown("?month=2024-05-01") == {"長い事業"}
    assert shown("?month=none") == {"月のない事業"}
    assert "読めない条件" in text_of(secretariat_client.get(at("activity-list") + "?month=zzz"))
    page = text_of(secretariat_client.get(at("activity-list")))
    assert "② 2件" in " ".join(page.split())
    assert "⑨ 1件" in " ".join(page.split())


def test_removed_with_a_reason(secretariat_client):
    activity = ActivityFactory()
    address = at("activity-remove", activity.public_id)
    assert secretariat_client.post(address, {"reason": " "}).status_code == 422
    secretariat_client.post(address, {"reason": "二重に書いていた"})
    assert not Activity.objects.exists()
    assert AuditEvent.objects.get(type="reports.activity_removed").note == "二重に書いていた"


def test_year_under_review_is_only_read(secretariat_client, secretariat, categories):
    activity = ActivityFactory(categories=[categories[0]])
    AnnualReport.objects.create(scheme=activity.scheme, state=ReportState.IN_REVIEW, author=secretariat)
    for name in ("activity", "activity-remove", "evidence-add"):
        response = secretariat_client.post(at(name, activity.public_id), typed(reason="x"))
        assert response.status_code == 403, name
    page = text_of(secretariat_client.get(at("activity", activity.public_id)))
    assert "下書きに戻してください" in page
    assert 'name="title"' not in page
    for name in ("activity-list", "activity-order", "offer-list", "project-list", "scheme"):
        assert "下書きに戻してください" in text_of(secretariat_client.get(at(name))), name
    project = TrialProjectFactory(scheme=activity.scheme)
    assert 'name="name"' not in text_of(secretariat_client.get(at("project", project.public_id)))


@pytest.mark.parametrize(
    "name", ["activity-list", "activity-order", "activity-file", "project-list", "offer-list"]
)
def test_lists_take_as_many_queries_for_thirty_as_for_one(
    secretariat_client, name, categories, django_assert_max_num_queries
):
    def make() -> None:
        ActivityFactory(categories=categories[:2], section=OrganizationFactory(kind="section"))
        TrialProjectFactory(category=categories[0])
        start = dt.datetime(2024, 6, 5, 10, tzinfo=dt.UTC)
        MeetingFactory(starts_at=start)

    make()
    with django_assert_max_num_queries(25) as first:
        body(secretariat_client.get(at(name)))
    for _each in range(30):
        make()
    with django_assert_max_num_queries(len(first)):
        body(secretariat_client.get(at(name)))


# --- Order ------------------------------------------------------------------------------------------
def order() -> list[str]:
    return list(Activity.objects.in_order().values_list("title", flat=True))


def test_moving_twice_moves_once(secretariat_client):
    rows = [ActivityFactory(title=title, position=0) for title in ("a", "b", "c", "d")]
    address = at("activity-move", rows[2].public_id)
    for _press in range(2):
        assert secretariat_client.post(address, {"place": "2"}).status_code == 302
        assert order() == ["a", "c", "b", "d"]
    secretariat_client.post(at("activity-move", rows[0].public_id), {"place": "９９"})
    assert order() == ["c", "b", "d", "a"]
    secretariat_client.post(at("activity-move", rows[0].public_id), {"place": "3"})
    assert order() == ["c", "b", "a", "d"]
    secretariat_client.post(at("activity-move", rows[0].public_id), {"place": "4"})
    secretariat_client.post(at("activity-move", rows[0].public_id), {"place": "x"})
    assert order() == ["c", "b", "d", "a"]
    assert AuditEvent.objects.filter(type="reports.activities_ordered").count() == 4
    assert list(Activity.objects.in_order().values_list("position", flat=True)) == [0, 1, 2, 3]


def test_order_by_month(secretariat_client):
    for title, month in (("冬", 12), ("なし", None), ("春", 4)):
        ActivityFactory(title=title, position=0, month_from=dt.date(2024, month, 1) if month else None)
    secretariat_client.post(at("activity-move", Activity.objects.get(title="冬").public_id), {"place": "1"})
    for _press in range(2):
        secretariat_client.post(at("activity-order-by-month"))
        assert order() == ["春", "冬", "なし"]


def test_order_is_the_secretariats(owner_client):
    activity = ActivityFactory()
    assert owner_client.get(at("activity-order")).status_code == 403
    assert owner_client.post(at("activity-move", activity.public_id), {"place": "1"}).status_code == 403


# --- Evidence ---------------------------------------------------------------------------------------
def upload(client, activity, data: bytes, name: str) -> Any:
    return client.post(at("evidence-add", activity.public_id), {"file": SimpleUploadedFile(name, data)})


def test_evidence_is_kept_opened_and_removed(secretariat_client, django_capture_on_commit_callbacks):
    activity = ActivityFactory()
    assert upload(secretariat_client, activity, bare_pdf(), "ちらし.pdf").status_code == 302
    evidence = Evidence.objects.get()
    assert evidence.file.name.startswith("reports/evidence/")
    assert "ちらし" not in evidence.file.name
    again = upload(secretariat_client, activity, bare_pdf(), "もう一度.pdf")
    assert again.status_code == 422
    assert "もう載っています" in text_of(again)
    assert len(default_storage.listdir("reports/evidence")[1]) == 1
    address = at("evidence", activity.public_id, evidence.public_id)
    response = secretariat_client.get(address)
    assert body(response) == bare_pdf()
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    with django_capture_on_commit_callbacks(execute=True):
        secretariat_client.post(at("evidence-remove", activity.public_id, evidence.public_id))
    assert not Evidence.objects.exists()
    assert default_storage.listdir("reports/evidence")[1] == []


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"<html><script>alert(1)</script></html>", "a.pdf"), (b"", "a.pdf"), (b"MZ\x90\x00", "a.exe")],
)
def test_evidence_is_judged_by_its_content(secretariat_client, data, name):
    activity = ActivityFactory()
    response = upload(secretariat_client, activity, data, name)
    assert response.status_code == 422
    assert "資料" not in text_of(response).partition("<main")[2]  # a word of the meetings
    assert not Evidence.objects.exists()


def test_evidence_of_others_is_not_found(owner_client):
    evidence = EvidenceFactory()
    address = at("evidence", evidence.activity.public_id, evidence.public_id)
    assert owner_client.get(address).status_code == 404
    other = ActivityFactory()
    assert owner_client.get(at("evidence", other.public_id, evidence.public_id)).status_code == 404


def test_files_that_no_row_refers_to_are_swept(django_assert_num_queries):
    folders = ("reports/evidence/", "reports/renderings/")
    for folder in folders:
        for name in ("kept", "old", "new"):
            place = default_storage.save(f"{folder}{name}.pdf", ContentFile(b"x"))
            if name != "new":
                old = timezone.now().timestamp() - 48 * 3600
                os.utime(default_storage.path(place), (old, old))
    Evidence.objects.filter(pk=EvidenceFactory().pk).update(file="reports/evidence/kept.pdf")
    RenderingFactory(file="reports/renderings/kept.pdf")
    RenderingFactory()  # has no file yet
    with django_assert_num_queries(2):
        tasks.sweep_report_files()
    left = [sorted(set(default_storage.listdir(folder)[1]) - {"flyer.pdf"}) for folder in folders]
    assert left == [["kept.pdf", "new.pdf"]] * len(folders)
    assert app.conf.beat_schedule["sweep-report-files"]["task"] == tasks.sweep_report_files.name


def test_evidence_for_which_there_is_no_room(secretariat_client):
    activity = ActivityFactory()
    with full_disk():
        response = upload(secretariat_client, activity, bare_pdf(), "ちらし.pdf")
    assert response.status_code == 422
    assert "置き場所が足りない" in text_of(response)
    assert not Evidence.objects.exists()
    assert default_storage.listdir("reports/evidence")[1] == []
    assert upload(secretariat_client, activity, bare_pdf(), "ちらし.pdf").status_code == 302


class Huge(io.BytesIO):
    """Says that it has 100 MB and must not be read."""

    size = 100 * 1024 * 1024

    def read(self, *args: Any) -> bytes:
        raise AssertionError("read into memory")


def test_a_hundred_megabytes_are_refused_unread():
    with pytest.raises(UnreadableFileError, match="大きすぎます"):
        check_paper(Huge(), "大きい.pdf")


def test_a_large_file_is_refused_in_words(secretariat_client, settings):
    settings.PORTAL_PAPER_MB = 1
    response = upload(secretariat_client, ActivityFactory(), b"%PDF-1.7\n" + b"0" * 1_100_000, "大きい.pdf")
    assert response.status_code == 422
    assert "1 MB まで" in text_of(response)


# --- As a file --------------------------------------------------------------------------------------
def test_csv_of_the_year(secretariat_client, categories):
    activity = ActivityFactory(
        title="=HYPERLINK(1)", categories=[categories[1], categories[0]], attendee_count=8, result="話した。"
    )
    text = body(secretariat_client.get(at("activity-file"))).decode("utf-8-sig")
    head, line = text.splitlines()
    assert head.startswith("年度,行った月")
    assert line.split(",")[:5] == ["令和6年度", "2024-07", "", "'=HYPERLINK(1)", "③②"]
    assert activity.result in line
