"""Projects and what they cost, on the desk: sums, lines added and taken away, two people at once, files."""

import datetime as dt
import io
import re
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from reports.importing.reading import read_report_file
from reports.models import BudgetLine, TrialProject
from tests.conftest import text_of
from tests.factories.reports import (
    YEAR,
    BudgetLineFactory,
    GrantCategoryFactory,
    GrantSchemeFactory,
    TrialProjectFactory,
)

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"reports:desk-project{name}", args=args or [YEAR])


@pytest.fixture
def scheme():
    return GrantSchemeFactory()


def typed(*lines: tuple[str, str], **values: Any) -> dict[str, Any]:
    fields = {
        "name": "ためしの講座",
        "lines-TOTAL_FORMS": str(len(lines)),
        "lines-INITIAL_FORMS": "0",
        **values,
    }
    for number, (payee, amount) in enumerate(lines):
        fields |= {f"lines-{number}-payee": payee, f"lines-{number}-amount_yen": amount}
    return fields


def amounts() -> list[tuple[str, int | None]]:
    return list(BudgetLine.objects.order_by("project", "position").values_list("payee", "amount_yen"))


def test_written_with_lines(secretariat_client, scheme):
    lines = (("印刷所", "７０，０００円"), ("", ""), ("講師", "¥45,200"), ("郵送", ""))
    response = secretariat_client.post(at("-create"), typed(*lines, **{"lines-2-is_additional": "on"}))
    assert response.url == at("-list")
    assert amounts() == [("印刷所", 70_000), ("講師", 45_200), ("郵送", None)]
    assert BudgetLine.objects.get(payee="講師").is_additional
    page = text_of(secretariat_client.get(at("", TrialProject.objects.get().public_id)))
    assert 'value="70,000"' in page


@pytest.mark.parametrize("amount", ["千円", "1.5", "-3", "1,23", "約12万円", "350,000円（税込）", "9" * 20])
def test_an_amount_that_is_none_comes_back(secretariat_client, scheme, amount):
    response = secretariat_client.post(at("-create"), typed(("印刷所", amount), content="残る文"))
    assert response.status_code == 422
    page = text_of(response)
    assert f'value="{amount}"' in page
    assert "残る文" in page
    assert 'href="#id_lines-0-amount_yen"' in page
    assert "経費の1行目" in page
    assert page.count('id="error-summary"') == 1
    assert not TrialProject.objects.exists()


def test_all_that_is_wrong_stands_in_one_list(secretariat_client, scheme):
    response = secretariat_client.post(at("-create"), typed(("", "500"), ("印刷所", "1.5"), name=""))
    assert response.status_code == 422
    page = text_of(response)
    links = re.findall(
        r'<li><a href="#(.*?)">', page.partition('id="error-summary"')[2].partition("</ul>")[0]
    )
    assert links == ["id_name", "id_lines-0-payee", "id_lines-1-amount_yen"]
    assert all(f'id="{each}"' in page for each in links)
    assert "発注先を書いてください" in page


def test_more_lines_than_a_project_has(secretariat_client, scheme):
    response = secretariat_client.post(at("-create"), typed(("印刷所", "5"), **{"lines-TOTAL_FORMS": "101"}))
    assert response.status_code == 422
    assert "もう一度確かめてください" in text_of(response)
    assert not TrialProject.objects.exists()


def test_what_is_typed_and_not_saved_is_asked_about(secretariat_client):
    line = BudgetLineFactory()
    address, lines = at("", line.project.public_id), (("印刷所", "千円"),)
    answers = {
        "": secretariat_client.get(address),
        "now": secretariat_client.post(address, typed(*lines, version="1")),
    }
    answers["now, with another line"] = secretariat_client.post(address, typed(*lines, version="1", more="1"))
    for state, answer in answers.items():
        assert f'data-unsaved="{state.partition(",")[0]}"' in text_of(answer)
        assert "js/desk/unsaved" in text_of(answer)


def test_lines_come_and_go_without_saving(secretariat_client, scheme):
    lines = (("印刷所", "70000"), ("講師", "どれくらい"))
    page = text_of(secretariat_client.post(at("-create"), typed(*lines, more="1", content="書きかけ")))
    assert 'name="lines-4-payee"' in page
    assert "書きかけ" in page
    assert 'value="どれくらい"' in page
    assert "errorlist" not in page
    page = text_of(secretariat_client.post(at("-create"), typed(*lines, drop="0")))
    assert "印刷所" not in page
    assert 'name="lines-0-payee" value="講師"' in page
    assert 'name="lines-1-payee"' not in page
    assert not TrialProject.objects.exists()


def test_two_people_at_once_lose_nothing(secretariat_client):
    line = BudgetLineFactory(payee="印刷所", amount_yen=1)
    address = at("", line.project.public_id)
    assert secretariat_client.post(address, typed(("先の人", "10"), version="1")).status_code == 302
    # Adding a line in between is not looking.
    page = text_of(secretariat_client.post(address, typed(("あとの人", "20"), version="1", more="1")))
    assert 'name="version" value="1"' in page
    response = secretariat_client.post(address, typed(("あとの人", "20"), version="1"))
    page = text_of(response)
    assert response.status_code == 409
    assert "先の人" in page
    assert "あとの人" in page
    assert amounts() == [("先の人", 10)]
    assert 'name="version" value="2"' in page
    secretariat_client.post(address, typed(("あとの人", "20"), version="2"))
    assert amounts() == [("あとの人", 20)]


def test_sums(secretariat_client, scheme):
    second, third = (GrantCategoryFactory(scheme=scheme, number=number) for number in (2, 3))
    one, other = TrialProjectFactory(category=second), TrialProjectFactory(category=third)
    BudgetLineFactory(project=one, payee="印刷所", amount_yen=1_234_567)
    BudgetLineFactory(project=other, payee="印刷所", amount_yen=433, is_additional=True)
    BudgetLineFactory(project=other, payee="講師", amount_yen=None)
    TrialProjectFactory(name="金額のない事業")
    page = " ".join(text_of(secretariat_client.get(at("-list"))).split())
    assert "<strong>1,235,000円</strong>" in page  # all
    assert "うち追加発注 433円" in page
    assert '印刷所</th><td class="number"><span class="nowrap">1,235,000' in page  # of a payee
    assert (
        '講師</th><td class="number"><span class="nowrap">-</span><span class="sub">金額のない経費 1件'
        in page
    )
    assert f'{second}</th><td class="number"><span class="nowrap">1,234,567' in page  # of a category
    assert "金額なし" in page
    assert "計が上限額を超えています" not in page
    scheme.ceiling_yen = 1_000_000
    scheme.save()
    assert "計が上限額を超えています" in text_of(secretariat_client.get(at("-list")))


def test_removed_with_a_reason(secretariat_client):
    project = TrialProjectFactory()
    assert secretariat_client.post(at("-remove", project.public_id), {"reason": ""}).status_code == 422
    secretariat_client.post(at("-remove", project.public_id), {"reason": "取りやめた"})
    assert not TrialProject.objects.exists()


def test_files(secretariat_client):
    line = BudgetLineFactory(payee="=1+1", amount_yen=70_000, breakdown="講師", is_additional=True)
    BudgetLineFactory(project=line.project, payee="郵送", amount_yen=None)
    response = secretariat_client.get(at("-workbook"))
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "事業名称"
    assert rows[1][6:] == ["=1+1", 70_000, "講師", "はい"]
    assert sheet.cell(2, 7).data_type == "s"
    assert rows[2][6:8] == ["郵送", None]
    assert (rows[3][0], rows[3][7]) == ("計", 70_000)
    text = secretariat_client.get(at("-text")).content.decode("utf-8-sig")
    assert "'=1+1\t70000\t講師" in text


@pytest.mark.parametrize("name", ["-workbook", "-text"])
def test_the_file_is_read_back(secretariat_client, scheme, name):
    project = TrialProjectFactory(
        name="講座", category=GrantCategoryFactory(scheme=scheme), timing="令和6年8月"
    )
    for payee, amount, is_additional in (
        ("印刷所", 618_182, False),
        ("印刷所", 372_728, True),
        ("郵送", None, False),
    ):
        BudgetLineFactory(project=project, payee=payee, amount_yen=amount, is_additional=is_additional)
    data = secretariat_client.get(at(name)).content
    read = read_report_file(file=io.BytesIO(data), file_name="表", fiscal_year=YEAR).report
    assert [each.name for each in read.projects] == ["講座"]
    lines = [(line.payee, line.amount_yen, line.is_additional) for line in read.projects[0].lines]
    assert lines == [("印刷所", 618_182, False), ("印刷所", 372_728, True), ("郵送", None, False)]
    assert [flag.code for flag in read.flags] == ["no_amount"]  # that of the post; the sum is right


def test_days_are_read_from_the_timing(secretariat_client, scheme):
    secretariat_client.post(at("-create"), typed(timing="令和6年8月～10月"))
    project = TrialProject.objects.get()
    assert (project.starts_on, project.ends_on) == (dt.date(2024, 8, 1), dt.date(2024, 10, 31))
    secretariat_client.post(at("", project.public_id), typed(timing="未定"))
    project.refresh_from_db()
    assert (project.timing, project.starts_on, project.ends_on) == ("未定", None, None)
