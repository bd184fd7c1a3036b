"""The secretariat takes organisations in and merges two of them, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from members.models import Organization
from tests.factories.members import (
    ApplicationFactory,
    MembershipFactory,
    OrganizationFactory,
    SectorFactory,
    StrengthFactory,
    UserFactory,
)
from tests.functional.conftest import DESK, PHONE

FILE = (
    "ID,名称,活動分野,法人番号,得意分野,紹介\n"
    ",ひだまりの会,福祉,8700110005901,居場所づくり,だれでも来られる居場所です。\n"
    "{there},つながりの会,福祉,,,あたらしい紹介\n"
)
DOUBLE = "ID,名称,活動分野\n,NPO法人 つながりの会,福祉\n"


@pytest.fixture
def there(transactional_db):
    StrengthFactory()
    return OrganizationFactory(
        name="つながりの会", sector=SectorFactory(), profile="まえの紹介", public_phone="087-111-1111"
    )


def look(visitor):
    """What a machine can see of it."""
    assert visitor.axe_violations() == []
    assert not visitor.overflows()


def take_in(visitor, content):
    page = visitor.page
    page.get_by_label("ファイル").set_input_files(
        {"name": "団体.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.get_by_role("button", name="何が変わるかを見る").click()


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_from_file_to_one_organisation(visit, there, viewport):
    visitor = visit(viewport)
    visitor.be(UserFactory(role="secretariat"))
    page = visitor.page
    visitor.open("/desk/organizations/import/")
    look(visitor)
    take_in(visitor, FILE.format(there=there.public_id))
    expect(page.get_by_text("まだ何も変わっていません")).to_be_visible()
    look(visitor)
    page.get_by_role("button", name="この内容で取り込む").click()
    expect(page.get_by_text("1件を登録し、1件を変えました")).to_be_visible()

    visitor.open("/desk/organizations/import/")
    take_in(visitor, DOUBLE)
    page.get_by_role("button", name="この内容で取り込む").click()
    double = Organization.objects.get(name="NPO法人 つながりの会")
    MembershipFactory(organization=double)
    visitor.open("/desk/organizations/duplicates/")
    look(visitor)
    page.get_by_role("link", name="くらべる").click()
    look(visitor)
    page.get_by_role("group", name="名称").get_by_label("NPO法人 つながりの会").check()
    page.get_by_role("button", name="何が起こるかを見る").click()
    expect(page.get_by_text("統合は元に戻せません")).to_be_visible()
    look(visitor)
    page.get_by_role("button", name="統合する").click()
    expect(page.get_by_text("統合しました")).to_be_visible()
    there.refresh_from_db()
    double.refresh_from_db()
    assert (there.name, there.public_phone, double.merged_into) == (
        "NPO法人 つながりの会",
        "087-111-1111",
        there,
    )
    assert there.memberships.current().count() == 1
    assert visitor.problems == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_long_work_shows_how_far_it_is(visit, there, scripts):
    from members.models import OrganizationImport
    from platform_portal.sheets.progress import Progress

    visitor = visit(PHONE, java_script_enabled=scripts)
    user = UserFactory(role="secretariat")
    visitor.be(user)
    upload = OrganizationImport.objects.create(file_name="団体.csv", content=b"x", uploaded_by=user)
    visitor.open(f"/desk/organizations/import/{upload.public_id}/")
    expect(visitor.page.get_by_text("順番を待っています")).to_be_visible()
    Progress(upload.progress_key)(40, 100)
    if scripts:
        visitor.page.get_by_text("40%まで終わりました").wait_for()
        look(visitor)
        upload.move_to(upload.Stage.FAILED, message="読めませんでした。")
        visitor.page.get_by_text("読めませんでした。").wait_for()
    else:
        visitor.page.get_by_role("link", name="今の様子を見る").click()
        expect(visitor.page.get_by_text("40%まで終わりました")).to_be_visible()
    assert visitor.problems == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_two_that_are_different_bodies(visit, there, viewport):
    """Kept apart on the list and on an application, and taken back where they are listed."""
    OrganizationFactory(name="NPO法人つながりの会", sector=there.sector)
    application = ApplicationFactory(organization_name="つながりの会", sector=there.sector)
    visitor = visit(viewport)
    visitor.be(UserFactory(role="secretariat"))
    page = visitor.page
    visitor.open("/desk/organizations/duplicates/")
    look(visitor)
    page.get_by_role("button", name="別の団体です").click()
    expect(page.get_by_text("重なっていそうな団体はありません")).to_be_visible()

    visitor.open(f"/desk/applications/{application.public_id}/")
    page.get_by_role("button", name=re.compile(r"別の団体です\s*（つながりの会）")).click()
    page.get_by_role("heading", name="別の団体とした会員団体").wait_for()
    look(visitor)

    visitor.open("/desk/organizations/different/")
    expect(page.get_by_text("2組")).to_be_visible()
    look(visitor)
    page.get_by_role("button", name=re.compile("取り消す.*NPO法人")).click()
    expect(page.get_by_text("記録を取り消しました")).to_be_visible()
    visitor.open("/desk/organizations/duplicates/")
    page.get_by_role("link", name="くらべる").click()
    look(visitor)
