"""What an import left in doubt: kept with the year until somebody has looked, and seen by those who come later."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from platform_portal.access.checks import Refused
from platform_portal.audit.models import AuditEvent
from reports.doubtful import MOST_SHOWN, findings_of_import
from reports.importing.reading import read_report_file
from reports.models import ImportDoubt
from reports.permissions.doubts import can_resolve_doubts
from reports.services.doubts import reopen_doubt, resolve_doubts
from reports.services.imports import import_report
from tests.conftest import text_of
from tests.factories.reports import (
    YEAR,
    AnnualReportFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    ImportDoubtFactory,
)
from tests.unit.reports.reading import fixture

pytestmark = pytest.mark.django_db
REPORT = fixture("irregular.txt")


def at(name: str, *args: Any) -> str:
    return reverse(f"reports:desk-{name}", args=args or [YEAR])


def opened(text: str = REPORT) -> Any:
    return read_report_file(file=io.BytesIO(text.encode()), file_name="報告書.txt", fiscal_year=YEAR)


def test_a_colleague_finds_them_after_the_upload(secretariat_client, secretariat, administrator_client):
    read = opened().report
    year = read.fiscal_year
    upload = SimpleUploadedFile("報告書.txt", REPORT.encode())
    shown = text_of(
        secretariat_client.post(reverse("reports:desk-import"), {"file": upload, "fiscal_year": YEAR})
    )
    assert not ImportDoubt.objects.exists()  # nothing is stored by a look
    accept = reverse("reports:desk-import-accept")
    token = shown.split('name="token" value="')[1].split('"')[0]
    page = text_of(secretariat_client.post(accept, {"token": token}, follow=True))
    rows = list(ImportDoubt.objects.all())
    flags = sorted(read.flags, key=lambda flag: flag.line)
    assert [(row.code, row.line, row.message, row.text) for row in rows] == [
        (flag.code, flag.line, flag.message, flag.text) for flag in flags
    ]
    assert {(row.file_name, row.found_by, row.resolved_at) for row in rows} == {
        ("報告書.txt", secretariat, None)
    }
    assert f"確かめてほしいところが{len(rows)}件あります" in page
    page = text_of(administrator_client.get(at("report", year)))
    assert escape(f"取り込んだ「報告書.txt」の{rows[0].line}行目：{rows[0].message}") in page
    assert f"{at('doubt-list', year)}#doubt-{rows[0].public_id}" in page
    page = text_of(administrator_client.get(at("doubt-list", year)))
    assert all(escape(row.message) in page for row in rows)


def test_doubts_of_taking_in_are_kept_too(secretariat):
    """The year had other words for the grant and its category: nobody was shown that before."""
    scheme = GrantSchemeFactory(fiscal_year=opened().report.fiscal_year, official_name="べつの交付金")
    for label in opened().report.categories:
        GrantCategoryFactory(scheme=scheme, number=label.number, label="べつの言葉")
    done = import_report(file=opened(), by=secretariat)
    codes = set(ImportDoubt.objects.values_list("code", flat=True))
    assert codes >= {"name_kept", "category_kept"}
    assert len(done.flags) == ImportDoubt.objects.count()


def test_put_aside_and_taken_up_again(secretariat_client, secretariat):
    scheme = GrantSchemeFactory()
    first, second, third = (ImportDoubtFactory(scheme=scheme) for _each in range(3))
    elsewhere = ImportDoubtFactory(scheme=GrantSchemeFactory(fiscal_year=YEAR + 1))
    for _press in range(2):
        page = text_of(secretariat_client.post(at("doubt-resolve"), {"doubt": first.public_id}, follow=True))
    first.refresh_from_db()
    assert first.resolved_by == secretariat
    assert f"doubt-{first.public_id}" not in page
    assert AuditEvent.objects.filter(type="reports.doubts_resolved").count() == 1
    page = text_of(secretariat_client.get(at("doubt-list") + "?resolved=1"))
    assert f"doubt-{first.public_id}" in page
    assert "事務 一郎が済みにしました" in page
    for _press in range(2):
        secretariat_client.post(at("doubt-reopen", YEAR, first.public_id))
    assert AuditEvent.objects.filter(type="reports.doubt_reopened").count() == 1
    shown = [each.public_id for each in (first, second, third, elsewhere)]
    page = text_of(secretariat_client.post(at("doubt-resolve"), {"shown": shown}, follow=True))
    assert "3件を済みにしました" in page
    assert "確かめることはありません" in page
    assert list(ImportDoubt.objects.waiting()) == [elsewhere]
    assert secretariat_client.post(at("doubt-reopen", YEAR, elsewhere.public_id)).status_code == 404


def test_the_message_of_one_press_takes_it_back(secretariat_client):
    doubt = ImportDoubtFactory()
    page = text_of(secretariat_client.post(at("doubt-resolve"), {"doubt": doubt.public_id}, follow=True))
    assert f'action="{at("doubt-reopen", YEAR, doubt.public_id)}"' in page


def test_the_report_lists_some_and_says_how_many_more(secretariat_client):
    report = AnnualReportFactory()
    assert findings_of_import(report.scheme) == []
    page = text_of(secretariat_client.get(at("report")))
    assert at("doubt-list") not in page
    assert at("doubt-list") not in text_of(secretariat_client.get(at("activity-list")))
    for _each in range(MOST_SHOWN + 2):
        ImportDoubtFactory(scheme=report.scheme)
    found = findings_of_import(report.scheme)
    assert len(found) == MOST_SHOWN + 1
    assert "ほかに2件" in found[-1][0].words
    assert not any(finding.is_error for finding, _address in found)  # they hold nothing up
    assert at("doubt-list") in text_of(secretariat_client.get(at("activity-list")))
    ImportDoubt.objects.waiting().first().delete()
    assert "ほかに1件" in text_of(secretariat_client.get(at("report")))


def test_they_are_the_secretariats(owner, owner_client):
    doubt = ImportDoubtFactory()
    assert not can_resolve_doubts(owner)
    assert owner_client.get(at("doubt-list")).status_code == 403
    with pytest.raises(Refused):
        resolve_doubts(scheme=doubt.scheme, keys=[doubt.public_id], by=owner)
    with pytest.raises(Refused):
        reopen_doubt(doubt=doubt, by=owner)
    assert at("doubt-list") not in text_of(owner_client.get(at("activity-list")))


def test_pages_of_doubts_in_constant_queries(secretariat_client, django_assert_max_num_queries):
    scheme = GrantSchemeFactory()
    ImportDoubtFactory(scheme=scheme)
    with django_assert_max_num_queries(20) as first:
        secretariat_client.get(at("doubt-list"))
    for _each in range(60):
        ImportDoubtFactory(scheme=scheme)
    with django_assert_max_num_queries(len(first)):
        page = text_of(secretariat_client.get(at("doubt-list")))
    assert "page=2" in page
