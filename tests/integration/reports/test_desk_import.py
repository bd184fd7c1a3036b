"""Years gone by, brought to the desk as files: shown first, taken in once, never over what is there."""

from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from members.merging import parts
from reports.models import Activity, AnnualReport, BudgetLine, GrantScheme, TrialProject
from tests.conftest import text_of
from tests.factories.members import OrganizationFactory
from tests.factories.reports import ActivityFactory, GrantSchemeFactory, TrialProjectFactory
from tests.unit.reports.reading import fixture

pytestmark = pytest.mark.django_db
ADDRESS = "reports:desk-import"
REPORT = fixture("irregular.txt")
TABLE = "事業名称\t発注先\t金額（円）\nためしの講座\t印刷所\t70,000\n計\t\t70,000\n"


def bring(client: Any, text: str, name: str = "報告書.txt", **values: Any) -> Any:
    return client.post(reverse(ADDRESS), {"file": SimpleUploadedFile(name, text.encode()), **values})


def accept(client: Any, response: Any) -> Any:
    token = text_of(response).split('name="token" value="')[1].split('"')[0]
    return client.post(reverse("reports:desk-import-accept"), {"token": token})


def test_report_is_shown_and_then_taken_in(secretariat_client):
    response = bring(secretariat_client, REPORT)
    assert response.status_code == 200
    assert "まだ何も保存していません" in text_of(response)
    assert not GrantScheme.objects.exists()
    for _press in range(2):
        done = accept(secretariat_client, response)
        year = GrantScheme.objects.get().fiscal_year
        assert done.url == reverse("reports:desk-activity-list", args=[year])
    assert AnnualReport.objects.count() == 1
    assert all(activity.title in text_of(response) for activity in Activity.objects.all())


def test_table_of_projects_needs_a_year_and_a_name(secretariat_client):
    page = text_of(bring(secretariat_client, TABLE, "表.tsv"))
    assert "年度を選んでください" in page
    page = text_of(bring(secretariat_client, TABLE, "表.tsv", fiscal_year="2024"))
    assert "交付金の正式な名前が、ファイルにありません" in page
    GrantSchemeFactory()
    response = bring(secretariat_client, TABLE, "表.tsv", fiscal_year="2024")
    assert "70,000円" in text_of(response)
    accept(secretariat_client, response)
    assert BudgetLine.objects.get().amount_yen == 70_000


def test_nothing_is_written_over(secretariat_client):
    GrantSchemeFactory()
    response = bring(secretariat_client, TABLE, fiscal_year="2024")
    TrialProjectFactory()
    assert bring(secretariat_client, TABLE, fiscal_year="2024").status_code == 422
    assert accept(secretariat_client, response).url == reverse(ADDRESS)
    assert "上書きはしません" in text_of(secretariat_client.get(reverse(ADDRESS)))
    assert TrialProject.objects.count() == 1


@pytest.mark.parametrize("text", ["", "ただの文章です。", "%PDF-1.7 こわれている"])
def test_what_cannot_be_read_is_told(secretariat_client, text):
    assert bring(secretariat_client, text).status_code == 422


def test_a_large_file_is_refused_unread(secretariat_client):
    response = bring(secretariat_client, "あ" * 2_000_000)
    assert "5 MB まで" in text_of(response)
    assert response.status_code == 422


def test_what_was_forgotten_or_is_anothers_is_brought_again(secretariat_client, administrator_client):
    response = bring(secretariat_client, REPORT)
    assert accept(administrator_client, response).url == reverse(ADDRESS)
    cache.clear()
    assert accept(secretariat_client, response).url == reverse(ADDRESS)
    assert "もう一度ファイルを選んでください" in text_of(secretariat_client.get(reverse(ADDRESS)))
    assert not GrantScheme.objects.exists()


def test_sections_that_become_one_keep_their_activities(secretariat):
    source, target = OrganizationFactory(kind="section"), OrganizationFactory(kind="section")
    activity = ActivityFactory(section=source)
    part = next(each for each in parts() if each.models == ("reports.Activity",))
    assert part.count(source) == 1
    part.move(source=source, target=target, by=secretariat)
    activity.refresh_from_db()
    assert activity.section == target
